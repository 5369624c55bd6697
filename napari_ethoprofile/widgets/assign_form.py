"""The form of an assignment: who, which clips, what kind, until when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qtpy.QtCore import QDate, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from ..annotation.assigning import AssignmentRequest
from ..annotation.review_plans import LAYERS
from .forms import push_button

SHARE, COUNT, TABLE = "share", "count", "table"
_LAYER_NAMES = {"subject": "subject", "strain": "strain", "phase": "light phase"}


class AssignForm(QWidget):
    """Fields of an `AssignmentRequest`.

    Parameters
    ----------
    annotators
        Names to choose from; another one can be typed.

    Attributes
    ----------
    changed
        Emitted after every change.
    """

    changed = Signal()

    def __init__(self, annotators: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._create_who(annotators)
        self._create_which()
        self._create_when()
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        layout.addRow("Annotator", self.annotator)
        layout.addRow("Kind of pass", self.kind)
        layout.addRow("Clips", _row(self.way, self.amounts, stretch=False))
        layout.addRow("Same share of each", _row(*self.layers.values(), QLabel("seed", self), self.seed))
        layout.addRow("Serve again", _row(self.repeat, self.repeat_hint))
        layout.addRow("Deadline", _row(self.has_deadline, self.deadline))
        self._connect()
        self._show_way()

    def _create_who(self, annotators: list[str]) -> None:
        self.annotator = QComboBox(self)
        self.annotator.setObjectName("assign_annotator")
        self.annotator.setEditable(True)
        self.annotator.addItems(annotators)
        self.annotator.setCurrentIndex(-1)
        self.annotator.setToolTip("Who shall score; a new name joins the project.")
        self.kind = QComboBox(self)
        self.kind.setObjectName("assign_kind")
        self.kind.addItem("Blind: other labels on the clips are closed until submission", "blind")
        self.kind.addItem("First: their own first pass over clips that they have not scored", "first")
        self.kind.setToolTip("Blind second passes are drawn from clips that somebody else scores.")

    def _create_which(self) -> None:
        self.way = QComboBox(self)
        self.way.setObjectName("assign_way")
        for text, way in (("Share", SHARE), ("Number", COUNT), ("List", TABLE)):
            self.way.addItem(text, way)
        self.way.setToolTip("A share or a number of clips is drawn at random; a list comes from a CSV file.")
        self.share = _number("assign_share", 1, 100, 20, " %", self)
        self.share.setToolTip("Share of the clips that can be drawn.")
        self.count = _number("assign_count", 1, 100_000, 10, " clips", self)
        self.count.setToolTip("Number of clips to draw.")
        self.table = QLineEdit(self)
        self.table.setObjectName("assign_table")
        self.table.setPlaceholderText("CSV with a column clip, or video, start and stop")
        self.table.setToolTip("The clips of this list are assigned.")
        self.browse = push_button("assign_browse", "Choose…", "Choose the list.", self)
        self.amounts = QStackedWidget(self)
        for page in (_row(self.share), _row(self.count), _row(self.table, self.browse, stretch=False)):
            self.amounts.addWidget(page)
        self.layers = {name: QCheckBox(_LAYER_NAMES[name], self) for name in LAYERS}
        for name, box in self.layers.items():
            box.setObjectName(f"assign_by_{name}")
            box.setToolTip(f"Draw the same share of every {_LAYER_NAMES[name]}.")
        self.seed = _number("assign_seed", 0, 2**31 - 1, 0, "", self)
        self.seed.setToolTip("The same seed draws the same clips.")
        self.repeat = _number("assign_repeat", 0, 100, 0, " %", self)
        self.repeat.setToolTip(
            "Share of the clips that this person has submitted, mixed with the others without saying so: "
            "it shows how well they agree with themselves."
        )
        self.repeat_hint = QLabel("of their own submitted clips, unsaid", self)

    def _create_when(self) -> None:
        self.has_deadline = QCheckBox("until", self)
        self.has_deadline.setObjectName("assign_has_deadline")
        self.deadline = QDateEdit(QDate.currentDate().addDays(14), self)
        self.deadline.setObjectName("assign_deadline")
        self.deadline.setMinimumWidth(150)
        self.deadline.setDisplayFormat("yyyy-MM-dd")
        self.deadline.setToolTip("The last day; afterwards the clips are shown as overdue.")

    def _connect(self) -> None:
        self.annotator.currentTextChanged.connect(lambda _text: self.changed.emit())
        for box in (self.kind, self.way):
            box.currentIndexChanged.connect(lambda _index: self._show_way())
        self.repeat.valueChanged.connect(lambda _value: self._show_way())
        for number in (self.share, self.count, self.seed):
            number.valueChanged.connect(lambda _value: self.changed.emit())
        self.table.textChanged.connect(lambda _text: self.changed.emit())
        self.browse.clicked.connect(lambda _checked=False: self._choose_table())
        for check in (*self.layers.values(), self.has_deadline):
            check.toggled.connect(lambda _on: self._show_way())
        self.deadline.dateChanged.connect(lambda _day: self.changed.emit())

    def _show_way(self) -> None:
        self.amounts.setCurrentIndex(self.way.currentIndex())
        drawn = self.way.currentData() != TABLE
        for field in (*self.layers.values(), self.seed):
            field.setEnabled(drawn or self.repeat.value() > 0)
        self.deadline.setEnabled(self.has_deadline.isChecked())
        self.changed.emit()

    def _choose_table(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "List of clips", "", "Tables (*.csv);;All files (*)")
        if file:
            self.table.setText(file)

    def missing(self) -> str:
        """Return what must be filled in first; empty when nothing."""
        if not self.annotator.currentText().strip():
            return "Say to whom the clips are assigned."
        if self.way.currentData() == TABLE and not self.table.text().strip():
            return "Choose the list of clips."
        return ""

    def request(self) -> AssignmentRequest:
        """Return what the fields ask for."""
        way = self.way.currentData()
        return AssignmentRequest(
            annotator=self.annotator.currentText().strip(),
            kind=str(self.kind.currentData()),
            share=self.share.value() / 100 if way == SHARE else None,
            count=self.count.value() if way == COUNT else None,
            table=Path(self.table.text()) if way == TABLE else None,
            by=tuple(name for name, box in self.layers.items() if box.isChecked()),
            repeat=self.repeat.value() / 100 or None,
            seed=self.seed.value(),
            deadline=_day(self.deadline.date()) if self.has_deadline.isChecked() else None,
        )


def _day(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())


def _number(name: str, least: int, most: int, value: int, suffix: str, parent: QWidget) -> QSpinBox:
    box = QSpinBox(parent)
    box.setObjectName(name)
    box.setRange(least, most)
    box.setValue(value)
    box.setSuffix(suffix)
    return box


def _row(*widgets: QWidget, stretch: bool = True) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    if stretch:
        layout.addStretch(1)
    return row
