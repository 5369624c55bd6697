"""DeepEthoProfile clip labels: ``X_map.csv``, ``X_map_new.csv``, ``X_map_new_v2.csv`` and older ones."""

from __future__ import annotations

from . import code_table
from .code_table_writing import Plan, frame_cells, header_line, make_plan, render
from .columns import cells_of
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .text import Text

NAME = "deepethoprofile"
COLUMN_LINE = "frame;annotation"
#: The only kind of file whose readers expect code 8, and how its name ends.
VARIANT_WITH_NONE = "map_new_v2"
ENDING_WITH_NONE = "_map_new_v2.csv"


def sniff(text: Text) -> bool:
    """Return whether a file is a clip label file: classes, then rows without time."""
    if not code_table.looks_like(text):
        return False
    second = text.head[1].casefold() if len(text.head) > 1 else ""
    return "time" not in second and "nnversion" not in second


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a clip label file of any age."""
    return [code_table.read_table(text, options, NAME)]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the file cannot hold: unlabeled, none, overlaps, other classes."""
    return _plan(labels, options).losses


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a clip label file, one row a frame."""
    plan = _plan(labels, options)
    layout = plan.layout
    lines = list(layout.lines) if layout else [header_line(plan.names, ""), COLUMN_LINE]
    frames = frame_cells(labels.frame_column, labels.frames, labels.frames, options.first_frame)
    columns = [frames, [str(code) for code in plan.codes.tolist()]]
    if layout and "time" in lines[-1] and labels.time_column is not None:
        columns.append(cells_of(labels.time_column))
    return render(lines, columns, layout)


def _plan(labels: Labels, options: WriteOptions) -> Plan:
    none_allowed = options.variant == VARIANT_WITH_NONE or options.file_name.endswith(ENDING_WITH_NONE)
    return make_plan(labels, options, NAME, none_allowed=none_allowed, short_allowed=False)


FORMAT = Format(
    name=NAME,
    title="DeepEthoProfile clip labels, one code a frame",
    ending="_map_new.csv",
    cannot_hold=(
        "unlabeled frames",
        "none, except in files named `_map_new_v2.csv` (code 8)",
        "several behaviors on one frame",
        "behaviors other than the eight classes, if its programs shall read the file",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
