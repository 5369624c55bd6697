"""DeepEthoProfile results: what its network wrote, from ``X_results_v2.csv`` to ``X_results_v5.csv``."""

from __future__ import annotations

import numpy as np

from ..errors import FormatError
from . import code_table
from .code_table_writing import Plan, frame_cells, header_line, make_plan, render
from .columns import cells_of
from .label_format import Format
from .labels import Labels, Loss
from .names import same_as
from .options import ReadOptions, WriteOptions
from .rates import times_of
from .text import Text

NAME = "deepethoprofile-results"
COLUMN_LINE = "frame;annotation;time"
#: The last entry of the current header, although the files are named ``_v5``.
TOKEN = "v4"
#: What the results call micromovement.
SHORT_NAMES = {"micromovement": "mm"}


def sniff(text: Text) -> bool:
    """Return whether a file is a results file: classes, then ``nnVersion`` or rows with time."""
    if not code_table.looks_like(text) or len(text.head) < 2:
        return False
    second = text.head[1].casefold()
    return "time" in second or "nnversion" in second


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read a results file of any version; the names decide what a code means, never the version."""
    return [code_table.read_table(text, options, NAME)]


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what the file cannot hold: unlabeled frames before the tail, none, overlaps, other classes."""
    return _plan(labels, options).losses


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a results file; an unlabeled tail is left out, as the network leaves it out.

    Raises
    ------
    FormatError
        When the ``time`` column can be had neither from the source nor from a frame rate.
    """
    plan = _plan(labels, options)
    rows = plan.codes.size
    layout = plan.layout
    if layout:
        lines = list(layout.lines)
    else:
        names = tuple((code, SHORT_NAMES.get(same_as(name), name)) for code, name in plan.names)
        lines = [header_line(names, TOKEN), COLUMN_LINE]
    columns = [
        frame_cells(labels.frame_column, rows, labels.frames, options.first_frame),
        [str(code) for code in plan.codes.tolist()],
    ]
    if "time" in lines[-1]:
        columns.append(_time_cells(labels, options, rows))
    return render(lines, columns, layout)


def _plan(labels: Labels, options: WriteOptions) -> Plan:
    return make_plan(labels, options, NAME, none_allowed=False, short_allowed=True)


def _time_cells(labels: Labels, options: WriteOptions, rows: int) -> list[str]:
    """Return presentation times: as they came in, or in milliseconds."""
    given = options.fps is not None or options.times is not None
    if not given and labels.time_column is not None and labels.time_column.size == labels.frames:
        return cells_of(labels.time_column[:rows])
    seconds = times_of(np.arange(rows), options.fps or labels.fps, options.times)
    if seconds is None:
        raise FormatError(
            "A DeepEthoProfile results file has a column of times; say the frames per second (fps)."
        )
    return [str(time) for time in np.rint(seconds * 1000).astype(np.int64).tolist()]


FORMAT = Format(
    name=NAME,
    title="DeepEthoProfile results, one code and one time a frame",
    ending="_results_v5.csv",
    cannot_hold=(
        "unlabeled frames before the last labeled one",
        "none, unless code 8 is asked for",
        "several behaviors on one frame",
        "behaviors other than the eight classes, if its programs shall read the file",
        "how sure the model was, who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
