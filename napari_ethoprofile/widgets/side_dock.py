"""What the docks beside the one for annotating share: their place, and that they go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QTimer
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QDockWidget, QWidget

from ..keys.focus import main_window_of
from ..wires import Wires
from ..workspace import MAIN_NAME, show_workspace

if TYPE_CHECKING:
    import napari.viewer


class SharedPlace(QWidget):
    """A dock that shares the place of the dock for annotating where that is open.

    Below it neither would have the height it needs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placed = False

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take a place the first time."""
        super().showEvent(event)
        if not self._placed and main_window_of(self) is not None:
            self._placed = True
            QTimer.singleShot(0, self._join_tabs)

    def _join_tabs(self) -> None:
        window = main_window_of(self)
        main = window.findChild(QWidget, MAIN_NAME) if window is not None else None
        own, other = self.parentWidget(), main.parentWidget() if main is not None else None
        if window is not None and isinstance(own, QDockWidget) and isinstance(other, QDockWidget):
            window.tabifyDockWidget(other, own)
            own.raise_()


class SideDock(SharedPlace):
    """A dock that shares the place of the dock for annotating, and has nothing to show without it.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.

    Attributes
    ----------
    workspace
        The scoring desk of the viewer.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._wires, self._attached = viewer, Wires(), False
        self.workspace = show_workspace(viewer)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Belong to the window from now on."""
        super().showEvent(event)
        self._attached = self._attached or main_window_of(self) is not None

    def event(self, event: QEvent | None) -> bool:
        """Let go of everything when napari takes the closed dock's content out of its window."""
        handled = super().event(event)
        reparented = event is not None and event.type() == QEvent.Type.ParentChange
        if reparented and self._attached and main_window_of(self) is None:
            self._let_go()
        return handled

    def _on_left(self) -> None:
        """Go with the docks for annotating: there is no project without them."""
        self._let_go()
        dock = self.parentWidget()
        if dock is not None and main_window_of(self) is not None:
            QTimer.singleShot(0, lambda: self._viewer.window.remove_dock_widget(dock))

    def _let_go(self) -> None:
        """Cut what leads to the desk."""
        self._attached = self._placed = False
        self._wires.cut()
