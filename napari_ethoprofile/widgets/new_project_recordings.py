"""Pages of the new-project assistant: recordings and the clip plan."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QItemSelection, Qt, QTime, Signal
from qtpy.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QKeySequence, QResizeEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTableView,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from .choosers import RECORDING_FILES
from .clip_plan import counted, spoken_duration
from .forms import push_button, shape_table, text_label
from .new_project_pages import Page, PageState
from .plan_form import PlanForm
from .recordings_table import FILE, RecordingsModel


class RecordingsPage(Page):
    """Which recordings go into the project."""

    title = "Recordings"
    subtitle = "Drop videos or folders into the list. More can be added at any time."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recordings_page")
        self.model = RecordingsModel(self)
        self.table = RecordingsTable(self.model, self)
        self.add_button = push_button("add_recordings", "Add…", "Choose recordings.", self)
        self.folder_button = push_button(
            "add_recording_folder", "Add folder…", "Add every video of a folder, or a folder of images.", self
        )
        self.remove_button = push_button("remove_recordings", "Remove", "Take them off the list.", self)
        self.subject_button = push_button(
            "set_subject", "Set subject…", "Give the chosen recordings one animal.", self
        )
        self.total = QLabel(self)
        self.total.setObjectName("recordings_total")
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._create_more()
        self._lay_out()
        self.model.changed.connect(self._show)
        self.table.chosen.connect(self._show_buttons)
        self.add_button.clicked.connect(lambda _checked=False: self._ask_files())
        self.folder_button.clicked.connect(lambda _checked=False: self._ask_folder())
        self.remove_button.clicked.connect(lambda _checked=False: self._remove())
        self.subject_button.clicked.connect(lambda _checked=False: self._ask_subject())
        self._show()

    def _create_more(self) -> None:
        self.subjects = QLineEdit(self)
        self.subjects.setObjectName("subjects_file")
        self.subjects.setPlaceholderText("CSV file (optional)")
        self.subjects.setToolTip("Columns id, strain, sex, cage, and any others.")
        self.subjects.textChanged.connect(lambda _text: self.changed.emit())
        self.browse = push_button("browse_subjects", "Browse…", "Choose the file.", self)
        self.browse.clicked.connect(lambda _checked=False: self._ask_subjects())
        self.know_lights = QCheckBox("Lights on from", self)
        self.know_lights.setObjectName("know_lights")
        self.know_lights.setToolTip("Shows light and dark phase on the timeline.")
        self.lights_on = _time_edit("lights_on", QTime(6, 0), "When the lights go on.", self)
        self.lights_off = _time_edit("lights_off", QTime(18, 0), "When the lights go off.", self)
        for edit in (self.lights_on, self.lights_off):
            edit.setEnabled(False)
            edit.timeChanged.connect(lambda _time: self.changed.emit())
            self.know_lights.toggled.connect(edit.setEnabled)
        self.know_lights.toggled.connect(lambda _on: self.changed.emit())

        self.keep_apart = QCheckBox("Keep", self)
        self.keep_apart.setObjectName("keep_apart")
        self.keep_apart.setToolTip(
            "No model will learn from them. Score them blind: they tell whether a new model is better."
        )
        self.apart = QSpinBox(self)
        self.apart.setObjectName("animals_apart")
        self.apart.setRange(1, 99)
        self.apart.setValue(4)
        self.apart.setEnabled(False)
        self.apart.setToolTip("How many; with 4 or more a comparison counts as verified.")
        self.keep_apart.toggled.connect(self.apart.setEnabled)
        self.keep_apart.toggled.connect(lambda _on: self.changed.emit())
        self.apart.valueChanged.connect(lambda _value: self.changed.emit())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for button in (self.add_button, self.folder_button, self.remove_button, self.subject_button):
            row.addWidget(button)
        row.addWidget(self.total, 1)
        lights = QHBoxLayout()
        for widget in (self.know_lights, self.lights_on, QLabel("to", self), self.lights_off):
            lights.addWidget(widget)
        lights.addStretch(1)
        sheet = QHBoxLayout()
        sheet.addWidget(self.subjects, 1)
        sheet.addWidget(self.browse)
        more = QFormLayout()
        more.setHorizontalSpacing(16)
        more.addRow("Table of animals", sheet)
        more.addRow("Light phase", lights)
        apart = QHBoxLayout()
        for widget in (self.keep_apart, self.apart, QLabel("animals for comparing models", self)):
            apart.addWidget(widget)
        apart.addStretch(1)
        more.addRow("Holdout", apart)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addSpacing(4)
        layout.addLayout(more)

    @property
    def lights(self) -> tuple[str, str] | None:
        """When the lights go on and off, as ``HH:MM``."""
        if not self.know_lights.isChecked():
            return None
        return self.lights_on.time().toString("HH:mm"), self.lights_off.time().toString("HH:mm")

    @property
    def holdout(self) -> int:
        """How many animals to keep for comparing models."""
        return self.apart.value() if self.keep_apart.isChecked() else 0

    @property
    def subjects_file(self) -> Path | None:
        """The CSV file about the animals."""
        text = self.subjects.text().strip()
        return Path(text).expanduser() if text else None

    def state(self) -> PageState:
        """Return whether every recording can be added."""
        bad = [row for row in self.model.rows if row.problem]
        if bad:
            others = (
                f" ({counted(len(bad) - 1, 'other recording')} cannot be added, either.)"
                if len(bad) > 1
                else ""
            )
            return PageState(False, f"{bad[0].problem}{others}", wrong=True)
        if self.subjects_file is not None and not self.subjects_file.is_file():
            return PageState(False, f"There is no file {self.subjects_file}.", wrong=True)
        if self.lights is not None and self.lights[0] == self.lights[1]:
            return PageState(False, "The lights cannot go on and off at the same time.", wrong=True)
        if self.model.reading:
            return PageState(False, f"Reading {counted(self.model.reading, 'recording')} …")
        return PageState()

    def _show(self) -> None:
        rows = self.model.rows
        seconds = sum(row.seconds or 0 for row in rows)
        text = f"{counted(len(rows), 'recording')}, about {spoken_duration(seconds)}" if rows else ""
        self.total.setText(text)
        self.table.show_hint(not rows)
        self._show_buttons()
        self.changed.emit()

    def _show_buttons(self) -> None:
        chosen = bool(self.table.rows)
        self.remove_button.setEnabled(chosen)
        self.subject_button.setEnabled(chosen)

    def _ask_files(self) -> None:
        files, _kind = QFileDialog.getOpenFileNames(self, "Add recordings", "", RECORDING_FILES)
        self.model.add(Path(file) for file in files)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add the recordings of a folder")
        if folder:
            self.model.add([Path(folder)])

    def _remove(self) -> None:
        self.model.remove(self.table.rows)

    def _ask_subject(self) -> None:
        rows = self.table.rows
        known = self.model.rows[rows[0]].subject
        subject, ok = QInputDialog.getText(self, "Subject", "The animal of these recordings:", text=known)
        if ok:
            self.model.set_subject(rows, subject)

    def _ask_subjects(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Table of animals", "", "Tables (*.csv *.tsv *.txt)")
        if file:
            self.subjects.setText(file)


class RecordingsTable(QTableView):
    """Shows the recordings; takes dropped files and folders.

    Attributes
    ----------
    chosen
        Emitted when other rows are selected.
    """

    chosen = Signal()

    def __init__(self, model: RecordingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recordings_table")
        self.setModel(model)
        self._model = model
        self.setAcceptDrops(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = shape_table(self, FILE, 24)
        header.setMinimumSectionSize(60)
        viewport = self.viewport()
        assert viewport is not None
        self._hint = text_label("drop_hint", viewport, "Drop recordings here, or press Add…")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def rows(self) -> list[int]:
        """The selected rows."""
        return sorted({index.row() for index in self.selectedIndexes()})

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are selected."""
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    def show_hint(self, on: bool) -> None:
        """Say how recordings get here while there are none."""
        self._hint.setVisible(on)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the hint as large as the list."""
        super().resizeEvent(event)
        viewport = self.viewport()
        if viewport is not None:
            self._hint.setGeometry(viewport.rect())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Take the chosen recordings off the list with Delete."""
        if event is not None and event.matches(QKeySequence.StandardKey.Delete):
            self._model.remove(self.rows)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files."""
        if event is not None and files_of(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """Take files anywhere."""
        if event is not None and files_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Add what was dropped."""
        if event is not None:
            self._model.add(files_of(event))
            event.acceptProposedAction()


def files_of(event: QDropEvent) -> list[Path]:
    """Return the files and folders that are being dragged."""
    data = event.mimeData()
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data is not None else []


class PlanPage(Page):
    """Which clips of the recordings are scored.

    Parameters
    ----------
    recordings
        The page that the recordings were chosen on.
    """

    title = "Clips"
    subtitle = "Recordings are scored clip by clip. More clips can be planned at any time."

    def __init__(self, recordings: RecordingsPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_page")
        self._recordings = recordings
        self.form = PlanForm(self._remark, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        self.form.changed.connect(self.changed.emit)

    def enter(self) -> None:
        """Plan for the recordings as they are chosen now."""
        sources = self._recordings.model.sources()
        self.form.show_sources(sources, {source.video for source in sources})

    def state(self) -> PageState:
        """Return whether the plan is possible; the form tells why not."""
        return PageState(not self.form.problem)

    def _remark(self) -> str:
        first = len(self.form.to_count)
        text = "Lengths are estimated until the frames are counted."
        return f"{text} The frames of {counted(first, 'recording')} are counted first." if first else text


def _time_edit(name: str, time: QTime, tooltip: str, parent: QWidget) -> QTimeEdit:
    edit = QTimeEdit(time, parent)
    edit.setObjectName(name)
    edit.setDisplayFormat("HH:mm")
    edit.setToolTip(tooltip)
    return edit
