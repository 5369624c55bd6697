"""The dialog that shows who has which clips to score, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.project import AssignmentRecord, State
from ..annotation.review_plans import workloads
from ..session import Session
from .clip_table import LATE_COLOR
from .forms import push_button, shape_table, text_label

PEOPLE = ("Annotator", "Assigned", "Open", "Submitted", "Overdue", "Next deadline")
CLIPS = ("Clip", "Annotator", "Kind", "State", "Deadline", "Chosen by")


class AssignmentsDialog(QDialog):
    """Counts for each annotator, their clips, and a button that takes back what was not begun.

    Parameters
    ----------
    session
        Its project's assignments are shown; its annotator is on record as who took work back.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assignments_dialog")
        self.setWindowTitle("Assignments")
        self._session = session
        self._records: list[AssignmentRecord] = []
        self.people = _table("assignment_counts", PEOPLE, 0, self)
        self.clips = _table("assignment_clips", CLIPS, 0, self)
        self.withdraw = push_button(
            "withdraw", "Take back", "Take back the selected clips; those that were begun stay.", self
        )
        close = push_button("close", "Close", "Close this window.", self)
        foot = QHBoxLayout()
        foot.addWidget(self.withdraw)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(self.people, 1)
        layout.addWidget(text_label("assignments_hint", self, "Select an annotator to see only their clips."))
        layout.addWidget(self.clips, 3)
        layout.addLayout(foot)
        self.people.itemSelectionChanged.connect(self._show_clips)
        self.clips.itemSelectionChanged.connect(self._show_button)
        self.withdraw.clicked.connect(lambda _checked=False: self._withdraw())
        close.clicked.connect(lambda _checked=False: self.accept())
        self.resize(760, 540)
        self.refresh()

    def refresh(self) -> None:
        """Read the assignments again."""
        records = self._session.require_project().assignments()
        rows = [
            (
                w.annotator,
                str(w.assigned),
                str(w.open),
                str(w.submitted),
                str(w.overdue),
                _text(w.next_deadline),
            )
            for w in workloads(records, date.today())
        ]
        _fill(self.people, rows, [bool(int(row[4])) for row in rows])
        self._show_clips()

    def _show_clips(self) -> None:
        chosen = {self.people.item(row, 0).text() for row in _selected(self.people)}
        records = self._session.require_project().assignments()
        self._records = [record for record in records if not chosen or record.annotator in chosen]
        rows = [
            (r.clip, r.annotator, r.kind.value, r.state.value, _text(r.deadline), r.plan)
            for r in self._records
        ]
        today = date.today()
        _fill(self.clips, rows, [record.overdue(today) for record in self._records])
        self._show_button()

    def _show_button(self) -> None:
        taken = [self._records[row] for row in _selected(self.clips)]
        usable = bool(taken) and all(record.state is State.ASSIGNED for record in taken)
        self.withdraw.setEnabled(usable and bool(self._session.annotator))

    def _withdraw(self) -> None:
        ids = [self._records[row].id for row in _selected(self.clips)]
        try:
            self._session.require_project().withdraw_assignments(ids, self._session.annotator)
        except EthoprofileError as error:
            QMessageBox.warning(self, self.windowTitle(), str(error))
        self.refresh()
        self._session.passes_changed()


def _table(name: str, columns: tuple[str, ...], stretched: int, parent: QWidget) -> QTableWidget:
    table = QTableWidget(0, len(columns), parent)
    table.setObjectName(name)
    table.setHorizontalHeaderLabels(list(columns))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    shape_table(table, stretched, 22)
    return table


def _fill(table: QTableWidget, rows: Sequence[tuple[str, ...]], late: Sequence[bool]) -> None:
    table.setRowCount(len(rows))
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if late[number]:
                item.setForeground(QColor(LATE_COLOR))
                item.setToolTip("The deadline has gone by.")
            table.setItem(number, column, item)


def _selected(table: QTableWidget) -> list[int]:
    return sorted({index.row() for index in table.selectedIndexes()})


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
