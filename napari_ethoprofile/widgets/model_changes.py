"""What changed between two models: a list of stretches, each played in a loop by a click."""

from __future__ import annotations

from qtpy.QtCore import QModelIndex, Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..model_desk import ModelDesk
from ..session import Session
from ..training.champions.changed import Changes
from ..wires import Wires
from .forms import push_button, shape_table, text_label
from .models_table import ChangesTable


class ModelChanges(QWidget):
    """Chooses two models, and lists what they call differently.

    Parameters
    ----------
    desk, session
        What is shown, and who looks.
    wires
        Cut when the panel goes.
    """

    def __init__(
        self, desk: ModelDesk, session: Session, wires: Wires, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("model_changes")
        self._desk, self._session = desk, session
        self.before, self.after = QComboBox(self), QComboBox(self)
        self.before.setObjectName("changes_before")
        self.after.setObjectName("changes_after")
        self.before.setToolTip("The older model.")
        self.after.setToolTip("The newer model.")
        self.go = push_button(
            "changes_list",
            "List",
            "Compare them on the clips that both were tested on, or have labeled.",
            self,
        )
        self.go.clicked.connect(lambda _checked=False: self._list())
        self.table = ChangesTable(self)
        self.view = QTableView(self)
        self.view.setObjectName("changes_table")
        self.view.setModel(self.table)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys go on scoring and playing
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setMinimumHeight(84)
        header = shape_table(self.view, ChangesTable.PEOPLE, 20)
        header.setSectionResizeMode(ChangesTable.BEFORE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(ChangesTable.AFTER, QHeaderView.ResizeMode.Stretch)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.clicked.connect(self._play)
        self.summary = text_label("changes_summary", self)
        self.back = push_button("changes_back", "Back", "Play the stretch before.", self)
        self.on = push_button("changes_on", "Next", "Play the next stretch.", self)
        self.back.clicked.connect(lambda _checked=False: self.step(-1))
        self.on.clicked.connect(lambda _checked=False: self.step(1))
        self._lay_out()
        wires.connect(desk.rows_changed, self._show_models)
        wires.connect(desk.changes_changed, self._show_changes)
        wires.connect(desk.busy_changed, lambda _what: self._enable())
        self._show_models()
        self._show_changes(desk.changes)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(QLabel("From", self))
        top.addWidget(self.before, 1)
        top.addWidget(QLabel("to", self))
        top.addWidget(self.after, 1)
        top.addWidget(self.go)
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.back)
        foot.addWidget(self.on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)

    def choose(self, before: str, after: str) -> None:
        """Choose which two models the list is about; nothing is computed yet."""
        for box, name in ((self.before, before), (self.after, after)):
            place = box.findText(name)
            if place >= 0:
                box.setCurrentIndex(place)
        self._enable()

    def step(self, by: int) -> None:
        """Play the next stretch of the list, or the one before."""
        rows = self.view.selectionModel()
        chosen = rows.selectedRows() if rows is not None else []
        at = chosen[0].row() + by if chosen else 0
        if 0 <= at < len(self.table.flips):
            self.view.selectRow(at)
            self._play(self.table.index(at, 0))

    def _list(self) -> None:
        self._desk.list_changes(self.before.currentText(), self.after.currentText())

    def _play(self, place: QModelIndex) -> None:
        self._desk.play(self.table.flips[place.row()])

    def _show_models(self) -> None:
        names = list(dict.fromkeys(row.name for row in self._desk.rows if row.present))
        chosen = self.before.currentText(), self.after.currentText()
        for box in (self.before, self.after):
            box.clear()
            box.addItems(names)
        fallback = (names[1] if len(names) > 1 else "", names[0] if names else "")
        self.choose(*(old if old in names else new for old, new in zip(chosen, fallback, strict=True)))
        self._enable()

    def _show_changes(self, changes: Changes | None) -> None:
        project = self._session.project
        self.table.show(changes, project.ethogram if project is not None else None)
        hint = "Lists bouts that two models call differently, the surest first."
        text = hint if changes is None else changes.sentence
        if changes is not None and changes.left_out:
            text = f"{text} {' '.join(changes.left_out)}"
        self.summary.setText(text)
        self._enable()

    def _enable(self) -> None:
        two = self.before.currentText() != self.after.currentText()
        self.go.setEnabled(two and not self._desk.busy)
        for button in (self.back, self.on):
            button.setEnabled(bool(self.table.flips))
