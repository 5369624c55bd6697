"""Which stretches of a comparison are listed, in which order, and how many are decided. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .annotation.adjudication import Item


class Order(StrEnum):
    """In which order disagreements are listed and visited."""

    TIME = "time"
    LENGTH = "length"
    KIND = "kind"


class Part(Protocol):
    """Some of the stretches of a comparison."""

    def holds(self, item: Item) -> bool:
        """Whether a stretch is one of them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the confusion matrix of two raters, given by their places among the raters."""

    first: int
    second: int
    labels: tuple[int, int]

    def holds(self, item: Item) -> bool:
        """Whether a stretch is counted in this cell."""
        return (item.labels[self.first], item.labels[self.second]) == self.labels


@dataclass(frozen=True, slots=True)
class About:
    """The disagreements of two raters in which one of them has a certain label."""

    first: int
    second: int
    label: int

    def holds(self, item: Item) -> bool:
        """Whether a stretch is one of them."""
        labels = item.labels[self.first], item.labels[self.second]
        return self.label in labels and labels[0] != labels[1]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many disagreements there are, and how many are decided (left unresolved or with a label)."""

    decided: int = 0
    unresolved: int = 0
    total: int = 0
