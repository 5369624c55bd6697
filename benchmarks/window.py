"""What the whole window costs: napari steps, play, memory. Needs a screen (or a virtual one).

Run ``python -m benchmarks.window``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project

from . import recordings
from .figures import Figure

if TYPE_CHECKING:
    from napari_ethoprofile.workspace import Workspace

STEPS, CLIP, PLAYED_SECONDS = 300, 900, 20
WINDOW = 1100, 720


def rows() -> list[Figure]:
    """Return the figures of the window."""
    path = recordings.recording(gop=250)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        figures = _step_rows(path, folder)
        figures += _desk_rows(path, Path(folder) / "project")
    return figures + _memory_rows()


def _step_rows(path: Path, cache: str) -> list[Figure]:
    """Step napari over a clip through our reader and through the same frames in memory, in turn."""
    import napari
    from napari_ethoprofile.annotation.video import Video

    from napari_ethoprofile.clip_frames import ClipFrames

    video = Video(path, cache_folder=cache)
    sources = {"memory": video[:CLIP], "reader": ClipFrames(video, 0, CLIP)}
    taken: dict[str, list[float]] = {name: [] for name in sources}
    for _ in range(2):
        for name, frames in sources.items():
            viewer = napari.Viewer()
            viewer.add_image(frames, contrast_limits=(0, 255), rgb=False)
            viewer.dims.set_current_step(0, 0)
            settle(300)
            for number in range(1, STEPS):
                began = time.perf_counter()
                viewer.dims.set_current_step(0, number)
                taken[name].append(time.perf_counter() - began)
                settle(0)
            viewer.close()
    video.close()
    own, memory = (float(np.percentile(taken[name], 95)) for name in ("reader", "memory"))
    return [
        Figure(
            "napari step with our reader / in-memory array, p95",
            f"{own / memory:.2f}",
            "<= 1.3",
            own <= 1.3 * memory,
        )
    ]


def _desk_rows(path: Path, home: Path) -> list[Figure]:
    """Play a clip at 1x on the desk."""
    from napari_ethoprofile.launch import open_viewer

    project = Project.create(home, preset("home-cage"))
    record = project.add_video(path)
    project.index_video(record.id)
    project.add_clips([Stretch(record.id, 0, recordings.FRAMES)])
    project.close()
    viewer, desk = open_viewer("benchmark")
    shrink(desk)
    desk.open_project(home, "Ada")
    desk.open_next()
    settle(1000)
    late = _late_share(desk)
    bare = _bare_late_share(path, home.parent)
    viewer.close()
    settle(100)
    return [
        Figure("play 25 fps at 1x: frames late by more than a period", f"{late:.2%}", "<= 1 %", late <= 0.01),
        Figure("the same clip in memory, same clock, a bare viewer of the same size", f"{bare:.2%}"),
    ]


def shrink(desk: Workspace) -> None:
    """Make the window small: without a graphics card its whole area is composed anew for every frame."""
    from napari_ethoprofile.keys.focus import main_window_of

    window = main_window_of(desk.dock)
    assert window is not None
    window.showNormal()
    window.resize(*WINDOW)
    settle(500)


def _late_share(desk: Workspace) -> float:
    player = desk.transport.player
    desk.transport.toggle()
    settle(PLAYED_SECONDS * 1000)
    desk.transport.pause()
    return player.late_frames / max(1, player.shown_frames)


def _bare_late_share(path: Path, cache: Path) -> float:
    """Play the same frames from memory in a viewer of the same size without our docks."""
    import napari
    from napari_ethoprofile.annotation.video import Video

    from napari_ethoprofile.player import Player

    with Video(path, cache_folder=cache) as video:
        frames = video[: PLAYED_SECONDS * recordings.FPS]
    viewer = napari.Viewer()
    viewer.window.resize(*WINDOW)
    viewer.add_image(frames, contrast_limits=(0, 255), rgb=False)
    viewer.dims.set_current_step(0, 0)
    player = Player(lambda frame: viewer.dims.set_current_step(0, frame))
    player.set_clip(len(frames), recordings.FPS)
    settle(1000)
    player.play()
    settle(PLAYED_SECONDS * 1000)
    player.pause()
    viewer.close()
    return player.late_frames / max(1, player.shown_frames)


def _memory_rows() -> list[Figure]:
    """Compare the memory of an empty viewer with one that has a 6-hour file open and was moved about."""
    long = recordings.six_hours()
    try:
        empty, opened = (_memory_of(argument) for argument in ("", str(long)))
    finally:
        long.unlink()
    extra = opened - empty
    return [
        Figure("memory over an empty viewer, 6-hour file open", f"{extra:.0f} MB", "<= 700 MB", extra <= 700)
    ]


def _memory_of(path: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.window", "--memory", path],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def _print_memory(path: str) -> None:
    """Print the megabytes that a viewer holds: empty, or moved about in a recording."""
    import napari

    viewer = napari.Viewer()
    if path:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache:
            _move_about(viewer, path, cache)
    settle(500)
    sys.stdout.write(f"{psutil.Process().memory_info().rss / 2**20:.0f}\n")
    viewer.close()


def _move_about(viewer: Any, path: str, cache: str) -> None:
    from napari_ethoprofile.annotation.video import Video

    video = Video(path, cache_folder=cache)
    viewer.add_image(video, contrast_limits=(0, 255), rgb=False)
    rng = np.random.default_rng(0)
    for start in rng.integers(0, len(video) - 400, 6):
        for number in range(int(start), int(start) + 300):
            viewer.dims.set_current_step(0, number)
            settle(0)


def settle(milliseconds: int) -> None:
    """Let the window work."""
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication

    QTest.qWait(milliseconds) if milliseconds else QApplication.processEvents()


if __name__ == "__main__":
    if "--memory" in sys.argv:
        _print_memory(sys.argv[-1])
    else:
        for figure in rows():
            print(*figure, sep=" | ")
