"""Discarding, restoring and renaming from the menu of the window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from qtpy.QtWidgets import QMenu
from small_project import create_project, write_recording

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
