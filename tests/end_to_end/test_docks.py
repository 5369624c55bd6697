"""Closing our docks ends the session cleanly, and they can be opened again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QDockWidget
from small_project import create_project, write_recording

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.widgets.batch import BatchWidget
from napari_ethoprofile.widgets.side_dock import SideDock
from napari_ethoprofile.workspace import Workspace, show_workspace, workspace_of

pytestmark = pytest.mark.window


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    workspace = open_desk()
    create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")).close()
    workspace.open_project(tmp_path / "project", "Ada")
    workspace.open_next()
    return workspace


def test_closing_the_main_dock_ends_the_session_and_a_new_one_can_be_opened(
    desk: Workspace, tmp_path: Path
) -> None:
    viewer = desk.display._viewer
    desk.keyboard.tap(3)
    desk.session.advance(9)
    viewer.window.remove_dock_widget(desk.dock.parentWidget())

    assert workspace_of(viewer) is None
    assert desk.session.project is None
    assert list(viewer.window.dock_widgets) == []
    assert len(viewer.layers) == 0
    with Project.open(tmp_path / "project") as project:
        [record] = project.passes()
        with project.edit(record.id, acting="Ada") as editor:
            assert [(bout.start, bout.stop) for bout in editor.track.bouts()] == [(0, 10)]

    again = show_workspace(viewer)
    QTest.qWait(100)
    assert again is not desk
    assert again.keyboard.attached
    assert len(viewer.window.dock_widgets) == 2
    assert again.dock.pages.height() > again.dock.height() - 30


def test_a_closed_timeline_is_shown_again(desk: Workspace) -> None:
    viewer = desk.display._viewer
    viewer.window.remove_dock_widget(desk.timeline.parentWidget())
    assert len(viewer.window.dock_widgets) == 1
    desk.session.advance(5)
    desk.show_timeline()
    QTest.qWait(100)
    assert desk.timeline.isVisible()
    assert desk.timeline.model.playhead == 5


def open_beside(desk: Workspace, title: str) -> tuple[QDockWidget, SideDock | BatchWidget]:
    """Open a dock and wait until it shares the place of the main one."""
    window, main = main_window_of(desk.dock), desk.dock.parentWidget()
    assert window is not None
    dock, widget = desk.display._viewer.window.add_plugin_dock_widget("napari-ethoprofile", title)
    for _ in range(100):
        if dock in window.tabifiedDockWidgets(main):
            return dock, widget
        QTest.qWait(20)
    raise AssertionError(f"'{title}' did not take its place.")


@pytest.mark.parametrize(
    "title",
    ["Learn from labels", "Evaluate a model", "Agreement of annotators", "Compare behavior labels"],
)
def test_a_dock_beside_the_main_one_follows_another_project_goes_and_comes_again(
    desk: Workspace, tmp_path: Path, title: str
) -> None:
    viewer = desk.display._viewer
    other = create_project(tmp_path / "other", write_recording(tmp_path / "rat.mp4"))
    other.close()
    dock, widget = open_beside(desk, title)
    desk.session.message("Something is worth knowing.")
    assert widget.message.isVisible()
    desk.open_project(tmp_path / "other", "Ben")
    viewer.theme = "light"
    QTest.qWait(100)
    viewer.window.remove_dock_widget(dock)
    desk.session.message("Nobody listens any more.")  # what went is told nothing
    assert widget.message.text() == "Something is worth knowing."

    _dock, widget = open_beside(desk, title)
    assert widget.isVisible()
    assert widget.workspace is desk
    viewer.window.remove_dock_widget(desk.dock.parentWidget())
    QTest.qWait(100)
    assert list(viewer.window.dock_widgets) == []  # it has nothing to show without the main one


def test_the_batch_dock_sees_the_project_that_is_open(desk: Workspace, tmp_path: Path) -> None:
    _dock, widget = open_beside(desk, "Batch prediction")
    assert isinstance(widget, BatchWidget)
    panel = widget.panel
    panel.add_open_project()
    assert [item.source for item in panel.queue.items] == [(tmp_path / "project").resolve()] * 2
    desk.session.set_project(None)
    panel.refresh()
    assert not panel.add_own.isEnabled()
