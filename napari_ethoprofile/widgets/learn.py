"""The dock that napari opens as "Learn from labels"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QMainWindow, QTabWidget, QWidget

from ..timeline.theme import Theme
from .kept_panels import end_with_desk, leave_panel, take_panel
from .models import ModelsPanel
from .queue import QueuePanel
from .side_dock import SideDock
from .train_dialog import TrainDialog
from .train_panel import TrainPanel

if TYPE_CHECKING:
    import napari.viewer

#: What the dialog that trains other kinds of models is kept under.
_DIALOG = "train_other"


class LearnWidget(SideDock):
    """Trains models on the labels beside the window, and shows what became of them.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("learn", viewer, parent)
        desk, dialog = self.workspace, take_panel(viewer, _DIALOG, self._new_dialog)
        self.train = TrainPanel(desk.learning, desk.session, self._wires, dialog, self)
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

    def _new_dialog(self) -> TrainDialog:
        dialog = TrainDialog(self.workspace.session)
        end_with_desk(self._viewer, self.workspace, _DIALOG, dialog.let_go)
        return dialog

    def _on_closed(self, window: QMainWindow) -> None:
        """Leave the dialog, and what it trains, for the next dock."""
        leave_panel(self._viewer, _DIALOG, self.train.dialog, window)
        super()._on_closed(window)

    def _let_go(self) -> None:
        self.models.let_go()
        super()._let_go()
