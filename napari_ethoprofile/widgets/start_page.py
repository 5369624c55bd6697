"""What the dock shows before a project is open."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class StartPage(QWidget):
    """Offers to make, open or try a project.

    Attributes
    ----------
    new_requested, open_requested, sample_requested
        Emitted by the three buttons.
    recent_requested
        Emits the folder of a recent project.
    """

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_page")
        self._layout = QVBoxLayout(self)
        intro = QLabel(
            "<b>Score behavior frame by frame.</b><br>A project holds recordings, clips and everybody's "
            "labels. Recordings stay where they are.",
            self,
        )
        intro.setWordWrap(True)
        self._layout.addWidget(intro)
        self._add_button(
            "new_project_button",
            "New project…",
            "Choose a folder, an ethogram, recordings and clips.",
            self.new_requested,
        )
        self._add_button(
            "open_project_button", "Open project…", "Open a project folder.", self.open_requested
        )
        self._add_button(
            "sample_project_button",
            "Try it with a synthetic recording",
            "Generates a small home-cage project; takes some seconds.",
            self.sample_requested,
        )
        self._recent = QVBoxLayout()
        self._layout.addLayout(self._recent)
        self._layout.addStretch(1)

    def _add_button(self, name: str, text: str, tooltip: str, signal: Signal) -> None:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setToolTip(tooltip)
        button.clicked.connect(lambda _checked=False: signal.emit())
        self._layout.addWidget(button)

    def show_recent(self, folders: list[Path]) -> None:
        """List projects that were open before."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if folders:
            self._recent.addWidget(QLabel("Recent projects", self))
        for folder, name in zip(folders, short_names(folders), strict=True):
            button = QPushButton(name, self)
            button.setFlat(True)
            button.setStyleSheet("text-align: left;")
            button.setToolTip(str(folder))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, f=folder: self.recent_requested.emit(str(f)))
            self._recent.addWidget(button)


def short_names(folders: list[Path]) -> list[str]:
    """Return the last parts of each path, as few as tell it from the others."""
    names = []
    for folder in folders:
        others = [other for other in folders if other != folder]
        parts = next(
            n
            for n in range(1, len(folder.parts) + 1)
            if all(other.parts[-n:] != folder.parts[-n:] for other in others)
        )
        names.append("/".join(part.strip("/\\") for part in folder.parts[-parts:]))
    return names
