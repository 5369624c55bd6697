"""Behavior keys and shortcuts on a plain main window: who gets which key."""

import pytest
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED
from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from napari_ethoprofile.keys import BY_ID, KeyMap
from napari_ethoprofile.keys.bindings import CommandShortcuts
from napari_ethoprofile.keys.filter import BehaviorKeyFilter
from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.keys.help import HelpPanel

EAT, GROOM = 2, 3


class Window(QMainWindow):
    """A main window with one widget of each kind, and a log of what the keys did."""

    def __init__(self, keymap: KeyMap) -> None:
        super().__init__()
        self.log: list[object] = []
        self.widgets = [
            QPushButton("b"),
            QComboBox(),
            QTextBrowser(),
            QLineEdit(),
            QPlainTextEdit(),
            QSpinBox(),
        ]
        central = QWidget()
        layout = QVBoxLayout(central)
        for widget in self.widgets:
            layout.addWidget(widget)
        self.setCentralWidget(central)
        handlers = {command: (lambda c=command: self.log.append(c)) for command in BY_ID}
        self.shortcuts = CommandShortcuts(self, keymap, handlers)
        self.filter = BehaviorKeyFilter(self)
        self.filter.set_keys(keymap, preset("home-cage"))
        self.filter.pressed.connect(lambda label, replaces, _ms: self.log.append(("press", label, replaces)))
        self.filter.released.connect(lambda label, _ms: self.log.append(("release", label)))
        self.filter.unassigned.connect(lambda key: self.log.append(("unassigned", key)))
        self.filter.interrupted.connect(lambda: self.log.append("interrupted"))

    def set_mode(self, on: bool) -> None:
        self.shortcuts.set_enabled(on)
        self.filter.set_enabled(on)

    def of(self, kind: type[QWidget]) -> QWidget:
        found = next(widget for widget in self.widgets if type(widget) is kind)
        found.setFocus()
        return found

    def done(self) -> list[object]:
        log, self.log = self.log[:], []
        return log


@pytest.fixture
def window(qtbot, request):
    window = Window(KeyMap(getattr(request, "param", "default")))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.set_mode(True)
    window.of(QPushButton)
    yield window
    window.set_mode(False)


def test_press_and_release_of_a_behavior_key(window):
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_G)
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_0)
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_2, Qt.KeyboardModifier.KeypadModifier)
    assert window.done() == [
        *[("press", GROOM, False), ("release", GROOM)],
        *[("press", NONE, False), ("release", NONE)],
        *[("press", EAT, False), ("release", EAT)],
    ]


def test_shift_replaces_and_so_does_the_command_before_the_key(window):
    button = window.of(QPushButton)
    QTest.keyClick(button, Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    window.filter.replace_next()
    QTest.keyClick(button, Qt.Key.Key_G)
    QTest.keyClick(button, Qt.Key.Key_G)
    assert [entry for entry in window.done() if entry[0] == "press"] == [
        ("press", GROOM, True),
        ("press", GROOM, True),
        ("press", GROOM, False),
    ]


def test_unlabel_paints_and_letters_without_a_behavior_reach_nobody(window):
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_Backspace)
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_Q)
    assert window.done() == [("press", UNLABELED, False), ("release", UNLABELED), ("unassigned", "q")]


def repeat(widget: QWidget, kind: QEvent.Type, key: Qt.Key) -> None:
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "g", autorep=True)
    QApplication.sendEvent(widget, event)


def test_repeats_of_a_held_key_are_ignored(window):
    button = window.of(QPushButton)
    QTest.keyPress(button, Qt.Key.Key_G)
    for _ in range(3):
        repeat(button, QEvent.Type.KeyRelease, Qt.Key.Key_G)
        repeat(button, QEvent.Type.KeyPress, Qt.Key.Key_G)
    QTest.keyRelease(button, Qt.Key.Key_G)
    assert window.done() == [("press", GROOM, False), ("release", GROOM)]


class RealKey(QKeyEvent):
    """A key event with the stamp and scan code of a real key."""

    def __init__(self, kind: QEvent.Type, key: Qt.Key, scan_code: int, at_ms: int) -> None:
        super().__init__(kind, key, Qt.KeyboardModifier.NoModifier, scan_code, 0, 0, "")
        self._at_ms = at_ms

    def timestamp(self) -> int:
        return self._at_ms


def real(widget: QWidget, kind: QEvent.Type, key: Qt.Key, scan_code: int, at_ms: int) -> None:
    """Send what Qt makes of a real key on X11; presses are announced first."""
    kinds = [QEvent.Type.ShortcutOverride, kind] if kind == QEvent.Type.KeyPress else [kind]
    for each in kinds:
        QApplication.sendEvent(widget, RealKey(each, key, scan_code, at_ms))


def test_repeats_that_x11_does_not_announce_are_ignored(window, qtbot, monkeypatch):
    monkeypatch.setattr(QApplication, "platformName", staticmethod(lambda: "xcb"))
    button = window.of(QPushButton)
    real(button, QEvent.Type.KeyPress, Qt.Key.Key_G, 42, 1000)
    for at_ms in (1660, 1700):
        real(button, QEvent.Type.KeyRelease, Qt.Key.Key_G, 42, at_ms)
        real(button, QEvent.Type.KeyPress, Qt.Key.Key_G, 42, at_ms)
    real(button, QEvent.Type.KeyRelease, Qt.Key.Key_G, 42, 1800)
    qtbot.waitUntil(lambda: ("release", GROOM) in window.log)
    assert window.done() == [("press", GROOM, False), ("release", GROOM)]


@pytest.mark.parametrize(("at_ms", "kept_from_the_shortcut"), [(2660, True), (2700, False)])
def test_no_command_runs_again_on_a_repeat_that_x11_does_not_announce(
    window, monkeypatch, at_ms, kept_from_the_shortcut
):
    monkeypatch.setattr(QApplication, "platformName", staticmethod(lambda: "xcb"))
    button = window.of(QPushButton)
    real(button, QEvent.Type.KeyRelease, Qt.Key.Key_F4, 70, 2660)
    announced = RealKey(QEvent.Type.ShortcutOverride, Qt.Key.Key_F4, 70, at_ms)
    announced.ignore()  # as Qt sends it: whoever accepts it keeps the key from being a shortcut
    QApplication.sendEvent(button, announced)
    assert announced.isAccepted() is kept_from_the_shortcut


def test_a_second_tap_right_after_the_first_counts(window, qtbot, monkeypatch):
    monkeypatch.setattr(QApplication, "platformName", staticmethod(lambda: "xcb"))
    button = window.of(QPushButton)
    for down, up in ((1000, 1030), (1040, 1070)):
        real(button, QEvent.Type.KeyPress, Qt.Key.Key_G, 42, down)
        real(button, QEvent.Type.KeyRelease, Qt.Key.Key_G, 42, up)
    qtbot.waitUntil(lambda: window.log == [("press", GROOM, False), ("release", GROOM)] * 2)


@pytest.mark.parametrize("window", ["deepethoprofile"], indirect=True)
def test_label_and_advance_takes_repeats_and_letters_are_commands(window):
    button = window.of(QPushButton)
    QTest.keyPress(button, Qt.Key.Key_2)
    repeat(button, QEvent.Type.KeyPress, Qt.Key.Key_2)
    QTest.keyRelease(button, Qt.Key.Key_2)
    QTest.keyClick(button, Qt.Key.Key_N)
    QTest.keyClick(button, Qt.Key.Key_J)
    assert window.done() == [
        *[("press", GROOM, False)] * 2,
        ("release", GROOM),
        "step_forward",
        "go_to",
    ]


@pytest.mark.parametrize("kind", [QPushButton, QComboBox, QTextBrowser])
def test_keys_work_from_widgets_that_take_no_text(window, kind):
    widget = window.of(kind)
    QTest.keyClick(widget, Qt.Key.Key_E)
    QTest.keyClick(widget, Qt.Key.Key_Space)
    QTest.keyClick(widget, Qt.Key.Key_Down)
    assert window.done() == [("press", EAT, False), ("release", EAT), "play_pause", "back_1s"]


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_text_fields_keep_their_keys(window, kind):
    field = window.of(kind)
    QTest.keyClicks(field, "rest 7")
    QTest.keyClick(field, Qt.Key.Key_PageDown)
    assert window.done() == []
    assert (field.text() if kind is QLineEdit else field.toPlainText()) == "rest 7"
    QTest.keyClick(window.of(QPushButton), Qt.Key.Key_PageDown)
    assert window.done() == ["next_clip"]


def test_spin_boxes_keep_their_digits_and_editable_combo_boxes_their_letters(window):
    spin = window.of(QSpinBox)
    spin.selectAll()
    QTest.keyClicks(spin, "42")
    assert spin.value() == 42
    combo = window.of(QComboBox)
    combo.setEditable(True)
    combo.setFocus()
    QTest.keyClicks(combo.lineEdit(), "eat")
    assert combo.currentText() == "eat"
    assert window.done() == []


def test_a_key_that_went_down_comes_up_wherever_the_focus_is(window):
    QTest.keyPress(window.of(QPushButton), Qt.Key.Key_G)
    QTest.keyRelease(window.of(QLineEdit), Qt.Key.Key_G)
    assert window.done() == [("press", GROOM, False), ("release", GROOM)]


def test_keys_with_ctrl_or_alt_pass(window):
    button = window.of(QPushButton)
    QTest.keyClick(button, Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(button, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert window.done() == ["go_to"]


def test_a_dialog_interrupts_and_keeps_the_keyboard(window, qtbot):
    QTest.keyPress(window.of(QPushButton), Qt.Key.Key_G)
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    qtbot.waitUntil(lambda: "interrupted" in window.log)
    window.done()
    QTest.keyClick(dialog, Qt.Key.Key_E)
    QTest.keyClick(dialog, Qt.Key.Key_Space)
    assert window.done() == []
    dialog.close()


def test_the_help_panel_leaves_the_keys_alone(window, qtbot):
    panel = HelpPanel(window)
    panel.set_keys(KeyMap(), preset("home-cage"))
    panel.toggle()
    assert panel.isVisible()
    assert "groom" in panel.text()
    panel.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is panel)
    window.done()
    QTest.keyClick(panel, Qt.Key.Key_E)
    QTest.keyClick(panel, Qt.Key.Key_F3)
    assert window.done() == [("press", EAT, False), ("release", EAT), "step_forward"]
    assert main_window_of(panel) is window


def test_out_of_annotation_mode_nothing_is_taken(window):
    window.set_mode(False)
    button = window.of(QPushButton)
    QTest.keyClick(button, Qt.Key.Key_E)
    QTest.keyClick(button, Qt.Key.Key_F3)
    assert window.done() == []


def test_keys_can_be_changed_while_they_are_in_use(window):
    keymap = KeyMap().with_key("play_pause", "P").with_key("go_to", "E")
    window.shortcuts.set_keymap(keymap)
    window.filter.set_keys(keymap, preset("home-cage"))
    button = window.of(QPushButton)
    for key in (Qt.Key.Key_P, Qt.Key.Key_F4, Qt.Key.Key_E, Qt.Key.Key_2):
        QTest.keyClick(button, key)
    assert window.done() == ["play_pause", "go_to", ("press", EAT, False), ("release", EAT)]
