"""Reading bout tables: which cells are bouts, and on which frames they lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .bout_columns import OWN_SECONDS, BoutColumns, find_columns
from .bout_rows import DEFAULT_GROUP, Row, labels_of_rows
from .cells import read_cells
from .labels import Labels
from .options import ReadOptions
from .rates import nearest_frames, rate_difference
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

_TRUE = ("1", "true", "yes", "x")
#: Columns that name the recording itself.
_VIDEO_COLUMNS = ("video", "video_id", "video id", "media file name")


def read_bouts(text: Text, options: ReadOptions, format_name: str) -> list[Labels]:
    """Read a bout table: the labels of every annotator in it, in the order of their first rows.

    All of them share one ethogram and one length, so that they can be compared.

    Raises
    ------
    FormatError
        When columns are missing, bouts are malformed, or the table leaves open what only the caller knows:
        the frame rate, the unit, which recording, or what the frames between the bouts are.
    """
    columns = find_columns(text.header, options.columns)
    if columns is None:
        raise text.error(
            f"has no columns for start, stop and behavior among {', '.join(text.header)}; name them, such as "
            "columns={'start': 'from', 'stop': 'to', 'behavior': 'type'}."
        )
    table = _cells(text, columns)
    table = _one_of(table, "video", options.video, text)
    table = _one_of(table, "subject", options.subject, text)
    fps, report = _rate(table, columns, options)
    rows, oddities = _rows(table, columns, text, options, fps)
    report += oddities + _repeated(rows)
    gaps = options.gaps or ("unlabeled" if columns.own else None)
    found = labels_of_rows(rows, text, replace(options, gaps=gaps), format_name, fps=fps, report=report)
    recording = _recording(table, text.header[columns.roles["video"]]) if "video" in table else ""
    return [replace(labels, recording=recording) for labels in found]


def _recording(table: pd.DataFrame, header: str) -> str:
    """Return the recording that the rows are of; ids of observations and label files do not name one."""
    names = [name for name in table["video"].unique() if name]
    if header.casefold() not in _VIDEO_COLUMNS or len(names) != 1:
        return ""
    return PureWindowsPath(names[0]).stem  # takes either separator of folders


def _cells(text: Text, columns: BoutColumns) -> pd.DataFrame:
    """Return the table as trimmed text with the roles as column names."""
    import pandas as pd

    table = read_cells(text, [str(position) for position in range(len(text.header))])
    roles = dict(columns.roles)
    if columns.own:
        roles[OWN_SECONDS] = [cell.casefold() for cell in text.header].index(OWN_SECONDS)
    chosen = table[[str(position) for position in roles.values()]]
    chosen.columns = pd.Index(list(roles))
    chosen = chosen.apply(lambda cells: cells.str.strip())
    leading = len(text.content) - len(text.content.lstrip("\n"))
    chosen.index = chosen.index + leading + 2  # the number of the row's line
    return chosen


def _one_of(table: pd.DataFrame, role: str, wanted: str | None, text: Text) -> pd.DataFrame:
    """Return the rows of one recording or animal; which one must be said where there are several."""
    if role not in table:
        return table
    values = [value for value in table[role].unique() if value]
    if wanted is None and len(values) <= 1:
        return table
    if wanted not in values:
        more = f" and {len(values) - 5:,} more" if len(values) > 5 else ""
        raise text.error(f"holds the {role}s {', '.join(values[:5])}{more}; say which one ({role}=...).")
    return table[table[role] == wanted]


def _rate(table: pd.DataFrame, columns: BoutColumns, options: ReadOptions) -> tuple[float | None, list[str]]:
    """Return the frame rate to count with, and whether the file says another one."""
    own = None
    if "fps" in table and len(table):
        own = _float(table["fps"].iloc[0])
    elif columns.own and len(table):
        own = _implied_rate(table)
    if own is None:
        return options.fps, []
    return options.fps or own, rate_difference(own, options.fps)


def _implied_rate(table: pd.DataFrame) -> float | None:
    """Return the frame rate of a table of ours, in which the last stop stands in frames and in seconds."""
    last = table.iloc[-1]
    frames, seconds = _float(last["stop"]), _float(last[OWN_SECONDS])
    return round(frames / seconds, 3) if frames and seconds else None


def _float(cell: str) -> float | None:
    try:
        return float(cell) or None
    except ValueError:
        return None


def _rows(
    table: pd.DataFrame, columns: BoutColumns, text: Text, options: ReadOptions, fps: float | None
) -> tuple[list[Row], list[str]]:
    report = []
    lacking = (table[["start", "stop", "behavior"]] == "").any(axis=1)
    if lacking.any():
        which = _rows_are(int(lacking.sum()), table.index[lacking][0])
        report.append(f"{which} left out: start, stop or behavior is missing.")
        table = table[~lacking]
    starts, stops = (_numbers(table[role], role, text) for role in ("start", "stop"))
    backwards = np.flatnonzero(stops < starts)
    if backwards.size:
        row = table.iloc[int(backwards[0])]
        span = f"{row['start']} to {row['stop']}"
        raise text.error(f"has a bout that stops before it starts in line {row.name}: {span}.")
    first, last = _frames(starts, stops, table, columns, text, options, fps)
    if first.size and first.min() < 0:
        row = table.iloc[int(first.argmin())]
        where = f"in line {row.name}: {row['start']}"
        raise text.error(f"has a bout that starts before the first frame {where}.")
    points = last <= first
    if points.any():
        which = _rows_are(int(points.sum()), table.index[points][0])
        report.append(f"{which} left out: a point without duration.")
    empty = [""] * len(table)
    cells = {role: table[role].tolist() if role in table else empty for role in (
        "behavior", "group", "annotator", "provenance", "note", "uncertain")}  # fmt: skip
    rows = [
        Row(
            int(first[n]), int(last[n]), cells["behavior"][n], cells["group"][n] or DEFAULT_GROUP,
            cells["annotator"][n], cells["provenance"][n], cells["note"][n],
            cells["uncertain"][n].casefold() in _TRUE,
        )
        for n in np.flatnonzero(~points).tolist()
    ]  # fmt: skip
    return rows, report


def _repeated(rows: list[Row]) -> list[str]:
    count = len(rows) - len(set(rows))
    if not count:
        return []
    verbs = ("repeats", "changes") if count == 1 else ("repeat", "change")
    return [f"{counted(count, 'row')} {verbs[0]} an earlier row and {verbs[1]} nothing."]


def _rows_are(count: int, line: object) -> str:
    return f"1 row (line {line}) was" if count == 1 else f"{count:,} rows (the first in line {line}) were"


def _numbers(cells: pd.Series, role: str, text: Text) -> NDArray[np.float64]:
    import pandas as pd

    numbers = np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        at = int(wrong[0])
        raise text.error(f"has the {role} '{cells.iloc[at]}' in line {cells.index[at]}, which is no number.")
    return numbers


def _frames(
    starts: NDArray[np.float64],
    stops: NDArray[np.float64],
    table: pd.DataFrame,
    columns: BoutColumns,
    text: Text,
    options: ReadOptions,
    fps: float | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first frame and stop frame of every bout in frames of the track."""
    unit = options.unit or columns.unit
    whole = bool((starts == np.rint(starts)).all() and (stops == np.rint(stops)).all())
    if unit is None and whole and starts.size:
        raise text.error(
            "holds whole numbers that may be frames or seconds; say which (unit=frames or "
            "unit=seconds; on the command line with --read)."
        )
    if unit == "frames" and not whole:
        raise text.error("has frame numbers that are not whole; if they are seconds, say so (unit=seconds).")
    inclusive = int(options.end == "inclusive")
    if unit == "frames" or not starts.size:
        first, last = starts.astype(np.int64), stops.astype(np.int64) + inclusive
    else:
        if fps is None and options.times is None:
            raise text.error("gives seconds; say how many frames per second the recording has (fps).")
        first = nearest_frames(starts, fps, options.times)
        last = nearest_frames(stops, fps, options.times) + inclusive
        last = np.where((stops > starts) & (last == first), first + 1, last)
    return first - options.first_frame, last - options.first_frame
