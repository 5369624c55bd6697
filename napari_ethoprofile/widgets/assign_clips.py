"""The dialog that assigns clips to an annotator, with a preview."""

from __future__ import annotations

from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.assigning import AssignmentPlan, assign_plan, candidates_of, plan_assignment
from ..annotation.errors import EthoprofileError
from ..session import Session
from .assign_form import AssignForm
from .clip_plan import counted
from .clip_table import clock
from .forms import Notice, push_button, shape_table

COLUMNS = ("Recording", "Start", "Subject", "Strain", "Phase")


class AssignDialog(QDialog):
    """Shows which clips a request comes to, and assigns them.

    Parameters
    ----------
    session
        Its project's clips are assigned; its annotator is on record as who did it.

    Attributes
    ----------
    assigned
        Number of clips that were assigned.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assign_dialog")
        self.setWindowTitle("Assign clips")
        self._session = session
        self._plan: AssignmentPlan | None = None
        self.assigned = 0
        project = session.require_project()
        self.form = AssignForm([person.name for person in project.annotators()], self)
        self.notice = Notice("assign_notice", self)
        self.table = QTableWidget(0, len(COLUMNS), self)
        self.table.setObjectName("assign_preview")
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        shape_table(self.table, 0, 22)
        self.assign_button = push_button("assign", "Assign", "Assign the clips that are listed above.", self)
        self.assign_button.setMinimumWidth(140)
        cancel = push_button("cancel", "Cancel", "Close without assigning.", self)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.assign_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(self.form)
        layout.addWidget(self.notice)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        cancel.clicked.connect(lambda _checked=False: self.reject())
        self.assign_button.clicked.connect(lambda _checked=False: self._assign())
        self.form.changed.connect(self._preview)
        self.resize(680, 560)
        self._preview()

    def _preview(self) -> None:
        """Work out what the form asks for and show it, or why it cannot be done."""
        missing = self.form.missing()
        self._plan = None
        try:
            if not missing:
                self._plan = plan_assignment(self._session.require_project(), self.form.request())
            self.notice.tell(missing or self._remark())
        except EthoprofileError as error:
            self.notice.tell(str(error), problem=True)
        self._fill()

    def _remark(self) -> str:
        """Say what the plan does; which clips are served again stays unsaid."""
        plan = self._plan
        if plan is None:
            return ""
        text = f"{counted(len(plan.clips), 'clip')} for {plan.request.annotator}"
        if plan.request.table is None:
            text += f", drawn from {plan.candidates}"
        if plan.repeats:
            text += f"; {len(plan.repeats)} of their own among them"
        return f"{text}."

    def _fill(self) -> None:
        project = self._session.require_project()
        clips = self._plan.clips if self._plan is not None else ()
        rates = {video.id: video.fps or 25.0 for video in project.videos()}
        self.table.setRowCount(len(clips))
        for row, (clip, layers) in enumerate(
            zip(clips, candidates_of(project, clips, ("phase",)), strict=True)
        ):
            start = clock(clip.start / rates[clip.video])
            cells = (clip.video, start, layers.subject, layers.strain, layers.phase)
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.assign_button.setText(f"Assign {counted(len(clips), 'clip')}" if clips else "Assign")
        self.assign_button.setEnabled(bool(clips) and not project.read_only)

    def _assign(self) -> None:
        if self._plan is None:
            return
        try:
            made = assign_plan(self._session.require_project(), self._plan, self._session.annotator)
        except EthoprofileError as error:
            QMessageBox.warning(self, self.windowTitle(), str(error))
            return
        self.assigned = len(made)
        self.accept()
