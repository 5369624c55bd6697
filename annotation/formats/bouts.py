"""Bout tables: one row a bout with start, stop and behavior, ours and those of other tools."""

from __future__ import annotations

from ..errors import FormatError
from . import bout_reading, bout_writing
from .bout_columns import find_columns
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text

NAME = "bouts"


def sniff(text: Text) -> bool:
    """Return whether the first line names columns for start, stop and behavior."""
    try:
        return find_columns(text.header) is not None
    except FormatError:  # start and stop in different units: a bout table, and reading it says what is wrong
        return True


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a bout table: the labels of every annotator in it, in the order of their first rows."""
    return bout_reading.read_bouts(text, options, NAME)


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a bout table cannot hold: nothing that a frame can say."""
    return []


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a bout table; none is written out, what no row covers is unlabeled."""
    return bout_writing.bout_table(labels, options)


FORMAT = Format(
    name=NAME,
    title="bout table, one row a bout",
    ending="_bouts.csv",
    cannot_hold=(
        "how many unlabeled frames follow the last bout (give the number of frames when reading)",
        "behaviors that never occur",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    holds_notes=True,
)
