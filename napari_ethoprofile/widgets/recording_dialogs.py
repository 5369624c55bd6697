"""Dialogs on one recording: link it to another file, or crop its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from superqt.utils import create_worker

from ..annotation.errors import EthoprofileError
from ..annotation.project import Project, VideoRecord
from .forms import push_button, text_label


class RelinkDialog(QDialog):
    """Links a recording of the project to a file that was moved or replaced; its labels are kept.

    Parameters
    ----------
    project
        The open project.
    """

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("relink_dialog")
        self.setWindowTitle("Relink recording")
        self.setMinimumWidth(520)
        self._project = project
        self._worker: Any = None
        self.recording = QComboBox(self)
        self.recording.setObjectName("relink_recording")
        self.recording.setToolTip(
            "The recording whose file was moved or replaced; those with a problem first."
        )
        checks = sorted(project.check_videos(), key=lambda check: check.state == "ok")
        self._sentences = [check.sentence or "The file is where it was." for check in checks]
        for check in checks:
            self.recording.addItem(check.video, check.video)
        self.state = text_label("relink_state", self)
        self.recording.currentIndexChanged.connect(self._show_state)
        choose = push_button("relink_choose", "Choose file…", "Where the recording lies now.", self)
        choose.clicked.connect(self._choose)
        near = push_button(
            "relink_near", "Search near its old place", "Look for its content in the folders around.", self
        )
        near.clicked.connect(lambda: self.search([]))
        search = push_button(
            "relink_search", "Search in folder…", "Look for its content in a folder and all below it.", self
        )
        search.clicked.connect(self._choose_folder)
        self._buttons = (choose, near, search)
        layout = QVBoxLayout(self)
        layout.addWidget(self.recording)
        layout.addWidget(self.state)
        row = QHBoxLayout()
        for button in self._buttons:
            row.addWidget(button)
        layout.addLayout(row)
        self._show_state()

    def _show_state(self) -> None:
        if self._sentences:
            self.state.setText(self._sentences[self.recording.currentIndex()])

    def _choose(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Where the recording lies now")
        if file:
            self.link(Path(file))

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Search in this folder and below")
        if folder:
            self.search([Path(folder)])

    def search(self, folders: list[Path]) -> None:
        """Look for the recording's content in a thread, and link it where it is found.

        Parameters
        ----------
        folders
            Searched with all below them; near its old place when there is none.
        """
        video = str(self.recording.currentData())
        self._set_searching(True)
        self.state.setText("Searching…")
        worker = create_worker(self._project.find_moved_video, video, folders)
        worker.returned.connect(self._on_found)
        worker.errored.connect(self._on_search_failed)
        worker.start()
        self._worker = worker

    def _on_found(self, found: list[Path]) -> None:
        self._set_searching(False)
        if found:
            self.link(found[0])
        else:
            self.state.setText("No file with the content of this recording was found there.")

    def _on_search_failed(self, error: Exception) -> None:
        self._set_searching(False)
        self.state.setText(str(error))

    def _set_searching(self, searching: bool) -> None:
        for widget in (self.recording, *self._buttons):
            widget.setEnabled(not searching)

    def reject(self) -> None:
        """Close; what a search still finds is not taken any more."""
        if self._worker is not None:
            self._worker.returned.disconnect(self._on_found)
            self._worker.errored.disconnect(self._on_search_failed)
        super().reject()

    def link(self, path: Path) -> None:
        """Link the chosen recording to `path`; asks before a file is linked that differs."""
        video = str(self.recording.currentData())
        try:
            change = self._project.relink(video, path)
        except EthoprofileError as error:
            answer = QMessageBox.question(self, "Relink recording", f"{error}\n\nLink it all the same?")
            if answer != QMessageBox.StandardButton.Yes:
                return
            change = self._project.relink(video, path, force=True)
        QMessageBox.information(self, "Relink recording", change.sentence)
        self.accept()


class CropDialog(QDialog):
    """Sets which part of a recording's picture is shown.

    Parameters
    ----------
    record
        The recording; its size bounds the crop.
    """

    def __init__(self, record: VideoRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crop_dialog")
        self.setWindowTitle("Crop picture")
        width, height = record.width or 1, record.height or 1
        x, y, w, h = record.display.get("crop") or (0, 0, width, height)
        form = QFormLayout()
        self.fields = []
        for name, value, least, most in (
            ("Left", x, 0, width - 1),
            ("Top", y, 0, height - 1),
            ("Width", w, 1, width),
            ("Height", h, 1, height),
        ):
            field = QSpinBox(self)
            field.setObjectName(f"crop_{name.lower()}")
            field.setRange(least, most)
            field.setValue(int(value))
            field.setSuffix(" px")
            form.addRow(name, field)
            self.fields.append(field)
        self._size = (width, height)
        buttons = QDialogButtonBox(self)
        for kind in (
            QDialogButtonBox.StandardButton.Ok,
            QDialogButtonBox.StandardButton.Reset,
            QDialogButtonBox.StandardButton.Cancel,
        ):
            buttons.addButton(kind)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Reset).clicked.connect(self._reset)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(f"The recording is {width} x {height} pixels.", self))
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _reset(self) -> None:
        for field, value in zip(self.fields, (0, 0, *self._size), strict=True):
            field.setValue(value)

    @property
    def crop(self) -> list[int] | None:
        """Left, top, width and height, cut to the picture; None for the whole picture."""
        x, y, w, h = (field.value() for field in self.fields)
        width, height = self._size
        w, h = min(w, width - x), min(h, height - y)
        return None if (x, y, w, h) == (0, 0, width, height) else [x, y, w, h]
