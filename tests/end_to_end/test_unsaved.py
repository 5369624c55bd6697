"""A disk that refuses the last changes, in a real window: they are lost only where the user says so."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk import make_project
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import Project
from qtpy.QtTest import QTest
from realdata import realdata_file

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.widgets.dialogs import Unsaved
from napari_ethoprofile.workspace import Workspace

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(os.name == "nt", reason="an open database cannot be moved away on Windows"),
]


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    """A window of Ada's with a bout that is saved, and one that came after the project was moved away."""
    folder = tmp_path / "project"
    first, _ = make_project(folder, realdata_file("tracktor/mouse_video.mp4"), [(0, 100), (100, 200)])
    desk = open_desk()
    desk.open_project(folder, "Ada")
    desk.open_clip(first)
    score(desk, 10, 3)
    desk.session.current.editor.flush()
    move_away(tmp_path)
    score(desk, 40, 5)
    return desk


def score(desk: Workspace, frame: int, behavior: int) -> None:
    """Score ten frames."""
    desk.session.seek(frame)
    desk.keyboard.tap(behavior)
    desk.session.advance(frame + 9)
    desk.keyboard.tap(behavior)


def move_away(folder: Path) -> None:
    (folder / "project").rename(folder / "away")


def put_back(folder: Path) -> None:
    (folder / "away").rename(folder / "project")


def saved(folder: Path) -> set[int]:
    """Return the behaviors that are on the disk."""
    with Project.open(folder / "project", read_only=True) as project:
        record = project.passes(annotator="Ada")[0]
        return set(np.unique(project.door.labels(record.id, "Ada").codes).tolist()) - {-1}


def close(desk: Workspace, *answers: Unsaved) -> list[str]:
    """Close the window with the mouse; return what it asked."""
    asked, left = [], list(answers)

    def ask(why: str, *, may_stay: bool) -> Unsaved:
        asked.append(why)
        assert may_stay
        return left.pop(0)

    desk.dialogs.ask_unsaved = ask  # type: ignore[method-assign]
    window = main_window_of(desk.dock)
    assert window is not None
    window.close()
    QTest.qWait(100)
    return asked


def test_another_clip_waits_until_the_disk_takes_everything(desk: Workspace, tmp_path: Path) -> None:
    session, other = desk.session, desk.session.require_project()
    first = session.current
    assert first is not None
    with pytest.raises(ProjectError, match="is gone; put the project folder back"):
        session.close_pass()
    assert session.current is first
    assert session.annotating
    put_back(tmp_path)
    second = next(clip.id for clip in other.clips() if clip.id != first.clip.id)
    desk.open_clip(second)
    assert session.current.clip.id == second
    assert saved(tmp_path) == {3, 5}


def test_a_picture_that_is_taken_away_leaves_the_pass_open(desk: Workspace, tmp_path: Path) -> None:
    session, viewer = desk.session, desk.display._viewer
    viewer.layers.clear()
    assert session.current is not None
    assert not session.annotating
    assert "the last changes are not saved yet" in desk.dock.message.text()
    put_back(tmp_path)
    session.close_pass()
    assert saved(tmp_path) == {3, 5}


def test_the_window_stays_open_and_closes_when_the_disk_is_there_again(
    desk: Workspace, tmp_path: Path
) -> None:
    [why] = close(desk, Unsaved.STAY)
    assert "is gone; put the project folder back" in why
    assert main_window_of(desk.dock).isVisible()
    assert desk.session.current is not None
    put_back(tmp_path)
    assert close(desk) == []
    assert saved(tmp_path) == {3, 5}


def test_it_closes_without_them_where_the_user_says_so(desk: Workspace, tmp_path: Path) -> None:
    assert len(close(desk, Unsaved.AGAIN, Unsaved.LOSE)) == 2
    assert desk.session.current is None
    put_back(tmp_path)
    assert saved(tmp_path) == {3}
