"""What a format is: how to tell, read and write it, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text


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
        Whether the beginning of a file looks like this format.
    read
        The labels of every annotator in a file.
    losses
        What these labels contain that a file cannot hold and that the options do not decide.
    write
        The text of a file; called only when there are no open losses.
    holds_notes
        Whether a file holds notes and uncertain flags.
    """

    name: str
    title: str
    ending: str
    cannot_hold: tuple[str, ...]
    sniff: Callable[[Text], bool]
    read: Callable[[Text, ReadOptions], list[Labels]]
    losses: Callable[[Labels, WriteOptions], list[Loss]]
    write: Callable[[Labels, WriteOptions], str]
    holds_notes: bool = False
