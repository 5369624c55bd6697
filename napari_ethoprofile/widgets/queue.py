"""The panel on what to label next: make a list for the time there is, open one stretch after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, Qt, QTimer
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.project.queries import QueryRecord, QueryState
from ..query_desk import stretches
from ..wires import Wires
from .forms import Notice, push_button, shape_table, text_label
from .queue_tables import DoubtsTable, QueriesTable, query_rows

if TYPE_CHECKING:
    from ..workspace import Workspace

#: Names of strategies, what they are called, and what they do.
STRATEGIES = (
    ("clip_entropy_v1", "Mixed", "Where the model is unsure, what may be rare, and a fifth by chance."),
    ("entropy", "Least sure", "Where the model is least sure."),
    ("margin", "Closest call", "Where two behaviors are about as likely."),
    ("coreset", "Unlike the rest", "What looks least like anything labeled."),
    ("motion", "Motion", "Animals and light phases evenly, stretches with much motion more often."),
    ("stratified", "Even", "By chance, animals and light phases evenly."),
    ("random", "By chance", "By chance."),
    ("sequential", "In order", "One recording after the other."),
)
#: Names of what can be asked for, what it is called, and what it is.
MODES = (
    ("unit", "Stretches", "Ten seconds of a recording each."),
    ("bout", "Bouts", "Bouts that the current model predicts, doubtful ones first."),
    (
        "boundary",
        "Boundaries",
        "Where the current model sees a bout become the next.",
    ),
)
#: Two lines of reasons fit.
ROW_HEIGHT = 34
#: How often it is told how far a list is.
_STAGE_MS = 300


class QueuePanel(QWidget):
    """Shows the list of the acting annotator, and the labels that the current model doubts.

    Parameters
    ----------
    workspace
        The window's desk.
    wires
        Cut by whoever made them; by `let_go` when not given.
    """

    def __init__(
        self, workspace: Workspace, wires: Wires | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("queue_panel")
        self._session, self._wires = workspace.session, wires or Wires()
        self.desk = workspace.queries
        self.notice = Notice("queue_notice", self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("queue_tabs")
        self.tabs.addTab(self._create_list(), "To label")
        self.tabs.addTab(self._create_doubts(), "Doubted labels")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.notice)
        self._stages = QTimer(self)
        self._stages.timeout.connect(self._show_stage)
        self._connect()
        self._tell("")
        self._show_list()
        self._show_doubts()

    # parts

    def _create_list(self) -> QWidget:
        page = QWidget(self)
        self.mode = _combo("queue_mode", MODES, page)
        self.strategy = _combo("queue_strategy", STRATEGIES, page)
        self.minutes = QDoubleSpinBox(page)
        self.minutes.setObjectName("queue_minutes")
        self.minutes.setRange(1, 480)
        self.minutes.setDecimals(0)
        self.minutes.setValue(20)
        self.minutes.setSuffix(" min")
        self.minutes.setToolTip("How much time you have; how much fits is known from your pace so far.")
        self.make = push_button(
            "queue_make", "Make list", "Choose what to label in this time; it replaces what is open.", page
        )
        self.meaning = text_label("queue_meaning", page)
        self.table = QueriesTable(page)
        self.view = self._create_view("queue_table", self.table, QueriesTable.WHY, ROW_HEIGHT)
        self.view.setWordWrap(True)
        self.progress = QProgressBar(page)
        self.progress.setObjectName("queue_progress")
        self.progress.setMaximumHeight(18)
        self.summary = text_label("queue_summary", page)
        self.serve = push_button(
            "queue_serve", "Serve next", "Open the next stretch of the list where it begins.", page
        )
        self.skip = push_button("queue_skip", "Skip", "Take the selected stretch off the list.", page)
        top = QHBoxLayout()
        for choice in (self.mode, self.strategy):
            top.addWidget(choice, 1)
        start = QHBoxLayout()
        start.addWidget(self.minutes)
        start.addStretch(1)
        start.addWidget(self.make)
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.skip)
        foot.addWidget(self.serve)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.meaning)
        layout.addLayout(start)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.progress)
        layout.addLayout(foot)
        return page

    def _create_doubts(self) -> QWidget:
        page = QWidget(self)
        self.doubts_summary = text_label("doubts_summary", page)
        self.doubts = DoubtsTable(page)
        self.doubts_view = self._create_view("doubts_table", self.doubts, DoubtsTable.LABEL, 20)
        header = self.doubts_view.horizontalHeader()
        assert header is not None
        header.setSectionResizeMode(DoubtsTable.MODEL, QHeaderView.ResizeMode.Stretch)
        self.back = push_button("doubts_back", "Back", "Play the bout before.", page)
        self.on = push_button("doubts_on", "Next", "Play the next bout.", page)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.on)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self.doubts_summary)
        layout.addWidget(self.doubts_view, 1)
        layout.addLayout(foot)
        return page

    def _create_view(
        self, name: str, table: QueriesTable | DoubtsTable, stretched: int, height: int
    ) -> QTableView:
        view = QTableView(self)
        view.setObjectName(name)
        view.setModel(table)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys go on scoring and playing
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        shape_table(view, stretched, height).setMinimumSectionSize(18)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        return view

    def _connect(self) -> None:
        desk, wires = self.desk, self._wires
        for combo in (self.mode, self.strategy):
            combo.currentIndexChanged.connect(lambda _at: self._show_meaning())
        self.make.clicked.connect(lambda _checked=False: self._make())
        self.serve.clicked.connect(lambda _checked=False: desk.serve_next())
        self.skip.clicked.connect(lambda _checked=False: self._skip())
        self.view.doubleClicked.connect(lambda place: desk.serve(self.table.rows[place.row()].query))
        self.doubts_view.clicked.connect(self._play)
        self.back.clicked.connect(lambda _checked=False: self.step(-1))
        self.on.clicked.connect(lambda _checked=False: self.step(1))
        selection = self.view.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._enable())
        wires.connect(desk.listed, self._show_list)
        wires.connect(desk.current_changed, self._show_current)
        wires.connect(desk.doubts_changed, self._show_doubts)
        wires.connect(desk.busy_changed, self._show_busy)
        wires.connect(desk.told, lambda text, problem: self._tell(text, problem=problem))
        wires.connect(self._session.project_changed, lambda _project: self._tell(""))

    def let_go(self) -> None:
        """Stop listening."""
        self._stages.stop()
        self._wires.cut()

    # acts

    @property
    def chosen(self) -> QueryRecord | None:
        """The selected query."""
        at = _selected_row(self.view)
        return self.table.rows[at].query if 0 <= at < len(self.table.rows) else None

    def step(self, by: int) -> None:
        """Play the next doubted bout, or the one before."""
        at = max(-1, _selected_row(self.doubts_view)) + by
        if 0 <= at < len(self.doubts.looks):
            self.doubts_view.selectRow(at)
            self._play(self.doubts.index(at, 0))

    def _make(self) -> None:
        if self.desk.busy:
            self.desk.stop()
            return
        self._tell("")
        self.desk.make(self.strategy.currentData(), self.mode.currentData(), minutes=self.minutes.value())

    def _skip(self) -> None:
        query = self.chosen or self.desk.current
        if query is not None:
            self.desk.skip(query)

    def _play(self, place: QModelIndex) -> None:
        self.desk.play(self.doubts.looks[place.row()])

    # what is shown

    def _show_list(self) -> None:
        at = _selected_row(self.view)
        self.table.show(query_rows(self._session.project, self.desk.queries))
        self.table.mark(self.desk.current)
        self.view.setColumnHidden(QueriesTable.LIGHT, not any(row.light for row in self.table.rows))
        if 0 <= at < len(self.table.rows):
            self.view.selectRow(at)
        ended, number = len(self.desk.queries) - len(self.desk.open), len(self.desk.queries)
        self.progress.setRange(0, max(1, number))
        self.progress.setValue(ended)
        self.progress.setVisible(bool(number))
        if not number:
            self.summary.setText("There is no list yet.")
        elif self.desk.open:
            minutes = self.desk.seconds_left / 60
            gain = self.desk.gain
            worth = "" if gain is None else f"; the model was likely wrong in {gain:.0f} s of the list"
            self.summary.setText(f"{stretches(len(self.desk.open))} left, about {minutes:.0f} min{worth}")
        else:
            self.summary.setText("All done: make another list.")
        self._show_meaning()
        self._enable()

    def _show_current(self, query: QueryRecord | None) -> None:
        self.table.mark(query)
        for at, row in enumerate(self.table.rows):
            if query is not None and row.query.id == query.id:
                self.view.selectRow(at)
                self.view.scrollTo(self.table.index(at, 0))
        self._enable()

    def _show_meaning(self) -> None:
        meanings = (MODES[self.mode.currentIndex()][2], STRATEGIES[self.strategy.currentIndex()][2])
        self.meaning.setText(" ".join(meanings))

    def _show_doubts(self) -> None:
        self.doubts.show(self.desk.doubts)
        number = len(self.desk.doubts)
        if number:
            text = (
                "Bouts that the current model would call otherwise, the most doubtful first. Nothing changes "
                "by itself."
            )
        else:
            text = "The current model doubts no label, or there is no model yet."
        self.doubts_summary.setText(text)
        self.tabs.setTabText(1, f"Doubted labels ({number})" if number else "Doubted labels")
        for button in (self.back, self.on):
            button.setEnabled(bool(number))

    def _show_busy(self, what: str) -> None:
        if what:
            self.progress.setRange(0, 0)
            self.progress.show()
            self._tell(what)
            self._stages.start(_STAGE_MS)
        else:
            self._stages.stop()
            self._tell("")
            self._show_list()
        self.make.setText("Stop" if what else "Make list")
        self._enable()

    def _show_stage(self) -> None:
        if self.desk.busy and self.desk.stage:
            self._tell(f"{self.desk.stage[0].upper()}{self.desk.stage[1:]} …")

    def _enable(self) -> None:
        project, idle = self._session.project, not self.desk.busy
        usable = idle and project is not None and not project.read_only and bool(self._session.annotator)
        chosen = self.chosen or self.desk.current
        self.make.setEnabled(usable or not idle)
        self.serve.setEnabled(usable and bool(self.desk.open))
        self.skip.setEnabled(usable and chosen is not None and chosen.state is QueryState.OPEN)

    def _tell(self, text: str, *, problem: bool = False) -> None:
        self.notice.tell(text, problem=problem)
        self.notice.setVisible(bool(text))

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show the list and the doubts as they are now."""
        super().showEvent(event)
        self.desk.refresh()
        self.desk.refresh_doubts()


def _combo(name: str, choices: Sequence[tuple[str, str, str]], parent: QWidget) -> QComboBox:
    """Return a choice of names, each with a title and what it means."""
    combo = QComboBox(parent)
    combo.setObjectName(name)
    for value, title, meaning in choices:
        combo.addItem(title, value)
        combo.setItemData(combo.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
    return combo


def _selected_row(view: QTableView) -> int:
    selection = view.selectionModel()
    rows = selection.selectedRows() if selection is not None else []
    return rows[0].row() if rows else -1
