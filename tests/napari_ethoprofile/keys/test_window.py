"""All keys in a real napari window: over every kind of layer, from every dock, docked and floating."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import napari
import numpy as np
import pytest
from napari_ethoprofile.annotation.ethogram import preset
from qtpy.QtGui import QKeySequence
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QDockWidget,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from napari_ethoprofile.keys import BY_ID, KeyMap
from napari_ethoprofile.keys.bindings import CommandShortcuts
from napari_ethoprofile.keys.filter import BehaviorKeyFilter
from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.keys.registry import UNLABEL

pytestmark = pytest.mark.window

KEYMAP, ETHOGRAM = KeyMap(), preset("home-cage")


@dataclass
class Desk:
    """A napari window with one dock, and a log of what the keys did."""

    viewer: object
    dock: QWidget
    main: QMainWindow
    log: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        handlers = {command: (lambda c=command: self.log.append(c)) for command in BY_ID}
        self.shortcuts = CommandShortcuts(self.main, KEYMAP, handlers)
        self.filter = BehaviorKeyFilter(self.main)
        self.filter.set_keys(KEYMAP, ETHOGRAM)
        self.filter.pressed.connect(lambda label, _replaces, _ms: self.log.append(label))
        self.filter.interrupted.connect(lambda: self.log.append("interrupted"))

    def set_mode(self, on: bool) -> None:
        self.shortcuts.set_enabled(on)
        self.filter.set_enabled(on)

    def typed(self, *keys: str) -> list[object]:
        """Type keys where the focus is and return what came of it."""
        self.log.clear()
        for key in keys:
            combination = QKeySequence(key)[0]
            target = QApplication.focusWidget() or QApplication.activeWindow()
            QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
        return list(self.log)

    def assert_all_keys_work(self) -> None:
        for command, keys in KEYMAP.bound():
            if command.id != UNLABEL:
                # Twice: of two ambiguous shortcuts Qt takes turns.
                assert {key: self.typed(key, key) for key in keys} == dict.fromkeys(keys, [command.id] * 2)
        for key, label in KEYMAP.paint_keys(ETHOGRAM).items():
            assert self.typed(key) == [label]


def activate(window: QWidget, qtbot) -> None:
    """Give a window the keyboard; window managers take a moment."""

    def is_active() -> bool:
        window.activateWindow()
        return QApplication.activeWindow() is window

    qtbot.waitUntil(is_active)


@pytest.fixture
def desk(viewer: napari.Viewer, qtbot) -> Iterator[Desk]:
    dock = QWidget()
    layout = QVBoxLayout(dock)
    names = QListWidget()
    names.addItems(["drink", "eat"])
    layout.addWidget(names)
    layout.addWidget(QLineEdit())
    viewer.window.add_dock_widget(dock, name="behaviors")
    main = main_window_of(dock)
    assert main is not None
    desk = Desk(viewer, dock, main)
    activate(main, qtbot)
    desk.set_mode(True)
    yield desk
    desk.set_mode(False)
    vars(desk).clear()  # napari's fixture looks for windows that somebody still holds


def add_image(viewer) -> None:
    viewer.add_image(np.zeros((20, 8, 8), np.uint8))


def add_labels(viewer) -> None:
    viewer.add_labels(np.zeros((20, 8, 8), int))


def add_points(viewer) -> None:
    viewer.add_points(np.zeros((1, 3)))


def add_shapes(viewer) -> None:
    viewer.add_shapes(ndim=3)


def canvas_of(desk: Desk) -> QWidget:
    """Return the widget that napari draws the picture in."""
    return next(w for w in desk.main.findChildren(QWidget) if type(w).__name__ == "CanvasBackendDesktop")


@pytest.mark.parametrize("add_layer", [add_image, add_labels, add_points, add_shapes])
def test_keys_win_over_those_of_the_active_layer(desk, add_layer):
    add_layer(desk.viewer)
    dims = desk.viewer.dims
    before = (dims.current_step, dims.ndisplay)
    canvas_of(desk).setFocus()
    desk.assert_all_keys_work()
    assert (dims.current_step, dims.ndisplay) == before  # neither the arrows nor Ctrl+Y reached napari


@pytest.mark.parametrize("floating", [False, True])
def test_keys_work_in_docks_but_not_in_text_fields(desk, qtbot, floating):
    holder = desk.dock
    while not isinstance(holder, QDockWidget):
        holder = holder.parentWidget()
    holder.setFloating(floating)
    if floating:
        activate(holder, qtbot)
    desk.dock.findChild(QListWidget).setFocus()
    desk.assert_all_keys_work()
    field_ = desk.dock.findChild(QLineEdit)
    field_.setFocus()
    assert desk.typed("E", "Space", "7", "PgDown", "F3", "Ctrl+J") == []
    assert field_.text() == "e 7"


def test_moving_between_our_windows_interrupts_nothing(desk, qtbot):
    holder = desk.dock.parentWidget()
    while not isinstance(holder, QDockWidget):
        holder = holder.parentWidget()
    holder.setFloating(True)
    for window in (holder, desk.main, holder):
        activate(window, qtbot)
    QTest.qWait(50)
    assert desk.log == []
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    activate(other, qtbot)
    qtbot.waitUntil(lambda: desk.log == ["interrupted"])


def test_the_end_of_annotation_mode_gives_napari_its_keys_back(desk):
    add_image(desk.viewer)
    layer = desk.viewer.layers[0]
    canvas_of(desk).setFocus()
    assert desk.typed("1") == [1]
    assert layer.mode == "pan_zoom"
    desk.set_mode(False)
    assert desk.typed("2", "Left", "Ctrl+Y") == []
    assert layer.mode == "transform"
    assert desk.viewer.dims.ndisplay == 3
