"""Which animals are kept for comparing models."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QSpinBox, QVBoxLayout, QWidget

from ..model_desk import ModelDesk
from ..session import Session
from .forms import push_button, text_label

_SUBJECT = Qt.ItemDataRole.UserRole


class ModelHoldout(QWidget):
    """Lists the animals with a check for those that are kept.

    Parameters
    ----------
    desk, session
        What is changed, and whose project it is.
    """

    def __init__(self, desk: ModelDesk, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_holdout")
        self._desk, self._session, self._seed = desk, session, 0
        self.explained = text_label(
            "holdout_explained", self,
            "No model learns from these animals. Score them blind: new models are compared on them.",
        )  # fmt: skip
        self.animals = QListWidget(self)
        self.animals.setObjectName("holdout_animals")
        self.animals.setMinimumHeight(64)
        self.animals.itemChanged.connect(lambda _item: self._enable())
        self.number = QSpinBox(self)
        self.number.setObjectName("holdout_number")
        self.number.setRange(1, 99)
        self.number.setValue(4)
        self.suggest = push_button(
            "holdout_suggest", "Suggest", "Check animals spread over the strains; again: others.", self
        )
        self.animals.setToolTip("No proposal is shown on their clips. Each is kept for one purpose only.")
        self.suggest.clicked.connect(lambda _checked=False: self._suggest())
        self.keep = push_button("holdout_keep", "Keep them", "Keep the checked animals from now on.", self)
        self.keep.clicked.connect(lambda _checked=False: self._keep())
        self.state = text_label("holdout_state", self)
        row = QHBoxLayout()
        row.addWidget(self.suggest)
        row.addWidget(self.number)
        row.addWidget(QLabel("animals", self))
        row.addStretch(1)
        row.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self.explained)
        layout.addWidget(self.animals, 1)
        layout.addLayout(row)
        layout.addWidget(self.state)

    @property
    def checked(self) -> list[str]:
        """The checked animals."""
        items = (self.animals.item(row) for row in range(self.animals.count()))
        return [
            str(item.data(_SUBJECT))
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        ]

    def refresh(self) -> None:
        """Show the animals and how far their blind labels are."""
        project = self._session.project
        self.animals.clear()
        if project is not None:
            strains = {record.id: record.strain for record in project.subjects()}
            kept = set(project.kept_subjects("champion"))
            tested = set(project.kept_subjects("test")) | project.frozen_animals()
            for name in sorted({video.subject for video in project.videos()} - {""}):
                self._add(name, strains.get(name, ""), kept=name in kept, tested=name in tested)
        state = self._desk.holdout()
        self.state.setText("" if state is None else " ".join(state.sentences))
        self._enable()

    def _add(self, name: str, strain: str, *, kept: bool, tested: bool) -> None:
        parts = [name, strain, "kept for the final test" if tested else ""]
        item = QListWidgetItem(", ".join(filter(None, parts)), self.animals)
        item.setData(_SUBJECT, name)
        item.setCheckState(Qt.CheckState.Checked if kept else Qt.CheckState.Unchecked)
        if tested:
            item.setFlags(Qt.ItemFlag.NoItemFlags)

    def _suggest(self) -> None:
        chosen = self._desk.suggest(self.number.value(), self._seed)
        self._seed += 1
        for row in range(self.animals.count() if chosen else 0):
            item = self.animals.item(row)
            if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                on = item.data(_SUBJECT) in chosen
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _keep(self) -> None:
        if self._desk.keep(self.checked):
            self.refresh()

    def _enable(self) -> None:
        project = self._session.project
        writable = project is not None and not project.read_only
        now = list(project.kept_subjects("champion")) if project is not None else []
        self.suggest.setEnabled(writable and self.animals.count() > 0)
        self.keep.setEnabled(writable and sorted(self.checked) != now)
