"""The panel on the models of a project: history, current one, what changed, ceiling, holdout."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qtpy.QtCore import QUrl
from qtpy.QtGui import QDesktopServices, QShowEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..background import Background
from ..model_desk import ModelDesk
from ..training.champions.history import CURRENT, ModelRow
from ..training.models import TEXT_NAME, models_folder
from ..wires import Wires
from .forms import Notice, push_button, shape_table, text_label
from .model_ceiling import CeilingPage
from .model_changes import ModelChanges
from .model_holdout import ModelHoldout
from .models_table import ModelsTable

if TYPE_CHECKING:
    from ..workspace import Workspace

#: Two lines: figures have their interval on the second.
ROW_HEIGHT = 36


class ModelsPanel(QWidget):
    """Shows the models of the open project.

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
        self.setObjectName("models_panel")
        self._session, self._wires = workspace.session, wires or Wires()
        self.desk = ModelDesk(self._session, workspace.transport, workspace.indexing.need, Background(self))
        self.title = text_label("models_title", self, bold=True)
        self.notice = Notice("models_notice", self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("models_progress")
        self.progress.setRange(0, 0)
        self.progress.setMaximumHeight(18)
        self._create_table()
        self._create_buttons()
        self._create_tabs()
        self._lay_out()
        self._connect()
        self.desk.refresh()
        self._tell("")
        self._show_busy("")

    # parts

    def _create_table(self) -> None:
        self.table = ModelsTable(self)
        self.view = QTableView(self)
        self.view.setObjectName("models_table")
        self.view.setModel(self.table)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setMinimumHeight(3 * ROW_HEIGHT)
        header = shape_table(self.view, ModelsTable.NAME, ROW_HEIGHT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(ModelsTable.NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(30)
        self.view.setStyleSheet("QHeaderView::section { padding: 2px 4px; }")
        selection = self.view.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._show_chosen())
        self.view.doubleClicked.connect(lambda _index: self.open_card())

    def _create_buttons(self) -> None:
        self.judge = push_button(
            "models_judge",
            "Compare",
            "Compare it with the current model, which it replaces if not worse.",
            self,
        )
        self.back = push_button("models_back", "Make current", "Make this model the current one.", self)
        self.card = push_button("models_card", "Open card", "Where it comes from and how well it does.", self)
        self.judge.clicked.connect(lambda _checked=False: self._with_chosen(self.desk.judge))
        self.back.clicked.connect(lambda _checked=False: self._with_chosen(self.desk.roll_back))
        self.card.clicked.connect(lambda _checked=False: self.open_card())

    def _create_tabs(self) -> None:
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("models_tabs")
        self.changes = ModelChanges(self.desk, self._session, self._wires, self)
        self.ceiling = CeilingPage(self.desk, self._wires, self)
        self.holdout = ModelHoldout(self.desk, self._session, self)
        self.tabs.addTab(self.changes, "What changed")
        self.tabs.addTab(self.ceiling, "Ceiling")
        self.tabs.addTab(self.holdout, "Holdout")
        self.tabs.currentChanged.connect(lambda _at: self._show_holdout())

    def _lay_out(self) -> None:
        self.why = text_label("models_why", self)
        buttons = QHBoxLayout()
        for button in (self.judge, self.back, self.card):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.title)
        layout.addWidget(self.view, 2)
        layout.addWidget(self.why)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(self.notice)
        layout.addWidget(self.tabs, 3)

    def _connect(self) -> None:
        session, desk, wires = self._session, self.desk, self._wires
        wires.connect(desk.rows_changed, self._show_rows)
        wires.connect(desk.busy_changed, self._show_busy)
        wires.connect(desk.told, lambda text, problem: self._tell(text, problem=problem))
        wires.connect(session.project_changed, lambda _project: self._start_over())
        wires.connect(session.annotator_changed, lambda _name: self._start_over())
        wires.connect(session.models_changed, desk.refresh)

    def let_go(self) -> None:
        """Stop listening to the session, and give up what is being computed."""
        self._wires.cut()
        self.desk.forget()

    # what is shown

    @property
    def chosen(self) -> ModelRow | None:
        """The selected model."""
        selection = self.view.selectionModel()
        rows = selection.selectedRows() if selection is not None else []
        return self.table.rows[rows[0].row()] if rows and rows[0].row() < len(self.table.rows) else None

    def open_card(self) -> None:
        """Show the card of the selected model in the program that the system has for it."""
        row, project = self.chosen, self._session.project
        if row is not None and row.present and project is not None:
            QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(models_folder(project) / row.name / TEXT_NAME))
            )  # fmt: skip

    def _start_over(self) -> None:
        self._tell("")
        self.desk.forget()
        self._show_holdout()

    def _show_rows(self) -> None:
        before = self.chosen
        rows = self.desk.rows
        self.table.show(rows)
        current = self.desk.current
        if current is not None:
            self.title.setText(f"Current model: {current.name}")
        elif rows:
            self.title.setText("No model is the current one yet: compare one.")
        else:
            self.title.setText("There is no model yet.")
        wanted = before.id if before is not None else current.id if current is not None else ""
        place = next((n for n, row in enumerate(rows) if row.id == wanted), 0)
        if rows:
            self.view.selectRow(place)
        self._show_chosen()
        self._show_holdout()

    def _show_holdout(self) -> None:
        """Read the holdout where it is looked at: that takes a moment in a large project."""
        if self.tabs.currentWidget() is self.holdout:
            self.holdout.refresh()

    def _show_chosen(self) -> None:
        row = self.chosen
        self.why.setText("" if row is None else row.sentence)
        project = self._session.project
        usable = row is not None and row.present
        free = usable and not self.desk.busy and project is not None and not project.read_only
        other = row is not None and row.fate != CURRENT
        self.judge.setEnabled(bool(free and other))
        self.back.setEnabled(bool(free and other))
        self.back.setText("Roll back" if row is not None and row.fate == "was current" else "Make current")
        self.card.setEnabled(usable)
        if row is not None and usable:
            older = row.verdict.champion if row.verdict is not None else ""
            current = self.desk.current
            before = older.partition("@")[0] or (current.name if current is not None else "")
            if before and before != row.name:
                self.changes.choose(before, row.name)
        self.ceiling.show_model(row.name if row is not None and usable else "")

    def _show_busy(self, what: str) -> None:
        self.progress.setVisible(bool(what))
        if what:
            self._tell(what)
        elif self.notice.text.endswith("…"):
            self._tell("")
        self._show_chosen()

    def _tell(self, text: str, *, problem: bool = False) -> None:
        self.notice.tell(text, problem=problem)
        self.notice.setVisible(bool(text))

    def _with_chosen(self, act: Callable[[str], object]) -> None:
        row = self.chosen
        if row is not None:
            act(row.name)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show the models and the holdout as they are now."""
        super().showEvent(event)
        self.desk.refresh()
