"""What the docks beside the one for annotating share: place, end, messages, theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QDockWidget, QSizePolicy, QVBoxLayout, QWidget

from ..annotation.errors import EthoprofileError
from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from ..wires import Wires
from ..workspace import show_workspace
from .forms import text_label

if TYPE_CHECKING:
    import napari.viewer

MESSAGE_SECONDS = 20


class SideDock(QWidget):
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
        self._viewer, self._wires, self._attached = viewer, Wires(), False
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

    def _join_tabs(self) -> None:
        """Share the place of the dock for annotating: below it neither would have the height it needs."""
        window = main_window_of(self)
        own, other = self.parentWidget(), self.workspace.dock.parentWidget()
        if window is not None and isinstance(own, QDockWidget) and isinstance(other, QDockWidget):
            window.tabifyDockWidget(other, own)
            own.raise_()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take a place the first time."""
        super().showEvent(event)
        if not self._attached and main_window_of(self) is not None:
            self._attached = True
            QTimer.singleShot(0, self._join_tabs)

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
        self._attached = False
        self._wires.cut()
