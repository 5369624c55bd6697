"""One application event filter for the keys that paint: press, release and focus loss, nothing else."""

from __future__ import annotations

import string
import time

from qtpy.QtCore import QEvent, QObject, Qt, QTimer, Signal
from qtpy.QtGui import QKeyEvent, QKeySequence
from qtpy.QtWidgets import QApplication, QMainWindow

from ..annotation.ethogram import Ethogram
from .digits import digit_of
from .focus import has_keyboard, is_text_input
from .keymap import KeyMap
from .registry import bare, normal

#: X servers repeat a held key as release and press at one instant. Qt says so when it finds both in its
#: queue; about one press in 500 comes 10 to 15 ms later (measured), so a release waits this long for it.
REPEAT_WAIT_MS = 20

_PRESSES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
_OTHER_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class BehaviorKeyFilter(QObject):
    """Watches the application for behavior keys while annotation mode is on.

    Bare letters and digits belong to the ethogram then, so those that mean nothing do not reach napari
    either. A shortcut without a modifier in the key map keeps its letter. Keys typed into a text field, a
    dialog, a menu or another window pass, and so does everything with Ctrl, Alt or Meta.

    Attributes
    ----------
    pressed
        Label, whether it replaces the bout under the playhead (Shift), time in milliseconds.
    letting_go
        Label of a key that seems to come up: note the frame. `released` follows, unless it is a repeat.
    released
        Label, time in milliseconds; on X11 up to `REPEAT_WAIT_MS` after `letting_go`, else at once.
    unassigned
        A letter or digit that no behavior has.
    interrupted
        The window lost the keyboard.
    """

    pressed = Signal(int, bool, float)
    letting_go = Signal(int)
    released = Signal(int, float)
    unassigned = Signal(str)
    interrupted = Signal()

    def __init__(self, main_window: QMainWindow) -> None:
        super().__init__(main_window)
        self._main_window = main_window
        self._labels: dict[str, int] = {}
        self._commands: set[str] = set()
        self._repeats = False
        self._down: dict[int, int | None] = {}
        self._coming_up: dict[int, float] = {}
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(REPEAT_WAIT_MS)
        self._wait.setTimerType(Qt.TimerType.PreciseTimer)
        self._wait.timeout.connect(self._finish_releases)
        self._replace_next = False
        self._enabled = False

    def set_keys(self, keymap: KeyMap, ethogram: Ethogram, scope: str = "") -> None:
        """Take the keys of another key map, ethogram or scope from now on."""
        self._labels = keymap.paint_keys(ethogram, scope)
        self._commands = {letter for _, keys in keymap.bound(scope) for key in keys if (letter := bare(key))}
        self._repeats = keymap.mode == "advance"

    @property
    def enabled(self) -> bool:
        """Whether annotation mode is on."""
        return self._enabled

    def set_enabled(self, enabled: bool) -> None:
        """Begin or end to take keys; what is held counts as let go without a sign."""
        if enabled == self._enabled:
            return
        self._enabled = enabled
        self._forget()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if enabled:
            application.installEventFilter(self)
            application.focusWindowChanged.connect(self._on_focus_window)
        else:
            application.removeEventFilter(self)
            application.focusWindowChanged.disconnect(self._on_focus_window)

    def replace_next(self) -> None:
        """Let the next behavior key replace the bout under the playhead, as if Shift were held."""
        self._replace_next = True

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take what belongs to a behavior key; called by Qt for every event of the application."""
        if event is None:
            return False
        kind = event.type()
        if kind in _PRESSES and isinstance(event, QKeyEvent):
            return self._on_press(event, announced=kind == QEvent.Type.ShortcutOverride)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._on_release(event)
        return False

    def _on_press(self, event: QKeyEvent, *, announced: bool) -> bool:
        name = key_name(event)
        if not self._is_mine(name) or not self._has_keyboard():
            return False
        event.accept()
        if not announced:  # Qt first asks who wants the key (ShortcutOverride), then sends it
            self._press(name, event)
        return True

    def _press(self, name: str, event: QKeyEvent) -> None:
        key, at_ms = identity(event), milliseconds(event)
        repeats = event.isAutoRepeat() or self._coming_up.get(key) == at_ms
        if repeats:
            self._coming_up.pop(key, None)
            if not self._repeats:
                return
        self._finish_releases()
        label = self._down[key] = self._labels.get(name)
        if label is None:
            self.unassigned.emit(name)
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        replaces, self._replace_next = shift or self._replace_next, False
        self.pressed.emit(label, replaces, at_ms)

    def _on_release(self, event: QKeyEvent) -> bool:
        # A key that went down here comes up here, wherever the focus is by now.
        key = identity(event)
        if key not in self._down:
            return False
        if not event.isAutoRepeat():
            label = self._down[key]
            if label is not None:
                self.letting_go.emit(label)
            self._coming_up[key] = milliseconds(event)
            if may_repeat_unannounced(event):
                self._wait.start()
            else:
                self._finish_releases()
        return True

    def _finish_releases(self) -> None:
        for key, at_ms in list(self._coming_up.items()):
            del self._coming_up[key]
            label = self._down.pop(key, None)
            if label is not None:
                self.released.emit(label, at_ms)

    def _is_mine(self, name: str) -> bool:
        if name in self._labels:
            return True
        return len(name) == 1 and name in _LETTERS and name not in self._commands

    def _has_keyboard(self) -> bool:
        return not is_text_input(QApplication.focusWidget()) and has_keyboard(self._main_window)

    def _on_focus_window(self, _window: object) -> None:
        # Between two windows of ours the focus is nowhere for a moment: look once it has arrived.
        QTimer.singleShot(0, self._check_focus)

    def _check_focus(self) -> None:
        if self._enabled and not has_keyboard(self._main_window):
            self._finish_releases()
            self._forget()
            self.interrupted.emit()

    def _forget(self) -> None:
        self._down.clear()
        self._coming_up.clear()
        self._replace_next = False


_LETTERS = string.ascii_lowercase + string.digits


def key_name(event: QKeyEvent) -> str:
    """Return what key maps call the key of an event: a letter, a digit, ``backspace``; nothing with Ctrl."""
    if event.modifiers() & _OTHER_MODIFIERS:
        return ""
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    platform = QApplication.platformName()
    digit = digit_of(platform, event.nativeScanCode(), event.nativeVirtualKey(), event.text(), shift=shift)
    name = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
    return digit or (normal(name).lower() if name else "")


def may_repeat_unannounced(event: QKeyEvent) -> bool:
    """Return whether a press at the same instant may follow this release: only for real keys on X11."""
    return QApplication.platformName() == "xcb" and event.nativeScanCode() != 0


def identity(event: QKeyEvent) -> int:
    """Return a number that press and release of one key share, even when Shift is let go between them."""
    native = event.nativeVirtualKey() if QApplication.platformName() == "cocoa" else event.nativeScanCode()
    return native or event.key()


def milliseconds(event: QKeyEvent) -> float:
    """Return when the key moved; the event's own stamp does not suffer from a busy window."""
    return float(event.timestamp()) or time.monotonic() * 1000
