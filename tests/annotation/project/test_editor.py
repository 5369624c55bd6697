from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError, TrackError
from napari_ethoprofile.annotation.project import Note, PassEditor, Project
from napari_ethoprofile.annotation.tracks import Bout


@pytest.fixture
def pass_id(project: Project, clip: str) -> str:
    return project.start_pass(clip, "Ada").id


@pytest.fixture
def editor(project: Project, pass_id: str) -> PassEditor:
    return project.edit(pass_id, "Ada")


def paint(editor: PassEditor, start: int, stop: int, label: int) -> None:
    editor.commit(Edit.paint(editor.track, start, stop, label))


def test_an_edit_is_in_the_track_at_once_and_on_disk_soon(project: Project, editor: PassEditor) -> None:
    stamps: list[str] = []
    editor.saved.connect(stamps.append)
    paint(editor, 3, 9, 2)
    assert editor.track.bouts() == [Bout(3, 9, 2)]
    editor.flush()
    assert (editor.pending, editor.error) == (0, "")
    assert stamps == [editor.saved_at]
    assert project.door.labels(editor.record.id, "Ada") == editor.track


def test_an_edit_that_does_not_fit_changes_nothing(editor: PassEditor) -> None:
    edit = Edit.paint(editor.track, 3, 9, 2)
    paint(editor, 0, 5, 1)
    with pytest.raises(TrackError):
        editor.commit_all([Edit.paint(editor.track, 20, 30, 4), edit])
    assert editor.track.bouts() == [Bout(0, 5, 1)]
    editor.undo()
    assert editor.track.bouts() == []


def test_an_edit_that_changes_nothing_leaves_no_trace(project: Project, editor: PassEditor) -> None:
    paint(editor, 0, 5, 1)
    paint(editor, 1, 4, 1)
    editor.flush()
    assert len(project.door.history(editor.record.id, "Ada")) == 1


def test_several_edits_are_one_step(editor: PassEditor) -> None:
    one = Edit.paint(editor.track, 0, 5, 1)
    two = Edit.paint(editor.track, 10, 15, 2)
    editor.commit_all([one, two])
    assert editor.undo() == [two.inverse(), one.inverse()]
    assert editor.track.bouts() == []
    assert editor.redo() == [one, two]
    assert editor.track.bouts() == [Bout(0, 5, 1), Bout(10, 15, 2)]


def test_undo_and_redo_survive_a_restart(project: Project, editor: PassEditor) -> None:
    for number in range(5):
        paint(editor, number * 5, number * 5 + 8, number + 1)
    states = [editor.track.copy()]
    for _ in range(2):
        editor.undo()
        states.append(editor.track.copy())
    folder, pass_id = project.folder, editor.record.id
    project.close()
    with Project.open(folder) as again, again.edit(pass_id, "Ada") as editor:
        assert editor.track == states[2]
        editor.redo()
        assert editor.track == states[1]
        editor.redo()
        assert editor.track == states[0]
        assert editor.redo() == []
        while editor.undo():
            pass
        assert not editor.can_undo
        assert editor.track.coverage().unlabeled == 50


def test_a_new_edit_forgets_what_was_undone_but_the_journal_does_not(
    project: Project, editor: PassEditor
) -> None:
    paint(editor, 0, 5, 1)
    editor.undo()
    assert editor.can_redo
    paint(editor, 10, 15, 2)
    assert not editor.can_redo
    editor.flush()
    changes = [entry.change for entry in project.door.history(editor.record.id, "Ada")]
    assert [change.start for change in changes] == [0, 0, 10]


def test_notes_are_undone_in_turn(editor: PassEditor) -> None:
    paint(editor, 0, 10, 1)
    editor.set_note(0, 10, " is it? ", uncertain=True)
    assert editor.note_at(5) == Note(0, 0, 10, "is it?", True)
    editor.set_note(0, 12, "yes")
    assert editor.notes == (Note(0, 0, 12, "yes"),)
    paint(editor, 20, 30, 2)
    editor.undo()
    (change,) = editor.undo()
    assert (change.start, change.stop, change.group) == (0, 12, 0)
    assert editor.notes == (Note(0, 0, 10, "is it?", True),)
    editor.set_note(3, 4, "")
    assert editor.notes == ()
    assert editor.note_at(5) is None


def test_notes_survive_a_restart(project: Project, editor: PassEditor) -> None:
    editor.set_note(0, 10, 'ü "x"\n2', True)
    editor.set_note(30, 40, "b")
    editor.undo()
    folder, pass_id = project.folder, editor.record.id
    project.close()
    with Project.open(folder) as again, again.edit(pass_id, "Ada") as editor:
        assert editor.notes == (Note(0, 0, 10, 'ü "x"\n2', True),)
        editor.redo()
        assert len(editor.notes) == 2


def crash(project: Project) -> Path:
    """Leave a project as a crash does: what is queued is written, but nothing is closed or let go."""
    for editor in project._editors:
        editor.flush()
    project._editors.clear()
    project.close()
    return project.folder


def forget_locks(project: Project) -> None:
    """Drop the locks of this very process, which a real crash would have ended."""
    with project.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM locks")


def test_an_open_bout_is_restored_after_a_crash(project: Project, editor: PassEditor) -> None:
    paint(editor, 0, 40, 7)
    editor.open_bout(0, 10, 3)
    editor.grow_bout(0, 10, 14, 3)
    editor.grow_bout(0, 10, 19, 3)
    pass_id = editor.record.id
    with Project.open(crash(project)) as again:
        forget_locks(again)
        assert again.door.labels(pass_id, "Ada").bouts() == [Bout(0, 40, 7)]
        with again.edit(pass_id, "Ada") as editor:
            assert editor.recovered == [Bout(10, 19, 3)]
            assert editor.track.bouts() == [Bout(0, 10, 7), Bout(10, 19, 3), Bout(19, 40, 7)]
            ((_, _, origin),) = editor.origins(10, 19)
            assert origin is not None
            assert origin.provenance == "recovered"
            editor.undo()
            assert editor.track.bouts() == [Bout(0, 40, 7)]
        with again.edit(pass_id, "Ada") as editor:
            assert editor.recovered == []


def test_key_down_alone_is_restored_as_one_frame(project: Project, editor: PassEditor) -> None:
    editor.open_bout(0, 49, 3)
    pass_id = editor.record.id
    with Project.open(crash(project)) as again:
        forget_locks(again)
        assert again.edit(pass_id, "Ada").recovered == [Bout(49, 50, 3)]


@pytest.mark.parametrize("end", ["commit", "drop"])
def test_a_bout_that_was_closed_or_canceled_is_not_restored(
    project: Project, editor: PassEditor, end: str
) -> None:
    editor.open_bout(0, 10, 3)
    assert editor.open_bouts == [Bout(10, 11, 3)]
    if end == "commit":
        paint(editor, 10, 20, 3)
    else:
        editor.drop_bout(0)
    assert editor.open_bouts == []
    pass_id = editor.record.id
    with Project.open(crash(project)) as again:
        forget_locks(again)
        assert again.edit(pass_id, "Ada").recovered == []


def test_a_clip_with_an_open_bout_is_not_submitted(editor: PassEditor) -> None:
    editor.open_bout(0, 10, 3)
    with pytest.raises(ProjectError, match="A bout is still open"):
        editor.submit()
    editor.drop_bout(0)
    editor.submit()


def test_frames_on_the_screen_are_remembered(project: Project, editor: PassEditor) -> None:
    editor.mark_viewed(0, 10)
    editor.mark_viewed(5, 12)
    editor.mark_viewed(30, 99)
    editor.mark_viewed(40, 40)
    expected = np.zeros(50, bool)
    expected[:12] = expected[30:] = True
    assert np.array_equal(editor.viewed, expected)
    with pytest.raises(ValueError, match="read-only"):
        editor.viewed[0] = False
    pass_id = editor.record.id
    editor.close()
    assert project.door.viewed(pass_id, "Ada") == [(0, 12), (30, 50)]
    assert np.array_equal(project.edit(pass_id, "Ada").viewed, expected)


def test_a_closed_editor_takes_nothing(editor: PassEditor) -> None:
    editor.close()
    editor.close()
    with pytest.raises(ProjectError, match="was closed"):
        paint(editor, 0, 5, 1)


def test_many_edits_arrive_in_order(project: Project, editor: PassEditor) -> None:
    for number in range(300):
        paint(editor, number % 40, number % 40 + 5, number % 8 + 1)
    editor.flush()
    steps = [entry.step for entry in project.door.history(editor.record.id, "Ada")]
    assert steps == sorted(steps)
    assert project.door.labels(editor.record.id, "Ada") == editor.track


def test_a_listener_cannot_wait_for_its_own_thread(
    editor: PassEditor, caplog: pytest.LogCaptureFixture
) -> None:
    editor.saved.connect(lambda _stamp: editor.flush())
    paint(editor, 0, 5, 1)
    editor.flush()
    assert "cannot wait for itself" in caplog.text


def test_an_open_bout_of_a_behavior_that_was_removed_is_dropped(project: Project, editor: PassEditor) -> None:
    editor.open_bout(0, 10, 8)
    pass_id = editor.record.id
    with Project.open(crash(project)) as again:
        forget_locks(again)
        behaviors = tuple(b for b in again.ethogram.behaviors if b.id != 8)
        again.change_ethogram(replace(again.ethogram, behaviors=behaviors), "Ada")
        with again.edit(pass_id, "Ada") as editor:
            assert editor.recovered == []
            assert editor.track.bouts() == []
        assert again.door.load_editor(pass_id, "Ada").open_bouts == []


def test_a_listener_that_fails_does_not_stop_the_journal(
    editor: PassEditor, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_stamp: str) -> None:
        raise RuntimeError("broken widget")

    editor.saved.connect(fail)
    paint(editor, 0, 5, 1)
    paint(editor, 0, 5, 2)
    editor.flush()
    assert "broken widget" in caplog.text
    assert editor.pending == 0
