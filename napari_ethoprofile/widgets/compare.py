"""The dock that napari opens as "Compare behavior labels"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QDockWidget, QStackedWidget, QWidget

from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from .compare_choice import CompareChoice
from .compare_page import ComparePage
from .side_dock import SideDock

if TYPE_CHECKING:
    import napari.viewer

    from ..annotation.adjudication import Comparison

#: When the rows of a comparison and its page have been laid out.
LAYOUT_SETTLED_MS = 150
#: Height that the frame of a window takes, roughly.
TITLE_BAR = 30


class CompareWidget(SideDock):
    """Chooses passes over a clip, shows where they disagree, and takes the decisions.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__("compare", viewer, parent)
        self.setMinimumWidth(410)
        session, comparing = self.workspace.session, self.workspace.comparing
        self._controls: QDockWidget | None = None
        self.choice = CompareChoice(session, self._wires, self)
        self.page = ComparePage(comparing, self.workspace.playlist, session, self._wires, self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choice)
        self.pages.addWidget(self.page)
        self.choice.compare_requested.connect(lambda passes: self._guarded(lambda: comparing.open(passes)))
        self.page.command_requested.connect(self.workspace.commands.run)
        self.page.act_requested.connect(self._guarded)
        self._wires.connect(comparing.changed, self._on_changed)
        self._wires.connect(self.workspace.keyboard.keys_changed, self._show_keys)
        self._fill(self.pages)
        self._on_changed(comparing.comparison)
        self._show_keys()

    def _on_changed(self, comparison: Comparison | None) -> None:
        self.pages.setCurrentIndex(0 if comparison is None else 1)
        if comparison is not None:
            QTimer.singleShot(LAYOUT_SETTLED_MS, self._make_room)
        elif self._controls is not None:
            self._controls.show()
            self._controls = None

    def _make_room(self) -> None:
        """Give the timeline the height that the rows of all raters need.

        On a low screen napari's layer controls give theirs until the comparison is over.
        """
        window, timeline = main_window_of(self), self.workspace.timeline
        dock, screen = timeline.parentWidget(), self.screen()
        if window is None or screen is None:
            return
        controls = window.findChild(QDockWidget, "layer controls")
        too_high = window.minimumSizeHint().height() > screen.availableGeometry().height() - TITLE_BAR
        if too_high and controls is not None and controls.isVisible():
            controls.hide()
            self._controls = controls
        wanted = timeline.sizeHint().height()
        if isinstance(dock, QDockWidget) and timeline.height() < wanted:
            title = dock.height() - timeline.height()
            window.resizeDocks([dock], [wanted + title], Qt.Orientation.Vertical)

    def _show_keys(self) -> None:
        keyboard = self.workspace.keyboard
        self.page.show_keys(keyboard.tooltips(), keyboard.key_names())

    def _use_theme(self, theme: Theme) -> None:
        self.page.set_theme(theme)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show what can be compared by now."""
        super().showEvent(event)
        self.choice.refresh()

    def _let_go(self) -> None:
        """Close the comparison with the dock: nothing would show it. What made room for it comes back."""
        self._guarded(self.workspace.comparing.close)
        super()._let_go()
