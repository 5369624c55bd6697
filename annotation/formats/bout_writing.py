"""Writing bout tables: a row wherever label, provenance or note change."""

from __future__ import annotations

import csv
import io

import numpy as np
from numpy.typing import NDArray

from ..tracks import UNLABELED
from .labels import Labels, Mark
from .options import WriteOptions
from .rates import times_of

COLUMNS = (
    "start_frame", "stop_frame", "start_s", "stop_s", "behavior", "group", "annotator", "provenance",
)  # fmt: skip
#: Columns that are there only when something stands in them.
NOTE_COLUMNS = ("note", "uncertain")


def bout_table(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a bout table, rows in the order of time and group."""
    with_notes = any(mark.note or mark.uncertain for mark in labels.marks)
    pieces = [piece for group in range(labels.track.groups) for piece in _pieces(labels, group)]
    pieces.sort(key=lambda piece: (piece[0], piece[2]))
    bounds = np.array([(start, stop) for start, stop, *_ in pieces], np.int64).reshape(-1, 2)
    bounds += options.first_frame
    seconds = times_of(bounds, options.fps or labels.fps, options.times)
    clock = [("", "")] * len(pieces) if seconds is None else [(f"{a:.6f}", f"{b:.6f}") for a, b in seconds]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS + NOTE_COLUMNS if with_notes else COLUMNS)
    for (start, stop), times, piece in zip(bounds.tolist(), clock, pieces, strict=True):
        _, _, group, code, mark = piece
        name, group_name = labels.ethogram.label_name(code), labels.ethogram.groups[group]
        row = [start, stop, *times, name, group_name, labels.annotator or "", mark.provenance]
        writer.writerow([*row, mark.note, "1" if mark.uncertain else ""] if with_notes else row)
    return text.getvalue()


def _pieces(labels: Labels, group: int) -> list[tuple[int, int, int, int, Mark]]:
    """Return ``(start, stop, group, code, what is known)`` of every row of one group.

    Unlabeled stretches get a row only where they carry a note.
    """
    codes = labels.track.codes[:, group]
    if not codes.size:
        return []
    marks = [mark for mark in labels.marks if mark.group == group]
    origins = sorted({mark.provenance for mark in marks})
    origin = _painted(codes.size, [(m, origins.index(m.provenance)) for m in marks if m.provenance])
    remark = _painted(codes.size, [(m, n) for n, m in enumerate(marks) if m.note or m.uncertain])
    changes = (np.diff(codes) != 0) | (np.diff(origin) != 0) | (np.diff(remark) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    stops = np.concatenate([starts[1:], [codes.size]])
    pieces = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        code, noted = int(codes[start]), int(remark[start])
        if code == UNLABELED and noted < 0:
            continue
        provenance = origins[origin[start]] if origin[start] >= 0 else ""
        note, uncertain = (marks[noted].note, marks[noted].uncertain) if noted >= 0 else ("", False)
        pieces.append((start, stop, group, code, Mark(start, stop, group, provenance, note, uncertain)))
    return pieces


def _painted(frames: int, values: list[tuple[Mark, int]]) -> NDArray[np.int32]:
    """Return the value of the mark on every frame (frames,), -1 without one."""
    painted = np.full(frames, -1, np.int32)
    for mark, value in values:
        painted[mark.start : mark.stop] = value
    return painted
