"""Types a script of labels into the window with real key events, for the demo and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QWidget

from .annotation.errors import EthoprofileError
from .annotation.tracks import UNLABELED, LabelTrack
from .session import Move
from .workspace import Workspace


@dataclass
class Typist:
    """Scores the open pass as a person would: play, and tap a key where the behavior changes.

    Parameters
    ----------
    workspace
        The scoring desk; a pass must be open.
    script
        What to type, one group; as long as the clip.

    Attributes
    ----------
    keys
        How many keys were pressed.
    """

    workspace: Workspace
    script: LabelTrack
    keys: int = field(default=0, init=False)

    def type_clip(self, speed: float = 16.0, timeout_s: float = 600.0) -> None:
        """Play the whole clip from its start, tapping keys on the frames where the script changes.

        Raises
        ------
        EthoprofileError
            When the clip is not played to its end in time.
        """
        session, transport = self.workspace.session, self.workspace.transport
        self.press(Qt.Key.Key_Home)
        transport.player.set_speed(speed)
        self._tap_if_changed(0)
        disconnect = session.moved.connect(self._on_moved)
        try:
            self.press(Qt.Key.Key_Space)
            self.wait_for(lambda: session.playhead >= session.last_frame, timeout_s, "the end of the clip")
            self.wait_for(lambda: not transport.player.playing, 10, "the player to stop")
        finally:
            session.moved.disconnect(disconnect)
        QTest.qWait(50)

    def _on_moved(self, _previous: int, frame: int, how: Move) -> None:
        if how is Move.ADVANCE:
            self._tap_if_changed(frame)

    def _tap_if_changed(self, frame: int) -> None:
        codes = self.script.codes[:, 0]
        before = int(codes[frame - 1]) if frame else UNLABELED
        here = int(codes[frame])
        if here == before:
            return
        # Ending without a new label is the same key once more: tap toggles.
        self.press_label(here if here != UNLABELED else before)

    def _key_of(self, label: int) -> str:
        ethogram = self.workspace.session.require_project().ethogram
        return ethogram.none_keys[0] if label == 0 else ethogram.by_id(label).keys[0]

    def press_label(self, label: int) -> None:
        """Tap the key of a behavior, or that of none."""
        self.press_text(self._key_of(label))

    def press_text(self, key: str) -> None:
        """Tap a letter or digit."""
        self.press(Qt.Key(ord(key.upper())))

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press and release a key on whatever has the keyboard focus."""
        self.wait_for(lambda: QApplication.activeWindow() is not None, 30, "the window to get the keyboard")
        self.keys += 1
        QTest.keyClick(focused_widget(), key, modifiers)

    def wait_for(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Let the window work until `condition` holds."""
        waited = 0.0
        while not condition():
            QTest.qWait(10)
            waited += 0.01
            if waited > timeout_s:
                raise EthoprofileError(f"Waiting for {what} took too long.")


def focused_widget() -> QWidget:
    """Return the widget that key events go to now.

    Raises
    ------
    EthoprofileError
        When no window has the keyboard.
    """
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    if widget is None:
        raise EthoprofileError("No window has the keyboard focus.")
    return widget
