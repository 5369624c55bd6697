"""The dock that napari opens as "Learn from labels"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QDockWidget, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from ..keys.focus import main_window_of
from ..timeline.theme import Theme
from ..wires import Wires
from ..workspace import Workspace, show_workspace
from .forms import text_label
from .models import ModelsPanel
from .queue import QueuePanel
from .train_panel import TrainPanel

if TYPE_CHECKING:
    import napari.viewer

MESSAGE_SECONDS = 20


class LearnWidget(QWidget):
    """Trains models on the labels beside the window, and shows what became of them.

    Parameters
    ----------
    viewer
        The napari viewer; the docks for annotating are opened when they are not there.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ethoprofile_learn")
        self.setMinimumWidth(410)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._viewer = viewer
        self.workspace: Workspace = show_workspace(viewer)
        self._wires, self._attached = Wires(), False
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

    def _join_tabs(self) -> None:
        """Share the place of the dock for annotating: below it neither would have the height it needs."""
        window = main_window_of(self)
        own, other = self.parentWidget(), self.workspace.dock.parentWidget()
        if window is not None and isinstance(own, QDockWidget) and isinstance(other, QDockWidget):
            window.tabifyDockWidget(other, own)
            own.raise_()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Take a place the first time, and show what was trained by now."""
        super().showEvent(event)
        if not self._attached and main_window_of(self) is not None:
            self._attached = True
            QTimer.singleShot(0, self._join_tabs)
        self.train.refresh()

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
        self._attached = False
        self.models.let_go()
        self._wires.cut()
