"""How long a key press takes to show on the desk's timeline, through the whole window. Needs a screen.

Run ``python -m benchmarks key_press``.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import Ethogram, preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack

from . import recordings
from .figures import Figure
from .window import WINDOW, settle, shrink

if TYPE_CHECKING:
    from napari_ethoprofile.workspace import Workspace

CLIP, LANES = 90_000, 3
WARM, PRESSES = 50, 300
TARGET_MS = 16


def rows() -> list[Figure]:
    """Return the figures of a key press: press a behavior's key, and see the label painted."""
    from napari_ethoprofile.launch import open_viewer

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "project"
        path = recordings.repeated(
            recordings.recording(gop=250), Path(folder) / "hour.mkv", CLIP // recordings.FRAMES
        )
        clip = _project(home, path)
        viewer, desk = open_viewer("benchmark")
        shrink(desk)
        desk.open_project(home, "Ada")
        desk.open_clip(clip)
        settle(1000)
        _press_times(desk, WARM)  # fonts and caches are warm in a window that is used
        taken = _press_times(desk, PRESSES)
        viewer.close()
        settle(100)
    p99, middle = (float(np.percentile(taken, share)) * 1000 for share in (99, 50))
    bare = [float(np.percentile(_bare_times(), share)) * 1000 for share in (99, 50)]
    return [
        Figure(
            f"key press to label visible on the timeline, {CLIP:,}-frame pass, {LANES} lanes, p99",
            f"{p99:.1f} ms",
            f"<= {TARGET_MS} ms",
            p99 <= TARGET_MS,
        ),
        Figure("the same, median", f"{middle:.1f} ms"),
        Figure("a changed number visible in a napari window without our docks, p99", f"{bare[0]:.1f} ms"),
        Figure("the same, median", f"{bare[1]:.1f} ms"),
    ]


def _bare_times() -> list[float]:
    """Change one number in a napari window of the same size: what any widget in it has to wait for."""
    import napari
    from qtpy.QtWidgets import QLabel

    viewer = napari.Viewer()
    viewer.window.resize(*WINDOW)
    viewer.add_image(np.zeros((recordings.HEIGHT, recordings.WIDTH), np.uint8), rgb=False)
    number = QLabel()
    viewer.window.add_dock_widget(number, area="bottom")
    settle(1000)
    taken = []
    for value in range(PRESSES):
        settle(50)
        began = time.perf_counter()
        number.setText(str(value))
        number.repaint()
        taken.append(time.perf_counter() - began)
    viewer.close()
    settle(100)
    return taken


def _project(home: Path, path: Path) -> str:
    """Make a project with one clip whose pass has three lanes full of bouts; return the clip's id."""
    rng = np.random.default_rng(1)
    project = Project.create(home, _three_groups())
    record = project.add_video(path)
    project.index_video(record.id)
    (clip,) = project.add_clips([Stretch(record.id, 0, CLIP)])
    project.import_track(clip.id, "Ada", _random_track(rng, project.ethogram))
    project.close()
    return clip.id


def _three_groups() -> Ethogram:
    ethogram = preset("home-cage")
    behaviors = [
        replace(behavior, group=f"group {number % LANES + 1}")
        for number, behavior in enumerate(ethogram.behaviors)
    ]
    return replace(ethogram, behaviors=tuple(behaviors))


def _random_track(rng: np.random.Generator, ethogram: Ethogram) -> LabelTrack:
    """Return a track of some 1,500 bouts a lane, of 1 frame to 6 s."""
    track = LabelTrack.blank(CLIP, LANES)
    for group in range(LANES):
        labels = [b.id for b in ethogram.behaviors if ethogram.group_of(b.id) == group]
        start = 0
        while start < CLIP:
            stop = min(CLIP, start + int(rng.choice([1, 5, 25, 60, 150])))
            track.fill(start, stop, int(rng.choice(labels)), group)
            start = stop
    return track


def _press_times(desk: Workspace, presses: int) -> list[float]:
    """Press behavior keys and wait until the timeline's strip has painted the new label."""
    from qtpy.QtCore import QEvent, QObject, Qt
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication

    from napari_ethoprofile.typist import focused_widget

    class Paintings(QObject):
        count = 0

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            self.count += event.type() == QEvent.Type.Paint
            return False

    paintings = Paintings()
    desk.timeline.strip.installEventFilter(paintings)
    taken = []
    for number in range(presses):
        desk.commands.step(10)
        settle(100)  # the step itself is drawn: a person presses keys on a frame that is there
        paintings.count = 0
        key, widget = Qt.Key.Key_1 if number % 2 else Qt.Key.Key_2, focused_widget()
        began = time.perf_counter()
        QTest.keyPress(widget, key)
        while not paintings.count:
            QApplication.processEvents()
        taken.append(time.perf_counter() - began)
        QTest.keyRelease(widget, key)
    desk.timeline.strip.removeEventFilter(paintings)
    return taken
