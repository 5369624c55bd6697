import sqlite3
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Note, Project
from napari_ethoprofile.annotation.project.schema import SCHEMA_VERSION
from napari_ethoprofile.annotation.tracks import Bout, Coverage

PASS = "pabcdefghij"


def unpack(version: int, folder: Path) -> Path:
    """Make the folder of a project as that version of the program left it."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "ethoprofile.db")
    connection.executescript(Path(__file__).with_name(f"schema_v{version}.sql").read_text("utf-8"))
    connection.close()
    return folder


@pytest.fixture
def old_project(tmp_path: Path) -> Path:
    """The folder of a project as version 1 of the program left it."""
    return unpack(1, tmp_path / "old")


def shape_of(path: Path) -> dict[str, list[object]]:
    """Describe tables, keys, indexes and triggers, whatever way they were written down."""
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: dict[str, list[object]] = {}
    for table in sorted(tables):
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        indexes = connection.execute(f"PRAGMA index_list({table})").fetchall()
        found[table] = [
            sorted(column[1:] for column in columns),
            sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({table})")),
            sorted(
                (row[2:], connection.execute(f"PRAGMA index_info({row[1]})").fetchall()) for row in indexes
            ),
        ]
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    found["triggers"] = sorted(triggers)
    found["versions"] = connection.execute("PRAGMA user_version").fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_migrated_database_is_like_a_new_one(tmp_path: Path, version: int) -> None:
    Project.create(tmp_path / "new", preset("empty")).close()
    old_project = unpack(version, tmp_path / "old")
    Project.open(old_project).close()
    migrated = shape_of(old_project / "ethoprofile.db")
    assert migrated == shape_of(tmp_path / "new" / "ethoprofile.db")
    assert migrated["versions"] == [(SCHEMA_VERSION,)]


def test_everything_of_version_1_is_still_there(old_project: Path) -> None:
    with Project.open(old_project) as project:
        assert project.name == "Old project"
        (video,) = project.videos()
        assert (video.id, video.frames, video.subject, video.display) == ("01_20180418_1200", 100, "01", {})
        expected = np.full(50, -1)
        expected[:20] = 2
        assert np.array_equal(project.door.labels(PASS, "Ada").codes[:, 0], expected)
        with project.edit(PASS, "Ada") as editor:
            assert editor.recovered == [Bout(30, 34, 1)]
            editor.undo()
            editor.mark_viewed(0, 5)
            editor.redo()
        assert project.door.viewed(PASS, "Ada") == [(0, 5)]


def test_everything_of_version_2_is_still_there(tmp_path: Path) -> None:
    with Project.open(unpack(2, tmp_path / "old")) as project:
        assert project.door.labels(PASS, "Ada").coverage() == Coverage(24, 0, 26)
        assert project.door.viewed(PASS, "Ada") == [(0, 5)]
        assert [change.state for change in project.pass_states(PASS)] == ["open", "submitted"]
        assert project.settings.get("lights_on") == "07:00"
        assert not project.door.allowed(PASS, "Bob")


def test_everything_of_version_3_is_still_there(tmp_path: Path) -> None:
    with Project.open(unpack(3, tmp_path / "old")) as project:
        assert project.door.labels(PASS, "Ada").coverage() == Coverage(24, 0, 26)
        (record,) = project.assignments("Bob")
        assert (record.kind, record.state, str(record.deadline)) == ("blind", "open", "2026-03-01")
        assert not project.door.allowed(PASS, "Bob")
        assert (project.current_model(), project.model_events()) == (None, [])
        project.note_model("one@1", "one", "current")
        assert project.current_model() == project.model_events()[0]


def test_rejections_of_version_4_are_typed_and_remarks_stay_remarks(tmp_path: Path) -> None:
    pass_id = "pwshhq3tma2"
    with Project.open(unpack(4, tmp_path / "old")) as project:
        found = project.door.proposal_edits(pass_id, "Ada")
        assert [(edit.start, edit.stop, edit.rejected, edit.rejects) for edit in found] == [
            (0, 10, 1, True),  # the one on frames 10 to 20 was undone
            (20, 30, 1, True),
        ]
        assert {(edit.reason, edit.model_pass) for edit in found} == {("confidence 0.61", "pzadtq5j24u")}
        assert project.door.notes(pass_id, "Ada") == [Note(0, 22, 28, "tail?", uncertain=True)]
        history = project.door.history(pass_id, "Ada")
        assert [(entry.author, entry.at[:10]) for entry in history] == [("Ada", "2026-11-26")] * 8
        with project.edit(pass_id, "Ada") as editor:
            while editor.can_undo:
                editor.undo()
            assert (editor.proposal_edits, editor.notes) == ((), ())
            for _ in range(4):
                editor.redo()
            assert list(editor.proposal_edits) == found
    connection = sqlite3.connect(tmp_path / "old" / "ethoprofile.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE edits SET reason = ''")
    connection.close()


def test_the_old_database_is_set_aside(old_project: Path) -> None:
    Project.open(old_project).close()
    assert shape_of(old_project / "ethoprofile.v1.db")["versions"] == [(1,)]


def test_a_migration_that_fails_changes_nothing(old_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from napari_ethoprofile.annotation.project import migrations

    monkeypatch.setitem(migrations.STEPS, 2, (*migrations.STEPS[2], "CREATE TABLE clips (id)"))
    before = shape_of(old_project / "ethoprofile.db")
    with pytest.raises(ProjectError, match="already exists"):
        Project.open(old_project)
    assert shape_of(old_project / "ethoprofile.db") == before


def test_an_old_project_is_not_migrated_when_opened_for_reading(old_project: Path) -> None:
    with pytest.raises(ProjectError, match=r"older version .* open it once where it can be written"):
        Project.open(old_project, read_only=True)
