"""Which stacks a network is trained on, and in which order: balanced batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .snapshots import IGNORED
from .stacks import PAPER, stack_labels

#: How batches are put together.
BALANCED, PUBLISHED = "balanced", "published"


@dataclass(frozen=True, eq=False)
class Stacks:
    """Stacks of one epoch.

    Attributes
    ----------
    stretch
        Number of the labeled stretch (stacks,).
    middle
        Middle frame, counted from the start of the stretch (stacks,).
    label
        Class (stacks,).
    """

    stretch: NDArray[np.int64]
    middle: NDArray[np.int64]
    label: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.label)


def cut_stacks(
    classes: Sequence[NDArray[np.int64]],
    shapes: Sequence[NDArray[np.int64]],
    count: int,
    chance: np.random.Generator | None,
    rule: str = PAPER,
) -> Stacks:
    """Cut labeled stretches into stacks that follow one another without overlap.

    Parameters
    ----------
    classes
        Class of every frame of each stretch; `IGNORED` where there is none to learn.
    shapes
        Offsets of the frames of a stack in each stretch (`stacks.offsets`).
    count
        Number of classes.
    chance
        Draws where the first stack of each stretch begins, anew for every epoch, so that all temporal phases
        are seen. None: at its first frame, as the published program does it.
    rule
        How the label of a stack is found.
    """
    found = []
    for number, (labels, shape) in enumerate(zip(classes, shapes, strict=True)):
        reach, step = int(shape[-1]), int(shape[-1] - shape[0] + 1)
        phase = int(chance.integers(step)) if chance is not None else 0
        middle = np.arange(reach + phase, len(labels) - reach, step)
        if len(middle):
            label = stack_labels(labels[middle[:, None] + shape], count, rule)
            known = label != IGNORED
            found.append((np.full(int(known.sum()), number), middle[known], label[known]))
    if not found:
        return Stacks(*(np.zeros(0, np.int64) for _ in range(3)))
    return Stacks(*(np.concatenate(column) for column in zip(*found, strict=True)))


def batches(
    stacks: Stacks, count: int, size: int, chance: np.random.Generator, composition: str = BALANCED
) -> Iterator[NDArray[np.int64]]:
    """Yield batches of an epoch: numbers of stacks (size,).

    Parameters
    ----------
    stacks
        The stacks of the epoch.
    count
        Number of classes.
    size
        Stacks a batch.
    chance
        Every random choice.
    composition
        ``balanced``: every class equally often; the epoch ends when as many stacks were drawn as there are.
        ``published``: one stack of the rarest class and the others in turn from all other classes, the
        surplus from the one with most stacks; the epoch ends when the rarest class is used up. Every other
        class comes twice at least, for which batches of more than eight classes hold more than 16 stacks.

    Raises
    ------
    LearnError
        When a class has no stack.
    """
    check_classes(stacks, count)
    decks = [_Deck(np.flatnonzero(stacks.label == label), chance) for label in range(count)]
    if composition == BALANCED:
        yield from _balanced(decks, len(stacks), size, chance)
    elif composition == PUBLISHED:
        yield from _published(decks, size, chance)
    else:
        raise LearnError(
            f"There is no composition '{composition}' of batches; there are balanced, published."
        )


def check_classes(stacks: Stacks, count: int) -> None:
    """Raise `LearnError` where a class has no stack, naming the class by its number."""
    lacking = sorted(set(range(count)) - set(stacks.label.tolist()))
    if lacking:
        raise LearnError(f"The behaviors number {lacking} have no stack of 11 labeled frames to learn from.")


class _Deck:
    """Numbers drawn in random order, each once before any comes again."""

    def __init__(self, numbers: NDArray[np.int64], chance: np.random.Generator) -> None:
        self._numbers = numbers
        self._chance = chance
        self._order = chance.permutation(numbers)
        self._next = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def draw(self) -> int:
        if self._next == len(self._order):
            self._order = self._chance.permutation(self._numbers)
            self._next = 0
        self._next += 1
        return int(self._order[self._next - 1])


def _balanced(
    decks: list[_Deck], total: int, size: int, chance: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    for _ in range(max(1, total // size)):
        # Whole rounds over the classes; what does not fill a round goes to random ones.
        turns = np.resize(np.arange(len(decks)), size - size % len(decks))
        rest = chance.choice(len(decks), size % len(decks), replace=False)
        drawn = [decks[turn].draw() for turn in np.concatenate([turns, rest])]
        yield chance.permutation(np.array(drawn, np.int64))


def _published(decks: list[_Deck], size: int, chance: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    rarest = min(decks, key=len)
    others = sorted((deck for deck in decks if deck is not rarest), key=len, reverse=True)
    size = max(size, 2 * len(decks)) if others else size
    for _ in range(len(rarest)):
        drawn = [rarest.draw()]
        drawn += [others[turn % len(others)].draw() for turn in range(size - 1 if others else 0)]
        yield chance.permutation(np.array(drawn, np.int64))
