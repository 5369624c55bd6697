"""What to train: name of the model, and what turns frames into features."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from ..jobs.rules import Wish
from ..training.features.registry import ENTRIES
from .choosers import ask_weights
from .forms import push_button


class TrainForm(QWidget):
    """Name, backbone and, for a backbone that was learned elsewhere, its weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.name.setObjectName("train_name")
        self.name.setToolTip("What to call the model; the next free number when empty.")
        self.backbone = QComboBox(self)
        self.backbone.setObjectName("train_backbone")
        for place, entry in enumerate(ENTRIES.values()):
            self.backbone.addItem(entry.name)
            self.backbone.setItemData(place, entry.summary, 3)  # Qt.ItemDataRole.ToolTipRole
        self.weights = QLineEdit(self)
        self.weights.setObjectName("train_weights")
        self.weights.setPlaceholderText("file of weights, or model folder")
        self._choose = push_button("train_choose_weights", "Choose…", "Choose a file of weights.", self)
        self._weights_label = QLabel("Weights", self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(QLabel("Model", self), 0, 0)
        grid.addWidget(self.name, 0, 1, 1, 2)
        grid.addWidget(QLabel("Backbone", self), 1, 0)
        grid.addWidget(self.backbone, 1, 1, 1, 2)
        grid.addWidget(self._weights_label, 2, 0)
        grid.addWidget(self.weights, 2, 1)
        grid.addWidget(self._choose, 2, 2)
        self.backbone.currentTextChanged.connect(self._on_backbone)
        self._choose.clicked.connect(lambda _checked=False: ask_weights(self, self.weights.setText))
        self._on_backbone(self.backbone.currentText())

    def wish(self) -> Wish:
        """Return the training that is asked for."""
        weights = self.weights.text().strip() if self.weights.isVisibleTo(self) else ""
        return Wish("by hand", self.name.text().strip(), self.backbone.currentText(), weights)

    def show_next_name(self, name: str) -> None:
        """Show what the model will be called when nothing is typed."""
        self.name.setPlaceholderText(name)

    def _on_backbone(self, name: str) -> None:
        elsewhere = ENTRIES[name].learned == "elsewhere"
        for widget in (self._weights_label, self.weights, self._choose):
            widget.setVisible(elsewhere)
        self.backbone.setToolTip(ENTRIES[name].summary)
