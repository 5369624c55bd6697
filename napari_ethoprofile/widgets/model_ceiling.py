"""How far a model agrees with people, next to how far people agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..model_desk import ModelDesk
from ..wires import Wires
from .forms import push_button, shape_table, text_label

if TYPE_CHECKING:
    from ..training.champions.ceiling import Ceiling


class CeilingPage(QWidget):
    """Measures the chosen model on request, and shows the figures side by side."""

    def __init__(self, desk: ModelDesk, wires: Wires, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_ceiling")
        self._desk, self._model = desk, ""
        self.go = push_button(
            "ceiling_measure", "Measure",
            "Ask it about clips that two people scored independently; readings of the holdout are on record.",
            self,
        )  # fmt: skip
        self.go.clicked.connect(lambda _checked=False: desk.measure(self._model))
        self.sentence = text_label("ceiling_sentence", self)
        self.table = QTableWidget(0, 3, self)
        self.table.setObjectName("ceiling_table")
        self.table.setHorizontalHeaderLabels(["Agreement", "Two people", "Model and a person"])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        shape_table(self.table, 0, 24)
        top = QHBoxLayout()
        top.addWidget(self.go)
        top.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)
        wires.connect(desk.ceiling_changed, self._show)
        wires.connect(desk.busy_changed, lambda _what: self.show_model(self._model))
        self._show(desk.ceiling)

    def show_model(self, name: str) -> None:
        """Offer to measure this model."""
        self._model = name
        self.go.setText(f"Measure '{name}'" if name else "Measure")
        self.go.setEnabled(bool(name) and not self._desk.busy)

    def _show(self, found: Ceiling | None) -> None:
        rows = found.table() if found is not None else []
        several = len({row[0] for row in rows}) > 1
        self.table.setRowCount(len(rows))
        for place, (group, name, people, model) in enumerate(rows):
            cells = (
                f"{name} ({group})" if several else name,
                *(t.replace(" to ", "–") for t in (people, model)),
            )
            for column, text in enumerate(cells):
                self.table.setItem(place, column, QTableWidgetItem(text))
        self.table.setVisible(bool(rows))
        hint = "A model can agree with people at most as far as people agree with each other."
        self.sentence.setText(hint if found is None else found.sentence)
