"""What deciding proposals costs: the accept key to the next, opening a clip. Needs a screen.

Run ``python -m benchmarks proposals``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack

from . import recordings
from .figures import Figure
from .painted import Paintings, canvas_of, until_painted
from .window import settle, shrink

if TYPE_CHECKING:
    from napari_ethoprofile.workspace import Workspace

#: Length of the recording, of a clip and of a proposed bout, in frames.
FRAMES, CLIP, BOUT = 2500, 1250, 40
#: How long a person looks at a bout before the next key, in milliseconds.
LOOKED_MS = 400


def rows() -> list[Figure]:
    """Return the figures of deciding proposals."""
    from napari_ethoprofile.launch import open_viewer

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "project"
        clips = _make_project(recordings.recording(gop=250, frames=FRAMES), home)
        viewer, desk = open_viewer("benchmark")
        shrink(desk)
        desk.open_project(home, "Ada")
        canvas = Paintings(canvas_of(viewer))
        opened: list[float] = []
        for clip in (*clips, *clips[:1]):
            settle(LOOKED_MS)
            opened += until_painted(lambda clip=clip: desk.open_clip(clip), canvas)  # type: ignore[misc]
        settle(1500)
        strip, frame = _accept_times(desk, viewer)
        far = _jump_times(desk, viewer)
        viewer.close()
        settle(100)
    return [
        _figure("accept key to the next proposal: playhead and lanes painted, p95", strip, 16),
        _figure("accept key to the next proposal: frame on the screen, p95", frame, 50),
        _figure("for comparison: a jump to a frame that was not decoded ahead, p95", far),
        _figure("opening a clip with proposals, worst", [max(opened[1:])], 500),
    ]


def _figure(text: str, taken: list[float], target_ms: float | None = None) -> Figure:
    worst, middle = (1000 * float(value) for value in np.percentile(taken, [95, 50]))
    told = f"{worst:.1f} ms" + (f" (median {middle:.1f})" if len(taken) > 1 else "")
    if target_ms is None:
        return Figure(text, told)
    return Figure(text, told, f"<= {target_ms:g} ms", worst <= target_ms)


def _make_project(path: Path, home: Path) -> list[str]:
    """Make a project with open passes of Ada's that are labeled with what a model says."""
    with Project.create(home, preset("home-cage")) as project:
        video = project.add_video(path)
        project.index_video(video.id)
        project.add_annotator("Ada")
        said = LabelTrack(np.resize(np.repeat([1, 3, 7, 8], BOUT), CLIP)[:, None])
        clips = project.add_clips([Stretch(video.id, start, start + CLIP) for start in (0, CLIP)])
        for clip in clips:
            model_pass = project.import_track(clip.id, "mice", said, "model", source="mice@1")
            project.pin_proposals(project.start_pass(clip.id, "Ada").id, model_pass.id, "Ada")
        return [clip.id for clip in clips]


def _accept_times(desk: Workspace, viewer: Any) -> tuple[list[float], list[float]]:
    """Press the accept key and wait until the strip and the canvas have painted."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    from napari_ethoprofile.typist import focused_widget

    strip, canvas = Paintings(desk.timeline.strip), Paintings(canvas_of(viewer))
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(len(desk.proposing.undecided) - 1):
        settle(LOOKED_MS)
        times = until_painted(lambda: QTest.keyClick(focused_widget(), Qt.Key.Key_Return), strip, canvas)
        if number >= 3:  # fonts and caches are warm in a window that is used
            for values, value in zip(taken, times, strict=True):
                values.append(value)
    return taken


def _jump_times(desk: Workspace, viewer: Any) -> list[float]:
    """Jump to frames far from each other and wait until the canvas has painted."""
    canvas = Paintings(canvas_of(viewer))
    taken = []
    for frame in (1210, 610, 1010, 290, 810, 190, 1110, 490):
        settle(LOOKED_MS)
        taken += until_painted(lambda frame=frame: desk.session.seek(frame), canvas)  # type: ignore[misc]
    return taken
