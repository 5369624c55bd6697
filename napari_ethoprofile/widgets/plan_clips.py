"""The dialog that adds clips to the open project by a plan."""

from __future__ import annotations

from qtpy.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from ..annotation.clips import Stretch
from ..annotation.errors import EthoprofileError
from ..session import Session
from .clip_plan import counted, sources_of
from .forms import push_button
from .plan_form import PlanForm


class PlanDialog(QDialog):
    """Plans clips of the open project, shows what they come to, and creates them.

    Parameters
    ----------
    session
        The window's session.

    Attributes
    ----------
    created
        Number of clips that were created.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_dialog")
        self.setWindowTitle("Plan clips")
        self._session = session
        self.created = 0
        self.form = PlanForm(self._remark, self)
        tooltip = "Add these clips to the project. Clips that are there already stay as they are."
        self.create_button = push_button("create_clips", "Create", tooltip, self)
        self.create_button.setMinimumWidth(140)
        self.cancel_button = push_button("cancel", "Cancel", "Close without adding clips.", self)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.create_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(self.form, 1)
        layout.addLayout(foot)
        self.create_button.clicked.connect(lambda _checked=False: self._create())
        self.cancel_button.clicked.connect(lambda _checked=False: self.reject())
        self.form.changed.connect(self._show_button)
        self.resize(740, 560)
        self.form.show_sources(*sources_of(session.require_project().videos()))

    @property
    def stretches(self) -> list[Stretch]:
        """The clips of the plan without those that are not certain yet."""
        uncertain = set(self.form.uncertain)
        return [stretch for stretch in self.form.stretches if stretch not in uncertain]

    def _remark(self) -> str:
        known = self._session.require_project().preview_clips(self.stretches).known
        uncertain = len(self.form.uncertain)
        remarks = []
        if known:
            remarks.append(f"{counted(known, 'clip')} of the plan {_are(known)} there already.")
        if uncertain:
            remarks.append(
                f"{counted(uncertain, 'clip')} that need recordings which are not indexed yet "
                f"{_are(uncertain)} left out; plan again when the index is complete."
            )
        return " ".join(remarks)

    def _show_button(self) -> None:
        project = self._session.require_project()
        new = project.preview_clips(self.stretches).new
        self.create_button.setText(f"Create {counted(new, 'clip')}")
        self.create_button.setEnabled(new > 0 and not project.read_only)

    def _create(self) -> None:
        try:
            clips = self._session.require_project().add_clips(self.stretches, plan=self.form.plan.name)
        except EthoprofileError as error:
            QMessageBox.warning(self, self.windowTitle(), str(error))
            return
        self.created = len(clips)
        self.accept()


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
