"""Docks that are closed: their panels work on, come again as they were, and end with the window."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import napari
import psutil
import pytest
from lab_weights import write_weights
from napari_ethoprofile.training.queue import State
from numbered_video import RECIPES, write_numbered
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.widgets.batch import BatchPanel, BatchWidget
from napari_ethoprofile.widgets.kept_panels import KeptDock, leave_panel, take_panel
from napari_ethoprofile.widgets.profile import ProfilePanel, ProfileWidget

pytestmark = pytest.mark.window
Opener = Callable[[str], tuple[QDockWidget, KeptDock]]


@pytest.fixture
def open_dock(viewer: napari.Viewer, qtbot: QtBot) -> Opener:
    """Return what opens a dock of ours and waits until it is shown."""

    def open_one(title: str) -> tuple[QDockWidget, KeptDock]:
        dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", title)
        qtbot.waitUntil(widget.isVisible)
        return dock, widget

    return open_one


@pytest.fixture
def begin_batch(tmp_path: Path, qtbot: QtBot) -> Callable[[BatchPanel], None]:
    """Return what lets a queue begin with a recording that takes long."""

    def begin(panel: BatchPanel) -> None:
        panel.add([write_numbered(tmp_path / "long.mkv", RECIPES["h264-b.mkv"], 4000)])
        panel.choices.model.setText(str(write_weights(tmp_path / "mouse_v5.model")))
        panel.go.click()
        qtbot.waitUntil(lambda: bool(children("predict")), timeout=20_000)

    return begin


def children(command: str) -> list[psutil.Process]:
    """Return processes of ours that run a command."""
    found = psutil.Process().children(recursive=True)
    return [child for child in found if child.is_running() and command in words_of(child)]


def words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ended meanwhile
        return []


def begin_profile(panel: ProfilePanel, folder: Path) -> None:
    rows = [f"{frame};6;{frame * 40}" for frame in range(75)]
    file = folder / "01_20260105_1200_results_v5.csv"
    file.write_text("\n".join(["0:drink; 6:rest; v4", "frame;annotation;time", *rows]), encoding="utf-8")
    panel.add([file])
    panel.lights.setText("07:00-19:00")
    panel.out.setText(str(folder / "out"))
    panel.command.go.click()
    assert panel.command.process.running


def test_a_panel_is_taken_once_and_only_in_its_window(
    viewer: napari.Viewer, open_dock: Opener, qtbot: QtBot
) -> None:
    dock, _widget = open_dock("Behavior profiles")
    window = main_window_of(dock)
    assert isinstance(window, QMainWindow)
    panel = QWidget()
    leave_panel(viewer, "some", panel, window)
    assert not panel.isVisible()
    other = napari.Viewer(show=False)
    assert take_panel(other, "some", lambda: None) is None
    other.close()
    assert take_panel(viewer, "other", lambda: None) is None
    assert take_panel(viewer, "some", QWidget) is panel
    assert take_panel(viewer, "some", lambda: None) is None
    panel.setParent(None)
    qtbot.addWidget(panel)


def test_a_closed_batch_dock_works_on_and_comes_again(
    viewer: napari.Viewer, open_dock: Opener, begin_batch: Callable[[BatchPanel], None], qtbot: QtBot
) -> None:
    dock, widget = open_dock("Batch prediction")
    assert isinstance(widget, BatchWidget)
    panel = widget.panel
    begin_batch(panel)
    viewer.window.remove_dock_widget(dock)
    assert not panel.isVisible()
    assert panel.queue.items[0].state is State.RUNNING

    dock, again = open_dock("Batch prediction")
    assert again is not widget
    assert again.panel is panel
    assert panel.isVisible()
    assert panel.table.rowCount() == 1
    assert panel.choices.model.text().endswith("mouse_v5.model")
    panel.view.selectRow(0)
    panel.halt.click()
    qtbot.waitUntil(lambda: panel.queue.wait(0), timeout=20_000)
    qtbot.waitUntil(panel.again.isEnabled)
    assert not children("predict")


def test_a_closed_profile_dock_works_on_and_comes_again(
    viewer: napari.Viewer, open_dock: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    dock, widget = open_dock("Behavior profiles")
    assert isinstance(widget, ProfileWidget)
    panel = widget.panel
    begin_profile(panel, tmp_path)
    with qtbot.waitSignal(panel.command.answered, timeout=200_000):
        viewer.window.remove_dock_widget(dock)
    _dock, again = open_dock("Behavior profiles")
    assert again.panel is panel
    assert len(panel.paths()) == 1
    assert panel.lights.text() == "07:00-19:00"
    assert panel.table.findItems("rest", Qt.MatchFlag.MatchExactly)
    assert panel.figures.choice.count()


@pytest.mark.parametrize("closed_before", [False, True], ids=["open dock", "closed dock"])
def test_everything_ends_with_the_window(
    viewer: napari.Viewer,
    open_dock: Opener,
    begin_batch: Callable[[BatchPanel], None],
    qtbot: QtBot,
    tmp_path: Path,
    closed_before: bool,
) -> None:
    before = set(QApplication.topLevelWidgets())
    batch_dock, batch = open_dock("Batch prediction")
    profile_dock, profile = open_dock("Behavior profiles")
    begin_batch(batch.panel)
    begin_profile(profile.panel, tmp_path)
    qtbot.waitUntil(lambda: bool(children("profile")))
    if closed_before:
        viewer.window.remove_dock_widget(batch_dock)
        viewer.window.remove_dock_widget(profile_dock)
    gone = [weakref.ref(batch.panel), weakref.ref(profile.panel), weakref.ref(batch), weakref.ref(profile)]
    del batch_dock, batch, profile_dock, profile

    viewer.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: not children("predict") and not children("profile"), timeout=10_000)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and not any(panel() for panel in gone))
    assert set(QApplication.topLevelWidgets()) <= before
