"""What of a project can be asked for: unlabeled stretches of recordings that models may learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError, VideoError
from ...annotation.project.records import Kind, VideoRecord
from ...annotation.tracks import UNLABELED
from ...annotation.video import index_video
from ..ensemble import TIER, Ensemble
from ..fitting import Cancelled, TrainingCanceledError
from ..models import Model, find_model
from .candidates import APART_SECONDS, SECONDS, Candidate, Recording, doubtful_of, grid_of, stretches_of
from .doubtful import Mode, Said, places_of
from .pool import Pool, Unit, Use
from .recordings import Footage, columns_of, decided_of, looks_of, said_of, scale_of, steps_of
from .taken import taken_of

if TYPE_CHECKING:
    from ...annotation.project import Project

#: Called with what is being done, how much is done and how much there is.
Stages = Callable[[str, int, int | None], None]


@dataclass(frozen=True, eq=False)
class ProjectPool:
    """What can be asked for in a project.

    Attributes
    ----------
    pool
        For the strategies.
    candidates
        Its units as they lie in the project.
    model
        Id of the model that was asked; empty without one.
    names
        Of the columns of the probabilities.
    left_out
        Sentences on recordings that could not be looked at.
    """

    pool: Pool
    candidates: tuple[Candidate, ...]
    model: str
    names: tuple[str, ...]
    left_out: tuple[str, ...]


def pool_of(
    project: Project,
    acting: str | None = None,
    *,
    mode: Mode | str = Mode.UNIT,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> ProjectPool:
    """Return everything that could be asked for, how it looks, and what the current model says of it.

    Left out are animals that are kept apart, frames that somebody has labeled, clips with labels that are
    closed to `acting`, and what another list asks for already. What two people differ about is there for
    another opinion, unless `acting` is one of them.

    Parameters
    ----------
    project
        The project, read through its door.
    acting
        For whom.
    mode
        Stretches of `candidates.SECONDS`, or bouts or boundaries that the current model predicts. A bout or a
        boundary counts as looking and moving like the stretch that it lies in; stretches are there beside
        them, but for chance only.
    on_stage, cancelled
        Told and asked while recordings are looked at for the first time.

    Raises
    ------
    LearnError
        When there is nothing left to ask for, or no model that could predict bouts.
    TrainingCanceledError
        If `cancelled` said so.
    """
    model, mode = _current(project), Mode(mode)
    if model is None and mode is not Mode.UNIT:
        raise LearnError(
            f"There is no current model whose {_MANY[mode]} could be asked for; train one with 'ethoprofile "
            "retrain', or ask for stretches."
        )
    gathered = _Gathered(project, acting, mode, model)
    sources = [video for video in project.videos() if not project.kept_apart(video.id)]
    for number, video in enumerate(sources, start=1):
        if cancelled is not None and cancelled():
            raise TrainingCanceledError
        tell = _teller(on_stage, f"looking at recording {number} of {len(sources)}")
        gathered.look_at(video, tell, cancelled)
    return gathered.pool()


_MANY = {Mode.BOUT: "bouts", Mode.BOUNDARY: "boundaries"}


class _Gathered:
    """What was found in the recordings until now."""

    def __init__(self, project: Project, acting: str | None, mode: Mode, model: Ensemble | None) -> None:
        self._project, self._acting, self._mode, self._model = project, acting, mode, model
        self._taken = taken_of(project, acting)
        self._units: list[Unit] = []
        self._candidates: list[Candidate] = []
        self._looks: list[NDArray[np.float32]] = []
        self._motion: list[NDArray[np.float32]] = []
        self._known: list[NDArray[np.float32]] = []
        self._said: list[NDArray[np.float32]] = []
        self._rates: dict[str, float] = {}
        self._left_out: list[str] = []

    def look_at(
        self, video: VideoRecord, tell: Callable[[int, int | None], None], cancelled: Cancelled | None
    ) -> None:
        """Add what can be asked for in a recording."""
        project, model, cache = self._project, self._model, self._project.cache_folder
        footage = _footage(project, video.id, self._left_out, cancelled)
        if footage is None:
            return
        recording = self._recording(footage)
        grid = grid_of(recording)
        if not grid:
            return
        # All of the recording, so that what is kept serves after the next labels, too.
        looks = looks_of(footage, [(cell.start, cell.stop) for cell in grid], cache, tell, cancelled)
        taken = recording.taken
        self._known.append(looks.features[[taken[cell.start : cell.stop].any() for cell in grid]])
        found = stretches_of(recording, grid, self._mode, named=bool(self._acting))
        if model is not None:
            edges, values = said_of(footage, model, cache, tell, cancelled)
            if self._mode is not Mode.UNIT:
                paths = decided_of(footage, model, values, cache)
                said = [
                    Said(path, values[:, own], edges, scale, own.start)
                    for path, own, scale in zip(paths, columns_of(model), scale_of(model), strict=True)
                ]
                places = places_of(recording.clips, recording.frames)
                found += doubtful_of(recording, places, said, self._mode)
            self._said += [values[steps_of(edges, *each.told)] for each in found]
        starts = np.array([cell.start for cell in grid])
        cells = [max(0, int(np.searchsorted(starts, each.start, side="right")) - 1) for each in found]
        self._looks.append(looks.features[cells])
        self._motion.append(looks.motion[cells])
        self._rates[video.id] = footage.fps
        phases = project.phases(video.id, 0, recording.frames)
        self._candidates += found
        self._units += [
            Unit(video.id, one.start, one.stop, video.subject, _phase(phases, one.start, one.stop), one.use)
            for one in found
        ]

    def _recording(self, footage: Footage) -> Recording:
        taken, frames = self._taken, footage.index.frames
        clips = [(clip.id, clip.start, clip.stop) for clip in self._project.clips(footage.video)]
        marks = (each.of(footage.video, frames) for each in (taken.labeled, taken.barred, taken.differing))
        return Recording(clips, footage.fps, *marks)

    def pool(self) -> ProjectPool:
        """Return everything that was found.

        Raises
        ------
        LearnError
            When that is nothing.
        """
        if not any(unit.use is not Use.CHANCE for unit in self._units):
            raise LearnError(
                "There is nothing left to ask for: every frame is labeled, asked for already, or of animals "
                f"that are kept apart. {' '.join(self._left_out)}".strip()
            )
        model, candidates = self._model, self._candidates
        frames, labeled = _labeled(self._project, self._acting, model)
        pool = Pool(
            tuple(self._units),
            np.concatenate(self._looks),
            np.concatenate(self._motion),
            tuple(self._said) if model is not None else None,
            fps=self._rates,
            rate=model.rate if model is not None else 5.0,
            class_frames=frames,
            labeled=labeled,
            labeled_features=np.concatenate(self._known),
            strains={each.id: each.strain for each in self._project.subjects() if each.strain},
            differing=np.array([each.differing for each in candidates]),
        )
        if self._mode is not Mode.UNIT:
            doubts = np.array([each.doubt for each in candidates])
            pool = replace(pool, doubts=doubts, apart=APART_SECONDS)
        names = tuple(_names(model)) if model is not None else ()
        name = model.card.id if model is not None else ""
        return ProjectPool(pool, tuple(candidates), name, names, tuple(self._left_out))


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
