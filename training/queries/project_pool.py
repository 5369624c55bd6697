"""What of a project can be asked for: unlabeled stretches of recordings that models may learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import BlindError, LearnError, VideoError
from ...annotation.project.queries import QueryState
from ...annotation.project.records import ClipRecord, Kind
from ...annotation.tracks import UNLABELED
from ...annotation.video import index_video
from ..ensemble import TIER, Ensemble
from ..fitting import Cancelled, TrainingCanceledError
from ..models import Model, find_model
from .pool import Pool, Unit
from .recordings import Footage, looks_of, said_of, steps_of

if TYPE_CHECKING:
    from ...annotation.project import Project

#: Length of a query in seconds, and the least length of one at the end of a clip.
SECONDS, LEAST_SECONDS = 10.0, 5.0

#: Called with what is being done, how much is done and how much there is.
Stages = Callable[[str, int, int | None], None]


@dataclass(frozen=True, eq=False)
class ProjectPool:
    """What can be asked for in a project.

    Attributes
    ----------
    pool
        For the strategies.
    clips
        Id of the clip that holds each unit; empty where none does.
    model
        Id of the model that was asked; empty without one.
    names
        Of the columns of the probabilities.
    left_out
        Sentences on recordings that could not be looked at.
    """

    pool: Pool
    clips: tuple[str, ...]
    model: str
    names: tuple[str, ...]
    left_out: tuple[str, ...]


def pool_of(
    project: Project,
    acting: str | None = None,
    *,
    seconds: float = SECONDS,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> ProjectPool:
    """Return every stretch that could be asked for, how it looks, and what the current model says of it.

    Left out are animals that are kept apart, frames that somebody has labeled, clips with labels that are
    closed to `acting`, and what another list asks for already.

    Parameters
    ----------
    project
        The project, read through its door.
    acting
        For whom.
    seconds
        Length of a unit.
    on_stage, cancelled
        Told and asked while recordings are looked at for the first time.

    Raises
    ------
    LearnError
        When there is nothing left to ask for.
    TrainingCanceledError
        If `cancelled` said so.
    """
    taken = _taken(project, acting)
    model = _current(project)
    units: list[Unit] = []
    clips: list[str] = []
    looks: list[NDArray[np.float32]] = []
    known: list[NDArray[np.float32]] = []
    motion: list[NDArray[np.float32]] = []
    said: list[NDArray[np.float32]] = []
    left_out: list[str] = []
    rates: dict[str, float] = {}
    sources = [video for video in project.videos() if not project.kept_apart(video.id)]
    for number, video in enumerate(sources, start=1):
        if cancelled is not None and cancelled():
            raise TrainingCanceledError
        footage = _footage(project, video.id, left_out, cancelled)
        if footage is None:
            continue
        grid = _grid(project.clips(video.id), footage, seconds)
        if not grid:
            continue
        tell = _teller(on_stage, f"looking at recording {number} of {len(sources)}")
        # All of the recording, so that what is kept serves after the next labels, too.
        seen = looks_of(footage, [unit[1:] for unit in grid], project.cache_folder, tell, cancelled)
        marked = taken.get(video.id, _NOTHING)
        free = np.array([not marked[start:stop].any() for _, start, stop in grid])
        known.append(seen.features[~free])
        if not free.any():
            continue
        looks.append(seen.features[free])
        motion.append(seen.motion[free])
        own = [unit for unit, is_free in zip(grid, free, strict=True) if is_free]
        if model is not None:
            edges, values = said_of(footage, model, project.cache_folder, tell, cancelled)
            said += [values[steps_of(edges, start, stop)] for _, start, stop in own]
        rates[video.id] = footage.fps
        phases = project.phases(video.id, 0, footage.index.frames)
        units += [Unit(video.id, a, b, video.subject, _phase(phases, a, b)) for _, a, b in own]
        clips += [clip for clip, _, _ in own]
    if not units:
        raise LearnError(
            "There is nothing left to ask for: every frame is labeled, asked for already, or of animals that "
            f"are kept apart. {' '.join(left_out)}".strip()
        )
    frames, labeled = _labeled(project, acting, model)
    pool = Pool(
        tuple(units),
        np.concatenate(looks),
        np.concatenate(motion),
        tuple(said) if model is not None else None,
        fps=rates,
        rate=model.rate if model is not None else 5.0,
        class_frames=frames,
        labeled=labeled,
        labeled_features=np.concatenate(known),
    )
    card = model.card if model is not None else None
    names = tuple(_names(model)) if model is not None else ()
    return ProjectPool(pool, tuple(clips), card.id if card is not None else "", names, tuple(left_out))


_NOTHING: NDArray[np.bool_] = np.zeros(0, bool)


def _current(project: Project) -> Ensemble | None:
    """Return the current model, where there is one of the tier that is asked."""
    current = project.current_model()
    if current is None:
        return None
    try:
        model = Model.read(find_model(current.name, project))
    except LearnError:
        return None
    return Ensemble.of(model) if model.card.tier == TIER else None


def _names(model: Ensemble) -> list[str]:
    found = []
    for group in model.card.groups:
        names = [name for _, name in group.behaviors]
        found += [f"no {names[0]}", names[0]] if len(names) == 1 else names
    return found


def _footage(
    project: Project, video: str, left_out: list[str], cancelled: Cancelled | None
) -> Footage | None:
    """Return a recording that can be looked at; otherwise say why not."""
    record, path = project.get_video(video), project.video_path(video)
    if not Path(path).exists():
        left_out.append(f"The recording '{video}' is missing.")
        return None
    try:
        index = index_video(path, project.cache_folder, cancelled=cancelled)
    except VideoError as error:
        left_out.append(str(error))
        return None
    fps = index.facts.fps or record.fps
    if not fps or index.problem:
        left_out.append(index.problem or f"The frame rate of '{video}' is not known.")
        return None
    return Footage(video, Path(path), index, fps)


def _grid(clips: Sequence[ClipRecord], footage: Footage, seconds: float) -> list[tuple[str, int, int]]:
    """Return the units of a recording: those within clips, then those of the gaps between them."""
    length, least = max(1, round(seconds * footage.fps)), max(1, round(LEAST_SECONDS * footage.fps))
    found: list[tuple[str, int, int]] = []
    free = np.ones(footage.index.frames, bool)
    for clip in clips:
        for start in range(clip.start, min(clip.stop, len(free)), length):
            stop = min(start + length, clip.stop, len(free))
            if stop - start >= min(least, length) and free[start:stop].all():
                found.append((clip.id, start, stop))
        free[clip.start : clip.stop] = False
    for start in range(0, len(free) - length + 1, length):
        if free[start : start + length].all():
            found.append(("", start, start + length))
    return sorted(found, key=lambda unit: unit[1])


def _taken(project: Project, acting: str | None) -> dict[str, NDArray[np.bool_]]:
    """Return the frames of recordings that are labeled, asked for, or closed to `acting`."""
    found: dict[str, NDArray[np.bool_]] = {}

    def mark(video: str, start: int, stop: int, where: NDArray[np.bool_] | bool = True) -> None:
        have = found.get(video, _NOTHING)
        if len(have) < stop:
            found[video] = have = np.concatenate([have, np.zeros(stop - len(have), bool)])
        have[start:stop] |= where

    clips = {clip.id: clip for clip in project.clips()}
    for record in project.passes():
        clip = clips[record.clip]
        if record.kind is Kind.MODEL:
            continue
        try:
            codes = project.door.labels(record.id, acting).codes
        except BlindError:
            mark(clip.video, clip.start, clip.stop)
            continue
        mark(clip.video, clip.start, clip.stop, (codes != UNLABELED).any(axis=1))
    for query in project.queries(QueryState.OPEN):
        if query.annotator and acting and query.annotator != acting:
            mark(query.video, query.start, query.stop)
    return found


def _labeled(
    project: Project, acting: str | None, model: Ensemble | None
) -> tuple[NDArray[np.float64] | None, Counter[tuple[str, str]]]:
    """Return labeled frames of every column of the probabilities, and labeled units by animal and light."""
    columns = {behavior: n for n, behavior in enumerate(_columns(model))} if model is not None else {}
    frames = np.zeros(max(1, len(columns)))
    counted: Counter[tuple[str, str]] = Counter()
    for record in project.passes(acting=acting):
        if record.kind is Kind.MODEL or not project.door.allowed(record.id, acting):
            continue
        clip = project.get_clip(record.clip)
        video = project.get_video(clip.video)
        codes = project.door.labels(record.id, acting).codes
        known = np.flatnonzero((codes != UNLABELED).any(axis=1))
        if not len(known):
            continue
        for behavior, column in columns.items():
            frames[column] += (codes == behavior).any(axis=1).sum()
        phases = project.phases(clip.video, clip.start, clip.stop)
        light = _phase(phases, clip.start + int(known[0]), clip.start + int(known[-1]) + 1)
        counted[video.subject, light] += max(1, round(len(known) / (SECONDS * (video.fps or 25.0))))
    return (frames if model is not None else None), counted


def _columns(model: Ensemble) -> list[int]:
    """Return the behavior of every column of the probabilities; absence counts as no behavior (-2)."""
    found: list[int] = []
    for group in model.card.groups:
        ids = [number for number, _ in group.behaviors]
        found += [-2 - ids[0], ids[0]] if len(ids) == 1 else ids
    return found


def _phase(phases: Sequence[tuple[int, int, str]], start: int, stop: int) -> str:
    """Return the phase in the middle of a stretch; empty where it is not known."""
    middle = (start + stop) // 2
    return next((phase for first, last, phase in phases if first <= middle < last), "")


def _teller(on_stage: Stages | None, stage: str) -> Callable[[int, int | None], None]:
    return lambda done, total: on_stage(stage, done, total) if on_stage is not None else None
