"""Prediction of recordings: streamed, kept block by block, resumed after a crash, finished when whole."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..annotation.clips import Stretch
from ..annotation.errors import EthoprofileError, LearnError
from ..annotation.project.records import ClipRecord, Kind, PassRecord
from ..annotation.recordings import animal_folder
from ..annotation.video import index_video
from ..annotation.video.index import FrameIndex
from .cache import CachedArray, CacheFolder, GoneError
from .cards import translation
from .decisions import label_track
from .fitting import Cancelled, Progress
from .frames import BrokenVideoError
from .predictors import Predictor
from .probabilities import Probabilities
from .proposal_store import keep_probabilities
from .results import Result, ResultError, find_result, job_key, remove_folder, rounded, write_result

if TYPE_CHECKING:
    from ..annotation.project import Project

_log = logging.getLogger(__name__)

#: Steps that are kept together: after a crash at most these are computed again.
BLOCK = 256


class PredictionCanceledError(EthoprofileError):
    """Prediction was stopped on request; what was computed is kept and goes on the next time."""


@dataclass(frozen=True)
class _Job:
    """One recording and one model."""

    path: Path
    predictor: Predictor
    index: FrameIndex
    fps: float
    edges: NDArray[np.int64]


def predict_recording(
    path: Path | str,
    predictor: Predictor,
    out: Path | str | None = None,
    *,
    fps: float | None = None,
    index_folder: Path | None = None,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Result:
    """Label every frame of a recording with a model, and write the result files.

    What is computed is kept block by block in a hidden folder beside the result: after a crash, a kill or a
    cancel the same call goes on where it was, and gives the same files.

    Parameters
    ----------
    path
        The recording.
    predictor
        The model.
    out
        Folder for the result files; beside the recording when not given. Where only its folder says whose the
        recording is (``07/20180418_120000.mkv``), they go into a folder of that name there.
    fps
        Frames per second, for image stacks, which do not say it; not used where the recording does, which is
        told (see `heard`).
    index_folder
        Where the index of the recording is kept.
    on_progress
        Called with frames done and frames in all.
    cancelled
        Asked often.

    Returns
    -------
    Result
        Its `partial` says why where the recording breaks in the middle, or ends before its header says. A
        result that was there already is returned as it is.

    Raises
    ------
    PredictionCanceledError
        If `cancelled` said so.
    EthoprofileError
        With one sentence, for anything that does not work; nothing half-written is left that looks finished.
    """
    video = Path(path)
    index = index_video(video, index_folder, cancelled=cancelled)
    rate = index.facts.fps or fps
    if not rate:
        raise LearnError(f"{video} does not say how many frames it has per second; say it with --fps.")
    if fps is not None and not math.isclose(rate, fps, rel_tol=1e-3):
        _log.warning("%s has %g frames per second by its own account; %g is not used.", video.name, rate, fps)
    # Beside others a result must still say whose it is.
    folder = Path(out) / animal_folder(video.absolute()) if out is not None else video.absolute().parent
    key = job_key(index, rate, predictor.card)
    found = find_result(video, folder, key)
    if found is not None:
        if on_progress is not None:
            on_progress(int(found.probabilities.edges[-1]), index.frames)
        return found
    job = _Job(video, predictor, index, rate, predictor.edges(index, rate, 0, index.frames))
    try:
        kept = _unfinished(folder, key, job)
        rows, frames, partial = _computed(job, kept, on_progress, cancelled)
    except GoneError:
        # Another program has labeled the same recording meanwhile, and cleared away what was kept.
        found = find_result(video, folder, key)
        if found is None:
            raise
        return found
    except OSError as error:
        raise ResultError(
            f"What was computed of {video.name} could not be kept in {folder}: {error.strerror or error}; "
            "make room or choose another folder (--out), and it goes on there."
        ) from error
    if not len(rows):
        raise LearnError(f"{video} breaks before the first frames that a model can look at. {partial}")
    # Another program may be as far as this one.
    result = find_result(video, folder, key) or write_result(
        video, folder, index, rate, predictor.card, _probabilities(job, rows, frames), partial or index.note
    )
    remove_folder(kept.path)
    return result


def predict_clip(
    project: Project,
    clip: ClipRecord,
    predictor: Predictor,
    *,
    cancelled: Cancelled | None = None,
) -> PassRecord:
    """Label a clip of a project with a model; its labels become a pass of the kind ``model``.

    The annotator of the pass is the model's name and its source the model's id. A pass that the same model
    has made already is returned as it is.

    Raises
    ------
    LearnError
        When the model does not fit the ethogram of the project.
    """
    card = predictor.card
    made = [p for p in project.passes(clip=clip.id) if p.kind is Kind.MODEL and p.source == card.id]
    if made:
        return made[-1]
    translation(card, project.ethogram)  # a model that does not fit is told before anything is computed
    video = project.get_video(clip.video)
    path = project.video_path(video.id)
    index = index_video(path, project.cache_folder, cancelled=cancelled)
    rate = index.facts.fps or video.fps
    if not rate:
        raise LearnError(f"The frame rate of '{video.id}' is not known; add the recording with its rate.")
    probabilities = predictor.clip(
        project.cache_folder, path, index, rate, (clip.start, clip.stop), cancelled
    )
    track = label_track(probabilities, card, project.ethogram)
    keep_probabilities(project, clip.id, probabilities)
    return project.import_track(
        Stretch(clip.video, clip.start, clip.stop),
        card.name,
        track,
        Kind.MODEL,
        provenance="model",
        reason=card.id,
        source=card.id,
    )


def _unfinished(folder: Path, key: str, job: _Job) -> CachedArray:
    """Open what was computed of a job before; begin it where nothing was."""
    width = sum(len(group.behaviors) for group in job.predictor.card.groups)
    attributes = {"recording": job.path.name, "model": job.predictor.card.id}
    shape = (len(job.edges) - 1, width)
    return CacheFolder(folder).open(
        f".{job.path.stem}.{key}.unfinished", shape, np.float32, BLOCK, attributes
    )


def _computed(
    job: _Job, kept: CachedArray, on_progress: Progress | None, cancelled: Cancelled | None
) -> tuple[NDArray[np.float32], int, str]:
    """Return the probabilities of all steps, the frame at which they end, and why before the recording does.

    The last frames before a damage, too few for a step of their own, get what the step before them has.
    """
    missing = kept.missing(0, len(kept))
    first = missing[0][0] if missing else len(kept)
    tail = np.empty((0, kept.read(0, 0).shape[1]), np.float32)
    frames, partial = job.index.frames, ""
    tell = _telling(job, on_progress)
    tell(first)
    try:
        for step, rows in job.predictor.rows(job.path, job.index, job.fps, job.edges, first):
            tail = np.concatenate([tail, rounded(rows)])
            if cancelled is not None and cancelled():
                raise PredictionCanceledError(
                    f"The prediction of {job.path.name} was stopped; it goes on there the next time."
                )
            whole = len(tail) if step + len(rows) == len(kept) else len(tail) // BLOCK * BLOCK
            if whole:
                kept.write(first, tail[:whole])
                first, tail = first + whole, tail[whole:]
            tell(first + len(tail))
    except BrokenVideoError as error:
        frames, partial = error.frame, str(error)
    rows = np.concatenate([kept.read(0, first), tail])
    steps = int(np.searchsorted(job.edges, frames))
    if 0 < len(rows) < steps:
        rows = np.concatenate([rows, rows[-1:].repeat(steps - len(rows), axis=0)])
    return rows, frames, partial


def _telling(job: _Job, on_progress: Progress | None) -> Callable[[int], None]:
    def tell(steps: int) -> None:
        if on_progress is not None:
            on_progress(int(job.edges[steps]), job.index.frames)

    return tell


def _probabilities(job: _Job, rows: NDArray[np.float32], frames: int) -> Probabilities:
    card = job.predictor.card
    widths = np.cumsum([len(classes) for classes in card.classes])[:-1]
    groups = tuple(np.split(rows, widths, axis=1))
    edges = np.minimum(job.edges[: len(rows) + 1], frames)
    return Probabilities(groups, card.classes, edges, card.id)
