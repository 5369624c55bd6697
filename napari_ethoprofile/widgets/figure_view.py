"""Figures that a command has written, one at a time and as large as there is room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QPixmap, QResizeEvent
from qtpy.QtWidgets import QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget


class FigureView(QWidget):
    """Shows PNG files by name.

    Parameters
    ----------
    name
        Begins the names of its parts.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = QComboBox(self)
        self.choice.setObjectName(f"{name}_figure")
        self.choice.setToolTip("Which figure is shown.")
        self.picture = QLabel(self)
        self.picture.setObjectName(f"{name}_picture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(QSize(120, 120))
        # Its size follows the dock, never the picture.
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.choice.currentIndexChanged.connect(lambda _index: self._load())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.choice)
        layout.addWidget(self.picture, 1)
        self._whole = QPixmap()
        self.show_files(())

    def show_files(self, files: Sequence[Path]) -> None:
        """Offer the PNG files among these, in their order."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for path in files:
            if path.suffix == ".png":
                self.choice.addItem(path.stem.replace("_", " "), str(path))
        self.choice.blockSignals(False)
        self.choice.setVisible(self.choice.count() > 0)
        self._load()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Draw the figure as large as there is room now."""
        super().resizeEvent(event)
        self._fit()

    def _load(self) -> None:
        path = self.choice.currentData()
        self._whole = QPixmap(path) if path else QPixmap()
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.picture.clear()
            return
        ratio = self.picture.devicePixelRatioF()
        scaled = self._whole.scaled(
            self.picture.size() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        self.picture.setPixmap(scaled)
