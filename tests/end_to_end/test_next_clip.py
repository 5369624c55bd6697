"""One clip makes room for the next: the right picture, decoded once, and nothing left of the one before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from qtpy.QtTest import QTest
from small_project import create_project, write_recording

from napari_ethoprofile.clip_frames import ClipFrames
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    films = [write_recording(tmp_path / f"{name}.mp4", 100 + n) for n, name in enumerate(("one", "two"))]
    create_project(tmp_path / "project", *films).close()
    workspace = open_desk()
    workspace.open_project(tmp_path / "project", "Ada")
    return workspace


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Frames of recordings that were asked for."""
    numbers: list[int] = []
    frame = ClipFrames.frame

    def noting(self: ClipFrames, number: int) -> object:
        if not self.asleep:
            numbers.append(self.start + number)
        return frame(self, number)

    monkeypatch.setattr(ClipFrames, "frame", noting)
    return numbers


def picture(desk: Workspace) -> int:
    """The gray level on the screen."""
    return int(desk.display.layer.get_value((0, 10, 10), world=True))


def test_the_next_clip_takes_the_layer_and_one_frame_is_decoded(desk: Workspace, decoded: list[int]) -> None:
    project: Project = desk.session.require_project()
    first, second = project.clips()[0].id, project.clips()[1].id
    desk.open_clip(second)
    assert desk.session.current.clip.start == 50
    desk.session.seek(33)
    desk.open_clip(first)
    layer = desk.display.layer
    desk.session.seek(7)
    decoded.clear()
    desk.open_clip(second)  # where it was left
    assert (desk.session.playhead, decoded) == (33, [83])
    assert desk.display.layer is layer
    assert list(desk.display._viewer.layers) == [layer]
    assert layer.name.endswith("[50:100]")
    assert picture(desk) == desk.session.current.video[83][10, 10]
    assert round(desk.display._viewer.dims.point[0]) == 33
    assert desk.display._viewer.dims.nsteps[0] == 50
    decoded.clear()
    other = next(clip.id for clip in project.clips() if clip.video == "two")
    desk.open_clip(other)
    assert (desk.session.playhead, decoded) == (0, [0])
    assert picture(desk) == desk.session.current.video[0][10, 10]


def test_a_clip_that_cannot_be_opened_leaves_none_open(desk: Workspace, tmp_path: Path) -> None:
    clips = desk.session.require_project().clips()
    desk.open_clip(clips[0].id)
    desk.keyboard.tap(3)
    desk.session.advance(5)
    (tmp_path / "two.mp4").rename(tmp_path / "gone.mp4")
    desk.open_clip(next(clip.id for clip in clips if clip.video == "two"))
    assert desk.session.current is None
    assert not desk.session.switching
    assert len(desk.display._viewer.layers) == 0
    assert desk.timeline.model.frames == 0
    assert "two" in desk.dock.message.text()
    QTest.qWait(20)
    desk.open_clip(clips[0].id)
    assert [(b.start, b.stop, b.label) for b in desk.session.track.bouts()] == [(0, 6, 3)]


@pytest.mark.parametrize(("what", "value"), [("visible", False), ("translate", (0, 9, 0)), ("rotate", 30)])
def test_what_was_done_to_a_layer_is_not_done_to_the_next(desk: Workspace, what: str, value: object) -> None:
    first, second = desk.session.require_project().clips()[:2]
    desk.open_clip(first.id)
    before = desk.display.layer
    setattr(before, what, value)
    desk.open_clip(second.id)
    layer = desk.display.layer
    assert layer is not before
    assert list(desk.display._viewer.layers) == [layer]
    assert layer.visible
    assert picture(desk) == desk.session.current.video[second.start][10, 10]


def test_brightness_is_kept_for_each_recording(desk: Workspace) -> None:
    clips = desk.session.require_project().clips()
    other = next(clip.id for clip in clips if clip.video == "two")
    desk.open_clip(clips[0].id)
    desk.display.layer.contrast_limits = (20, 90)
    desk.display.layer.gamma = 0.5
    desk.open_clip(other)
    assert tuple(desk.display.layer.contrast_limits) == (0, 255)
    assert desk.display.layer.gamma == 1
    desk.open_clip(clips[0].id)
    assert tuple(desk.display.layer.contrast_limits) == (20, 90)
    assert desk.display.layer.gamma == 0.5
