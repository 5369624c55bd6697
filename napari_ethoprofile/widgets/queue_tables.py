"""What is to be labeled next, and which labels are doubted, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt

from ..annotation.project import Project
from ..annotation.project.queries import QueryRecord, QueryState
from ..training.second_look import SecondLook
from .forms import tooltip

_NO_PARENT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_STATES = {QueryState.OPEN: "", QueryState.DONE: "✓", QueryState.SKIPPED: "–"}
#: Before the query that is being answered.
_HERE = "▶"


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query with what the table says of it.

    Attributes
    ----------
    query
        The query.
    subject, time, light
        The animal, when the stretch was recorded, and whether in the light; empty where nobody knows.
    """

    query: QueryRecord
    subject: str
    time: str
    light: str


class _Table(QAbstractTableModel):
    """Headers with explanations, and how many rows there are."""

    HEADERS: tuple[tuple[str, str], ...] = ()

    def _count(self) -> int:
        raise NotImplementedError

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else self._count()

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return name and meaning of a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.HEADERS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section][0]
        return tooltip(self.HEADERS[section][1]) if role == Qt.ItemDataRole.ToolTipRole else None


class QueriesTable(_Table):
    """One row a stretch that is asked for, in the order of the list."""

    HEADERS = (
        ("", "✓ labeled, – skipped, ▶ open in the window."),
        ("Animal", "Whose recording it is."),
        ("At", "The time of day; where nobody knows it, the time since the recording began."),
        ("Light", "Whether it was recorded in the light or in the dark."),
        ("Why", "What it was chosen by."),
        ("Sec.", "How long it will take to label, from your pace so far, in seconds."),
    )
    STATE, SUBJECT, TIME, LIGHT, WHY, WORK = range(len(HEADERS))

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: list[QueryRow] = []
        self._here = ""

    def show(self, rows: list[QueryRow]) -> None:
        """Show these queries."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def mark(self, query: QueryRecord | None) -> None:
        """Mark the query that is being answered."""
        self._here = "" if query is None else query.id
        if self.rows:
            last = self.index(len(self.rows) - 1, self.STATE)
            self.dataChanged.emit(self.index(0, self.STATE), last)

    def _count(self) -> int:
        return len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows or explains."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        query = row.query
        if role == Qt.ItemDataRole.DisplayRole:
            state = _HERE if query.id == self._here else _STATES[query.state]
            work = "" if query.seconds is None else f"{query.seconds:.0f}"
            return (state, row.subject, row.time, row.light, query.reason, work)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            chance = ["Drawn by chance: served without proposals."] if query.audit else []
            where = f"{query.clip}, frames {query.start} to {query.stop} of the recording."
            return tooltip(*filter(None, [query.reason, where, *chance]))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (self.TIME, self.WORK):
            return _RIGHT
        return None


class DoubtsTable(_Table):
    """One row a bout whose label the current model doubts, the most doubtful first."""

    HEADERS = (
        ("Animal", "Whose recording it is; a click plays the bout."),
        ("At", "Where it begins in the recording."),
        ("Sec.", "How long it is, in seconds."),
        ("Label", "What was labeled."),
        ("Model", "What the model finds likeliest, which has not learned from this animal."),
        ("By", "Who labeled it."),
    )
    SUBJECT, AT, LENGTH, LABEL, MODEL, BY = range(len(HEADERS))

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.looks: list[SecondLook] = []

    def show(self, looks: list[SecondLook]) -> None:
        """Show these bouts."""
        self.beginResetModel()
        self.looks = looks
        self.endResetModel()

    def _count(self) -> int:
        return len(self.looks)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows or explains."""
        if not index.isValid():
            return None
        look, column = self.looks[index.row()], index.column()
        suspect = look.suspect
        if role == Qt.ItemDataRole.DisplayRole:
            length = (suspect.stop - suspect.start) / look.fps
            at = clock(suspect.start / look.fps)
            cells = (look.subject, at, f"{length:.1f}", suspect.label, suspect.model_says, suspect.annotator)
            return cells[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            where = f"{suspect.video}, frames {suspect.start} to {suspect.stop}, pass {suspect.pass_id}."
            return tooltip(f"{suspect.label} or {suspect.model_says}? Doubt {suspect.score:.1f}.", where)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (self.AT, self.LENGTH):
            return _RIGHT
        return None


def query_rows(project: Project | None, queries: list[QueryRecord]) -> list[QueryRow]:
    """Return queries with animal, time and light."""
    if project is None:
        return []
    videos = {video.id: video for video in project.videos()}
    rows = []
    for query in queries:
        video = videos[query.video]
        since = query.start / (video.fps or 25.0)
        time = clock(since)
        if video.recorded_at is not None:
            time = f"{video.recorded_at + timedelta(seconds=since):%H:%M:%S}"
        phases = project.phases(query.video, query.start, query.stop)
        middle = (query.start + query.stop) // 2
        light = next((phase for start, stop, phase in phases if start <= middle < stop), "")
        rows.append(QueryRow(query, video.subject, time, light))
    return rows


def clock(seconds: float) -> str:
    """Return a time since the start of a recording in minutes and seconds, with hours where there are any."""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else minutes
