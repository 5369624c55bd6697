"""Discarding, restoring and renaming from the menu of the window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.training.simulation.key_fit import LABEL, LOG_NAME, read_log
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QMenu
from small_project import create_project, write_recording

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.widgets.dialogs import WindowDialogs
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    workspace = open_desk()
    create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")).close()
    workspace.open_project(tmp_path / "project", "Ada")
    workspace.open_next()
    return workspace


def choose(desk: Workspace, text: str) -> None:
    menu = desk.dock.menu_button.menu()
    assert isinstance(menu, QMenu)
    [action] = [action for action in menu.actions() if action.text() == text]
    action.trigger()


def test_a_pass_is_discarded_and_restored_from_the_menu(desk: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(WindowDialogs, "confirm", lambda *_arguments: True)
    monkeypatch.setattr(WindowDialogs, "choose", lambda *_arguments: 0)
    assert desk.session.current is not None
    clip = desk.session.current.clip.id
    desk.scoring.label_range(0, 20, 3)
    choose(desk, "Discard this pass…")
    project = desk.session.require_project()
    assert project.passes() == []
    assert desk.session.current is None
    choose(desk, "Restore a discarded pass…")
    desk.open_clip(clip)
    assert desk.session.track is not None
    assert [(b.start, b.stop) for b in desk.session.track.bouts()] == [(0, 20)]


def test_an_annotator_is_renamed_from_the_menu_and_goes_on(desk: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(WindowDialogs, "ask_name", lambda *_arguments: "Grace")
    choose(desk, "Rename annotator…")
    assert desk.session.annotator == "Grace"
    assert desk.dock.annotator_box.currentText() == "Grace"
    desk.open_next()
    assert desk.session.current is not None
    assert desk.session.current.record.annotator == "Grace"
    assert desk.session.annotating


def test_keys_are_logged_from_the_menu_on_and_say_no_behavior(desk: Workspace) -> None:
    window = main_window_of(desk.dock)
    folder = desk.session.require_project().folder
    QTest.keyClick(window, Qt.Key.Key_Right)
    choose(desk, "Log my keys")
    QTest.keyClick(window, Qt.Key.Key_Right)
    QTest.keyClick(window, Qt.Key.Key_G)
    desk.session.close_pass()
    assert [event.kind for event in read_log(folder / LOG_NAME)] == ["step_forward", LABEL]
