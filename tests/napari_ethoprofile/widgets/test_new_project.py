from pathlib import Path

import pytest
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QLineEdit
from small_project import write_recording

from napari_ethoprofile.widgets.clip_plan import PlanKind
from napari_ethoprofile.widgets.new_project import NewProjectAssistant
from napari_ethoprofile.widgets.recordings_table import STARTED, SUBJECT

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def assistant(tmp_path: Path, qtbot: QtBot) -> NewProjectAssistant:
    assistant = NewProjectAssistant()
    qtbot.addWidget(assistant)
    assistant.show()
    assistant.place.location.setText(str(tmp_path))
    return assistant


def press_next(assistant: NewProjectAssistant, qtbot: QtBot) -> None:
    assert assistant.next_button.isEnabled(), assistant.notice.text
    qtbot.mouseClick(assistant.next_button, LEFT)


def drop(assistant: NewProjectAssistant, *paths: Path) -> None:
    """Drop files on the list of recordings, with the events of a real drag."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    target = assistant.recordings.table.viewport()
    none, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), action, data, LEFT, none)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, data, LEFT, none))


def type_into_cell(assistant: NewProjectAssistant, qtbot: QtBot, column: int, text: str) -> None:
    table = assistant.recordings.table
    index = table.model().index(0, column)
    place = table.visualRect(index).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    field: QLineEdit = table.indexWidget(index)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def fill_up_to_recordings(assistant: NewProjectAssistant, qtbot: QtBot, name: str = "Night 1") -> None:
    qtbot.keyClicks(assistant.place.name, name)
    press_next(assistant, qtbot)
    press_next(assistant, qtbot)
    qtbot.keyClicks(assistant.person.name, "Ada Lovelace")
    press_next(assistant, qtbot)


def test_a_project_is_made_by_typing_and_clicking(
    assistant: NewProjectAssistant, tmp_path: Path, recording: Path, qtbot: QtBot
) -> None:
    fill_up_to_recordings(assistant, qtbot)
    drop(assistant, recording)
    qtbot.waitUntil(lambda: assistant.recordings.model.reading == 0, timeout=5000)
    type_into_cell(assistant, qtbot, SUBJECT, "mouse 7")
    type_into_cell(assistant, qtbot, STARTED, "2026-01-02 03:04:05")
    press_next(assistant, qtbot)
    qtbot.mouseClick(assistant.plan.form.choices[PlanKind.CUT], LEFT, pos=QPoint(8, 8))
    assistant.plan.form.length.lineEdit().selectAll()
    qtbot.keyClicks(assistant.plan.form.length, "2 s")
    assert assistant.plan.form.total.text() == "2 clips, 4 s of 4 s (estimated)"
    assert "frames of 1 recording are counted first" in assistant.plan.form.notice.text
    press_next(assistant, qtbot)
    assert not (tmp_path / "Night 1").exists()
    with qtbot.waitSignal(assistant.accepted, timeout=10_000):
        press_next(assistant, qtbot)
    assert (assistant.folder, assistant.annotator) == (tmp_path / "Night 1", "Ada Lovelace")
    with Project.open(assistant.folder) as project:
        video = project.videos()[0]
        assert (project.name, project.ethogram.name) == ("Night 1", "home-cage")
        assert [(a.name, a.initials) for a in project.annotators()] == [("Ada Lovelace", "AL")]
        assert (video.subject, str(video.recorded_at)) == ("mouse 7", "2026-01-02 03:04:05")
        assert [(clip.start, clip.stop) for clip in project.clips()] == [(0, 50), (50, 100)]


def test_a_project_without_recordings(assistant: NewProjectAssistant, qtbot: QtBot) -> None:
    fill_up_to_recordings(assistant, qtbot)
    press_next(assistant, qtbot)
    assert "no recordings yet" in assistant.plan.form.notice.text
    press_next(assistant, qtbot)
    with qtbot.waitSignal(assistant.accepted, timeout=10_000):
        press_next(assistant, qtbot)
    with Project.open(assistant.folder) as project:
        assert project.videos() == []
        assert project.clips() == []


def test_a_folder_that_is_in_use_is_refused(
    assistant: NewProjectAssistant, tmp_path: Path, qtbot: QtBot
) -> None:
    assert not assistant.next_button.isEnabled()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "draft.txt").touch()
    qtbot.keyClicks(assistant.place.name, "thesis")
    assert "is not empty" in assistant.notice.text
    assert not assistant.next_button.isEnabled()
    qtbot.keyClicks(assistant.place.name, " 2")
    assert assistant.notice.text == ""
    assert assistant.place.folder_label.text() == str(tmp_path / "thesis 2")


def test_a_network_drive_is_warned_about(
    assistant: NewProjectAssistant, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("napari_ethoprofile.widgets.new_project_pages.network_drive", lambda _folder: "nfs4")
    qtbot.keyClicks(assistant.place.name, "Night 1")
    assert "network drive (nfs4)" in assistant.notice.text
    assert assistant.next_button.isEnabled()


def test_an_ethogram_comes_from_a_file(assistant: NewProjectAssistant, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.keyClicks(assistant.place.name, "Night 1")
    press_next(assistant, qtbot)
    page = assistant.ethogram
    assert page.preview.topLevelItemCount() == 9
    qtbot.mouseClick(page.choices["file"], LEFT, pos=QPoint(8, 8))
    assert not assistant.next_button.isEnabled()
    file = tmp_path / "mine.yaml"
    qtbot.keyClicks(page.file, str(file))
    assert "cannot be read" in assistant.notice.text
    make_ethogram(["swim", "float"], "forced swim").save(file)
    qtbot.keyClick(page.file, Qt.Key.Key_Backspace)
    qtbot.keyClicks(page.file, "l")
    assert [page.preview.topLevelItem(row).text(1) for row in range(3)] == ["swim", "float", "none"]
    assert assistant.recipe.ethogram.name == "forced swim"


def test_a_recording_that_cannot_be_read_must_leave_the_list(
    assistant: NewProjectAssistant, tmp_path: Path, recording: Path, qtbot: QtBot
) -> None:
    fill_up_to_recordings(assistant, qtbot)
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video", encoding="utf-8")
    drop(assistant, recording, bad)
    qtbot.waitUntil(lambda: assistant.recordings.model.reading == 0, timeout=5000)
    assert str(bad) in assistant.notice.text
    assert not assistant.next_button.isEnabled()
    assistant.recordings.table.selectRow(1)
    qtbot.keyClick(assistant.recordings.table, Qt.Key.Key_Delete)
    assert assistant.notice.text == ""
    assert assistant.next_button.isEnabled()


def test_a_failure_is_told_and_can_be_repaired(
    assistant: NewProjectAssistant, tmp_path: Path, qtbot: QtBot
) -> None:
    """The recording vanishes between its choice and the making of the project."""
    video = write_recording(tmp_path / "cage.mp4", frames=20)
    fill_up_to_recordings(assistant, qtbot)
    drop(assistant, video)
    qtbot.waitUntil(lambda: assistant.recordings.model.reading == 0, timeout=5000)
    press_next(assistant, qtbot)
    press_next(assistant, qtbot)
    content = video.read_bytes()
    video.unlink()
    press_next(assistant, qtbot)
    qtbot.waitUntil(lambda: "cage.mp4" in assistant.notice.text, timeout=10_000)
    assert not (tmp_path / "Night 1").exists()
    assert assistant.isVisible()
    video.write_bytes(content)
    with qtbot.waitSignal(assistant.accepted, timeout=10_000):
        press_next(assistant, qtbot)


def test_going_back_keeps_what_was_entered(assistant: NewProjectAssistant, qtbot: QtBot) -> None:
    fill_up_to_recordings(assistant, qtbot)
    qtbot.mouseClick(assistant.back_button, LEFT)
    assert assistant.person.name.text() == "Ada Lovelace"
    assert assistant.person.initials.text() == "AL"
    qtbot.mouseClick(assistant.cancel_button, LEFT)
    assert assistant.folder is None


def test_every_control_says_what_it_does(assistant: NewProjectAssistant) -> None:
    from qtpy.QtWidgets import QAbstractButton, QAbstractSpinBox

    controls = [
        widget
        for kind in (QAbstractButton, QLineEdit, QAbstractSpinBox)
        for widget in assistant.findChildren(kind)
        if not widget.objectName().startswith("qt_")
    ]
    assert controls
    assert [widget.objectName() or widget for widget in controls if not widget.toolTip()] == []
