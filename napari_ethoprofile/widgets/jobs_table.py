"""The trainings of a project as a table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ..training.jobs.adopting import is_adopted
from ..training.jobs.job import Job
from ..training.jobs.standing import JobState, Standing, standing_of
from .forms import tooltip

_COLUMNS = ("when", "model", "state", "why it was started")


class JobsTable(QAbstractTableModel):
    """One row a training, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Job, Standing]] = []

    @property
    def rows(self) -> list[tuple[Job, Standing]]:
        """The jobs with how far they are."""
        return self._rows

    def show_jobs(self, jobs: list[Job]) -> None:
        """Show other jobs, or the same as they are now."""
        self.beginResetModel()
        self._rows = [(job, standing_of(job)) for job in jobs]
        self.endResetModel()

    def row_of(self, job_id: str) -> int:
        """Return the row of a job, or -1."""
        return next((n for n, (job, _) in enumerate(self._rows) if job.id == job_id), -1)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of jobs."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the name of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, or the sentence about its job as tooltip."""
        if not index.isValid():
            return None
        job, standing = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (_when(job), job.plan.model, _state(job, standing), job.plan.reason)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(standing.sentence, f"Folder: {job.folder}")
        return None


def _when(job: Job) -> str:
    return datetime.fromisoformat(job.plan.created).astimezone().strftime("%d %b %H:%M")


def _state(job: Job, standing: Standing) -> str:
    if standing.state is JobState.DONE and not is_adopted(job):
        return "done, not taken over"
    return standing.state.value
