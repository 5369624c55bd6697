"""DeepEthogram label files: ``<video>_labels.csv`` with a background column and one column a behavior."""

from __future__ import annotations

from . import indicator_table
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text

NAME = "deepethogram"


def sniff(text: Text) -> bool:
    """Return whether a file is a table of 0, 1 and -1 with a background column."""
    columns = indicator_table.find_columns(text)
    return columns is not None and columns.background is not None and bool(columns.behaviors)


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a label file; a frame with background only is none unless the options say otherwise."""
    return [indicator_table.read_table(text, options, NAME)]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the file cannot hold: partly decided frames, and names that DeepEthogram garbles."""
    found = indicator_table.losses(labels, options)
    for behavior in labels.ethogram.behaviors:
        if not behavior.name.isascii() or any(sign in behavior.name for sign in ",\"'\n"):
            found.append(
                Loss(
                    "names",
                    f"the name '{behavior.name}' must be plain ASCII without commas or quotes; rename it",
                )
            )
        elif behavior.name.casefold() == indicator_table.BACKGROUND:
            found.append(
                Loss("names", f"'{behavior.name}' is the name of its first column; rename the behavior")
            )
    return found


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a label file: frame, background, behaviors; whole numbers."""
    return indicator_table.write_table(labels, options)


FORMAT = Format(
    name=NAME,
    title="DeepEthogram labels, one column a behavior",
    ending="_labels.csv",
    cannot_hold=(
        "which behaviors exclude each other",
        "frames that are decided for some behaviors only, without asking",
        "the difference between none and no behavior (both are background)",
        "names beyond plain ASCII, or with commas or quotes",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
