"""The dock that napari opens as "Evaluate a model": how good models are on labels new to them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMainWindow,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.files import write_together
from ..annotation.project import Project
from ..session import Session
from ..training.evaluation.final import readings
from ..wires import Wires
from .command_bar import CommandBar, Source
from .evaluate_choice import EvaluateChoice
from .evaluation_rows import PUBLISHED_COLUMNS, columns_of, published_rows, remarks_of, rows_of
from .figure_view import FigureView
from .forms import push_button, shape_table, text_label
from .kept_panels import end_with_desk, leave_panel, take_panel
from .scrolled import Scrolled
from .side_dock import SideDock

if TYPE_CHECKING:
    import napari.viewer

_NAME = "evaluate"
#: Pixels that a column of values has to begin with: those of "not defined".
VALUE_WIDTH = 84
#: Pixels of the choices, and of the remarks, that are seen on any screen; and the most that choices take.
_LEAST, _HIGHEST = 120, 600


class EvaluateWidget(SideDock):
    """Measures models by a protocol beside the window; what runs goes on when the dock is closed.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("evaluate", viewer, parent)
        self.panel = take_panel(viewer, _NAME, self._new_panel)
        self._fill(self.panel)

    def _new_panel(self) -> EvaluatePanel:
        panel = EvaluatePanel(self.workspace.session)
        end_with_desk(self._viewer, self.workspace, _NAME, panel.let_go)
        return panel

    def _on_closed(self, window: QMainWindow) -> None:
        """Leave what runs, and figures that nobody has saved, for the next dock."""
        leave_panel(self._viewer, _NAME, self.panel, window)
        super()._on_closed(window)


class EvaluatePanel(QWidget):
    """Runs the evaluation that is chosen and shows its figures.

    Parameters
    ----------
    session
        Whose project it is.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._wires = session, Wires()
        self._scratch = tempfile.TemporaryDirectory(prefix="ethoprofile-", ignore_cleanup_errors=True)
        self.files: list[Path] = []
        #: What the figures are of, and the model and division that they are from.
        self._shown, self._split = Source(), ""
        #: Asks a question with what must be known for it; a test may answer itself.
        self.confirm: Callable[[str, str], bool] = self._ask_to_read
        self.choice = EvaluateChoice(self)
        self.command = CommandBar(
            "evaluate", "Evaluate", "Measure it; that runs beside the window.", self._arguments, self
        )
        self.command.answered.connect(self._on_answer)
        self._create_views()
        self._lay_out()
        self._wires.connect(session.project_changed, lambda _project: self._on_project())
        for signal in (session.models_changed, session.annotator_changed):
            self._wires.connect(signal, lambda *_: self._show_project())
        self._show_project()
        for end in (self._wires.cut, self.command.process.close):
            self.destroyed.connect(end)

    def let_go(self) -> None:
        """Stop what runs and forget its files."""
        self._wires.cut()
        self.command.process.close()
        self._scratch.cleanup()

    def save(self, folder: Path) -> None:
        """Write the tables and figures that are shown into a folder."""
        try:
            write_together(folder, {path.name: path.read_bytes() for path in self.files})
        except (EthoprofileError, OSError) as error:
            self.command.tell(str(error), problem=True)
            return
        self.command.tell(f"Wrote {len(self.files)} files into {folder}.")

    def _create_views(self) -> None:
        self.title = text_label("evaluate_title", self, bold=True)
        self.title.hide()
        self.table = _table("evaluate_table", self)
        self.published = _table("evaluate_published", self)
        self.figures = FigureView("evaluate", self)
        self.remarks = text_label("evaluate_remarks", self)
        self.remarks.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.remarks.setMargin(6)
        self.views = QTabWidget(self)
        self.views.setObjectName("evaluate_views")
        self.views.addTab(self.table, "Table")
        self.views.addTab(self.figures, "Pictures")
        self.views.addTab(self.published, "Published")
        self.remarks_area = Scrolled("evaluate_remarks_area", self.remarks, self, _LEAST)
        self.views.addTab(self.remarks_area, "Remarks")
        self.views.setTabVisible(self.views.indexOf(self.published), False)
        self.keep = push_button(
            "evaluate_save", "Save…", "Write tables (CSV, JSON) and figures (PNG, SVG) into a folder.", self
        )
        self.keep.clicked.connect(self._ask_folder)
        self.keep.setEnabled(False)

    def _lay_out(self) -> None:
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scrolled("evaluate_choice_area", self.choice, self, _LEAST, _HIGHEST))
        layout.addWidget(self.command)
        layout.addWidget(self.title)
        layout.addWidget(self.views, 1)
        layout.addLayout(bottom)

    def _arguments(self) -> list[str] | None:
        project = self._session.project
        arguments = self.choice.arguments(project, self._session.annotator)
        if self.choice.reads_final and project is not None:
            model = self.choice.model.currentText().strip()
            if not self.confirm(f"Read the final test set with the model '{model}'?", told_of(project)):
                return None
        self.command.source = Source(Path(arguments[1]), database=bool(self.choice.layout_name))
        return [*arguments, "--out", self._scratch.name, "--events"]

    def _on_project(self) -> None:
        """Say of which project figures are that are not of the open one; what was said before is over."""
        self.command.show_project(self._session.project)
        self._show_title()
        self._show_project()

    def _show_project(self) -> None:
        self.choice.show_project(self._session.project, self._session.annotator)

    def _ask_to_read(self, question: str, known: str) -> bool:
        box = QMessageBox(self)
        box.setWindowTitle("Final test set")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(question)
        box.setInformativeText(known)
        read = box.addButton("Read it", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Leave it closed", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is read

    def _on_answer(self, answer: dict[str, Any], sentences: list[str]) -> None:
        self.files = [Path(path) for path in answer["files"]]
        self._shown, self._split = self.command.source, f"{answer['learner']}, {answer['split']}"
        self._show_title()
        fill(self.table, columns_of(answer), rows_of(answer), widest=VALUE_WIDTH)
        self.views.setTabVisible(self.views.indexOf(self.published), bool(answer.get("published")))
        fill(self.published, PUBLISHED_COLUMNS, published_rows(answer))
        self.figures.show_files(self.files)
        self.remarks.setText("\n\n".join([*sentences, *remarks_of(answer)]))
        told = len(sentences) + len(answer["warnings"])
        self.views.setTabText(
            self.views.indexOf(self.remarks_area), f"Remarks ({told})" if told else "Remarks"
        )
        self.keep.setEnabled(True)

    def _show_title(self) -> None:
        self.title.setText(f"Of the {self._shown.name(self._session.project)}: {self._split}")
        self.title.setToolTip(str(self._shown.folder))
        self.title.setVisible(bool(self._split))

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Save tables and figures into a folder")
        if folder:
            self.save(Path(folder))


def _table(name: str, parent: QWidget) -> QTableWidget:
    table = QTableWidget(0, 0, parent)
    table.setObjectName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    return table


def fill(table: QTableWidget, columns: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 0) -> None:
    """Show rows of texts in a table.

    Parameters
    ----------
    table, columns, rows
        What is shown where.
    widest
        Pixels that columns with a reason why something is not defined have to begin with: it would push the
        others out of sight. 0: as wide as they need.
    """
    table.clear()
    table.setColumnCount(len(columns))
    table.setRowCount(len(rows))
    table.setHorizontalHeaderLabels(list(columns))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)
    header = shape_table(table, 0, 22)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # names are read whole
    for column in range(len(columns)) if widest else ():
        if any(cells[column].startswith("not defined") for cells in rows):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, max(widest, header.sectionSizeHint(column)))
    table.setTextElideMode(Qt.TextElideMode.ElideRight if widest else Qt.TextElideMode.ElideMiddle)


def told_of(project: Project) -> str:
    """Return what must be known before the test set is read: how often it was, and that it is noted."""
    before = readings(project)
    often = "It has never been read."
    if before:
        last = before[-1]
        times = "once" if len(before) == 1 else f"{len(before)} times"
        often = f"It has been read {times}, last on {last['at'][:10]} by {last['by'] or 'nobody named'}."
    return (
        f"{often} Every reading is noted with its figures. Read it when everything is chosen: a set by which "
        "models are chosen is no test any more."
    )
