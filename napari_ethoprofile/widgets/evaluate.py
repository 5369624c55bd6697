"""The dock that napari opens as "Evaluate a model": how good models are on labels new to them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtpy.QtGui import QCloseEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError, LearnError
from ..annotation.files import write_whole
from ..session import Session
from ..training.evaluation.protocols import PROTOCOLS
from ..training.features.registry import ENTRIES
from .command_bar import CommandBar
from .evaluation_rows import columns_of, remarks_of, rows_of
from .figure_view import FigureView
from .forms import push_button, shape_table, text_label
from .side_dock import SideDock

if TYPE_CHECKING:
    import napari.viewer

#: Of the two tiers, the one that is no head on features.
BATCH_TIER = "DeepEthoProfile network (batch tier)"


class EvaluateWidget(SideDock):
    """Measures models by a protocol beside the window.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("evaluate", viewer, parent)
        self.panel = EvaluatePanel(self.workspace.session, self)
        self._fill(self.panel)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End what runs with the dock."""
        self._let_go()
        super().closeEvent(event)

    def _let_go(self) -> None:
        super()._let_go()
        self.panel.let_go()


class EvaluatePanel(QWidget):
    """Chooses a protocol and a kind of model, runs the evaluation, and shows its figures.

    Parameters
    ----------
    session
        Whose project it is.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(390)
        self._session = session
        self._scratch = tempfile.TemporaryDirectory(prefix="ethoprofile-", ignore_cleanup_errors=True)
        self.files: list[Path] = []
        self._create_choices()
        self.command = CommandBar(
            "evaluate", "Evaluate", "Train and test models by this protocol.", self._arguments, self
        )
        self.command.answered.connect(self._on_answer)
        self._create_views()
        self._lay_out()
        self._explain()

    def let_go(self) -> None:
        """Stop what runs and forget its files."""
        self.command.process.close()
        self._scratch.cleanup()

    def save(self, folder: Path) -> None:
        """Write the tables and figures that are shown into a folder."""
        try:
            for path in self.files:
                write_whole(folder / path.name, path.read_bytes())
        except OSError as error:
            self.command.tell(f"The figures cannot be written into {folder}: {error.strerror}.", problem=True)
            return
        self.command.tell(f"Wrote {len(self.files)} files into {folder}.")

    def _create_choices(self) -> None:
        self.protocol, self.kind = QComboBox(self), QComboBox(self)
        self.protocol.setObjectName("evaluate_protocol")
        self.protocol.setToolTip("How the labels are divided into those learned from and those tested.")
        for name in PROTOCOLS:
            self.protocol.addItem(name)
        self.protocol.currentIndexChanged.connect(lambda _index: self._explain())
        self.explanation = text_label("evaluate_explanation", self)
        self.kind.setObjectName("evaluate_kind")
        self.kind.setToolTip("What kind of model is trained and tested.")
        for entry in ENTRIES.values():
            if entry.learned != "elsewhere":
                self.kind.addItem(entry.name, entry.name)
        self.kind.addItem(BATCH_TIER, "")
        self.seed = QSpinBox(self)
        self.seed.setObjectName("evaluate_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("Of every random choice: the same seed gives the same figures.")
        self.guesses = QCheckBox("Trivial guesses beside it", self)
        self.guesses.setObjectName("evaluate_baselines")
        self.guesses.setToolTip("The most frequent behavior, and a threshold on motion.")
        self.guesses.setChecked(True)

    def _create_views(self) -> None:
        self.title = text_label("evaluate_title", self, bold=True)
        self.title.hide()
        self.table = QTableWidget(0, 0, self)
        self.table.setObjectName("evaluate_table")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.figures = FigureView("evaluate", self)
        self.remarks = text_label("evaluate_remarks", self)
        remarks = QWidget(self)
        column = QVBoxLayout(remarks)
        column.addWidget(self.remarks)
        column.addStretch(1)
        self.views = QTabWidget(self)
        self.views.setObjectName("evaluate_views")
        self.views.addTab(self.table, "Table")
        self.views.addTab(self.figures, "Pictures")
        self.views.addTab(remarks, "Remarks")
        self.keep = push_button(
            "evaluate_save", "Save…", "Write tables (CSV, JSON) and figures (PNG, SVG) into a folder.", self
        )
        self.keep.clicked.connect(self._ask_folder)
        self.keep.setEnabled(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Protocol", self.protocol)
        form.addRow("", self.explanation)
        form.addRow("Model", self.kind)
        seeds = QHBoxLayout()
        seeds.addWidget(self.seed)
        seeds.addWidget(self.guesses)
        seeds.addStretch(1)
        form.addRow("Seed", seeds)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.command)
        layout.addWidget(self.title)
        layout.addWidget(self.views, 1)
        layout.addLayout(bottom)

    def _explain(self) -> None:
        self.explanation.setText(PROTOCOLS[self.protocol.currentText()].sentence)

    def _arguments(self) -> list[str]:
        project = self._session.project
        if project is None:
            raise LearnError("Open a project first: models are measured on its labels.")
        arguments = ["evaluate", str(project.folder), "--protocol", self.protocol.currentText()]
        arguments += ["--seed", str(self.seed.value()), "--out", self._scratch.name, "--events"]
        arguments += ["--baselines" if self.guesses.isChecked() else "--no-baselines"]
        backbone = self.kind.currentData()
        arguments += ["--backbone", backbone] if backbone else ["--tier", "batch"]
        if self._session.annotator:
            arguments += ["--as", self._session.annotator]
        return arguments

    def _on_answer(self, answer: dict[str, Any], _sentences: list[str]) -> None:
        self.files = [Path(path) for path in answer["files"]]
        self.title.setText(f"{answer['learner']}, {answer['split']}")
        self.title.show()
        columns, rows = columns_of(answer), rows_of(answer)
        self.table.clear()
        self.table.setColumnCount(len(columns))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(columns)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        header = shape_table(self.table, 0, 22)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # names are read whole
        self.figures.show_files(self.files)
        self.remarks.setText("\n\n".join(remarks_of(answer)))
        self.keep.setEnabled(True)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Save tables and figures into a folder")
        if folder:
            try:
                self.save(Path(folder))
            except EthoprofileError as error:
                self.command.tell(str(error), problem=True)
