"""Figures that a command has written, one at a time: as large as there is room, or in a window of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QPixmap, QResizeEvent
from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from .forms import push_button

#: Share of the screen that a figure in a window of its own takes at most.
_OF_SCREEN = 0.9
# Pixels that the bars for scrolling take.
_BAR = 24


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
        self.larger = push_button(
            f"{name}_larger", "Larger", "Show this figure in a window of its own.", self
        )
        self.larger.clicked.connect(self.enlarge)
        above = QHBoxLayout()
        above.addWidget(self.choice, 1)
        above.addWidget(self.larger)
        layout.addLayout(above)
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
        for widget in (self.choice, self.larger):
            widget.setVisible(self.choice.count() > 0)
        self._load()

    def enlarge(self) -> None:
        """Show the figure as wide as the screen allows, in a window that can stay open beside others."""
        screen = self.screen()
        room = screen.availableSize() * _OF_SCREEN if screen is not None else self._whole.size()
        window = QDialog(self.window())
        window.setObjectName("figure_window")
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowTitle(self.choice.currentText())
        picture = QLabel(window)
        # As wide as there is room: a row for every animal can make a figure much higher than a screen.
        drawn = _scaled(self._whole, min(self._whole.width(), room.width() - _BAR), self.devicePixelRatioF())
        picture.setPixmap(drawn)
        area = QScrollArea(window)
        area.setWidget(picture)
        area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        window.resize((picture.sizeHint() + QSize(_BAR, _BAR)).boundedTo(room))
        window.show()

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


def _scaled(picture: QPixmap, width: int, ratio: float) -> QPixmap:
    """Return a picture at a width in the pixels of a window, sharp on screens that have more of them."""
    found = picture.scaledToWidth(
        min(picture.width(), round(width * ratio)), Qt.TransformationMode.SmoothTransformation
    )
    found.setDevicePixelRatio(ratio)
    return found
