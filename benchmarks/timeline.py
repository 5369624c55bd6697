"""How fast the timeline paints what changed, in a pass of 90,000 frames with 3 rows.

Run ``python -m benchmarks.timeline``; without a display it paints offscreen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack

FRAMES, FPS, ROWS = 90_000, 25.0, 3
WIDTH = 1920
ROUNDS = 400

Row = tuple[str, str, str, bool]


def rows() -> list[Row]:
    """Return ``(figure, value, target, met)`` for every figure of the timeline."""
    app = _application()
    from qtpy.QtCore import QEvent, QObject, Qt
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QWidget

    from napari_ethoprofile.timeline import Lane, TimelineModel, TimelinePanel

    rng = np.random.default_rng(1)
    model = TimelineModel()
    model.use_ethogram(preset("home-cage"))
    model.set_clip(FRAMES, FPS)
    tracks = [_random_track(rng) for _ in range(ROWS)]
    model.set_lanes(
        [Lane(f"row {number}", track, editable=number == 0) for number, track in enumerate(tracks)]
    )
    panel = TimelinePanel(model)
    panel.resize(WIDTH, panel.sizeHint().height())
    panel.show()
    QTest.qWaitForWindowExposed(panel)

    class Keys(QWidget):
        """Stands for the window that has the keys: every press writes one label."""

        def keyPressEvent(self, _event: object) -> None:
            """Write a label of a random length at a random place."""
            start = int(rng.integers(0, FRAMES - 100))
            stop = start + int(rng.integers(1, 100))
            tracks[0].fill(start, stop, int(rng.integers(1, 9)))
            model.labels_written(tracks[0], 0, start, stop)

    class Painted(QObject):
        """Counts the paintings of the strip."""

        count = 0

        def eventFilter(self, _watched: object, event: QEvent) -> bool:
            """See every event of the strip before it does."""
            self.count += event.type() == QEvent.Type.Paint
            return False

    keys, painted = Keys(), Painted()
    panel.strip.installEventFilter(painted)
    playhead = iter(range(1, FRAMES))

    def grow_bout() -> None:
        frame = next(playhead)
        model.set_open_bout(0, max(0, frame - 200), frame + 1, 3)
        model.mark_seen(frame, frame + 1)
        model.playhead = frame

    def zoom() -> None:
        model.zoom(4.0 if model.window.span > FRAMES / 2 else 0.8, float(rng.integers(0, FRAMES)))

    def move_playhead() -> None:
        model.playhead = (model.playhead + int(rng.integers(1, FRAMES - 1))) % FRAMES

    def press_key() -> None:
        QTest.keyClick(keys, Qt.Key.Key_1)

    def measured(change: Callable[[], None]) -> np.ndarray:
        """Return milliseconds from before the change until it is painted, event handling included."""
        times = np.empty(ROUNDS)
        for index in range(ROUNDS):
            app.processEvents()
            begin, painted.count = perf_counter(), 0
            change()
            while not painted.count:
                app.processEvents()
            times[index] = (perf_counter() - begin) * 1000
        return times

    measured(press_key)  # fonts and caches are warm in a window that is used
    key = measured(press_key)
    move = measured(move_playhead)
    grow = measured(grow_bout)
    model.clear_open_bout(0)
    zoomed = measured(zoom)
    panel.cleanup()
    panel.close()
    return [
        _row("label written to painted, the timeline alone, p99", float(np.percentile(key, 99)), 16.0),
        _row("playhead moved on the timeline, median", float(np.median(move)), 1.0),
        _row(
            "one frame of play with an open bout on the timeline, p99", float(np.percentile(grow, 99)), 16.0
        ),
        _row("zoom step of the timeline, p99", float(np.percentile(zoomed, 99)), 16.0),
    ]


def _row(figure: str, value: float, target: float) -> Row:
    return figure, f"{value:.2f} ms", f"<= {target:g} ms", value <= target


def _random_track(rng: np.random.Generator) -> LabelTrack:
    """Return a track of some 1,500 bouts of 1 frame to 6 s, with gaps and nones."""
    track, start = LabelTrack.blank(FRAMES), 0
    while start < FRAMES:
        stop = min(FRAMES, start + int(rng.choice([1, 5, 25, 60, 150])))
        track.fill(start, stop, int(rng.integers(UNLABELED, 9)))
        start = stop
    return track


def _application():  # type: ignore[no-untyped-def]
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qtpy.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


def main() -> None:
    """Print the figures."""
    for figure, value, target, met in rows():
        print(f"{'ok  ' if met else 'MISS'}  {figure:<62} {value:>10}  (target {target})")


if __name__ == "__main__":
    main()
