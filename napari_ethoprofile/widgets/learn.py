"""The dock that napari opens as "Learn from labels"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from ..timeline.theme import Theme
from .forms import text_label
from .models import ModelsPanel
from .queue import QueuePanel
from .side_dock import SideDock
from .train_panel import TrainPanel

if TYPE_CHECKING:
    import napari.viewer

MESSAGE_SECONDS = 20


class LearnWidget(SideDock):
    """Trains models on the labels beside the window, and shows what became of them.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(viewer, parent)
        self.setObjectName("ethoprofile_learn")
        self.setMinimumWidth(410)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.train = TrainPanel(self.workspace.learning, self.workspace.session, self._wires, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("learn_tabs")
        self.models = ModelsPanel(self.workspace, self._wires, self)
        self.tabs.addTab(self.train, "Train")
        self.queue = QueuePanel(self.workspace, self._wires, self)
        self.tabs.addTab(self.models, "Models")
        self.tabs.addTab(self.queue, "Next")
        self.message = text_label("learn_message", self)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.message.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.message)
        self._wires.connect(self.workspace.learning.said, self.tell)
        self._wires.connect(self.workspace.session.message, self.tell)
        self._wires.connect(self.workspace.left, self._on_left)
        self._wires.connect(viewer.events.theme, self._follow_theme)
        self._follow_theme()

    def tell(self, text: str) -> None:
        """Show a sentence at the bottom of the dock for a while."""
        self.message.setText(text)
        self.message.show()
        self._timer.start(MESSAGE_SECONDS * 1000)

    def _follow_theme(self, _event: object = None) -> None:
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        colors = (theme.background, theme.text, theme.current)
        self.train.set_theme(Theme(*(QColor(color.as_hex()) for color in colors)))

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take a place the first time, and show what was trained by now."""
        super().showEvent(event)
        self.train.refresh()

    def _let_go(self) -> None:
        self.models.let_go()
        super()._let_go()
