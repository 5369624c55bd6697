"""The dock that napari opens as "Learn from labels"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QTabWidget, QWidget

from ..timeline.theme import Theme
from .models import ModelsPanel
from .queue import QueuePanel
from .side_dock import SideDock
from .train_panel import TrainPanel

if TYPE_CHECKING:
    import napari.viewer


class LearnWidget(SideDock):
    """Trains models on the labels beside the window, and shows what became of them.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("learn", viewer, parent)
        self.setMinimumWidth(410)
        self.train = TrainPanel(self.workspace.learning, self.workspace.session, self._wires, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("learn_tabs")
        self.models = ModelsPanel(self.workspace, self._wires, self)
        self.tabs.addTab(self.train, "Train")
        self.queue = QueuePanel(self.workspace, self._wires, self)
        self.tabs.addTab(self.models, "Models")
        self.tabs.addTab(self.queue, "Next")
        self._wires.connect(self.workspace.learning.said, self.tell)
        self._fill(self.tabs)

    def _use_theme(self, theme: Theme) -> None:
        self.train.set_theme(theme)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take a place the first time, and show what was trained by now."""
        super().showEvent(event)
        self.train.refresh()

    def _let_go(self) -> None:
        self.models.let_go()
        self.train.dialog.command.process.close()
        super()._let_go()
