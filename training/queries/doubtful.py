"""What a model says of a recording and is not sure of: whole bouts, and where one bout becomes the next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...annotation.tracks import runs_of
from .recordings import steps_of

#: Seconds before and after a bout that are asked for with it, so that its ends can be set.
CONTEXT_SECONDS = 0.5
#: Seconds on either side of a boundary that are asked for.
REACH_SECONDS = 1.0
#: A bout that lasts longer is asked for in parts.
LONGEST_SECONDS = 60.0
#: What a clip leaves of a bout that goes on beyond it is asked for from this length on.
LEAST_PART_SECONDS = 1.0
_LEAST_PROBABILITY = 1e-6


class Mode(StrEnum):
    """What is asked for."""

    UNIT = "unit"
    BOUT = "bout"
    BOUNDARY = "boundary"


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says of one group of behaviors all over a recording.

    Attributes
    ----------
    path
        The class that it decides on at every step, int (steps,).
    values
        Calibrated probabilities of the classes (steps, classes).
    edges
        Frames at which steps begin and end (steps + 1,).
    scale
        How much the probability of one step counts, from 0: neighbors say nearly the same.
    first
        Number of the first class among the classes of all groups.
    """

    path: NDArray[np.integer]
    values: NDArray[np.floating]
    edges: NDArray[np.int64]
    scale: float = 1.0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Frames ``[start, stop)`` of a recording that a work item may not leave: a clip, or a gap between clips.

    `clip` is empty for a gap.
    """

    clip: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A bout or boundary that a model is more or less sure of.

    Attributes
    ----------
    place
        Where it lies.
    start, stop
        Frames ``[start, stop)`` that are asked for.
    inner
        The bout itself; a boundary begins and ends at the same frame.
    doubt
        How doubtful it is, from 0; comparable among bouts, and among boundaries.
    one, other
        Numbers of two classes: the label of the bout and the next likely one; what ends and what begins at
        the boundary.
    measure
        Of a bout, the share of its label among the two, 0 to 1; of a boundary, within how many seconds it
        may lie.
    seconds
        How long the bout is; 0 for a boundary.
    """

    place: Place
    start: int
    stop: int
    inner: tuple[int, int]
    doubt: float
    one: int
    other: int
    measure: float
    seconds: float = 0.0

    def sentence(self, names: Sequence[str]) -> str:
        """Return what is in doubt, given the names of the classes."""
        one, other = names[self.one], names[self.other]
        if not self.seconds:
            return f"where {one} ends and {other} begins is open within {self.measure:.1f} s"
        share = round(100 * self.measure)
        return f"{self.seconds:.1f} s of {one}, or {other}: {share}:{100 - share}"


def doubtful_bouts(
    said: Said, places: Sequence[Place], fps: float, labeled: NDArray[np.bool_]
) -> list[Doubtful]:
    """Return the bouts of which no frame is labeled, each as doubtful as its label is unlikely.

    The doubt is 1 minus the mean calibrated probability of the label over the bout.

    Parameters
    ----------
    said
        What the model says.
    places
        Where work items may lie; they do not overlap.
    fps
        Frames per second.
    labeled
        Frames that are not asked for (frames,).
    """
    found = []
    longest, least = max(1, round(LONGEST_SECONDS * fps)), LEAST_PART_SECONDS * fps
    context = round(CONTEXT_SECONDS * fps)
    step = 0
    for length, label in runs_of(said.path):
        first, last = int(said.edges[step]), int(said.edges[step + length])
        step += length
        for place in _over(places, first, last):
            begin, end = max(first, place.start), min(last, place.stop)
            if (begin, end) != (first, last) and end - begin < least:
                continue
            for start in range(begin, end, longest):
                stop = min(start + longest, end)
                if labeled[start:stop].any():
                    continue
                rows = said.values[steps_of(said.edges, start, stop)].mean(axis=0)
                other = int(np.argsort(-np.where(np.arange(len(rows)) == label, -1, rows), kind="stable")[0])
                share = float(rows[label] / max(float(rows[label] + rows[other]), _LEAST_PROBABILITY))
                low = _unlabeled_before(labeled, start, max(place.start, start - context))
                high = _unlabeled_after(labeled, stop, min(place.stop, stop + context))
                found.append(
                    Doubtful(
                        place, low, high, (start, stop), float(1 - rows[label]), said.first + label,
                        said.first + other, share, (stop - start) / fps,
                    )
                )  # fmt: skip
    return found


def doubtful_boundaries(
    said: Said, places: Sequence[Place], fps: float, labeled: NDArray[np.bool_]
) -> list[Doubtful]:
    """Return the boundaries in unlabeled stretches, each as doubtful as its place.

    Between two bouts, the boundary lies before step t with a probability that is proportional to the product
    of the probabilities of the first label before t and of the second from t on. The doubt is the entropy of
    this distribution, in nats, over `REACH_SECONDS` on either side, as far as the two bouts reach.

    Parameters are those of `doubtful_bouts`.
    """
    found = []
    reach = max(1, round(REACH_SECONDS * fps))
    logs = said.scale * np.log(np.clip(said.values, _LEAST_PROBABILITY, 1))
    step_seconds = float(np.median(np.diff(said.edges))) / fps
    steps = max(1, round(REACH_SECONDS / step_seconds))
    step = 0
    for (before, one), (after, other) in pairwise(runs_of(said.path)):
        step += before
        frame = int(said.edges[step])
        for place in _over(places, frame - 1, frame + 1):
            start, stop = max(frame - reach, place.start), min(frame + reach, place.stop)
            if not place.start < frame < place.stop or labeled[start:stop].any():
                continue
            low, high = step - min(steps, before), step + min(steps, after)
            odds = np.concatenate([[0.0], np.cumsum(logs[low:high, one] - logs[low:high, other])])
            doubt = _entropy(odds)
            found.append(
                Doubtful(
                    place, start, stop, (frame, frame), doubt, said.first + one, said.first + other,
                    float(np.exp(doubt)) * step_seconds,
                )
            )  # fmt: skip
    return found


def without_overlaps(
    found: Iterable[tuple[Doubtful, tuple[int, int]]], frames: int
) -> list[tuple[Doubtful, tuple[int, int]]]:
    """Return those that keep their frames to themselves, the more doubtful first to choose, in time order.

    Parameters
    ----------
    found
        Each with the frames ``[start, stop)`` that it needs.
    frames
        Of the recording.
    """
    taken = np.zeros(frames, bool)
    kept = []
    for one, (start, stop) in sorted(found, key=lambda item: (-item[0].doubt, item[0].start, item[0].one)):
        if not taken[start:stop].any():
            taken[start:stop] = True
            kept.append((one, (start, stop)))
    return sorted(kept, key=lambda item: item[0].start)


def places_of(clips: Sequence[tuple[str, int, int]], frames: int) -> list[Place]:
    """Return clips and the gaps between them, in time order; where clips overlap, the first has the frames.

    Parameters
    ----------
    clips
        Id, start and stop of the clips of a recording.
    frames
        Of the recording.
    """
    owner = np.full(frames, -1, np.int64)
    for number, (_, start, stop) in reversed(list(enumerate(clips))):
        owner[start:stop] = number
    found, start = [], 0
    for length, number in runs_of(owner):
        found.append(Place(clips[number][0] if number >= 0 else "", start, start + length))
        start += length
    return found


def _over(places: Sequence[Place], start: int, stop: int) -> Iterator[Place]:
    """Yield the places that hold any of the frames ``[start, stop)``; places are in time order."""
    at = max(0, bisect_right(places, start, key=lambda place: place.start) - 1)
    while at < len(places) and places[at].start < stop:
        if places[at].stop > start:
            yield places[at]
        at += 1


def _unlabeled_before(labeled: NDArray[np.bool_], start: int, low: int) -> int:
    """Return from where on all frames before `start` are free, `low` at the earliest."""
    marked = np.flatnonzero(labeled[low:start])
    return low + int(marked[-1]) + 1 if len(marked) else low


def _unlabeled_after(labeled: NDArray[np.bool_], stop: int, high: int) -> int:
    marked = np.flatnonzero(labeled[stop:high])
    return stop + int(marked[0]) if len(marked) else high


def _entropy(logs: NDArray[np.floating]) -> float:
    """Return the entropy in nats of the distribution that is proportional to exp(logs)."""
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    return float(-(shares * np.log(np.maximum(shares, 1e-300))).sum())
