"""How long somebody waits for a list of what to label next, from 25 hours of unlabeled video.

Run ``python -m benchmarks ranking``. It is a project as a lab has it: an hour of other recordings is labeled,
there is a current model, and somebody else's list is open. What was computed of the recordings is kept, as a
project keeps it. Timed is all that is done then: reading indexes, journals and what is kept, and choosing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_cohort, read_truth
from napari_ethoprofile.annotation.tracks import LabelTrack, runs_of
from napari_ethoprofile.annotation.video import Fingerprint, index_video
from napari_ethoprofile.annotation.video.storage import save
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.features.backbone import RATE
from napari_ethoprofile.training.features.extraction import kept_features
from napari_ethoprofile.training.features.motion import Motion
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.adopting import adopt
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.jobs.running import run_job
from napari_ethoprofile.training.models import Model, find_model
from napari_ethoprofile.training.queries.doubtful import Mode
from napari_ethoprofile.training.queries.listing import make_list
from napari_ethoprofile.training.queries.project_pool import pool_of
from napari_ethoprofile.training.queries.recordings import Footage, keep_said
from napari_ethoprofile.training.queries.strategies import choose

from .figures import Figure
from .recordings import repeated

#: Hours in all, hours of one recording, frames per second, seconds of film of which it is made.
HOURS, EACH, FPS, FILMED = 25, 0.5, 25, 40
#: Labeled mice, seconds filmed of each, and how often they are repeated: an hour in all.
MICE, MOUSE_SECONDS, TURNS, MOUSE_FPS = 6, 60, 10, 10.0
#: Seconds that a bout lasts on average.
BOUT_SECONDS = 4.0
#: Stretches that are chosen.
CHOSEN = 20


def rows() -> list[Figure]:
    """Return the figures of making a list."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _make_project(Path(folder))
        with Project.open(Path(folder) / "project") as project:
            make_list(project, "Ben", number=CHOSEN)  # looks at everything once: it is kept
            entropy, looks = (_timed(project, Mode.UNIT, name) for name in ("clip_entropy_v1", "coreset"))
            first, bouts, boundaries = (
                _timed(project, mode) for mode in (Mode.BOUT, Mode.BOUT, Mode.BOUNDARY)
            )
            began = time.perf_counter()
            make_list(project, "Ada", number=CHOSEN)
            made = time.perf_counter() - began
            _plan_clips(project)
            planned = _timed(project, Mode.UNIT)
    name = f"ranking {HOURS} h of unlabeled video ({entropy[1]:,} stretches), cached"
    return [
        _figure(name, entropy[0]),
        _figure(f"a list of {CHOSEN} of the same, written to the project", made),
        _figure("the same with other stretches, since clips were planned", planned[0]),
        Figure("the same by core-set", f"{looks[0]:.1f} s"),
        _figure(f"ranking {bouts[1]:,} bouts of the same", bouts[0]),
        _figure("the same for the first time", first[0]),
        _figure(f"ranking {boundaries[1]:,} boundaries of the same", boundaries[0]),
    ]


def _figure(name: str, seconds: float) -> Figure:
    return Figure(name, f"{seconds:.1f} s", "<= 10 s", seconds <= 10)


def _timed(project: Project, mode: Mode, strategy: str = "clip_entropy_v1") -> tuple[float, int]:
    """Find what can be asked for, and choose; return seconds and how much could be asked for."""
    began = time.perf_counter()
    found = pool_of(project, "Ada", mode=mode)
    assert len(choose(found.pool, strategy, CHOSEN, 0, 1)) == CHOSEN
    asked = sum(each.doubtful is not None for each in found.candidates) or len(found.candidates)
    return time.perf_counter() - began, asked


def _plan_clips(project: Project) -> None:
    """Plan a clip in every unlabeled recording, so that stretches begin elsewhere and look otherwise."""
    unlabeled = [video for video in project.videos() if video.fps == FPS]
    project.add_clips([Stretch(video.id, 100, 100 + 60 * FPS) for video in unlabeled])


def _make_project(folder: Path) -> None:
    """Make the project: a labeled hour, a model, and much that nobody has looked at."""
    with Project.create(folder / "project", ETHOGRAM) as project:
        project.set_lights("06:00", "18:00")
        for name in ("Ada", "Ben"):
            project.add_annotator(name)
        mice = _add_mice(project, folder)
        model = _train(project, mice)
        _label(project, mice)
        _add_unlabeled(project, folder, model)


def _add_mice(project: Project, folder: Path) -> dict[str, np.ndarray]:
    """Add the recordings that are labeled; return the truth of each (frames, groups)."""
    (folder / "filmed").mkdir()
    make_cohort(folder / "filmed", MICE, MOUSE_SECONDS, "easy", 3, (176, 144), MOUSE_FPS)
    found = {}
    for path in sorted((folder / "filmed").glob("*.mkv")):
        video = project.add_video(repeated(path, folder / path.name, TURNS))
        project.index_video(video.id)
        found[video.id] = read_truth(path).codes
    return found


def _train(project: Project, mice: dict[str, np.ndarray]) -> Ensemble:
    """Train the current model on the first minute of every mouse."""
    for video, codes in mice.items():
        project.import_track(Stretch(video, 0, len(codes)), "truth", LabelTrack(codes))
    job = prepare_job(project, head=HeadFit(epochs=2, least_steps=20))
    run_job(job, lambda event: None, lambda: False)
    adopted = adopt(project, job)
    return Ensemble.of(Model.read(find_model(adopted.name, project)))


def _label(project: Project, mice: dict[str, np.ndarray]) -> None:
    """Let Ada label what the mice do in the other minutes, one bout after the other."""
    for video, codes in mice.items():
        size = len(codes)
        clips = project.add_clips(
            [Stretch(video, turn * size, (turn + 1) * size) for turn in range(1, TURNS)]
        )
        for clip in clips:
            with project.edit(project.start_pass(clip.id, "Ada").id, "Ada") as editor:
                start = 0
                for label, frames in runs_of(codes[:, 0]):
                    editor.commit(Edit.paint(editor.track, start, start + frames, int(label)))
                    start += frames
                editor.submit()


def _add_unlabeled(project: Project, folder: Path, model: Ensemble) -> None:
    """Add the unlabeled recordings, and keep what would be computed of each, made up."""
    rng, noon = np.random.default_rng(0), datetime(2026, 1, 5, 12)
    (folder / "cage").mkdir()
    [filmed] = make_cohort(folder / "cage", 1, FILMED, "easy", 3, (88, 72), FPS)
    source = repeated(filmed.path, folder / "half-an-hour.mkv", round(EACH * 3600 / FILMED))
    index = index_video(source, folder / "indexes")
    for number in range(round(HOURS / EACH)):
        path = folder / f"cage {number}.mkv"
        shutil.copy(source, path)
        os.utime(path, ns=(0, number))  # another recording by its fingerprint
        start = noon + timedelta(hours=number * EACH)
        video = project.add_video(path, subject=f"{number % 10}", recorded_at=start)
        own = replace(index, fingerprint=Fingerprint.of(path, frames=index.frames))
        save(own, project.cache_folder)
        project.index_video(video.id)
        _keep(rng, Footage(video.id, path, own, float(FPS)), model, project.cache_folder)


def _keep(rng: np.random.Generator, footage: Footage, model: Ensemble, cache: Path) -> None:
    """Keep made up features of a recording, and what the model says of it: it mostly agrees with bouts."""
    features = kept_features(cache, Motion(), footage.path, footage.index, footage.fps, RATE)
    features.write(0, rng.random((len(features), Motion().card.dimension), np.float32))
    steps = round(footage.index.frames * model.rate / footage.fps)
    classes = len(model.card.groups[0].behaviors)
    turns = np.cumsum(rng.random(steps) < 1 / (BOUT_SECONDS * model.rate))
    path = rng.integers(classes, size=steps)[turns]
    said = rng.dirichlet(np.full(classes, 0.3), steps) + np.eye(classes)[path]
    keep_said(footage, model, cache, (said / said.sum(axis=1, keepdims=True)).astype(np.float16))
