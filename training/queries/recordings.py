"""How stretches of a recording look, and what a model says of them; kept so that ranking takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.files import replacing
from ...annotation.video.index import FrameIndex
from ..decisions import smoothings_of
from ..ensemble import Ensemble
from ..features.backbone import RATE
from ..features.extraction import cached_features
from ..features.motion import Motion, motion_energy
from ..fitting import Cancelled, Progress
from ..probabilities import edges_at_rate
from ..smoothing import both_sides

#: Folder of these files in the folder of derived data.
FOLDER_NAME = "queries"


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording that stretches are drawn from.

    Attributes
    ----------
    video
        Its id.
    path
        The file.
    index
        Its index.
    fps
        Frames per second.
    """

    video: str
    path: Path
    index: FrameIndex
    fps: float


@dataclass(frozen=True, eq=False)
class Looks:
    """How stretches look.

    Attributes
    ----------
    features
        Mean and spread of the descriptors of each, float32 (stretches, features).
    motion
        How much moves in each, 0 or more (stretches,).
    """

    features: NDArray[np.float32]
    motion: NDArray[np.float32]


def looks_of(
    footage: Footage,
    stretches: Sequence[tuple[int, int]],
    cache_folder: Path,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Looks:
    """Return how stretches of a recording look, from what is kept where it is there.

    Parameters
    ----------
    footage
        The recording.
    stretches
        Frames ``[start, stop)`` of each.
    cache_folder
        Folder of derived data.
    on_progress, cancelled
        Told and asked while descriptors are computed.
    """
    place = _looks_place(footage, stretches, cache_folder)
    kept = _read(place, ("features", "motion"))
    if kept is not None:
        return Looks(*(kept[name].astype(np.float32) for name in ("features", "motion")))
    frames = (0, footage.index.frames)
    rows = cached_features(
        cache_folder, Motion(), footage.path, footage.index, footage.fps, RATE, frames, on_progress, cancelled
    )
    edges, energy = edges_at_rate(*frames, footage.fps, RATE), motion_energy(rows)
    features, motion = [], []
    for start, stop in stretches:
        first, last = _steps(edges, start, stop)
        own = rows[first:last]
        features.append(np.concatenate([own.mean(axis=0), own.std(axis=0)]))
        motion.append(energy[first:last].mean())
    # As they are kept, the choice is the same the first time and later: half precision is enough.
    halves, moved = np.array(features, np.float16), np.array(motion, np.float32)
    _write(place, {"features": halves, "motion": moved})
    return Looks(halves.astype(np.float32), moved)


def said_of(
    footage: Footage,
    model: Ensemble,
    cache_folder: Path,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return what a model says of a whole recording, from what is kept where it is there.

    Returns
    -------
    tuple
        Edges of the steps (steps + 1,), and probabilities (steps, classes of all groups side by side); a
        group of one behavior has two columns, absent and present.
    """
    frames = (0, footage.index.frames)
    edges = edges_at_rate(*frames, footage.fps, model.rate)
    kept = _read(_place(cache_folder, _said_name("said", footage, model)), ("probabilities",))
    if kept is None:
        said = model.stretch(
            cache_folder, footage.path, footage.index, footage.fps, frames, on_progress, cancelled
        )
        values = np.concatenate([both_sides(group) for group in said.groups], axis=1)
        kept = {"probabilities": values.astype(np.float16)}
        keep_said(footage, model, cache_folder, kept["probabilities"])
    return edges, kept["probabilities"].astype(np.float32)


def keep_said(footage: Footage, model: Ensemble, cache_folder: Path, values: NDArray[np.float16]) -> None:
    """Keep what a model says of a whole recording: probabilities (steps, classes of all groups)."""
    _write(_place(cache_folder, _said_name("said", footage, model)), {"probabilities": values})


def decided_of(
    footage: Footage, model: Ensemble, values: NDArray[np.floating], cache_folder: Path
) -> list[NDArray[np.int64]]:
    """Return the class that a model decides on at every step of a recording, in each group (steps,).

    It decides however unsure it is. What is kept is used where it is there.

    Parameters
    ----------
    footage, model, cache_folder
        As in `said_of`.
    values
        What the model says (steps, classes of all groups side by side).
    """
    place = _place(cache_folder, _said_name("decided", footage, model))
    kept = _read(place, ("paths",))
    if kept is None:
        paths: list[NDArray[np.int64]] = []
        for columns, smoothing, calibration in zip(
            columns_of(model), smoothings_of(model.card), model.calibrations, strict=True
        ):
            own = values[:, columns]
            if len(model.card.groups[len(paths)].behaviors) == 1:
                own = own[:, 1:]  # the threshold of the group decides
            paths.append(replace(smoothing, abstain=0.0).decide(own, calibration.threshold)[0])
        kept = {"paths": np.stack(paths).astype(np.int16)}
        _write(place, kept)
    return list(kept["paths"].astype(np.int64))


def scale_of(model: Ensemble) -> list[float]:
    """Return for each group of a model how much the probability of one step counts beside its neighbors'."""
    return [smoothing.scale for smoothing in smoothings_of(model.card)]


def columns_of(model: Ensemble) -> list[slice]:
    """Return which columns of what a model says belong to each of its groups."""
    found, first = [], 0
    for group in model.card.groups:
        found.append(slice(first, first + max(2, len(group.behaviors))))
        first = found[-1].stop
    return found


def steps_of(edges: NDArray[np.int64], start: int, stop: int) -> slice:
    """Return the steps that lie over the frames ``[start, stop)``: one at least."""
    return slice(*_steps(edges, start, stop))


def _steps(edges: NDArray[np.int64], start: int, stop: int) -> tuple[int, int]:
    first = int(np.searchsorted(edges, start, side="right")) - 1
    return first, max(first + 1, int(np.searchsorted(edges, stop, side="left")))


def _looks_place(footage: Footage, stretches: Sequence[tuple[int, int]], cache_folder: Path) -> Path:
    mark = hashlib.blake2b(repr(list(stretches)).encode(), digest_size=8).hexdigest()
    return _place(cache_folder, f"looks-{footage.index.fingerprint.key}-{mark}")


def _said_name(what: str, footage: Footage, model: Ensemble) -> str:
    mark = hashlib.blake2b(model.card.id.encode(), digest_size=8).hexdigest()
    return f"{what}-{footage.index.fingerprint.key}-{mark}"


def _place(cache_folder: Path, name: str) -> Path:
    return cache_folder / FOLDER_NAME / f"{name}.npz"


def _read(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]] | None:
    """Return the arrays of a kept file; None where it is not there or damaged."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in names}
    except (OSError, ValueError, KeyError):
        return None


def _write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
