"""A comparison in progress: the list of disagreements, the confusion matrix, the question and its answers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from qtpy.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.adjudication import RULES, Comparison, Item
from ..annotation.tracks import NONE, UNLABELED
from ..compared_parts import About, Cell, Order
from ..comparing import Comparing
from ..playlist import Playlist
from ..session import Session
from ..timeline.theme import Theme
from ..wires import Wires
from .agreement_numbers import AgreementNumbers
from .confusion_matrix import ConfusionMatrix, Shown
from .disagreements_table import DisagreementsModel
from .forms import shape_table, text_label
from .question_panel import QuestionPanel

#: Beyond so many columns the seconds give way: the tooltip of the time tells the frames.
_WIDE = 5
_ORDERS = {Order.TIME: "By time", Order.LENGTH: "Longest first", Order.KIND: "By kind"}


class ComparePage(QWidget):
    """Shows the comparison of the window; what it is asked for it passes on.

    Signals
    -------
    command_requested : (id)
        A command of the key registry.
    act_requested : (callable)
        Something that may be refused with a sentence.
    """

    command_requested = Signal(str)
    act_requested = Signal(object)

    def __init__(
        self,
        comparing: Comparing,
        playlist: Playlist,
        session: Session,
        wires: Wires,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compare_page")
        self._playlist = playlist
        self._comparing, self._session, self._wires = comparing, session, wires
        self._codes: list[int] = []
        self.title = QLabel(self)
        self.title.setObjectName("compare_title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.playlist = text_label("compare_playlist", self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("compare_progress")
        self.progress.setMaximumHeight(18)
        self.question = QuestionPanel(comparing, session, wires, self)
        self._create_choices()
        self._create_table()
        self._create_matrix()
        self._create_footer()
        self._lay_out()
        self._connect()
        self._show(comparing.comparison)

    # parts

    def _create_choices(self) -> None:
        self.order_box = QComboBox(self)
        self.order_box.setObjectName("compare_order")
        self.order_box.setToolTip("The order in which the next disagreement is chosen.")
        for order, text in _ORDERS.items():
            self.order_box.addItem(text, order)
        self.proposal_box = QComboBox(self)
        self.proposal_box.setObjectName("compare_proposal")
        self.proposal_box.setToolTip(
            "What the raters' votes propose: a plain majority, or weighed by how reliable each seems "
            "(Dawid & Skene 1979). A proposal decides nothing until it is taken."
        )
        self.proposal_box.addItem("No proposals", "")
        for rule, text in RULES.items():
            self.proposal_box.addItem(text, rule)
        self.loop = _button("compare_loop", "Loop", self)
        self.loop.setCheckable(True)
        for box in (self.order_box, self.proposal_box):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _create_table(self) -> None:
        self.model = DisagreementsModel(self._comparing, self._session, self._wires, self)
        self.table = QTableView(self)
        self.table.setObjectName("disagreements")
        self.table.setModel(self.model)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        shape_table(self.table, 1, 20)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.setMinimumHeight(84)
        self.table.clicked.connect(self._on_row)

    def _create_matrix(self) -> None:
        self.numbers = AgreementNumbers(self)
        self._numbers_shown: tuple[int, int, int] | None = None
        self.matrix = ConfusionMatrix(self)
        self.matrix.setMinimumHeight(100)  # the question makes room for it
        self.shown_box = QComboBox(self)
        self.shown_box.setObjectName("matrix_shown")
        self.shown_box.setToolTip(
            "What the cells say: frames, or shares of the first or second rater's label."
        )
        for shown in Shown:
            self.shown_box.addItem(shown.value, shown)
        self.pair_box = QComboBox(self)
        self.pair_box.setObjectName("matrix_pair")
        self.pair_box.setToolTip("Whose labels are the rows and whose the columns.")
        for box in (self.shown_box, self.pair_box):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _create_footer(self) -> None:
        self.all_button = _button("compare_all", "List all", self)
        self.all_button.setToolTip("List all disagreements again, not only those of the clicked cell.")
        self.close_button = _button("compare_close", "Other passes…", self)
        self.close_button.setToolTip("Leave this comparison; what is decided is saved.")
        self.finish = _button("compare_finish", "Finish", self)
        self.question.last_row.addWidget(self.finish)

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(3)
        for widget in (self.order_box, self.proposal_box, self.loop):
            choices.addWidget(widget)
        choices.addStretch(1)
        choices.addWidget(self.all_button)
        rows = QWidget(self)
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 3, 0, 0)
        column.setSpacing(3)
        column.addLayout(choices)
        column.addWidget(self.table, 1)
        cells = QWidget(self)
        column = QVBoxLayout(cells)
        column.setContentsMargins(0, 3, 0, 0)
        column.setSpacing(3)
        line = QHBoxLayout()
        line.addWidget(self.shown_box)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.matrix, 1)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("compare_tabs")
        self.tabs.addTab(rows, "Disagreements")
        self.tabs.addTab(cells, "Matrix")
        self.tabs.addTab(self.numbers, "Numbers")
        self.tabs.setCornerWidget(self.pair_box)
        self.pair_box.hide()
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addWidget(self.playlist)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.question)

    def _connect(self) -> None:
        comparing = self._comparing
        self.order_box.activated.connect(lambda _index: comparing.set_order(self.order_box.currentData()))
        self.proposal_box.activated.connect(
            lambda _index: self._act(lambda: comparing.set_proposal(self.proposal_box.currentData()))
        )
        self.loop.clicked.connect(lambda on: comparing.set_looping(on))
        self.all_button.clicked.connect(lambda: comparing.show_only(None))
        self.close_button.clicked.connect(lambda: self._act(comparing.close))
        self.finish.clicked.connect(lambda: self.command_requested.emit("finish_comparison"))
        self.shown_box.activated.connect(lambda _index: self.matrix.show_as(self.shown_box.currentData()))
        self.pair_box.activated.connect(lambda _index: self._show_pair())
        self.matrix.cell_clicked.connect(self._on_cell)
        self.matrix.cell_hovered.connect(lambda row, column: comparing.prepare(self._cell(row, column)))
        self.numbers.behavior_clicked.connect(self._on_behavior)
        self.tabs.currentChanged.connect(self._on_tab)
        self.question.command_requested.connect(self.command_requested)
        self.question.source_requested.connect(lambda letter: self._act(lambda: comparing.take(letter)))
        self._wires.connect(comparing.changed, self._show)
        self._wires.connect(comparing.list_changed, self._on_list)
        self._wires.connect(comparing.current_changed, lambda _item: self.question.after_picture.start())
        self.question.after_picture.timeout.connect(lambda: self._select(comparing.current))
        self._wires.connect(comparing.ruled, lambda _items: self._show_progress())
        self._wires.connect(comparing.looping_changed, self._show_looping)
        self._wires.connect(self._playlist.changed, self._show_playlist)
        self._show_playlist()

    def _act(self, act: object) -> None:
        self.act_requested.emit(act)

    # what is shown

    def show_keys(self, texts: dict[str, str], names: dict[str, str]) -> None:
        """Give the buttons the tooltips of the key registry, and the answers their keys."""
        self.question.show_tooltips(texts)
        self.question.show_keys(names)
        self.finish.setToolTip(texts.get("finish_comparison", ""))
        self.loop.setToolTip(texts.get("loop_disagreement", ""))

    def set_theme(self, theme: Theme) -> None:
        """Paint the matrix in these colors."""
        self.matrix.set_theme(theme)

    def _show(self, comparison: Comparison | None) -> None:
        self.proposal_box.setCurrentIndex(0)
        self.proposal_box.setVisible(comparison is not None and len(comparison.raters) > 2)
        self._show_looping(self._comparing.looping)
        self.pair_box.clear()
        if comparison is None:
            self.title.clear()
            return
        self.title.setText(comparison.clip.id)
        who = [f"{letter}: {rater.name} ({rater.record.id})" for letter, rater in comparison.sources.items()]
        self.title.setToolTip("\n".join(who))
        names = [f"{rater.letter} {rater.name}" for rater in comparison.raters]
        for first, second in combinations(range(len(names)), 2):
            self.pair_box.addItem(f"{names[first]} × {names[second]}", (first, second))
        self._shape_columns()
        self._show_pair()
        self._show_progress()

    def _show_progress(self) -> None:
        progress = self._comparing.progress
        self.progress.setRange(0, max(1, progress.total))
        self.progress.setValue(progress.decided if progress.total else 1)
        left = f", {progress.unresolved} unresolved" if progress.unresolved else ""
        self.progress.setFormat(f"{progress.decided} of {progress.total} decided{left}")
        self.finish.setEnabled(self._session.annotating)

    def _show_playlist(self) -> None:
        """Say which stretches of which clips are played, and list them."""
        self.playlist.setText(self._playlist.sentence)
        self.playlist.setVisible(bool(self._playlist.entries))
        if self._playlist.entries:
            self.tabs.setCurrentIndex(0)

    def _show_looping(self, on: bool) -> None:
        self.loop.setChecked(on)

    def _shape_columns(self) -> None:
        """Give every column a width that names mostly fit into; the kind takes the rest."""
        header, last = self.table.horizontalHeader(), self.model.columnCount() - 1
        metrics = self.table.fontMetrics()
        texts = {0: "00:00.0", last - 1: "00.00", last: "unresolved"}
        mode = QHeaderView.ResizeMode
        for column in range(last + 1):
            header.setSectionResizeMode(column, mode.Stretch if column == 1 else mode.Interactive)
            if column != 1:
                width = metrics.horizontalAdvance(texts.get(column, "groo…")) + 8
                self.table.setColumnWidth(column, width)
            self.table.setColumnHidden(column, last > _WIDE and column == last - 1)

    def _on_list(self) -> None:
        cell = self._comparing.part
        self.all_button.setVisible(cell is not None)
        chosen = None
        if isinstance(cell, Cell) and (cell.first, cell.second) == self.pair_box.currentData():
            chosen = self._codes.index(cell.labels[0]), self._codes.index(cell.labels[1])
        self.matrix.choose(chosen)
        self._select(self._comparing.current)

    def _select(self, item: Item | None) -> None:
        selection = self.table.selectionModel()
        if item is None or item not in self._comparing.items:
            selection.clearSelection()
            return
        place = self.model.index(self._comparing.items.index(item), 0)
        flags = QItemSelectionModel.SelectionFlag
        selection.select(place, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(place)

    def _on_row(self, place: QModelIndex) -> None:
        self._comparing.go(self._comparing.items[place.row()])

    # the matrix and the numbers

    def _on_tab(self, tab: int) -> None:
        """Give the matrix and the numbers the room of the question."""
        self.question.setVisible(tab == 0)
        self.pair_box.setVisible(tab > 0)
        self._show_numbers()

    def _show_pair(self) -> None:
        self._show_matrix()
        self._numbers_shown = None
        self._show_numbers()

    def _show_numbers(self) -> None:
        """Compute the numbers when they are looked at, once for each pair and group."""
        comparison, pair = self._comparing.comparison, self.pair_box.currentData()
        if comparison is None or pair is None or self.tabs.currentWidget() is not self.numbers:
            return
        item = self._comparing.current
        wanted = (*pair, item.group if item is not None else 0)
        if wanted != self._numbers_shown:
            self._numbers_shown = wanted
            self.numbers.show_pair(comparison, pair, self._session.require_project().ethogram, wanted[2])

    def _on_behavior(self, code: int) -> None:
        first, second = self.pair_box.currentData()
        self._comparing.show_only(About(first, second, code))
        self.tabs.setCurrentIndex(0)

    def _show_matrix(self) -> None:
        comparison, pair = self._comparing.comparison, self.pair_box.currentData()
        if comparison is None or pair is None:
            return
        counted = comparison.confusion(*pair)
        present = {label for cell in counted for label in cell}
        ethogram = self._session.require_project().ethogram
        self._codes = [b.id for b in ethogram.behaviors if b.id in present]
        self._codes += [code for code in (NONE, UNLABELED) if code in present]
        counts = np.array([[counted.get((row, column), 0) for column in self._codes] for row in self._codes])
        raters = [comparison.raters[number] for number in pair]
        self.matrix.set_counts(
            [ethogram.label_name(code) for code in self._codes],
            counts,
            (f"{raters[0].letter} {raters[0].name}", f"{raters[1].letter} {raters[1].name}"),
            apart=sum(code <= NONE for code in self._codes),
            tip=self._tip,
        )

    def _cell(self, row: int, column: int) -> Cell:
        first, second = self.pair_box.currentData()
        return Cell(first, second, (self._codes[row], self._codes[column]))

    def _on_cell(self, row: int, column: int) -> None:
        self._comparing.show_only(self._cell(row, column))
        self.tabs.setCurrentIndex(0)

    def _tip(self, row: int, column: int) -> str:
        """Return in a sentence what a cell means."""
        comparison, current = self._comparing.comparison, self._session.current
        if comparison is None or current is None:
            return ""
        cell = self._cell(row, column)
        items = [item for item in comparison.items if cell.holds(item)]
        frames = sum(item.length for item in items)
        ethogram = self._session.require_project().ethogram
        names = [comparison.raters[number].name for number in (cell.first, cell.second)]
        labels = [ethogram.label_name(label) for label in cell.labels]
        said = f"{names[0]} says {labels[0]} and {names[1]} {labels[1]}"
        if not items:
            return f"Nowhere {said}."
        many = "stretch" if len(items) == 1 else "stretches"
        return (
            f"On {frames} frames ({frames / current.fps:.1f} s, {len(items)} {many}) {said}. "
            "Click to play them, one second around each."
        )


def _button(name: str, text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
