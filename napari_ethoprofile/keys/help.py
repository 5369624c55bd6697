"""The panel that shows all keys; it floats over the window and does not take the keyboard from it."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QMainWindow, QTextBrowser, QVBoxLayout, QWidget

from ..annotation.ethogram import Ethogram
from .describe import help_html
from .keymap import KeyMap


class HelpPanel(QWidget):
    """All keys of the current key map and ethogram.

    Parameters
    ----------
    main_window
        The window it floats over.
    """

    def __init__(self, main_window: QMainWindow) -> None:
        super().__init__(main_window, Qt.WindowType.Tool)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._text = QTextBrowser()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text)
        self.resize(460, 640)
        self._keys: tuple[KeyMap, Ethogram, str] | None = None

    def set_keys(self, keymap: KeyMap, ethogram: Ethogram, scope: str = "") -> None:
        """Show the keys of another key map, ethogram or scope."""
        self._keys = (keymap, ethogram, scope)
        if self.isVisible():
            self._write()

    def _write(self) -> None:
        """Write what the keys are now; not with every clip that opens, since few look at it then."""
        if self._keys is not None:
            keymap, ethogram, scope = self._keys
            self._text.setHtml(help_html(keymap, ethogram, spelled, scope))
            self._keys = None

    def text(self) -> str:
        """Return what the panel says, without markup."""
        self._write()
        return str(self._text.toPlainText())

    def toggle(self) -> None:
        """Show the panel, or hide it when it is shown."""
        self._write()
        self.setVisible(not self.isVisible())


def spelled(key: str) -> str:
    """Return how this machine writes a key."""
    return str(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)) or key
