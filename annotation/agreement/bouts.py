"""Agreement of bouts: which of two raters' bouts of the same label belong together.

Bouts of one label of one rater never overlap, so the overlaps of two raters' bouts form a chain along time in
which each overlap conflicts only with its neighbors. That makes the best one-to-one matching a single walk
along the chain, linear in the number of bouts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..tracks import CODE, UNLABELED
from .pairs import Pair
from .runs import run_starts

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Bouts:
    """The bouts of one rater over several clips, sorted by label, clip and time.

    Bouts end where the frames that both raters labeled end.

    Attributes
    ----------
    label, clip, start, stop
        Code, number of the clip, and frames ``[start, stop)`` within it; arrays of one length.
    opens, closes
        Whether start (stop) is a boundary that the rater set, not the edge of the frames compared.
    """

    label: NDArray[np.int64]
    clip: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    opens: NDArray[np.bool_]
    closes: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.label.size)


def bouts_of(tracks: Sequence[NDArray[np.integer]]) -> Bouts:
    """Return the bouts of one rater; one array of codes a clip, `UNLABELED` where nothing is compared."""
    codes = np.concatenate([np.empty(0, CODE), *tracks])
    ends = np.cumsum([track.size for track in tracks], dtype=np.int64)
    starts = run_starts(codes, ends)
    stops = np.append(starts[1:], codes.size)[: starts.size]
    label = codes[starts]
    clip = np.searchsorted(ends, starts, side="right")
    first = (ends - np.diff(ends, prepend=0))[clip]
    known = label != UNLABELED
    beside = known[:-1] & known[1:] & (clip[1:] == clip[:-1])
    # Runs lie by clip and time already; sorting by label keeps that order within a label.
    order = np.flatnonzero(known)[np.argsort(label[known], kind="stable")]
    return Bouts(
        label=label[order].astype(np.int64),
        clip=clip[order],
        start=(starts - first)[order],
        stop=(stops - first)[order],
        opens=np.append(False, beside)[order],
        closes=np.append(beside, False)[order],
    )


@dataclass(frozen=True, eq=False)
class Matches:
    """A one-to-one matching of bouts.

    Attributes
    ----------
    a, b
        Which bout of the first rater belongs to which of the second; arrays of one length.
    iou
        Overlap of the two in frames / frames that either covers, in (0, 1].
    """

    a: Index
    b: Index
    iou: NDArray[np.float64]


def match_bouts(a: Bouts, b: Bouts) -> Matches:
    """Match overlapping bouts of the same label one to one so that the sum of their overlaps is greatest.

    Parameters
    ----------
    a, b
        Bouts of two raters over the same clips.

    Returns
    -------
    Matches
        In the order of `a`.

    Notes
    -----
    The sum of intersection over union is what an assignment solver (Kuhn 1955) would maximize; the chain of
    overlaps lets weighted interval scheduling find the same in linear time.
    """
    place = ClipLine(a, b, gap=0).place
    start_a, stop_a = place(a, a.start), place(a, a.stop)
    start_b, stop_b = place(b, b.start), place(b, b.stop)
    low = np.searchsorted(stop_b, start_a, side="right")
    high = np.searchsorted(start_b, stop_a, side="left")
    i, j = _edges(low, high)
    shared = np.minimum(stop_a[i], stop_b[j]) - np.maximum(start_a[i], start_b[j])
    iou = shared / ((stop_a - start_a)[i] + (stop_b - start_b)[j] - shared)
    # A new component begins with an overlap that shares neither bout with the overlap before it.
    begins = np.ones(i.size, bool)
    begins[1:] = (i[1:] != i[:-1]) & (j[1:] != j[:-1])
    component = np.cumsum(begins) - 1
    alone = np.bincount(component, minlength=1)[component] == 1
    chosen = alone.copy()
    tangled = np.flatnonzero(~alone)
    chosen[tangled[_best_of_chain(i[tangled], j[tangled], iou[tangled])]] = True
    return Matches(i[chosen], j[chosen], iou[chosen])


def match_boundaries(
    a: Bouts, b: Bouts, which: Literal["start", "stop"], collar: NDArray[np.integer]
) -> tuple[Index, Index]:
    """Match onsets (or offsets) of the same label within a collar one to one, as many as possible.

    Parameters
    ----------
    a, b
        Bouts of two raters over the same clips.
    which
        ``start`` for onsets, ``stop`` for offsets.
    collar
        Frames within which two boundaries may be matched, for each clip.

    Returns
    -------
    tuple of arrays
        Which bout of the first rater belongs to which of the second.

    Notes
    -----
    Maximum bipartite matching, as event-based scores of sound event detection use it (Mesaros, Heittola &
    Virtanen 2016, Appl Sci 6, 162).
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not len(a) or not len(b):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    place = ClipLine(a, b, gap=int(collar.max(initial=0)) + 1).place
    at_a, at_b = place(a, getattr(a, which)), place(b, getattr(b, which))
    reach = collar[a.clip]
    low = np.searchsorted(at_b, at_a - reach, side="left")
    high = np.searchsorted(at_b, at_a + reach, side="right")
    i, j = _edges(low, high)
    graph = csr_array((np.ones(i.size, np.int8), (i, j)), shape=(len(a), len(b)))
    partner = maximum_bipartite_matching(graph, perm_type="column")
    found = np.flatnonzero(partner >= 0)
    return found, partner[found].astype(np.intp)


def collar_frames(pairs: Sequence[Pair], seconds: float) -> NDArray[np.int64]:
    """Return how many whole frames lie within so many seconds, for each clip."""
    return np.array([int(seconds * pair.fps + 1e-9) for pair in pairs], np.int64)


class ClipLine:
    """Puts the frames of all clips, label by label, on one line so that one sorted search finds neighbors."""

    def __init__(self, a: Bouts, b: Bouts, gap: int) -> None:
        clips = int(max(a.clip.max(initial=-1), b.clip.max(initial=-1))) + 1
        lengths = np.zeros(clips + 1, np.int64)
        for bouts in (a, b):
            np.maximum.at(lengths, bouts.clip + 1, bouts.stop)
        lengths[1:] += gap
        self._clip = np.cumsum(lengths)
        self._span = int(self._clip[-1]) + gap

    def place(self, bouts: Bouts, frame: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where frames of bouts lie on the line."""
        return bouts.label * self._span + self._clip[bouts.clip] + frame


def _edges(low: Index, high: Index) -> tuple[Index, Index]:
    """Return all pairs of i and ``low[i] <= j < high[i]``, ordered by i and then j."""
    counts = np.maximum(high - low, 0)
    i = np.repeat(np.arange(low.size), counts)
    firsts = np.cumsum(counts) - counts
    return i, np.arange(i.size) - firsts[i] + low[i]


def _best_of_chain(i: Index, j: Index, weight: NDArray[np.float64]) -> Index:
    """Return which edges of a chain to take so that no two share an end and the weights sum to most."""
    size = i.size
    if not size:
        return np.empty(0, np.intp)
    count = np.arange(size)
    same_i = np.maximum.accumulate(np.where(np.diff(i, prepend=-1) != 0, count, 0))
    same_j = np.maximum.accumulate(np.where(np.diff(j, prepend=-1) != 0, count, 0))
    # Everything before this edge can be taken together with it; everything from it on cannot.
    free = np.minimum(same_i, same_j).tolist()
    best, taken = [0.0], []
    for edge, value in enumerate(weight.tolist()):
        take = best[free[edge]] + value
        taken.append(take > best[-1])
        best.append(max(take, best[-1]))
    chosen, edge = [], size - 1
    while edge >= 0:
        if taken[edge]:
            chosen.append(edge)
            edge = free[edge] - 1
        else:
            edge -= 1
    return np.array(chosen[::-1], np.intp)
