"""How long it takes to choose what to ask for next from 25 hours of unlabeled video.

Run ``python -m benchmarks ranking``. What was computed of the recordings is kept, as a project keeps it.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.queries import recordings as kept
from napari_ethoprofile.training.queries.candidates import (
    APART_SECONDS,
    Candidate,
    Recording,
    doubtful_of,
    grid_of,
    stretches_of,
)
from napari_ethoprofile.training.queries.doubtful import Mode, Place, Said
from napari_ethoprofile.training.queries.pool import Pool, Unit
from napari_ethoprofile.training.queries.strategies import choose

from .figures import Figure

#: Hours in all, hours of one recording, frames per second, steps per second, classes.
HOURS, EACH, FPS, RATE, CLASSES = 25, 0.5, 25, 5, 8
#: Seconds that a bout lasts on average.
BOUT_SECONDS = 4.0
#: Stretches that are chosen.
CHOSEN = 20
_MODEL = cast(Ensemble, SimpleNamespace(rate=float(RATE), card=SimpleNamespace(id="benchmark")))


@dataclass(frozen=True, eq=False)
class _Footage:
    """A recording without a clip and without a label, its stretches, and what a model decides on in it."""

    footage: kept.Footage
    recording: Recording
    grid: list[Place]
    path: np.ndarray


def rows() -> list[Figure]:
    """Return the figures of choosing."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        cache = Path(folder)
        footage = _made(cache)
        stretches = sum(len(one.grid) for one in footage)
        entropy, looks = (_timed(footage, cache, Mode.UNIT, name) for name in ("clip_entropy_v1", "coreset"))
        bouts, boundaries = (_timed(footage, cache, mode) for mode in (Mode.BOUT, Mode.BOUNDARY))
    name = f"ranking {HOURS} h of unlabeled video ({stretches:,} stretches), cached"
    return [
        _figure(name, entropy[0]),
        Figure("the same by core-set", f"{looks[0]:.1f} s"),
        _figure(f"ranking {bouts[1]:,} bouts of the same", bouts[0]),
        _figure(f"ranking {boundaries[1]:,} boundaries of the same", boundaries[0]),
    ]


def _figure(name: str, seconds: float) -> Figure:
    return Figure(name, f"{seconds:.1f} s", "<= 10 s", seconds <= 10)


def _made(cache: Path) -> list[_Footage]:
    """Make recordings up, and keep how they look and what a model says of them."""
    rng, frames, footage = np.random.default_rng(0), round(EACH * 3600 * FPS), []
    free = np.zeros(frames, bool)
    for number in range(round(HOURS / EACH)):
        index = SimpleNamespace(frames=frames, fingerprint=SimpleNamespace(key=f"{number}"))
        one = kept.Footage(f"{number}", Path(f"{number}"), index, float(FPS))  # type: ignore[arg-type]
        recording = Recording((), float(FPS), free, free, free)
        grid = grid_of(recording)
        features = rng.normal(size=(len(grid), 200)).astype(np.float16)
        moving = rng.random(len(grid)).astype(np.float32)
        kept.keep_looks(one, _ends(grid), cache, kept.Looks(features, moving))
        path, said = _said(rng, frames * RATE // FPS)
        kept.keep_said(one, _MODEL, cache, said)
        footage.append(_Footage(one, recording, grid, path))
    return footage


def _said(rng: np.random.Generator, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return bouts of a model (steps,), and probabilities of which most agree with them (steps, classes)."""
    turns = np.cumsum(rng.random(steps) < 1 / (BOUT_SECONDS * RATE))
    path = (turns * rng.integers(1, CLASSES) + turns // CLASSES) % CLASSES
    said = rng.dirichlet(np.full(CLASSES, 0.3), steps) + np.eye(CLASSES)[path]
    return path, (said / said.sum(axis=1, keepdims=True)).astype(np.float16)


def _timed(
    footage: list[_Footage], cache: Path, mode: Mode, strategy: str = "clip_entropy_v1"
) -> tuple[float, int]:
    """Read what is kept, find what can be asked for, and choose; return seconds and how much could be."""
    began = time.perf_counter()
    units: list[Unit] = []
    features, motion, probabilities = [], [], []
    found: list[Candidate] = []
    for one in footage:
        looks = kept.looks_of(one.footage, _ends(one.grid), cache)
        edges, values = kept.said_of(one.footage, _MODEL, cache)
        here = stretches_of(one.recording, one.grid, mode, named=False)
        if mode is not Mode.UNIT:
            whole = [Place("", 0, one.recording.frames)]
            here += doubtful_of(one.recording, whole, [Said(one.path, values, edges)], mode)
        starts = np.array([cell.start for cell in one.grid])
        cells = np.searchsorted(starts, [each.start for each in here], side="right") - 1
        features.append(looks.features[cells])
        motion.append(looks.motion[cells])
        probabilities += [values[kept.steps_of(edges, *each.told)] for each in here]
        animal = f"{int(one.footage.video) % 10}"
        units += [Unit(one.footage.video, e.start, e.stop, animal, use=e.use) for e in here]
        found += here
    doubts = None if mode is Mode.UNIT else np.array([each.doubt for each in found])
    pool = Pool(
        tuple(units), np.concatenate(features), np.concatenate(motion), tuple(probabilities),
        class_frames=np.full(CLASSES, 1000.0), doubts=doubts,
        **({} if doubts is None else {"apart": APART_SECONDS}),
    )  # fmt: skip
    assert len(choose(pool, strategy, CHOSEN, 0, 1)) == CHOSEN
    asked = sum(each.doubtful is not None for each in found) or len(found)
    return time.perf_counter() - began, asked


def _ends(grid: list[Place]) -> list[tuple[int, int]]:
    return [(cell.start, cell.stop) for cell in grid]
