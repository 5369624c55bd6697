import contextlib
import os
import platform
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import Project, writer
from napari_ethoprofile.annotation.project.locks import SILENT_SECONDS, LockRecord
from napari_ethoprofile.annotation.tracks import Bout


@pytest.fixture
def pass_id(project: Project, clip: str) -> str:
    return project.start_pass(clip, "Ada").id


def set_lock(project: Project, pass_id: str, **values: object) -> None:
    """Change who holds the lock of a pass."""
    with project.database.writing() as connection:
        assignments = ", ".join(f"{name} = ?" for name in values)
        connection.exec_driver_sql(
            f"UPDATE locks SET {assignments} WHERE pass = ?", (*values.values(), pass_id)
        )


def test_a_second_window_reads_and_says_by_whom(project: Project, pass_id: str) -> None:
    with project.edit(pass_id, "Ada") as editor:
        assert editor.read_only == ""
        with Project.open(project.folder) as second:
            shown = second.edit(pass_id, "Ada")
            assert shown.held_by == f"Ada on {platform.node()}"
            assert shown.read_only.startswith(
                f"Ada has this pass open on {platform.node()} (process {os.getpid()},"
            )
            with pytest.raises(ProjectError, match="has this pass open"):
                shown.commit(Edit.paint(shown.track, 0, 5, 1))
            editor.commit(Edit.paint(editor.track, 0, 5, 2))
            editor.flush()
            shown.reload()
            assert shown.track.bouts() == [Bout(0, 5, 2)]
    with Project.open(project.folder) as second, second.edit(pass_id, "Ada") as shown:
        assert shown.read_only == ""


def test_two_windows_of_one_process_do_not_share_a_pass(project: Project, pass_id: str) -> None:
    first = project.edit(pass_id, "Ada")
    assert project.edit(pass_id, "Ada").read_only
    first.close()
    assert not project.edit(pass_id, "Ada").read_only


def test_the_lock_of_a_dead_process_is_taken_over(project: Project, pass_id: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    with project.edit(pass_id, "Ada"):
        set_lock(project, pass_id, pid=ended.pid, token="lost")
        with Project.open(project.folder) as second, second.edit(pass_id, "Ada") as editor:
            assert editor.read_only == ""


def test_a_process_that_got_the_number_of_a_dead_one_is_not_it(project: Project, pass_id: str) -> None:
    with project.edit(pass_id, "Ada"):
        set_lock(project, pass_id, process_started=1.0)
        with Project.open(project.folder) as second, second.edit(pass_id, "Ada") as editor:
            assert editor.read_only == ""


@pytest.mark.parametrize(("silent", "free"), [(SILENT_SECONDS + 5, True), (SILENT_SECONDS - 60, False)])
def test_another_computer_loses_its_lock_when_nothing_is_heard_of_it(
    project: Project, pass_id: str, silent: float, free: bool
) -> None:
    with project.edit(pass_id, "Ada"):
        set_lock(project, pass_id, host="elsewhere", heartbeat=time.time() - silent)
        with Project.open(project.folder) as second, second.edit(pass_id, "Ada") as editor:
            assert (editor.read_only == "") == free


def test_a_window_that_lost_its_pass_writes_nothing(project: Project, pass_id: str) -> None:
    reasons: list[str] = []
    editor = project.edit(pass_id, "Ada")
    editor.refused.connect(reasons.append)
    editor.commit(Edit.paint(editor.track, 0, 5, 2))
    editor.flush()
    set_lock(project, pass_id, token="of another window")
    editor.commit(Edit.paint(editor.track, 10, 15, 3))
    editor.flush()
    assert "Another window has taken this pass over" in editor.read_only
    assert "not saved" in reasons[0]
    with pytest.raises(ProjectError, match="taken this pass over"):
        editor.commit(Edit.paint(editor.track, 20, 25, 3))
    assert project.door.labels(pass_id, "Ada").bouts() == [Bout(0, 5, 2)]


def test_a_lost_pass_does_not_hold_up_another(project: Project, pass_id: str) -> None:
    lost = project.edit(pass_id, "Ada")
    kept = project.edit(project.start_pass(project.clips()[1].id, "Ada").id, "Ada")
    set_lock(project, pass_id, token="of another window")
    lost.commit(Edit.paint(lost.track, 10, 15, 3))
    kept.commit(Edit.paint(kept.track, 10, 15, 3))
    kept.flush()
    assert project.door.labels(kept.record.id, "Ada").bouts() == [Bout(10, 15, 3)]
    assert kept.error == ""


def test_an_open_pass_says_that_it_is_alive(
    project: Project, pass_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "HEARTBEAT_SECONDS", 0.05)
    with Project.open(project.folder) as second, second.edit(pass_id, "Ada"):
        set_lock(project, pass_id, heartbeat=0.0)
        limit = time.monotonic() + 30
        beat = 0.0
        while beat == 0.0 and time.monotonic() < limit:
            time.sleep(0.01)
            with project.database.reading() as connection:
                beat = connection.exec_driver_sql("SELECT heartbeat FROM locks").scalar_one()
        assert beat > 0.0


def test_a_process_that_may_not_be_looked_at_counts_as_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    from napari_ethoprofile.annotation.project import locks

    def refuse(_pid: int) -> None:
        raise locks.psutil.AccessDenied

    monkeypatch.setattr(locks.psutil, "Process", refuse)
    assert LockRecord("p", "t", "Ada", platform.node(), 1, 0.0, "", 0.0).alive


WRITE = """
    import sys
    from napari_ethoprofile.annotation.edits import Edit
    from napari_ethoprofile.annotation.project import Project

    folder, pass_id, who = sys.argv[1:]
    with Project.open(folder) as project, project.edit(pass_id, who) as editor:
        assert not editor.read_only, editor.read_only
        print("open", flush=True)
        sys.stdin.readline()
        for number in range(200):
            start = number % 45
            editor.commit(Edit.paint(editor.track, start, start + 5, number % 8 + 1))
            if number % 10 == 0:
                editor.flush()
"""


def test_two_processes_write_two_passes(
    project: Project, clip: str, make_project: Callable[..., Project]
) -> None:
    passes = {who: project.start_pass(clip, who).id for who in ("Ada", "Bob")}
    project.close()
    with contextlib.ExitStack() as stack:
        writers = []
        for who, pass_id in passes.items():
            command = [sys.executable, "-c", textwrap.dedent(WRITE), str(project.folder), pass_id, who]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            writers.append(stack.enter_context(process))
        for process in writers:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
        for process in writers:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in writers:
            assert process.wait(timeout=60) == 0
    with Project.open(project.folder) as again:
        for who, pass_id in passes.items():
            assert len(again.door.history(pass_id, who)) == 200
