"""Asks which old trainings are removed, and says what that is and how much room it makes."""

from __future__ import annotations

from qtpy.QtWidgets import QDialog, QSpinBox, QWidget

from ..annotation.errors import EthoprofileError
from ..jobs.learning import Learning
from ..training.jobs.pruning import DAYS, OldJob, size_text
from .forms import text_label
from .request_dialog import RequestDialog


class PruneJobsDialog(RequestDialog):
    """Removes the folders of trainings that ended some time ago, once the user has seen which.

    Parameters
    ----------
    learning
        Whose trainings.
    """

    def __init__(self, learning: Learning, parent: QWidget | None = None) -> None:
        super().__init__("prune", "Remove old trainings", "Remove", parent)
        self._learning = learning
        self._old: list[OldJob] = []
        self.days = QSpinBox(self)
        self.days.setObjectName("prune_days")
        self.days.setRange(0, 3650)
        self.days.setValue(DAYS)
        self.days.setSuffix(" days ago or earlier")
        self.days.valueChanged.connect(lambda _value: self._look())
        self.told = text_label("prune_told", self)
        self.form.addRow("Ended", self.days)
        self.form.addRow("That is", self.told)
        self._look()

    def _look(self) -> None:
        self._old = self._learning.old_jobs(self.days.value())
        self.told.setText(told_about(self._old))
        self.buttons.button(self.buttons.StandardButton.Ok).setEnabled(bool(self._old))

    def accept(self) -> None:
        """Remove them."""
        try:
            self._learning.remove_jobs(self._old)
        except EthoprofileError as error:
            self.refuse(str(error))
            self._look()
            return
        QDialog.accept(self)


def told_about(old: list[OldJob]) -> str:
    """Return what would be removed, in words."""
    if not old:
        return "nothing. Trainings that run, that are not taken over, and the newest are kept in any case."
    reasons = [item.why for item in old]
    parts = "; ".join(f"{reasons.count(why)}: {why}" for why in dict.fromkeys(reasons))
    size = size_text(sum(item.size for item in old))
    trainings = "1 training" if len(old) == 1 else f"{len(old)} trainings"
    return (
        f"{trainings}, {size} ({parts}). Logs, curves and copies of labels go, and what could be resumed; "
        "models and labels of the project stay."
    )
