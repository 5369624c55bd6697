"""The clips of a project as a table: where they lie, whose they are, how far they are scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from qtpy.QtGui import QColor, QFont

from ..annotation.project import Project

COLUMNS = ("Recording", "Start", "Subject", "Scored", "Due")
RECORDING, START, SUBJECT, SCORED, DUE = range(len(COLUMNS))
TO_DO, IN_PROGRESS, SUBMITTED = "to do", "in progress", "submitted"
#: A choice of the filter beside the states: what is assigned to the acting annotator and not submitted.
ASSIGNED = "assigned"
LATE_COLOR = "#D55E00"


@dataclass(frozen=True)
class ClipRow:
    """What the table shows of one clip for the acting annotator.

    Attributes
    ----------
    clip, video
        Ids.
    recording, start, subject
        As shown.
    start_frame
        First frame of the clip in the recording.
    frames
        Length of the clip.
    scored
        Share of frames that the annotator's own pass has decided, 0 to 1.
    state
        ``to do``, ``in progress`` or ``submitted``.
    pass_id
        The annotator's own pass, or empty.
    assigned
        Kind of the pass that is assigned to the annotator and not submitted; empty when none is.
    deadline, late
        The last day for it, and whether that has gone by.
    """

    clip: str
    video: str
    recording: str
    start: str
    start_frame: int
    subject: str
    frames: int
    scored: float
    state: str
    pass_id: str
    assigned: str = ""
    deadline: date | None = None
    late: bool = False


def clip_rows(project: Project, annotator: str) -> list[ClipRow]:
    """Return a row for every clip, with the pass that `annotator` works on."""
    data = project.status(acting=annotator or None)
    videos = {item["id"]: item for item in data["videos"]}
    subjects = {record.id: record.subject for record in project.videos()}
    today = date.today()
    due = {a.clip: a for a in project.assignments(annotator) if not a.state.finished} if annotator else {}
    rows = []
    for clip in data["clips"]:
        task = due.get(clip["id"])
        video = videos[clip["video"]]
        own = [p for p in clip["passes"] if p["annotator"] == annotator and p["kind"] != "model"]
        if task is not None:
            mine = next((p for p in own if p["id"] == task.pass_id), None)
        else:
            mine = next((p for p in own if p["state"] == "open"), own[0] if own else None)
        frames = clip["stop"] - clip["start"]
        unlabeled = mine.get("unlabeled") if mine else None
        scored = 0.0 if mine is None or unlabeled is None else 1 - unlabeled / max(1, frames)
        rows.append(
            ClipRow(
                clip=clip["id"],
                video=clip["video"],
                recording=Path(video["path"]).stem,
                start=clock(clip["start"] / (video["fps"] or 25)),
                start_frame=clip["start"],
                subject=subjects.get(clip["video"]) or "",
                frames=frames,
                scored=scored,
                state=_state(mine, scored),
                pass_id=mine["id"] if mine else "",
                assigned=task.kind.value if task else "",
                deadline=task.deadline if task else None,
                late=task is not None and task.overdue(today),
            )
        )
    return rows


def in_order_of_work(rows: list[ClipRow]) -> list[ClipRow]:
    """Return what is not submitted: assigned clips first, by deadline; then those that were begun."""
    waiting = [row for row in rows if row.state != SUBMITTED]
    return sorted(waiting, key=lambda row: (not row.assigned, row.scored == 0, row.deadline or date.max))


def day(deadline: date) -> str:
    """Return a day as ``Dec 1``; its year is in the tooltip."""
    return f"{deadline:%b} {deadline.day}"


def clock(seconds: float) -> str:
    """Return a time as ``m:ss`` or ``h:mm:ss``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _state(own: dict[str, Any] | None, scored: float) -> str:
    if own is None:
        return TO_DO
    if own["state"] != "open":  # submitted, or further: compared, adjudicated, frozen
        return SUBMITTED
    return IN_PROGRESS if scored > 0 else TO_DO


class ClipTableModel(QAbstractTableModel):
    """Table model over `ClipRow`."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: list[ClipRow] = []

    def show(self, rows: list[ClipRow]) -> None:
        """Replace all rows; where the clips are the same, only what is new of them is painted anew."""
        if [row.clip for row in rows] == [row.clip for row in self.rows]:
            changed = [n for n, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new]
            self.rows = rows
            for number in changed:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def update_scored(self, pass_id: str, scored: float) -> None:
        """Show progress of the open pass without reading the project again."""
        for number, row in enumerate(self.rows):
            if row.pass_id == pass_id and row.scored != scored:
                state = row.state if row.state == SUBMITTED else IN_PROGRESS if scored else TO_DO
                self.rows[number] = ClipRow(**{**row.__dict__, "scored": scored, "state": state})
                self.dataChanged.emit(self.index(number, SCORED), self.index(number, SCORED))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of clips."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the column titles."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, sorts by, or explains."""
        row = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(row)[column]
        if role == Qt.ItemDataRole.UserRole:
            return _sorting(row)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (START, SCORED):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and row.assigned and column != DUE:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and row.late and column == DUE:
            return QColor(LATE_COLOR)
        return None


def _shown(row: ClipRow) -> tuple[str, ...]:
    scored = SUBMITTED if row.state == SUBMITTED else f"{row.scored:.0%}"
    due = day(row.deadline) if row.deadline else ""
    return row.recording, row.start, row.subject, scored, f"{due} !" if row.late else due


def _sorting(row: ClipRow) -> tuple[str | float, ...]:
    due = row.deadline.isoformat() if row.deadline else "9"
    return row.recording, row.start_frame, row.subject, row.scored + (row.state == SUBMITTED), due


def _tooltip(row: ClipRow) -> str:
    text = (
        f"{row.recording}, frames {row.start_frame} to {row.start_frame + row.frames}, "
        f"{row.scored:.0%} scored, {row.state}."
    )
    if row.assigned:
        text += f" Assigned to you as a {row.assigned} pass"
        text += f", due by {row.deadline.isoformat()}" if row.deadline else ""
        text += " and overdue." if row.late else "."
    return f"{text} Double-click to open."


class ClipFilter(QSortFilterProxyModel):
    """Rows in one state (or all) whose recording or subject holds a text."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._state = ""
        self._text = ""
        self.setSortRole(Qt.ItemDataRole.UserRole)

    def restrict(self, state: str, text: str) -> None:
        """Show rows of `state` (all when empty, `ASSIGNED` for what is assigned) that hold `text`."""
        self._state, self._text = state, text.casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        """Tell whether a row is shown."""
        model = self.sourceModel()
        assert isinstance(model, ClipTableModel)
        item = model.rows[row]
        if self._state == ASSIGNED and not item.assigned:
            return False
        if self._state not in ("", ASSIGNED, item.state):
            return False
        return self._text in f"{item.recording} {item.subject} {item.start}".casefold()
