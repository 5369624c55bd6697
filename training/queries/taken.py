"""Which frames of recordings are labeled, closed, asked of others, or differently labeled by two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...annotation.adjudication.comparison import is_finished
from ...annotation.errors import BlindError
from ...annotation.project.queries import QueryState
from ...annotation.project.records import Kind, PassRecord
from ...annotation.tracks import UNLABELED, runs_of

if TYPE_CHECKING:
    from ...annotation.project import Project

#: Where a bout begins or ends is a matter of opinion: people who differ for so long do not differ.
BOUNDARY_SECONDS = 0.3
#: Passes in which people score what they see; reviews and consensus settle what these differ about.
_INDEPENDENT, _SETTLING = (Kind.FIRST, Kind.BLIND), (Kind.REVIEW, Kind.CONSENSUS)


class Frames:
    """Frames of recordings that have something in common."""

    def __init__(self) -> None:
        self._marked: dict[str, NDArray[np.bool_]] = {}

    def mark(self, video: str, start: int, where: NDArray[np.bool_]) -> None:
        """Mark frames of a recording from `start` on, one of `where` a frame."""
        stop = start + len(where)
        have = self._marked.get(video, np.zeros(0, bool))
        if len(have) < stop:
            have = np.concatenate([have, np.zeros(stop - len(have), bool)])
            self._marked[video] = have
        have[start:stop] |= where

    def of(self, video: str, frames: int) -> NDArray[np.bool_]:
        """Return which of the first so many frames of a recording are marked."""
        found = np.zeros(frames, bool)
        have = self._marked.get(video, np.zeros(0, bool))[:frames]
        found[: len(have)] = have
        return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the way of asking somebody for labels.

    Attributes
    ----------
    labeled
        Frames that anybody has labeled.
    barred
        Frames that the person in question has labeled, whose labels are closed to them, or that somebody else
        is asked for.
    differing
        Frames to which two people who both may be read gave different labels, and that nobody has settled.
    """

    labeled: Frames = field(default_factory=Frames)
    barred: Frames = field(default_factory=Frames)
    differing: Frames = field(default_factory=Frames)


def taken_of(project: Project, acting: str | None) -> Taken:
    """Return what stands in the way of asking `acting` for labels, read through the project's door."""
    found = Taken()
    clips = {clip.id: clip for clip in project.clips()}
    readable: dict[str, list[tuple[PassRecord, NDArray[np.int16]]]] = {}
    for record in project.passes():
        clip = clips[record.clip]
        if record.kind is Kind.MODEL:
            continue
        try:
            codes = project.door.labels(record.id, acting).codes
        except BlindError:
            found.barred.mark(clip.video, clip.start, np.ones(clip.frames, bool))
            continue
        readable.setdefault(clip.id, []).append((record, codes))
        known = (codes != UNLABELED).any(axis=1)
        found.labeled.mark(clip.video, clip.start, known)
        if record.annotator == acting:
            found.barred.mark(clip.video, clip.start, known)
    for clip_id, passes in readable.items():
        clip = clips[clip_id]
        fps = project.get_video(clip.video).fps or 25.0
        found.differing.mark(clip.video, clip.start, differing(passes, fps))
    for query in project.queries(QueryState.OPEN):
        if query.annotator and acting and query.annotator != acting:
            found.barred.mark(query.video, query.start, np.ones(query.stop - query.start, bool))
    return found


def differing(passes: Sequence[tuple[PassRecord, NDArray[np.int16]]], fps: float) -> NDArray[np.bool_]:
    """Return on which frames of a clip two people gave different labels.

    Differences of `BOUNDARY_SECONDS` or less do not count, nor does what a review or a consensus has settled.

    Parameters
    ----------
    passes
        Passes over one clip with their labels (frames, groups).
    fps
        Frames per second.
    """
    found = np.zeros(len(passes[0][1]), bool)
    scored = [(r.annotator, codes) for r, codes in passes if r.kind in _INDEPENDENT and is_finished(r)]
    for (one, first), (other, second) in combinations(scored, 2):
        if one != other:
            differ = (first != second) & (first != UNLABELED) & (second != UNLABELED)
            for column in differ.T:
                found |= _long_runs(column, BOUNDARY_SECONDS * fps)
    for record, codes in passes:
        if record.kind in _SETTLING:
            found &= (codes == UNLABELED).any(axis=1)
    return found


def _long_runs(marked: NDArray[np.bool_], longest: float) -> NDArray[np.bool_]:
    """Return marked frames of runs that are longer than so many frames."""
    runs = runs_of(marked.astype(np.int8))
    return np.repeat([bool(label) and length > longest for length, label in runs], [n for n, _ in runs])
