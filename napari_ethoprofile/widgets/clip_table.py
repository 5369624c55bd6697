"""The clips of a project as a table: where they lie, whose they are, how far they are scored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt

from ..annotation.project import Project

COLUMNS = ("Recording", "Start", "Subject", "Scored")
TO_DO, IN_PROGRESS, SUBMITTED = "to do", "in progress", "submitted"


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


def clip_rows(project: Project, annotator: str) -> list[ClipRow]:
    """Return a row for every clip, with the pass that `annotator` works on."""
    data = project.status(acting=annotator or None)
    videos = {item["id"]: item for item in data["videos"]}
    subjects = {record.id: record.subject for record in project.videos()}
    rows = []
    for clip in data["clips"]:
        video = videos[clip["video"]]
        own = [p for p in clip["passes"] if p["annotator"] == annotator and p["kind"] != "model"]
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
            )
        )
    return rows


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
        """Replace all rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def update_scored(self, pass_id: str, scored: float) -> None:
        """Show progress of the open pass without reading the project again."""
        for number, row in enumerate(self.rows):
            if row.pass_id == pass_id and row.scored != scored:
                state = row.state if row.state == SUBMITTED else IN_PROGRESS if scored else TO_DO
                self.rows[number] = ClipRow(**{**row.__dict__, "scored": scored, "state": state})
                self.dataChanged.emit(self.index(number, 3), self.index(number, 3))

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
        scored = SUBMITTED if row.state == SUBMITTED else f"{row.scored:.0%}"
        shown = (row.recording, row.start, row.subject, scored)
        if role == Qt.ItemDataRole.DisplayRole:
            return shown[index.column()]
        if role == Qt.ItemDataRole.UserRole:
            submitted = row.state == SUBMITTED
            return (row.recording, row.start_frame, row.subject, row.scored + submitted)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                f"{row.recording}, frames {row.start_frame} to {row.start_frame + row.frames}, "
                f"{row.scored:.0%} scored, {row.state}. Double-click to open."
            )
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (1, 3):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class ClipFilter(QSortFilterProxyModel):
    """Rows in one state (or all) whose recording or subject holds a text."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._state = ""
        self._text = ""
        self.setSortRole(Qt.ItemDataRole.UserRole)

    def restrict(self, state: str, text: str) -> None:
        """Show rows of `state` (all when empty) that hold `text`."""
        self._state, self._text = state, text.casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        """Tell whether a row is shown."""
        model = self.sourceModel()
        assert isinstance(model, ClipTableModel)
        item = model.rows[row]
        if self._state and item.state != self._state:
            return False
        return self._text in f"{item.recording} {item.subject} {item.start}".casefold()
