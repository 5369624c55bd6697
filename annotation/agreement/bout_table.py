"""The bouts of two raters matched once, and every statistic of bouts read off that matching."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tracks import NONE, UNLABELED
from .bouts import Bouts, Index, Matches, bouts_of, collar_frames, match_boundaries, match_bouts
from .pairs import Pair
from .resampling import Resampler
from .results import IOUS, BoundaryErrors, BoutFindings
from .undefined import Undefined, Value, divide, ratio

_NO_BOUTS = "neither rater has a bout"
_NO_MATCH = "no two matched bouts have this boundary within the frames compared"


class BoutTable:
    """All bouts of two raters within the frames that both labeled, matched.

    Parameters
    ----------
    pairs
        One a clip.
    onset_collar
        Seconds within which two onsets (offsets) count as the same.
    """

    def __init__(self, pairs: Sequence[Pair], onset_collar: float) -> None:
        self._pairs = pairs
        self._fps = np.array([pair.fps for pair in pairs], float)
        self._collar = collar_frames(pairs, onset_collar)
        self.a = bouts_of([np.where(pair.compared, pair.a, UNLABELED) for pair in pairs])
        self.b = bouts_of([np.where(pair.compared, pair.b, UNLABELED) for pair in pairs])

    @cached_property
    def matches(self) -> Matches:
        """Overlapping bouts of the same label, one to one."""
        return match_bouts(self.a, self.b)

    @cached_property
    def _onsets(self) -> Index:
        return match_boundaries(self.a, self.b, "start", self._collar)[0]

    @cached_property
    def _offsets(self) -> Index:
        return match_boundaries(self.a, self.b, "stop", self._collar)[0]

    def counts(self, label: int | None) -> NDArray[np.int64]:
        """Return the bouts of the first and the second rater by clip, shape (clips, 2).

        Parameters
        ----------
        label
            Code; None for all behaviors, none left out.
        """
        return np.column_stack([self._by_clip(bouts.clip[_of(bouts, label)]) for bouts in (self.a, self.b)])

    def f1_rows(self, label: int | None, iou: float) -> NDArray[np.int64]:
        """Return matches that overlap by at least `iou` and bouts of both, by clip: shape (clips, 3)."""
        chosen = self.matches.a[self.matches.iou >= iou]
        chosen = chosen[_of(self.a, label)[chosen]]
        return np.column_stack((self._by_clip(self.a.clip[chosen]), self.counts(label)))

    def findings(self, label: int | None, resampler: Resampler) -> BoutFindings:
        """Return everything about the bouts of one label, or of all behaviors."""
        bouts_a, bouts_b = self.counts(label).sum(axis=0).tolist()
        matched = _of(self.a, label)[self.matches.a]
        pair = (self.matches.a[matched], self.matches.b[matched])
        rows = {iou: self.f1_rows(label, iou) for iou in IOUS}
        both = bouts_a + bouts_b
        return BoutFindings(
            bouts_a=bouts_a,
            bouts_b=bouts_b,
            matched=int(matched.sum()),
            f1={iou: ratio(2 * counts[:, 0].sum(), both, _NO_BOUTS) for iou, counts in rows.items()},
            f1_half=resampler.estimate(rows[0.5], f1_of, _NO_BOUTS),
            onset_f1=ratio(2 * int(_of(self.a, label)[self._onsets].sum()), both, _NO_BOUTS),
            offset_f1=ratio(2 * int(_of(self.a, label)[self._offsets].sum()), both, _NO_BOUTS),
            onset=self._errors(*pair, "start", "opens"),
            offset=self._errors(*pair, "stop", "closes"),
        )

    def sequences(self) -> list[tuple[list[int], list[int]]]:
        """Return the labels of the bouts of both raters in time order for each clip, none among them."""
        both = [_in_time_order(bouts, len(self._pairs)) for bouts in (self.a, self.b)]
        return list(zip(*both, strict=True))

    def _by_clip(self, clips: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(clips, minlength=len(self._pairs))

    def _errors(self, a: Index, b: Index, boundary: str, inside: str) -> BoundaryErrors:
        """Return signed differences; where both bouts run into the edge of what is compared there is none."""
        seen = getattr(self.a, inside)[a] | getattr(self.b, inside)[b]
        difference = getattr(self.b, boundary)[b[seen]] - getattr(self.a, boundary)[a[seen]]
        seconds = difference / self._fps[self.a.clip[a[seen]]]
        if not seconds.size:
            none = Undefined(_NO_MATCH)
            return BoundaryErrors(0, none, (none, none))
        low, median, high = np.quantile(seconds, (0.25, 0.5, 0.75)).tolist()
        quartiles: tuple[Value, Value] = (low, high)
        return BoundaryErrors(int(seconds.size), median, quartiles)


def f1_of(sums: NDArray[Any]) -> NDArray[np.float64]:
    """Return F1 = 2 TP / (n_A + n_B) from sums of shape (..., 3): matches, bouts of A, bouts of B."""
    return divide(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def _of(bouts: Bouts, label: int | None) -> NDArray[np.bool_]:
    return bouts.label != NONE if label is None else bouts.label == label


def _in_time_order(bouts: Bouts, clips: int) -> list[list[int]]:
    order = np.lexsort((bouts.start, bouts.clip))
    cuts = np.cumsum(np.bincount(bouts.clip, minlength=clips))[:-1]
    return [part.tolist() for part in np.split(bouts.label[order], cuts)]
