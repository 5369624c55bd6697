"""Relinking a recording that was moved: it is looked for by its content, in a thread."""

import shutil
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QFileDialog, QMessageBox, QPushButton
from small_project import create_project

from napari_ethoprofile.widgets.recording_dialogs import RelinkDialog


@pytest.fixture
def moved(tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch):
    """A project whose recording was moved into a folder beside its old one."""
    monkeypatch.setattr(QMessageBox, "information", lambda *_arguments: None)
    old = tmp_path / "data" / "mouse.mp4"
    old.parent.mkdir()
    shutil.copy(recording, old)
    project = create_project(tmp_path / "project", old)
    new = tmp_path / "archive" / "m.mp4"
    new.parent.mkdir()
    old.rename(new)
    yield project, new
    project.close()


def press(dialog: RelinkDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_search_near_the_old_place_links_what_it_finds(moved: tuple[Project, Path], qtbot) -> None:
    project, new = moved
    dialog = RelinkDialog(project)
    qtbot.addWidget(dialog)
    press(dialog, "relink_near")
    qtbot.waitUntil(lambda: dialog.result() == RelinkDialog.DialogCode.Accepted)
    assert project.video_path("mouse").samefile(new)


def test_a_search_in_a_folder_says_when_nothing_is_there(
    moved: tuple[Project, Path], tmp_path: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, new = moved
    folders = iter([str(tmp_path / "data"), str(new.parent)])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: next(folders))
    dialog = RelinkDialog(project)
    qtbot.addWidget(dialog)
    press(dialog, "relink_search")
    qtbot.waitUntil(lambda: dialog.state.text().startswith("No file with the content"))
    assert project.check_video("mouse").state == "missing"
    press(dialog, "relink_search")
    qtbot.waitUntil(lambda: project.check_video("mouse").state == "ok")
