"""What the loop costs: the window while a model is trained, and the way from a correction to new proposals.

Run ``python -m benchmarks loop``. Needs a screen (or a virtual one).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_cohort, read_truth
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.fitting import HeadFit

from . import recordings
from .figures import Figure

if TYPE_CHECKING:
    from napari_ethoprofile.workspace import Workspace

#: Animals, and seconds of each that are labeled: an hour in all, and another hour waits in clips.
ANIMALS, SECONDS, FPS = 6, 600, 10.0
#: Seconds of a clip.
CLIP = 60
#: Frame steps that are timed in a row, and how often, while a model is trained and idle in turn.
STEPS, ROUNDS = 150, 3
#: Queries that are opened.
SERVED = 30
#: The plan of the clip that is stepped through.
STEPPED = "to step through"
#: Seconds in which anything here has happened.
_LIMIT = 900.0


def rows() -> list[Figure]:
    """Return the figures of the loop."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return training_rows(Path(folder))


def training_rows(folder: Path) -> list[Figure]:
    """Time frame steps beside a training, and a whole retraining with the features at hand."""
    from napari_ethoprofile.launch import open_viewer

    home = labeled_project(folder)
    viewer, desk = open_viewer("benchmark")
    try:
        desk.open_project(home, "truth")
        return [*_retraining_rows(desk), *serving_rows(desk), _step_row(desk)]
    finally:
        desk.learning.stop()
        _until(lambda: not desk.learning.busy)
        viewer.close()
        _settle(100)


def labeled_project(folder: Path) -> Path:
    """Make a project of generated mice: half of every recording labeled, the rest waiting in clips.

    A recording of usual size is there, too, to step through.
    """
    (folder / "recordings").mkdir()
    make_cohort(folder / "recordings", ANIMALS, 2.0 * SECONDS, "hard", 3, (176, 144), FPS)
    size, labeled = round(CLIP * FPS), round(SECONDS * FPS)
    with Project.create(folder / "project", ETHOGRAM) as project:
        for path in sorted((folder / "recordings").glob("*.mkv")):
            video = project.add_video(path)
            project.index_video(video.id)
            truth = read_truth(path)
            for start in range(0, labeled, size):
                track = LabelTrack(truth.codes[start : start + size])
                project.import_track(Stretch(video.id, start, start + size), "truth", track)
            waiting = range(labeled, truth.frames - size + 1, size)
            project.add_clips([Stretch(video.id, start, start + size) for start in waiting])
        large = project.add_video(recordings.recording(gop=250))
        project.index_video(large.id)
        project.add_clips([Stretch(large.id, 0, recordings.FRAMES)], plan=STEPPED)
    return folder / "project"


def serving_rows(desk: Workspace) -> list[Figure]:
    """Open one query after the other, each in another clip, until its first frame is shown."""
    from napari_ethoprofile.annotation.project.queries import NewQuery
    from napari_ethoprofile.annotation.project.records import Kind

    project, name = desk.session.require_project(), desk.session.annotator
    scored = {record.clip for record in project.passes() if record.kind is not Kind.MODEL}
    chosen = [clip for clip in project.clips() if clip.id not in scored][-SERVED:]
    project.add_queries([NewQuery(c.video, c.start, c.start + 50, c.id) for c in chosen], name)
    desk.queries.refresh()
    taken = []
    for query in desk.queries.open:
        began = time.perf_counter()
        desk.queries.serve(query)
        _settle(0)
        taken.append((time.perf_counter() - began) * 1000)
        assert desk.queries.current == query
        _settle(300)
    for query in desk.queries.open:
        desk.queries.skip(query)
    worst, middle = (float(np.percentile(taken[1:], share)) for share in (95, 50))
    name = f"opening the next queued clip, p95 of {len(taken) - 1}"
    return [
        Figure(name, f"{worst:.0f} ms (median {middle:.0f})", "<= 500 ms", worst <= 500),
        Figure("the same, the first clip of a window", f"{taken[0]:.0f} ms"),
    ]


def _retraining_rows(desk: Workspace) -> list[Figure]:
    """Correct a clip, submit it, and wait until the clips that wait carry what the new model says."""
    from napari_ethoprofile.annotation.edits import Edit

    from napari_ethoprofile.jobs.rules import Wish

    project, adopted = desk.session.require_project(), []
    desk.learning.adopted.connect(adopted.append)
    first = _timed(lambda: desk.learning.want(Wish("benchmark")), lambda: len(adopted) == 1)
    [record, *_] = project.passes(annotator="truth")
    with project.edit(record.id, "truth") as editor:
        editor.commit(Edit.paint(editor.track, 0, 50, project.ethogram.behaviors[0].id))

    def submit() -> None:
        with project.edit(record.id, "truth") as editor:
            editor.submit()
        desk.learning.want(Wish("benchmark"))

    again = _timed(submit, lambda: len(adopted) == 2)
    current = project.current_model()
    proposed = [p for p in project.passes() if current is not None and p.source == current.model]
    name = f"last correction submitted to proposals of a new model on {len(proposed)} clips, features cached"
    kept = bool(proposed) and adopted[-1].model == (current.model if current is not None else "")
    return [
        Figure(name, f"{again:.0f} s", "<= 60 s", again <= 60 and kept),
        Figure("the same with the first model, features computed", f"{first:.0f} s"),
    ]


def _step_row(desk: Workspace) -> Figure:
    """Step over frames while heads are trained, and idle, in turn."""
    from napari_ethoprofile.training.jobs.preparing import prepare_job

    project = desk.session.require_project()
    [clip] = [clip for clip in project.clips() if clip.plan == STEPPED]
    desk.open_clip(clip.id)
    _settle(1000)
    job = prepare_job(project, head=HeadFit(least_steps=1_000_000))
    busy: list[float] = []
    idle: list[float] = []
    _step_times(desk)  # caches are warm in a window that is used
    for _ in range(ROUNDS):
        desk.learning.resume(job.id)
        _until(lambda: desk.learning.status.stage == "heads")
        busy += _step_times(desk)
        desk.learning.stop()
        _until(lambda: not desk.learning.busy)
        idle += _step_times(desk)
    slow, quick = (float(np.percentile(times, 95)) * 1000 for times in (busy, idle))
    value = f"{slow / quick:.2f} ({slow:.1f} / {quick:.1f} ms)"
    return Figure("frame step p95 while training / idle", value, "<= 1.5", slow <= 1.5 * quick)


def _step_times(desk: Workspace) -> list[float]:
    """Step from frame to frame until each is shown."""
    desk.session.seek(0)
    _settle(300)
    taken = []
    for number in range(1, STEPS + 1):
        began = time.perf_counter()
        desk.session.advance(number)
        _settle(0)
        taken.append(time.perf_counter() - began)
        _settle(10)
    return taken


def _timed(act: Callable[[], object], done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    act()
    _until(done)
    return time.perf_counter() - began


def _until(true: Callable[[], bool]) -> None:
    began = time.perf_counter()
    while not true():
        if time.perf_counter() - began > _LIMIT:
            raise TimeoutError("The benchmark waited in vain.")
        _settle(50)


def _settle(milliseconds: int) -> None:
    """Let the window work."""
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication

    QTest.qWait(milliseconds) if milliseconds else QApplication.processEvents()
