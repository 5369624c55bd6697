"""The dock that napari opens as "Compare behavior labels"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QDockWidget, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ..annotation.errors import EthoprofileError
from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from ..wires import Wires
from ..workspace import Workspace, show_workspace
from .compare_choice import CompareChoice
from .compare_page import ComparePage

if TYPE_CHECKING:
    import napari.viewer

    from ..annotation.adjudication import Comparison

MESSAGE_SECONDS = 12
#: When the rows of a comparison and its page have been laid out.
LAYOUT_SETTLED_MS = 150
#: Height that the frame of a window takes, roughly.
TITLE_BAR = 30


class CompareWidget(QWidget):
    """Chooses passes over a clip, shows where they disagree, and takes the decisions.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethoprofile_compare")
        self.setMinimumWidth(410)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._viewer = viewer
        self.workspace: Workspace = show_workspace(viewer)
        session, comparing = self.workspace.session, self.workspace.comparing
        self._wires = Wires()
        self._attached = False
        self._controls: QDockWidget | None = None
        self.choice = CompareChoice(session, self._wires, self)
        self.page = ComparePage(comparing, self.workspace.playlist, session, self._wires, self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choice)
        self.pages.addWidget(self.page)
        self.message = QLabel(self)
        self.message.setObjectName("compare_message")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.message.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.message)
        self.choice.compare_requested.connect(lambda passes: self._guarded(lambda: comparing.open(passes)))
        self.page.command_requested.connect(self.workspace.commands.run)
        self.page.act_requested.connect(self._guarded)
        self._wires.connect(comparing.changed, self._on_changed)
        self._wires.connect(session.message, self.tell)
        self._wires.connect(self.workspace.keyboard.keys_changed, self._show_keys)
        self._wires.connect(self.workspace.left, self._on_left)
        self._wires.connect(viewer.events.theme, self._follow_theme)
        self._on_changed(comparing.comparison)
        self._show_keys()
        self._follow_theme()

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

    def _join_tabs(self) -> None:
        """Share the place of the dock for annotating: below it neither would have the height it needs."""
        window = main_window_of(self)
        own, other = self.parentWidget(), self.workspace.dock.parentWidget()
        if window is not None and isinstance(own, QDockWidget) and isinstance(other, QDockWidget):
            window.tabifyDockWidget(other, own)
            own.raise_()

    def _show_keys(self) -> None:
        keyboard = self.workspace.keyboard
        self.page.show_keys(keyboard.tooltips(), keyboard.key_names())

    def _follow_theme(self, _event: object = None) -> None:
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        colors = (theme.background, theme.text, theme.current)
        self.page.set_theme(Theme(*(QColor(color.as_hex()) for color in colors)))

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except EthoprofileError as error:
            self.tell(str(error))

    def tell(self, text: str) -> None:
        """Show a sentence at the bottom of the dock for a while."""
        self.message.setText(text)
        self.message.show()
        self._timer.start(MESSAGE_SECONDS * 1000)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show what can be compared by now."""
        super().showEvent(event)
        if not self._attached and main_window_of(self) is not None:
            self._attached = True
            QTimer.singleShot(0, self._join_tabs)
        self.choice.refresh()

    def event(self, event: QEvent | None) -> bool:
        """Close the comparison when napari takes the closed dock's content out of its window."""
        handled = super().event(event)
        reparented = event is not None and event.type() == QEvent.Type.ParentChange
        if reparented and self._attached and main_window_of(self) is None:
            self._attached = False
            self._wires.cut()
            self._guarded(self.workspace.comparing.close)
        return handled

    def _on_left(self) -> None:
        """Go with the docks for annotating: a comparison has nothing to show without them."""
        self._wires.cut()
        self._attached = False
        dock = self.parentWidget()
        if dock is not None and main_window_of(self) is not None:
            QTimer.singleShot(0, lambda: self._viewer.window.remove_dock_widget(dock))
