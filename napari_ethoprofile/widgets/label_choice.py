"""Whose labels are learned from: a list of the annotators and kinds of passes of a project."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox, QWidget

from ..annotation.project import Project
from ..training.datasets import LABEL_KINDS

_ALL = "the best: consensus, review, first"


class LabelChoice(QComboBox):
    """Offers whose labels there are; an entry holds what ``--labels`` takes, nothing for the best of all."""

    def __init__(self, name: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setToolTip(tooltip)
        self.addItem(_ALL, "")

    def show_project(self, project: Project | None, annotator: str) -> None:
        """Offer what the annotator may know of in a project; what is chosen stays where it is there."""
        chosen = self.currentText()
        self.clear()
        self.addItem(_ALL, "")
        if project is not None:
            records = project.passes(acting=annotator or None)
            people = [record for record in records if record.kind.value in LABEL_KINDS]
            kinds = {record.kind.value for record in people}
            for kind in (kind for kind in LABEL_KINDS if kind in kinds):
                self.addItem(f"only {kind} passes", kind)
            for name in sorted({record.annotator for record in people}):
                self.addItem(f"only those of {name}", name)
        self.setCurrentIndex(max(0, self.findText(chosen)))

    def arguments(self) -> list[str]:
        """Return what is chosen as options of the command."""
        return ["--labels", self.currentData()] if self.currentData() else []
