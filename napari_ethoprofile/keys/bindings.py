"""Shortcuts of the commands on napari's main window, only while annotation mode is on.

They are `QShortcut` objects, which win over napari's key bindings for layers and viewer and work from any
dock. Some of napari's menu entries have the same keys (Ctrl+S, Ctrl+M, Ctrl+U, Ctrl+-); Qt calls that
ambiguous and would run neither reliably, so this object answers ambiguous shortcuts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QKeyEvent, QKeySequence, QShortcut, QShortcutEvent
from qtpy.QtWidgets import QApplication, QMainWindow

from .filter import identity, may_repeat_unannounced, milliseconds
from .focus import is_text_input
from .keymap import KeyMap
from .registry import UNLABEL, Command

_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)

Handler = Callable[[], object]


class CommandShortcuts(QObject):
    """Binds the keys of a key map to handlers.

    Parameters
    ----------
    main_window
        The window that owns the shortcuts.
    keymap
        Which command has which keys.
    handlers
        Command id -> what to do. Commands without a handler get no shortcut; the unlabel command never
        does, for its key paints and belongs to `BehaviorKeyFilter`.
    """

    def __init__(self, main_window: QMainWindow, keymap: KeyMap, handlers: Mapping[str, Handler]) -> None:
        super().__init__(main_window)
        self._main_window = main_window
        self._handlers = handlers
        self._shortcuts: list[QShortcut] = []
        self._commands: dict[str, Command] = {}
        self._enabled = False
        self._repeating = False
        self._released: tuple[int, float] | None = None
        self.set_keymap(keymap)

    def set_keymap(self, keymap: KeyMap, scope: str = "") -> None:
        """Bind the keys of another key map, or those of another scope of it."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts, self._commands = [], {}
        for command, keys in keymap.bound(scope):
            if command.id in self._handlers and command.id != UNLABEL:
                for key in keys:
                    self._bind(command, key)
        self._update()

    @property
    def enabled(self) -> bool:
        """Whether annotation mode is on."""
        return self._enabled

    def set_enabled(self, enabled: bool) -> None:
        """Take the keys, or give them back to napari."""
        if enabled == self._enabled:
            return
        self._enabled = enabled
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if enabled:
            application.installEventFilter(self)
            application.focusChanged.connect(self._update)
        else:
            application.removeEventFilter(self)
            application.focusChanged.disconnect(self._update)
        self._update()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Answer ambiguous shortcuts that are ours; called by Qt for every event of the application."""
        if event is None:
            return False
        kind = event.type()
        if kind in _KEYS and isinstance(event, QKeyEvent):
            return self._on_key(event, kind)
        if kind == QEvent.Type.Shortcut and isinstance(event, QShortcutEvent) and event.isAmbiguous():
            command = self._commands.get(_text(event.key())) if self._live() else None
            if command is not None:
                if command.repeat or not self._repeating:
                    self._handlers[command.id]()
                return True
        return False

    def _on_key(self, event: QKeyEvent, kind: QEvent.Type) -> bool:
        """Note what repeats, and swallow a repeat that Qt takes for a new press (see `REPEAT_WAIT_MS`)."""
        moment = (identity(event), milliseconds(event))
        if kind == QEvent.Type.KeyRelease:
            if may_repeat_unannounced(event):
                self._released = moment
            return False
        self._repeating = event.isAutoRepeat()
        if moment == self._released and not self._repeating and self._live() and self._is_mine(event):
            event.accept()
            return True
        return False

    def _is_mine(self, event: QKeyEvent) -> bool:
        combination = event.keyCombination()
        shown = (
            QKeySequence(combination),
            QKeySequence(combination.key()),
        )  # the latter: ? is typed with Shift
        return any(_text(sequence) in self._commands for sequence in shown)

    def _bind(self, command: Command, key: str) -> None:
        sequence = QKeySequence(key)
        shortcut = QShortcut(sequence, self._main_window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(command.repeat)
        shortcut.activated.connect(self._handlers[command.id])
        self._shortcuts.append(shortcut)
        self._commands[_text(sequence)] = command

    def _live(self) -> bool:
        return self._enabled and not is_text_input(QApplication.focusWidget())

    def _update(self, *_focus: object) -> None:
        live = self._live()
        for shortcut in self._shortcuts:
            shortcut.setEnabled(live)


def _text(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)
