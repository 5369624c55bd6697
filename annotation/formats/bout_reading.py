"""Reading bout tables: rows to frames, annotators apart, overlapping behaviors in groups of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME, Ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .bout_columns import OWN_SECONDS, BoutColumns, find_columns
from .cells import read_cells
from .labels import Labels, Mark
from .mapping import UNLABELED_NAME
from .options import ReadOptions
from .rates import nearest_frames, rate_difference
from .text import Text
from .wording import counted

if TYPE_CHECKING:
    import pandas as pd

_TRUE = ("1", "true", "yes", "x")
DEFAULT_GROUP = "behavior"
#: Stands for a frame that no row covers, until the caller's choice fills it.
_GAP = -2


@dataclass(frozen=True)
class Row:
    """One bout of a table, in frames of the track."""

    start: int
    stop: int
    name: str
    group: str
    annotator: str
    provenance: str = ""
    note: str = ""
    uncertain: bool = False


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
    frames = max((row.stop for row in rows), default=0)
    frames = max(frames, options.frames or 0)
    if not frames:
        raise text.error("holds no bout; say how many frames the recording has to read it as unlabeled.")
    parts: dict[str, list[str]] = {}
    if options.overlaps != "later":
        rows, parts, overlapping = _apart(rows, frames)
        report += overlapping
    else:
        count = sum(_overlapping(rows, group, frames) for group in {row.group for row in rows})
        if count:
            where = f"Bouts of different behaviors overlap on {counted(count, 'frame')}"
            report.append(f"{where}: the later row won.")
    ethogram = _ethogram(rows, parts, text)
    painter = _Painter(ethogram, parts, in_order=options.overlaps == "later")
    gaps = options.gaps or ("unlabeled" if columns.own else None)
    found = []
    for annotator in dict.fromkeys(row.annotator for row in rows) or [""]:
        own = [row for row in rows if row.annotator == annotator]
        found.append(
            Labels(
                track=_track(painter.codes(own, frames), gaps, text),
                ethogram=ethogram,
                fps=fps,
                annotator=annotator or None,
                format=format_name,
                source=text.path,
                report=list(report),
                marks=painter.marks(own),
                open_ended=True,
                after=NONE if gaps == "none" else UNLABELED,
            )
        )
    return found


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
            "holds whole numbers that may be frames or seconds; say which (unit=frames or unit=seconds)."
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


def _apart(rows: list[Row], frames: int) -> tuple[list[Row], dict[str, list[str]], list[str]]:
    """Give the behaviors of a group in which bouts overlap groups of their own.

    Returns
    -------
    rows
        The rows with their new groups; rows of none keep the old one.
    parts
        Every group that was split, to its new groups.
    report
        What was done.
    """
    report: list[str] = []
    parts: dict[str, list[str]] = {}
    groups = list(dict.fromkeys(row.group for row in rows))
    for group in groups:
        count = _overlapping(rows, group, frames)
        if count:
            parts[group] = []
            report.append(
                f"Bouts of different behaviors overlap on {counted(count, 'frame')}: "
                "each behavior got a group of its own."
            )
    kept = {group.casefold() for group in groups if group not in parts}
    moved = []
    for row in rows:
        if row.group in parts and not _is_special(row.name):
            new = f"{row.name} ({row.group})" if row.name.casefold() in kept else row.name
            parts[row.group].append(new)
            row = replace(row, group=new)
        moved.append(row)
    return moved, parts, report


def _overlapping(rows: list[Row], group: str, frames: int) -> int:
    """Return on how many frames one annotator has several behaviors in a group."""
    total = 0
    for annotator in dict.fromkeys(row.annotator for row in rows):
        own = [r for r in rows if r.annotator == annotator and r.group == group and not _is_special(r.name)]
        depth = np.zeros(frames, np.int32)
        for name in {row.name.casefold() for row in own}:
            edges = np.zeros(frames + 1, np.int32)
            np.add.at(edges, [row.start for row in own if row.name.casefold() == name], 1)
            np.add.at(edges, [row.stop for row in own if row.name.casefold() == name], -1)
            depth += np.cumsum(edges[:-1]) > 0
        total += int((depth > 1).sum())
    return total


def _is_special(name: str) -> bool:
    return name.casefold() in (NONE_NAME, UNLABELED_NAME)


def _ethogram(rows: list[Row], parts: dict[str, list[str]], text: Text) -> Ethogram:
    """Return the ethogram of the names in the file's order.

    A group in which only none occurs is kept by a behavior of its name that never occurs.
    """
    items: dict[str, dict[str, str]] = {}
    for row in rows:
        if _is_special(row.name):
            continue
        known = items.setdefault(row.name.casefold(), {"name": row.name, "group": row.group})
        if known["group"] != row.group and known["name"].casefold() != known["group"].casefold():
            raise text.error(f"has '{row.name}' in the groups '{known['group']}' and '{row.group}'.")
    groups = {item["group"] for item in items.values()}
    silent = [g for g in dict.fromkeys(row.group for row in rows) if g not in groups and g not in parts]
    if groups or silent != [DEFAULT_GROUP]:
        for group in silent:
            name = f"{group} (group)" if group.casefold() in items else group
            items[name.casefold()] = {"name": name, "group": group}
    return Ethogram.from_dict({"name": text.path.stem, "behaviors": list(items.values())}, str(text.path))


class _Painter:
    """Paints rows on tracks of one ethogram.

    Parameters
    ----------
    ethogram
        Of the whole file.
    parts
        Groups that were split, to their new groups: a row of none there speaks of all of them.
    in_order
        Later rows win; otherwise a behavior wins over none.
    """

    def __init__(self, ethogram: Ethogram, parts: dict[str, list[str]], *, in_order: bool) -> None:
        self._groups = {name: [index] for index, name in enumerate(ethogram.groups)}
        self._groups |= {old: [ethogram.groups.index(n) for n in new] for old, new in parts.items()}
        self._codes = {behavior.name.casefold(): behavior.id for behavior in ethogram.behaviors}
        self._codes |= {NONE_NAME: NONE, UNLABELED_NAME: UNLABELED}
        self._shape = len(ethogram.groups)
        self._in_order = in_order

    def codes(self, rows: list[Row], frames: int) -> NDArray[np.int16]:
        """Return codes (frames, groups), `_GAP` where no row is."""
        codes = np.full((frames, self._shape), _GAP, CODE)
        ordered = rows if self._in_order else sorted(rows, key=lambda row: not _is_special(row.name))
        for row in ordered:
            codes[row.start : row.stop, self._groups[row.group]] = self._codes[row.name.casefold()]
        return codes

    def marks(self, rows: list[Row]) -> tuple[Mark, ...]:
        """Return what the rows say beyond labels, in time order."""
        marks = [
            Mark(row.start, row.stop, group, row.provenance, row.note, row.uncertain)
            for row in rows
            if row.provenance or row.note or row.uncertain
            for group in self._groups[row.group]
        ]
        return tuple(sorted(marks, key=lambda mark: (mark.start, mark.group)))


def _track(codes: NDArray[np.int16], gaps: str | None, text: Text) -> LabelTrack:
    """Return the track with its gaps filled as the caller says."""
    open_frames = int((codes == _GAP).any(axis=1).sum())
    if open_frames and gaps is None:
        raise text.error(
            f"does not say what the {open_frames:,} of {len(codes):,} frames are that its bouts leave open; "
            "say it (gaps=none: somebody looked and saw nothing; gaps=unlabeled: nobody looked)."
        )
    codes[codes == _GAP] = NONE if gaps == "none" else UNLABELED
    return LabelTrack(codes)
