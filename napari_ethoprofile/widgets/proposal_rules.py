"""The dialog on proposals of a project: how good a model must be, how many clips go without, what is sure."""

from __future__ import annotations

from qtpy.QtWidgets import QDialog, QDoubleSpinBox, QWidget

from ..annotation.errors import EthoprofileError
from ..session import Session
from ..training.proposal_gate import audit_share, expected_accuracy, least_accuracy, set_rules, sure_from
from .forms import text_label
from .request_dialog import RequestDialog


class ProposalRulesDialog(RequestDialog):
    """Asks when proposals are shown in the open project.

    Parameters
    ----------
    session
        Whose project and annotator it is for.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("proposal_rules", "Proposals", "Keep", parent)
        self._session, project = session, session.require_project()
        self.accuracy = self._share(
            "accuracy",
            "Shown from an accuracy of",
            "Proposals of a worse model cost more than they save.",
            least_accuracy(project),
        )
        self.without = self._share(
            "without",
            "Share of clips without",
            "Drawn by chance: only these tell how good model and people are.",
            audit_share(project),
        )
        self.sure = self._share(
            "sure",
            "Sure from a confidence of",
            "Enter goes on to proposals that are less sure; those that are sure come last, one by one or "
            "together (Accept sure…). With 100 % it stops at every one.",
            sure_from(project),
        )
        self.model = text_label("proposal_rules_model", self)
        self.model.setText(self._expected())
        self.form.addRow("The current model", self.model)

    def _share(self, name: str, title: str, tooltip: str, value: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setObjectName(f"proposal_rules_{name}")
        box.setRange(0, 100)
        box.setDecimals(0)
        box.setSuffix(" %")
        box.setValue(100 * value)
        box.setToolTip(tooltip)
        self.form.addRow(title, box)
        return box

    def _expected(self) -> str:
        project = self._session.require_project()
        current = project.current_model()
        if current is None:
            return "There is none yet."
        found = expected_accuracy(project, current.model, self._session.annotator)
        if found.value is None:
            return f"How good '{current.name}' is, is not known."
        return f"'{current.name}' is expected to be right in {found.value:.0%} of the frames {found.how}."

    def accept(self) -> None:
        """Keep the settings; what was decided for passes that were opened before stays."""
        try:
            set_rules(
                self._session.require_project(),
                self.accuracy.value() / 100,
                self.without.value() / 100,
                self.sure.value() / 100,
            )
        except EthoprofileError as error:
            self.refuse(str(error))
            return
        QDialog.accept(self)
