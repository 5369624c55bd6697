import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project import store as store_module
from napari_ethoprofile.annotation.project.database import SMALL_BYTES

HOME_CAGE = preset("home-cage")


def test_a_new_project_is_a_folder_with_database_marker_and_labels(tmp_path: Path) -> None:
    with Project.create(tmp_path / "mice", HOME_CAGE, "Mice of spring") as project:
        assert project.name == "Mice of spring"
        assert project.ethogram == HOME_CAGE
    names = {item.name for item in (tmp_path / "mice").iterdir()}
    assert names == {"ethoprofile.db", "project.ethoprofile", "labels"}
    marker = json.loads((tmp_path / "mice" / "project.ethoprofile").read_text("utf-8"))
    assert marker["project"] == "Mice of spring"


@pytest.mark.parametrize("what", ["", "project.ethoprofile", "ethoprofile.db"])
def test_a_project_opens_by_folder_marker_or_database(tmp_path: Path, what: str) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    with Project.open(tmp_path / "mice" / what) as project:
        assert project.folder == (tmp_path / "mice").resolve()
        assert project.warnings == []


@pytest.mark.parametrize("name", ["Mäuse 🐁 Käfig", "n" * 200, "with 'quotes' and %23 #hash?"])
def test_names_may_be_long_and_in_any_script(tmp_path: Path, name: str) -> None:
    folder_name = name if len(name.encode()) < 255 else name[:100]
    if os.name == "nt":
        folder_name = folder_name.replace("?", "")
    Project.create(tmp_path / folder_name, HOME_CAGE, name).close()
    for read_only in (False, True):
        with Project.open(tmp_path / folder_name, read_only=read_only) as project:
            assert project.name == name


def test_a_lost_marker_is_written_again(tmp_path: Path) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    (tmp_path / "mice" / "project.ethoprofile").unlink()
    Project.open(tmp_path / "mice").close()
    assert (tmp_path / "mice" / "project.ethoprofile").exists()


def test_a_folder_that_holds_something_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ProjectError, match=r"not empty \(it holds thesis.docx\)"):
        Project.create(tmp_path, HOME_CAGE)
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.docx"]


def test_litter_of_the_system_does_not_count(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_text("x")
    Project.create(tmp_path, HOME_CAGE).close()


def test_a_project_is_not_made_over_another(tmp_path: Path) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE, "first").close()
    with pytest.raises(ProjectError, match="is a project already"):
        Project.create(tmp_path / "mice", HOME_CAGE, "second")
    with Project.open(tmp_path / "mice") as project:
        assert project.name == "first"


def test_nothing_is_left_behind_when_making_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "write_marker", refuse)
    with pytest.raises(ProjectError, match="could not be made: No space left on device"):
        Project.create(tmp_path / "mice", HOME_CAGE)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="is a file; choose a folder"):
        Project.create(tmp_path / "file", HOME_CAGE)


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"There is no project at .*nowhere"):
        Project.open(tmp_path / "nowhere")


def test_a_folder_without_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"holds no ethoprofile.db"):
        Project.open(tmp_path)


def test_another_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"")
    with pytest.raises(ProjectError, match="is not a project; give the folder"):
        Project.open(tmp_path / "video.mp4")


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    path = tmp_path / "mice" / "ethoprofile.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ProjectError, match=r"newer version .*version 99.*update napari-ethoprofile"):
        Project.open(tmp_path / "mice")
    assert path.read_bytes() == before


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ethoprofile.db") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(ProjectError, match="is not the database of a project"):
        Project.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    (tmp_path / "mice" / "ethoprofile.db").write_bytes(content)
    with pytest.raises(ProjectError, match=r"is damaged|is not the database"):
        Project.open(tmp_path / "mice")


def damage(path: Path) -> None:
    """Overwrite the middle pages of a database, but not its head."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096 * max(1, size // 4096 // 4))


def test_a_damaged_database_is_refused_at_opening(tmp_path: Path) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    damage(tmp_path / "mice" / "ethoprofile.db")
    with pytest.raises(ProjectError, match=r"is damaged .*restore it from a backup"):
        Project.open(tmp_path / "mice")


def test_a_large_damaged_database_is_never_written(tmp_path: Path) -> None:
    with Project.create(tmp_path / "mice", HOME_CAGE) as project:
        for number in range(4):
            project.settings.set(f"filler {number}", "x" * SMALL_BYTES)
    damage(tmp_path / "mice" / "ethoprofile.db")
    project = Project.open(tmp_path / "mice")
    try:
        with pytest.raises(ProjectError, match="is damaged"):
            project.add_annotator("Ada")
        with pytest.raises(ProjectError, match="is damaged"):
            project.annotators()
    finally:
        project.close()


def test_read_only_refuses_changes_and_leaves_no_trace(tmp_path: Path) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    before = (tmp_path / "mice" / "ethoprofile.db").read_bytes()
    with Project.open(tmp_path / "mice", read_only=True) as project:
        assert project.status() == {"videos": [], "clips": []}
        with pytest.raises(ProjectError, match="open for reading only"):
            project.add_annotator("Ada")
    assert (tmp_path / "mice" / "ethoprofile.db").read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="permission bits of folders mean nothing on Windows")
def test_a_read_only_folder_opens_for_reading(tmp_path: Path) -> None:
    """In a process of a user who may not write there: for root no folder is read-only."""
    with Project.create(tmp_path / "mice", HOME_CAGE) as project:
        project.add_annotator("Ada")
    for item in [tmp_path / "mice" / "labels", *(tmp_path / "mice").glob("*.*")]:
        item.chmod(0o555)
    (tmp_path / "mice").chmod(0o555)
    if os.geteuid() == 0:
        for folder in [tmp_path, *tmp_path.parents][:4]:
            folder.chmod(folder.stat().st_mode | 0o055)
    # Opened once before the process gives up its rights: later it may be unable to read its own modules.
    script = """
        import os, sys
        from napari_ethoprofile.annotation.errors import ProjectError
        from napari_ethoprofile.annotation.project import Project
        Project.open(sys.argv[1], read_only=True).close()
        if os.geteuid() == 0:
            os.setuid(65534)
        project = Project.open(sys.argv[1])
        print(project.read_only, project.warnings, [p.name for p in project.annotators()])
        try:
            project.add_annotator("Bob")
        except ProjectError as error:
            print(error)
        project.close()
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(script), str(tmp_path / "mice")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (tmp_path / "mice").chmod(0o755)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.strip().splitlines()
    assert first.startswith("True")
    assert "cannot be written to; the project is open for reading only" in first
    assert first.endswith("['Ada']")
    assert "open for reading only; nothing was changed" in second


def test_a_network_drive_is_warned_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Project.create(tmp_path / "mice", HOME_CAGE).close()
    monkeypatch.setattr(store_module, "network_drive", lambda _folder: "nfs4")
    with Project.open(tmp_path / "mice") as project:
        (warning,) = project.warnings
        assert "network drive (nfs4)" in warning
        assert "one computer" in warning
        assert "merge" in warning
        with project.database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"


def test_connections_keep_data_safe(tmp_path: Path) -> None:
    with Project.create(tmp_path / "mice", HOME_CAGE) as project, project.database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
