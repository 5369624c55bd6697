"""What a format is: how to tell, read and write it, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions


@dataclass(frozen=True)
class Format:
    """One label format.

    Attributes
    ----------
    name
        What it is called in commands.
    title
        What it is, in one phrase.
    ending
        How the file name of an export ends.
    cannot_hold
        What a file of this format cannot say, one phrase each.
    sniff
        Whether the beginning of a file looks like this format; it gets a `Text`, or a `Binary` where `binary`
        is set.
    read
        The labels of every annotator in a file, from the same.
    losses
        What these labels contain that a file cannot hold and that the options do not decide.
    write
        The content of a file; called only when there are no open losses.
    holds_notes
        Whether a file holds notes and uncertain flags.
    binary
        Files of this format are no text.
    """

    name: str
    title: str
    ending: str
    cannot_hold: tuple[str, ...]
    sniff: Callable[[Any], bool]
    read: Callable[[Any, ReadOptions], list[Labels]]
    losses: Callable[[Labels, WriteOptions], list[Loss]]
    write: Callable[[Labels, WriteOptions], str | bytes]
    holds_notes: bool = False
    binary: bool = False
