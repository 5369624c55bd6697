"""Readable copies of submitted labels: one CSV file a pass in the project's folder ``labels``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..ethogram import Ethogram
from ..files import write_whole
from ..tracks import Bout
from .folders import LABELS_NAME, safe_name
from .records import ClipRecord, PassRecord

if TYPE_CHECKING:
    from .door import SourceRun

COLUMNS = ("start_frame", "stop_frame", "start_s", "stop_s", "behavior", "group", "provenance")


def copy_path(folder: Path, clip: ClipRecord, record: PassRecord, initials: str) -> Path:
    """Return where the readable copy of a pass lies."""
    parts = (safe_name(clip.id), safe_name(initials or record.annotator, 40), record.kind, record.id)
    return folder / LABELS_NAME / ("_".join(parts) + ".csv")


def write_copy(
    path: Path,
    bouts: list[list[Bout]],
    sources: list[list[SourceRun]],
    ethogram: Ethogram,
    clip: ClipRecord,
    seconds: Callable[[int], float | None],
) -> None:
    """Write the bouts of a pass as CSV, whole or not at all.

    Frames count from the first of the recording; `stop_frame` is the first frame after the bout. What no
    row covers is unlabeled.

    Parameters
    ----------
    path
        The file; its folder is made.
    bouts, sources
        Bouts and provenance of each group, in frames of the clip.
    ethogram
        Names the labels and groups.
    clip
        Where the labels lie.
    seconds
        Gives the time of a frame of the recording; the time after the last one ends a bout there. None where
        times are not known: they stay empty then.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = [
        (bout, _provenance(bout, sources[group]), ethogram.groups[group])
        for group, own in enumerate(bouts)
        for bout in own
    ]
    for bout, provenance, group_name in sorted(rows, key=lambda row: (row[0].start, row[0].group)):
        start, stop = bout.start + clip.start, bout.stop + clip.start
        times = ["" if (at := seconds(frame)) is None else f"{at:.3f}" for frame in (start, stop)]
        writer.writerow([start, stop, *times, ethogram.label_name(bout.label), group_name, provenance])
    path.parent.mkdir(exist_ok=True)
    write_whole(path, text.getvalue())


def _provenance(bout: Bout, sources: list[SourceRun]) -> str:
    """Return where a bout comes from; ``typed+accepted`` when its parts have different sources."""
    touching = (run.provenance for run in sources if run.start < bout.stop and bout.start < run.stop)
    return "+".join(dict.fromkeys(touching))
