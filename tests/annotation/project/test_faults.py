"""Disks that are full and programs that die: nothing that was shown as saved is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import PassEditor, Project
from napari_ethoprofile.annotation.project.database import sentence
from napari_ethoprofile.annotation.tracks import codes_of
from sqlalchemy import event


class Disk:
    """A disk that can be full: SQLite is told how many pages the database may have."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._pages = 0
        event.listen(project.database.engine, "checkout", self._limit)

    def _limit(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self._pages or 1_000_000}")

    def fill(self) -> None:
        with self._project.database.reading() as connection:
            self._pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def free(self) -> None:
        self._pages = 0


@pytest.fixture
def editor(project: Project, clip: str) -> PassEditor:
    return project.edit(project.start_pass(clip, "Ada").id, "Ada")


def paint(editor: PassEditor, number: int) -> None:
    """Make an edit with a long reason, so that a few of them fill a page."""
    edit = Edit.paint(editor.track, number % 45, number % 45 + 3, number % 8 + 1, reason="x" * 2000)
    editor.commit(edit)


def test_a_full_disk_is_told_and_nothing_is_lost(project: Project, editor: PassEditor) -> None:
    reasons: list[str] = []
    editor.refused.connect(reasons.append)
    paint(editor, 0)
    editor.flush()
    saved_at = editor.saved_at
    disk = Disk(project)
    disk.fill()
    for number in range(1, 30):
        paint(editor, number)
    with pytest.raises(ProjectError, match=r"The disk that holds .* is full; free some space"):
        editor.flush()
    assert 0 < editor.pending <= 29
    assert "is full" in editor.error
    assert reasons
    on_disk = len(project.door.history(editor.record.id, "Ada"))
    assert on_disk == 30 - editor.pending
    if on_disk == 1:
        assert editor.saved_at == saved_at
    with pytest.raises(ProjectError, match="is full"):
        editor.close()
    with pytest.raises(ProjectError, match="is full"):
        editor.submit()
    disk.free()
    editor.flush()
    assert (editor.pending, editor.error) == (0, "")
    assert len(project.door.history(editor.record.id, "Ada")) == 30
    assert project.door.labels(editor.record.id, "Ada") == editor.track


def test_the_next_edit_tries_a_disk_again(project: Project, editor: PassEditor) -> None:
    disk = Disk(project)
    disk.fill()
    for number in range(5):
        paint(editor, number)
    with pytest.raises(ProjectError):
        editor.flush()
    disk.free()
    paint(editor, 5)
    limit = time.monotonic() + 30
    while editor.pending and time.monotonic() < limit:
        time.sleep(0.01)
    assert editor.pending == 0


def test_what_the_disk_refuses_can_be_given_up(project: Project, editor: PassEditor) -> None:
    disk = Disk(project)
    disk.fill()
    for number in range(30):
        paint(editor, number)
    with pytest.raises(ProjectError):
        project.close()
    assert not editor.closed
    project.close(discard=True)
    with Project.open(project.folder) as again:
        assert len(again.door.history(editor.record.id, "Ada")) < 30


@pytest.mark.skipif(os.name == "nt", reason="open files cannot be moved on Windows")
def test_edits_of_a_project_that_was_moved_away_wait(project: Project, editor: PassEditor) -> None:
    away = project.folder.with_name("away")
    project.folder.rename(away)
    paint(editor, 0)
    with pytest.raises(ProjectError, match=r"ethoprofile.db is gone; put the project folder back"):
        editor.flush()
    assert editor.pending == 1
    away.rename(project.folder)
    editor.flush()
    assert len(project.door.history(editor.record.id, "Ada")) == 1


def test_a_full_disk_is_one_sentence_everywhere(project: Project, clip: str) -> None:
    disk = Disk(project)
    disk.fill()
    with pytest.raises(ProjectError, match=r"^The disk that holds .* is full; free some space.*\.$"):
        project.settings.set("filler", "x" * 100_000)
    assert project.settings.all() == {}


@pytest.mark.parametrize("statement", ["UPDATE edits SET author = 'Eve'", "DELETE FROM edits"])
def test_the_journal_is_never_changed(project: Project, editor: PassEditor, statement: str) -> None:
    paint(editor, 0)
    editor.flush()
    with (
        pytest.raises(ProjectError, match="edits is append-only"),
        project.database.writing() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert len(project.door.history(editor.record.id, "Ada")) == 1


def test_a_journal_that_contradicts_itself_is_told(project: Project, editor: PassEditor) -> None:
    paint(editor, 0)
    editor.flush()
    with project.database.writing() as connection:
        connection.exec_driver_sql(
            'INSERT INTO edits (pass, step, part, at, author, act, what, "group", start, "before", "after", '
            "provenance, reason) "
            "VALUES (?, 2, 0, '', 'Ada', 'edit', 'labels', 1, 0, '[[3,5]]', '[[3,6]]', '', '')",
            (editor.record.id,),
        )
    with pytest.raises(ProjectError, match="The journal contradicts itself at step 2"):
        project.door.labels(editor.record.id, "Ada")


SCORE = """
    import sys
    from napari_ethoprofile.annotation.edits import Edit
    from napari_ethoprofile.annotation.project import Project

    folder, pass_id = sys.argv[1:]
    project = Project.open(folder)
    editor = project.edit(pass_id, "Ada")
    assert not editor.read_only, editor.read_only
    done = 0

    def saved(_stamp):
        global done
        done += 1
        sys.stdout.write(f"{editor.record.id} {first + done}\\n")
        sys.stdout.flush()

    first = len(project.door.history(pass_id, "Ada"))
    editor.saved.connect(saved)
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    for number in range(first, first + 5000):
        start = number * 7 % 45
        editor.commit(Edit.paint(editor.track, start, start + 5, number % 8 + 1 if number % 3 else -1))
        if number % 5 == 0:
            editor.open_bout(0, start, 4)
            editor.grow_bout(0, start, start + 2, 4)
        if number % 4 == 0:
            editor.flush()
"""


def run_until_killed(folder: Path, pass_id: str, edits: int) -> int:
    """Score until so many edits were shown as saved, kill, and return how many were shown in all."""
    shown = 0
    command = [sys.executable, "-c", textwrap.dedent(SCORE), str(folder), pass_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for line in process.stdout:
            shown = int(line.split()[1])
            edits -= 1
            if edits == 0:
                process.kill()
    assert process.returncode != 0
    return shown


def test_nothing_that_was_shown_as_saved_is_lost_to_a_kill(project: Project, clip: str) -> None:
    pass_id = project.start_pass(clip, "Ada").id
    project.close()
    chance = np.random.default_rng(20)
    shown = 0
    for _ in range(20):
        shown = run_until_killed(project.folder, pass_id, int(chance.integers(10, 90)))
        with sqlite3.connect(project.folder / "ethoprofile.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        with Project.open(project.folder) as again:
            history = again.door.history(pass_id, "Ada")
            assert len(history) >= shown
            replayed = np.full(50, -1)
            for entry in history:
                assert isinstance(entry.change, Edit)
                replayed[entry.change.start : entry.change.stop] = codes_of(entry.change.after)
            with again.edit(pass_id, "Ada") as editor:
                assert not editor.read_only
                for bout in editor.recovered:
                    assert (bout.label, bout.length) in ((4, 1), (4, 2))
                    replayed[bout.start : bout.stop] = 4
                assert np.array_equal(editor.track.codes[:, 0], replayed)
    assert shown >= 200


def test_an_input_output_error_on_a_full_disk_is_told_as_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    assert "does not answer" in sentence(error, tmp_path / "ethoprofile.db")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    assert "is full; free some space" in sentence(error, tmp_path / "ethoprofile.db")
