"""What comparing costs: the next-disagreement key, a click on a cell. Needs a screen (or a virtual one).

Run ``python -m benchmarks.compare``.
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

if TYPE_CHECKING:
    from napari_ethoprofile.widgets.compare import CompareWidget
    from napari_ethoprofile.workspace import Workspace

#: Length of the recording, in frames.
FRAMES = 2500
#: Frames between two disagreements, and how long a person looks at one before the next key, in milliseconds.
APART, LOOKED_MS = 90, 400
CLICKS = 12
#: From coming over a cell to the click, in milliseconds: a quick hand.
HOVERED_MS = 150


def rows() -> list[Figure]:
    """Return the figures of comparing."""
    path = recordings.recording(gop=250, frames=FRAMES)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _rows(path, Path(folder) / "project")


def _rows(path: Path, home: Path) -> list[Figure]:
    from napari_ethoprofile.launch import open_viewer

    passes = _make_project(path, home)
    viewer, desk = open_viewer("benchmark")
    _shrink(desk)
    desk.open_project(home, "Dora")
    _dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Compare behavior labels")
    desk.comparing.open(passes)
    _settle(1500)
    strip, canvas = _next_key_times(desk, viewer)
    steps = _step_times(desk, viewer)
    first_frames = _click_times(desk, viewer, widget)
    viewer.close()
    _settle(100)
    return [
        _figure("next-disagreement key to playhead and lanes painted, p95", strip, 16),
        _figure("next-disagreement key to frame on the screen, p95", canvas, 50),
        _figure("for comparison: step key to the next frame on the screen, p95", steps),
        _figure("click on a cell to the first looped frame, p95", first_frames, 300),
    ]


def _figure(text: str, taken: list[float], target_ms: float | None = None) -> Figure:
    worst, middle = (1000 * float(value) for value in np.percentile(taken, [95, 50]))
    told = f"{worst:.1f} ms (median {middle:.1f})"
    if target_ms is None:
        return Figure(text, told)
    return Figure(text, told, f"<= {target_ms:g} ms", worst <= target_ms)


def _make_project(path: Path, home: Path) -> list[str]:
    """Make a project with passes of two people who disagree again and again, of several kinds."""
    project = Project.create(home, preset("home-cage"))
    record = project.add_video(path)
    project.index_video(record.id)
    frames = FRAMES
    [clip] = project.add_clips([Stretch(record.id, 0, frames)])
    rng = np.random.default_rng(1)
    ada = LabelTrack.blank(frames)
    for start in range(0, frames, APART // 2):
        ada.fill(start, min(frames, start + APART // 2), int(rng.integers(0, 9)))
    ben = ada.copy()
    for start in range(APART, frames - APART, APART):
        ben.fill(start, start + int(rng.integers(3, 25)), int(rng.integers(0, 9)))
    passes = []
    for name, track in (("Ada", ada), ("Ben", ben)):
        project.add_annotator(name)
        made = project.import_track(clip.id, name, track, provenance="typed")
        with project.edit(made.id, acting=name) as editor:
            editor.submit()
        passes.append(made.id)
    project.add_annotator("Dora")
    project.close()
    return passes


def _next_key_times(desk: Workspace, viewer: Any) -> tuple[list[float], list[float]]:
    """Press the key to the next disagreement and wait until the strip and the canvas have painted."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    from napari_ethoprofile.typist import focused_widget

    strip, canvas = Paintings(desk.timeline.strip), Paintings(canvas_of(viewer))
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(len(desk.comparing.items)):
        _settle(LOOKED_MS)
        times = until_painted(lambda: QTest.keyClick(focused_widget(), Qt.Key.Key_Tab), strip, canvas)
        if number >= 3:  # fonts and caches are warm in a window that is used
            for values, value in zip(taken, times, strict=True):
                values.append(value)
    return taken


def _step_times(desk: Workspace, viewer: Any) -> list[float]:
    """Press the key for one frame forward and wait until the canvas has painted."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    from napari_ethoprofile.typist import focused_widget

    canvas = Paintings(canvas_of(viewer))
    desk.session.seek(0)
    taken = []
    for _ in range(12):
        _settle(LOOKED_MS)
        taken += until_painted(lambda: QTest.keyClick(focused_widget(), Qt.Key.Key_Right), canvas)
    return taken[2:]


def _click_times(desk: Workspace, viewer: Any, widget: CompareWidget) -> list[float]:
    """Click on cells of the matrix and wait until the first frame of the loop is on the canvas."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    canvas, matrix = Paintings(canvas_of(viewer)), widget.page.matrix
    cells = [cell for cell in zip(*np.nonzero(matrix._counts), strict=True) if cell[0] != cell[1]]
    taken = []
    for cell in cells[:CLICKS]:
        desk.comparing.set_looping(False)
        desk.session.seek(desk.session.last_frame)
        widget.page.tabs.setCurrentIndex(1)
        _settle(LOOKED_MS)
        at = matrix.cell_rect(*map(int, cell)).center().toPoint()
        QTest.mouseMove(matrix, at)
        _settle(HOVERED_MS)
        taken += until_painted(
            lambda at=at: QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at), canvas
        )
    desk.comparing.set_looping(False)
    return taken


def _shrink(desk: Workspace) -> None:
    """Make the window small: without a graphics card its whole area is composed anew for every frame."""
    from napari_ethoprofile.keys.focus import main_window_of

    window = main_window_of(desk.dock)
    assert window is not None
    window.showNormal()
    window.resize(1100, 720)
    _settle(500)


def _settle(milliseconds: int) -> None:
    """Let the window work."""
    from qtpy.QtTest import QTest

    QTest.qWait(milliseconds)


if __name__ == "__main__":
    for figure in rows():
        print(*figure, sep=" | ")
