"""One-hot tables: one column a behavior, 1 where it stands, as many tools write and read them."""

from __future__ import annotations

from . import indicator_table
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text

NAME = "one-hot"


def sniff(text: Text) -> bool:
    """Return whether a file is a table of 0, 1 and -1 with at least one behavior."""
    columns = indicator_table.find_columns(text)
    return columns is not None and bool(columns.behaviors)


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a table with or without frame and background columns."""
    return [indicator_table.read_table(text, options, NAME)]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the table cannot hold: partly decided frames, and names that its other columns have."""
    found = indicator_table.losses(labels, options)
    for behavior in labels.ethogram.behaviors:
        if behavior.name.casefold() in (indicator_table.BACKGROUND, *indicator_table.INDEX_NAMES):
            found.append(
                Loss("names", f"'{behavior.name}' is the name of another column; rename the behavior")
            )
    return found


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a table: frame, background, behaviors; -1 where nobody has decided."""
    return indicator_table.write_table(labels, options, index_name="frame")


FORMAT = Format(
    name=NAME,
    title="one-hot table, one column a behavior",
    ending="_one_hot.csv",
    cannot_hold=(
        "which behaviors exclude each other",
        "frames that are decided for some behaviors only, without asking",
        "the difference between none and no behavior (both are background)",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
