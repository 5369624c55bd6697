"""Docks of ours share one place in whatever order they are opened, unless the user has moved them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import napari
import pytest
from napari.settings import get_settings
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QEvent, QObject, QSettings, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QDockWidget, QMainWindow

from napari_ethoprofile.keys.focus import main_window_of

pytestmark = pytest.mark.window
Opener = Callable[[str], QDockWidget]
ANNOTATE, BATCH, PROFILES, LEARN = (
    "Annotate behavior", "Batch prediction", "Behavior profiles", "Learn from labels",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> Iterator[None]:
    """Let no place of a dock be known from an earlier window, nor to a later one."""
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    places = get_settings().application.plugin_widget_positions
    get_settings().application.plugin_widget_positions = {}
    yield
    get_settings().application.plugin_widget_positions = places


@pytest.fixture
def open_dock(viewer: napari.Viewer, qtbot: QtBot) -> Opener:
    """Return what opens a dock of ours and lets it take its place."""

    def open_one(title: str) -> QDockWidget:
        dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", title)
        qtbot.waitUntil(widget.isVisible)
        qtbot.wait(50)
        return dock

    return open_one


class Resizes(QObject):
    """Notes each height that a window gets."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.heights: list[int] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QResizeEvent) and watched is self.parent():
            self.heights.append(event.size().height())
        return False


def window_of(dock: QDockWidget) -> QMainWindow:
    window = main_window_of(dock)
    assert window is not None
    return window


@pytest.mark.parametrize(
    "titles",
    [
        (ANNOTATE, BATCH, PROFILES),
        (BATCH, PROFILES, ANNOTATE),
        (BATCH, ANNOTATE, PROFILES),
        (PROFILES, BATCH),
    ],
    ids=" ".join,
)
def test_docks_share_one_place_in_whatever_order(
    open_dock: Opener, qtbot: QtBot, titles: tuple[str, ...]
) -> None:
    docks = [open_dock(titles[0])]
    window = window_of(docks[0])
    window.resize(1000, 700)
    qtbot.wait(50)
    window.installEventFilter(resized := Resizes(window))
    docks += [open_dock(title) for title in titles[1:]]
    assert set(window.tabifiedDockWidgets(docks[0])) == set(docks[1:])
    assert docks[-1].widget().visibleRegion().boundingRect().height() > 0  # what was opened last is in front
    assert resized.heights == []  # it never grew to hold docks below each other


def test_a_dock_that_opens_the_main_one_shares_the_place_of_those_before(
    viewer: napari.Viewer, open_dock: Opener
) -> None:
    batch, learn = open_dock(BATCH), open_dock(LEARN)
    main = viewer.window.dock_widgets["Annotate behavior (napari-ethoprofile)"].parentWidget()
    assert set(window_of(batch).tabifiedDockWidgets(batch)) == {main, learn}
    assert learn.widget().visibleRegion().boundingRect().height() > 0


def test_what_the_user_has_moved_is_left_there(open_dock: Opener, qtbot: QtBot) -> None:
    batch = open_dock(BATCH)
    window = window_of(batch)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, batch)
    profiles = open_dock(PROFILES)
    profiles.setFloating(True)
    qtbot.wait(50)
    main = open_dock(ANNOTATE)
    assert window.tabifiedDockWidgets(main) == []
    assert window.dockWidgetArea(batch) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert profiles.isFloating()


def test_a_closed_dock_takes_its_place_again(viewer: napari.Viewer, open_dock: Opener) -> None:
    main, batch = open_dock(ANNOTATE), open_dock(BATCH)
    viewer.window.remove_dock_widget(batch)
    batch = open_dock(BATCH)
    assert window_of(main).tabifiedDockWidgets(main) == [batch]
