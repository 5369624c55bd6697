"""A recording that breaks while it is open: no label is given to a frame that is not shown."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import make_project
from realdata import realdata_file

from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be cut on Windows")
def test_a_recording_that_is_cut_while_open_closes_its_clip(
    open_desk: Callable[[], Workspace], tmp_path: Path
) -> None:
    video = tmp_path / "mouse.mp4"
    shutil.copy(realdata_file("tracktor/mouse_video.mp4"), video)
    [clip] = make_project(tmp_path / "project", video, [(0, 9000)])
    desk = open_desk()
    desk.open_project(tmp_path / "project", "Ada")
    desk.open_clip(clip)
    session = desk.session
    session.seek(10)
    desk.keyboard.tap(3)
    session.advance(14)
    os.truncate(video, 2000)
    session.advance(8000)

    assert session.current is None
    assert not session.annotating
    assert len(desk.display._viewer.layers) == 0
    assert desk.dock.message.text().endswith("The clip is closed and saved.")
    project = session.require_project()
    [record] = project.passes(clip=clip, acting="Ada")
    track = project.door.labels(record.id, "Ada")
    assert [(b.start, b.stop, b.label) for b in track.bouts()] == [(10, 15, 3)]
