"""The dialog that adds clips to the open project by a plan."""

from __future__ import annotations

from qtpy.QtWidgets import QDialog, QDialogButtonBox, QMessageBox, QVBoxLayout, QWidget

from ..annotation.clips import Stretch
from ..annotation.errors import EthoprofileError
from ..session import Session
from .clip_plan import counted, sources_of
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
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(buttons, self)
        self.create_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.create_button.setObjectName("create_clips")
        self.create_button.setToolTip("Add these clips to the project. Clips that are there already stay.")
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Close without adding clips.")
        layout = QVBoxLayout(self)
        layout.addWidget(self.form, 1)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self._create)
        self.buttons.rejected.connect(self.reject)
        self.form.changed.connect(self._show_button)
        self.resize(720, 560)
        self.form.show_sources(*sources_of(session.require_project().videos()))

    @property
    def stretches(self) -> list[Stretch]:
        """The clips of the plan without those whose end is not known yet."""
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
                f"{counted(uncertain, 'clip')} at the end of recordings that are not indexed yet "
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
