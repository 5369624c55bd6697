"""Recordings that break while they are open, or whose index is gone."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import make_project
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.annotation.video import FrameIndex, index_video
from realdata import realdata_file

from napari_ethoprofile.typist import Typist
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


def test_a_lost_index_is_made_again_beside_the_window(
    open_desk: Callable[[], Workspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Derived data may be deleted at any time; the window does not stand still for it."""
    video = realdata_file("tracktor/mouse_video.mp4")
    [clip] = make_project(tmp_path / "project", video, [(0, 9000)])
    with Project.open(tmp_path / "project") as project:
        shutil.rmtree(project.cache_folder)
    go_on = threading.Event()

    def slowly(*args: Any, **options: Any) -> FrameIndex:
        go_on.wait(60)
        return index_video(*args, **options)

    monkeypatch.setattr("napari_ethoprofile.annotation.video.index_queue.index_video", slowly)
    desk = open_desk()
    desk.open_project(tmp_path / "project", "Ada")
    desk.open_clip(clip)
    assert desk.session.current is None  # no frame is confirmed yet, and it says so
    assert "until indexing has begun" in desk.dock.message.text()
    go_on.set()
    Typist(desk, LabelTrack.blank(1)).wait_for(lambda: desk.session.current is not None, 60, "the clip")
    assert desk.session.current.confirmed == desk.session.current.frames == 9000
    desk.session.seek(8999)
    assert desk.session.playhead == 8999
