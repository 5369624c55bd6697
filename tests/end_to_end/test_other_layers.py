"""The frame on the screen is the frame that is scored, whatever else is done to napari's layers and axes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_project import create_project, write_recording

from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    workspace = open_desk()
    create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")).close()
    workspace.open_project(tmp_path / "project", "Ada")
    workspace.open_next()
    workspace.session.seek(30)
    return workspace


def shows(desk: Workspace, frame: int) -> bool:
    """Whether the picture at napari's position is this frame; every frame has its own gray level."""
    position, current = desk.display._viewer.dims.point, desk.session.current
    assert current is not None
    return desk.display.layer.get_value((*position[:-2], 10, 10), world=True) == current.video[frame][10, 10]


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((4, 50, 8, 8), {}),
        ((50, 8, 8), {"scale": (0.5, 1, 1)}),
        ((50, 8, 8), {"translate": (-20, 0, 0)}),
        ((8, 8), {}),
    ],
)
def test_other_layers_do_not_move_the_frame(desk: Workspace, shape: tuple[int, ...], options: dict) -> None:
    viewer, session = desk.display._viewer, desk.session
    other = viewer.add_image(np.zeros(shape, np.uint8), **options)
    assert session.playhead == 30
    for frame in (30, 31, 7, 49):
        session.seek(frame)
        assert shows(desk, frame)
    viewer.layers.remove(other)
    assert session.playhead == 49
    assert shows(desk, 49)


def test_a_bout_grows_under_naparis_own_play_and_ends_with_a_jump_of_its_slider(desk: Workspace) -> None:
    dims, session = desk.display._viewer.dims, desk.session
    desk.keyboard.tap(3)
    for frame in (31, 33, 36):
        dims.set_current_step(0, frame)
    assert (session.playhead, desk.scoring.open_bouts[0].stop) == (36, 37)
    assert np.flatnonzero(desk.timeline.model.seen).tolist() == [30, 31, 33, 36]
    dims.set_current_step(0, 2)
    assert not desk.scoring.open_bouts
    assert session.track is not None
    assert [(b.start, b.stop, b.label) for b in session.track.bouts()] == [(30, 37, 3)]


def test_a_recording_stays_flat(desk: Workspace) -> None:
    dims = desk.display._viewer.dims
    dims.ndisplay = 3
    dims.order = (1, 2, 0)
    assert (dims.ndisplay, dims.order) == (2, (0, 1, 2))
    assert desk.session.playhead == 30


def test_a_clip_whose_picture_is_removed_is_closed(desk: Workspace) -> None:
    desk.keyboard.tap(3)
    desk.session.advance(35)
    desk.display._viewer.layers.clear()
    assert desk.session.current is None
    assert not desk.session.annotating
    desk.open_next()
    track = desk.session.track
    assert track is not None
    assert [(bout.start, bout.stop, bout.label) for bout in track.bouts()] == [(30, 36, 3)]
