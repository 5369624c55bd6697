"""What the docks beside the one for annotating share: place, end, messages, theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QObject, Qt, QTimer, Signal
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QDockWidget, QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from ..annotation.errors import EthoprofileError
from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from ..wires import Wires
from ..workspace import MAIN_NAME, show_workspace
from .forms import text_label

if TYPE_CHECKING:
    import napari.viewer

MESSAGE_SECONDS = 20


class SharedPlace(QWidget):
    """A dock that shares its place with the other docks of this kind, in whatever order they are opened.

    Below each other none would have the height it needs. What the user has moved to another area, or lets
    float, stays where it is.
    """

    _came = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: The main window that the dock is in, until it is closed.
        self._home: QMainWindow | None = None
        # queued: the dock has its place in the window then, and is not shown yet, or the window would grow
        # to hold docks below each other
        self._came.connect(self._join_tabs, Qt.ConnectionType.QueuedConnection)

    def event(self, event: QEvent | None) -> bool:
        """Notice when napari puts this into a dock, and when it takes it out of the window again."""
        handled = super().event(event)
        if event is not None and event.type() == QEvent.Type.ParentChange:
            dock = self.parentWidget()
            if isinstance(dock, QDockWidget):
                dock.installEventFilter(self)
            if self._home is not None and main_window_of(self) is None:
                home, self._home = self._home, None
                self._on_closed(home)
        return handled

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice when the dock comes into a window."""
        if event is not None and event.type() == QEvent.Type.ParentChange and watched is self.parentWidget():
            self._home = main_window_of(self)
            if self._home is not None and watched is not None:
                watched.removeEventFilter(self)
                self._came.emit()
        return super().eventFilter(watched, event)

    def _on_closed(self, window: QMainWindow) -> None:
        """Do what is to be done when the dock was closed in a window that stays open."""

    def _join_tabs(self) -> None:
        window, own = self._home, self.parentWidget()
        if window is None or not isinstance(own, QDockWidget) or own.isFloating():
            return
        area = window.dockWidgetArea(own)
        # the dock for annotating first
        for content in sorted(window.findChildren(SharedPlace), key=lambda it: it.objectName() != MAIN_NAME):
            dock = content.parentWidget()
            if content is self or not isinstance(dock, QDockWidget) or dock.isFloating():
                continue
            if window.dockWidgetArea(dock) == area:
                window.tabifyDockWidget(dock, own)
                own.show()
                own.raise_()
                return


class SideDock(SharedPlace):
    """A dock that shares the place of the dock for annotating, and has nothing to show without it.

    Parameters
    ----------
    name
        What the names of its parts begin with.
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.

    Attributes
    ----------
    workspace
        The scoring desk of the viewer.
    message
        The line at the bottom that says what was refused, or is worth knowing, for a while.
    """

    def __init__(self, name: str, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._wires = viewer, Wires()
        self.setObjectName(f"ethoprofile_{name}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.workspace = show_workspace(viewer)
        self.message = text_label(f"{name}_message", self)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.message.hide)

    def _fill(self, content: QWidget) -> None:
        """Put the content above the line for messages, and follow the desk and the theme from now on."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(content, 1)
        layout.addWidget(self.message)
        self._wires.connect(self.workspace.session.message, self.tell)
        self._wires.connect(self.workspace.left, self._on_left)
        self._wires.connect(self._viewer.events.theme, self._follow_theme)
        self._follow_theme()

    def tell(self, text: str) -> None:
        """Show a sentence at the bottom of the dock for a while."""
        self.message.setText(text)
        self.message.show()
        self._timer.start(MESSAGE_SECONDS * 1000)

    def _guarded(self, act: Callable[[], object]) -> None:
        """Do something that may be refused; the sentence is shown then."""
        try:
            act()
        except EthoprofileError as error:
            self.tell(str(error))

    def _follow_theme(self, _event: object = None) -> None:
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        colors = (theme.background, theme.text, theme.current)
        self._use_theme(Theme(*(QColor(color.as_hex()) for color in colors)))

    def _use_theme(self, theme: Theme) -> None:
        """Paint what the dock paints itself in these colors."""

    def _on_closed(self, window: QMainWindow) -> None:
        self._let_go()

    def _on_left(self) -> None:
        """Go with the docks for annotating: there is no project without them."""
        self._let_go()
        dock = self.parentWidget()
        if dock is not None and main_window_of(self) is not None:
            QTimer.singleShot(0, lambda: self._viewer.window.remove_dock_widget(dock))

    def _let_go(self) -> None:
        """Cut what leads to the desk."""
        self._home = None
        self._wires.cut()
