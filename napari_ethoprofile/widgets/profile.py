"""The dock that napari opens as "Behavior profiles": what result files say about the animals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt, QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import FormatError
from .choosers import LABEL_FILES, ask_folder
from .command_bar import CommandBar
from .dropping import DropPanel, PathLine
from .figure_view import FigureView
from .forms import push_button, shape_table, text_label
from .kept_panels import KeptDock

if TYPE_CHECKING:
    import napari.viewer

BINS = ("10min", "30min", "1h", "2h", "6h", "12h", "24h")
#: What is asked about bout tables, and the answers.
GAPS = (
    ("as the files say", ""),
    ("none: somebody looked", "none"),
    ("unlabeled: nobody looked", "unlabeled"),
)
HEADERS = ("Behavior", "Seconds", "Share", "Bouts")
_PATH = Qt.ItemDataRole.UserRole
_LIGHTS = re.compile(r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}")


class ProfileWidget(KeptDock):
    """The dock that napari opens as "Behavior profiles"; it needs no project.

    Parameters
    ----------
    viewer
        The napari viewer.
    """

    panel: ProfilePanel

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("profile", viewer, ProfilePanel, parent)


class ProfilePanel(DropPanel):
    """Lists result files, profiles them in a process of its own, and shows tables and figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(390)
        self.folder: Path | None = None
        self._create_list()
        self._create_choices()
        self.command = CommandBar(
            "profile", "Profile", "Write tables and figures of these files.", self._arguments, self
        )
        self.command.answered.connect(self._on_answer)
        self.destroyed.connect(self.command.process.close)
        self._create_views()
        self._lay_out()

    # -- acts ---------------------------------------------------------------------------------------------

    def add(self, paths: list[Path]) -> None:
        """Put result files, or folders of them, on the list, each once."""
        known = self.paths()
        for path in dict.fromkeys(paths):
            if path not in known:
                item = QListWidgetItem(str(path) if path.is_dir() else path.name)
                item.setToolTip(str(path))
                item.setData(_PATH, str(path))
                self.list.addItem(item)

    def paths(self) -> tuple[Path, ...]:
        """Return what is listed."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(Path(item.data(_PATH)) for item in items if item is not None)

    def remove(self) -> None:
        """Take the selected files off the list."""
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))

    # -- inside -------------------------------------------------------------------------------------------

    def _arguments(self) -> list[str]:
        if not self.list.count():
            raise FormatError("Add the result files of a model, or label files, first.")
        out = self.out.text().strip()
        if not out:
            raise FormatError("Choose the folder that tables and figures go into.")
        arguments = ["profile", *(str(path) for path in self.paths()), "--out", str(Path(out).expanduser())]
        arguments += ["--bin", self.bin.currentText(), "--events"]
        lights = self.lights.text().strip()
        if lights:
            if not _LIGHTS.fullmatch(lights):
                raise FormatError(f"'{lights}' is not a light schedule; write it like 07:00-19:00.")
            arguments += ["--lights", lights]
        zone = self.timezone.text().strip()
        arguments += ["--timezone", zone] if zone else []
        arguments += ["--gaps", self.gaps.currentData()] if self.gaps.currentData() else []
        arguments += ["--fps", f"{self.fps.value():g}"] if self.fps.value() else []
        if self.subjects.text().strip():
            arguments += ["--subjects", str(Path(self.subjects.text().strip()).expanduser())]
        self._forget()
        return arguments

    def _forget(self) -> None:
        """Show nothing of an earlier profile, which was of other files or choices."""
        self.table.setRowCount(0)
        self.figures.show_files([])
        self.remark.hide()
        self.show_folder.setEnabled(False)

    def _on_answer(self, answer: dict[str, Any], sentences: list[str]) -> None:
        found: dict[str, dict[str, float]] = answer["behaviors"]
        self.table.setRowCount(len(found))
        for row, (name, item) in enumerate(found.items()):
            cells = (name, f"{item['seconds']:,.1f}", f"{item['share']:.1%}", f"{item['bouts']:,.0f}")
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        files = [Path(path) for path in answer["files"]]
        self.figures.show_files(files)
        said = [f"{_counted(answer['animals'], 'animal')}, {_counted(answer['recordings'], 'table')}."]
        if answer["unlabeled_seconds"]:
            said.append(f"{answer['unlabeled_seconds']:,.1f} s are unlabeled and are part of no share.")
        said += sentences
        said.append(f"Wrote {len(files)} files.")
        self.remark.setText(" ".join(said))
        self.remark.show()
        self.folder = files[0].parent if files else None
        self.show_folder.setEnabled(self.folder is not None)

    def _create_list(self) -> None:
        self.list = QListWidget(self)
        self.list.setObjectName("profile_files")
        self.list.setMinimumHeight(60)
        self.list.setMaximumHeight(120)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setToolTip(
            "Result files of a model, or label files of people; a folder stands for its tables."
        )
        self.add_files = push_button("profile_add", "Add files…", "Add result or label files.", self)
        self.add_folder = push_button(
            "profile_add_folder", "Add folder…", "Add all result and label files in a folder.", self
        )
        self.take_off = push_button("profile_remove", "Remove", "Take the selected files off the list.", self)
        self.add_files.clicked.connect(self._ask_files)
        self.add_folder.clicked.connect(self._ask_folder)
        self.take_off.clicked.connect(self.remove)
        self.take_off.setEnabled(False)
        self.list.itemSelectionChanged.connect(
            lambda: self.take_off.setEnabled(bool(self.list.selectedItems()))
        )

    def _create_choices(self) -> None:
        self.lights, self.subjects, self.out = QLineEdit(self), PathLine(self), PathLine(self)
        self.lights.setObjectName("profile_lights")
        self.lights.setPlaceholderText("07:00-19:00")
        self.lights.setToolTip("When the lights are on; the dark phase is shaded.")
        self.timezone = QLineEdit(self)
        self.timezone.setObjectName("profile_timezone")
        self.timezone.setPlaceholderText("Europe/Berlin, where clocks were changed")
        self.timezone.setToolTip(
            "Where the names of recordings are by a clock that was put forward or back between them: all "
            "times are then by the clock as it was at the first one."
        )
        self.subjects.setObjectName("profile_subjects")
        self.subjects.setPlaceholderText("table of animals with columns id and strain")
        self.out.setObjectName("profile_out")
        self.out.setPlaceholderText("folder for tables and figures")
        self.bin = QComboBox(self)
        self.bin.setObjectName("profile_bin")
        self.bin.setToolTip("Length of a bin of time.")
        self.bin.addItems(BINS)
        self.bin.setCurrentText("1h")
        self.gaps, self.fps = QComboBox(self), QDoubleSpinBox(self)
        self.gaps.setObjectName("profile_gaps")
        self.gaps.setToolTip("For files that hold only bouts: what a frame is that none of them covers.")
        self.gaps.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in GAPS:
            self.gaps.addItem(text, value)
        self.fps.setObjectName("profile_fps")
        self.fps.setRange(0, 10_000)
        self.fps.setSpecialValueText("as the files say")
        self.fps.setToolTip("Frames per second, for files that do not say it.")
        self.choose_subjects = push_button("profile_choose_subjects", "Choose", "Choose the table.", self)
        self.choose_out = push_button("profile_choose_out", "Choose", "Choose the folder.", self)
        self.choose_subjects.clicked.connect(self._ask_subjects)
        self.choose_out.clicked.connect(self._ask_out)

    def _create_views(self) -> None:
        self.remark = text_label("profile_remark", self)
        self.remark.hide()
        self.table = QTableWidget(0, len(HEADERS), self)
        self.table.setObjectName("profile_table")
        self.table.setHorizontalHeaderLabels(list(HEADERS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        shape_table(self.table, 0, 22)
        self.figures = FigureView("profile", self)
        self.views = QTabWidget(self)
        self.views.setObjectName("profile_views")
        self.views.addTab(self.figures, "Pictures")
        self.views.addTab(self.table, "Table")
        self.show_folder = push_button(
            "profile_show", "Show folder", "Open the folder that holds the files.", self
        )
        self.show_folder.setEnabled(False)
        self.show_folder.clicked.connect(self._open_folder)

    def _lay_out(self) -> None:
        form = QFormLayout()
        when = QHBoxLayout()
        when.addWidget(self.lights, 1)
        when.addWidget(self.bin)
        form.addRow("Lights on, bin", when)
        form.addRow("Time zone", self.timezone)
        form.addRow("Animals", _with(self.subjects, self.choose_subjects))
        form.addRow("Frames a second", self.fps)
        form.addRow("Between bouts", self.gaps)
        form.addRow("Results", _with(self.out, self.choose_out))
        buttons, bottom = QHBoxLayout(), QHBoxLayout()
        for button in (self.add_files, self.add_folder, self.take_off):
            buttons.addWidget(button)
        buttons.addStretch(1)
        bottom.addStretch(1)
        bottom.addWidget(self.show_folder)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        layout.addLayout(form)
        layout.addWidget(self.command)
        layout.addWidget(self.remark)
        layout.addWidget(self.views, 1)
        layout.addLayout(bottom)

    def _ask_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Add results", "", LABEL_FILES)
        self.add([Path(file) for file in files])

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add the results in a folder")
        if folder:
            self.add([Path(folder)])

    def _ask_subjects(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Table of animals", "", "Tables (*.csv);;All files (*)")
        if path:
            self.subjects.setText(path)

    def _ask_out(self) -> None:
        ask_folder(self, "Folder for tables and figures", self.out.setText)

    def _open_folder(self) -> None:
        if self.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder)))


def _with(field: QWidget, button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(button)
    return row


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
