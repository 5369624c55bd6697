from pathlib import Path

from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QTableWidget
from small_project import write_recording

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.clip_plan import PlanKind
from napari_ethoprofile.widgets.plan_clips import PlanDialog


def shown(qtbot: QtBot, session: Session) -> PlanDialog:
    dialog = PlanDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def set_duration(box: object, duration: str, qtbot: QtBot) -> None:
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, duration)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def choose(dialog: PlanDialog, kind: PlanKind, qtbot: QtBot) -> None:
    button = dialog.form.choices[kind]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center() / 2)


def text_of(table: QTableWidget, row: int) -> list[str]:
    return [table.item(row, column).text() for column in range(table.columnCount())]


def test_the_preview_follows_the_form_and_create_makes_what_it_shows(
    session: Session, project: Project, qtbot: QtBot
) -> None:
    dialog = shown(qtbot, session)
    choose(dialog, PlanKind.CUT, qtbot)
    set_duration(dialog.form.length, "1.2 s", qtbot)
    assert dialog.form.total.text() == "4 clips, 4 s of 4 s"
    assert text_of(dialog.form.shares, 0) == ["01_20180418_1200", "01", "4", "4 s", "4 s"]
    assert dialog.create_button.text() == "Create 4 clips"
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert dialog.created == 4
    planned = [(clip.start, clip.stop) for clip in project.clips() if clip.plan == "whole in clips of 1.2s"]
    assert planned == [(0, 30), (30, 60), (60, 90), (90, 100)]


def test_clips_that_are_there_are_counted_out(session: Session, qtbot: QtBot) -> None:
    dialog = shown(qtbot, session)
    choose(dialog, PlanKind.CUT, qtbot)
    set_duration(dialog.form.length, "2s", qtbot)  # the two clips of 50 frames
    assert dialog.form.notice.text == "2 clips of the plan are there already."
    assert not dialog.create_button.isEnabled()


def test_an_impossible_plan_says_why(session: Session, qtbot: QtBot) -> None:
    dialog = shown(qtbot, session)
    set_duration(dialog.form.every, "1", qtbot)
    assert "would overlap" in dialog.form.notice.text
    assert not dialog.create_button.isEnabled()
    choose(dialog, PlanKind.TABLE, qtbot)
    qtbot.keyClicks(dialog.form.table, "nowhere.csv")
    assert "nowhere.csv cannot be read" in dialog.form.notice.text


def test_clips_at_the_end_of_uncounted_recordings_wait(
    session: Session, project: Project, tmp_path: Path, qtbot: QtBot
) -> None:
    project.add_video(write_recording(tmp_path / "new.mp4", frames=60))
    dialog = shown(qtbot, session)
    choose(dialog, PlanKind.WHOLE, qtbot)
    assert "(estimated)" in dialog.form.total.text()
    assert "1 clip that need" in dialog.form.notice.text
    assert dialog.create_button.text() == "Create 1 clip"
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert [clip.video for clip in project.clips() if clip.plan == "whole"] == ["01_20180418_1200"]


def test_the_seed_draws_the_same_clips_again(session: Session, qtbot: QtBot) -> None:
    dialog = shown(qtbot, session)
    choose(dialog, PlanKind.RANDOM, qtbot)
    set_duration(dialog.form.length, "0.6 s", qtbot)
    drawn = []
    for seed in (0, 1, 0):
        dialog.form.seed.setValue(seed)
        drawn.append(dialog.form.stretches)
    assert drawn[0] == drawn[2] != drawn[1]
    assert len(drawn[0]) == 6  # no more fit


def test_durations_are_typed_and_stepped(session: Session, qtbot: QtBot) -> None:
    box = shown(qtbot, session).form.length
    for typed, seconds, text in [
        ("10", 600, "10 min"),
        ("90s", 90, "1.5 min"),
        ("100 s", 100, "100 s"),
        ("1.5 h", 5400, "1.5 h"),
        ("x", 5400, "1.5 h"),
    ]:
        set_duration(box, typed, qtbot)
        assert (box.value(), box.text()) == (seconds, text)
    box.setValue(60)
    steps = [(box.stepBy(step), box.text())[1] for step in (1, -1, -1, -1, 1, 1)]
    assert steps == ["2 min", "1 min", "55 s", "50 s", "55 s", "1 min"]
