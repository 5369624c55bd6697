"""Agreement of more than two raters, frame by frame.

All three statistics are functions of sums over frames, and so over clips: `RaterCounts` holds one row a clip,
which is what resampling of clips needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tracks import UNLABELED
from .resampling import Estimate, Resampler
from .undefined import Undefined, divide

Floats = NDArray[np.float64]

_NO_FRAMES = "no frame was labeled by every rater"
_TOO_FEW = "no frame was labeled by two raters"
_ONE_LABEL = "all raters used one and the same label throughout, so chance alone explains all agreement"


@dataclass(frozen=True, eq=False)
class RaterCounts:
    """What the statistics of several raters need of each clip.

    Attributes
    ----------
    raters
        Number of raters.
    complete
        Frames that every rater labeled, shape (clips,).
    unanimous
        Those of them on which all give the same label, shape (clips,).
    agreeing
        Sum over these frames of the share of pairs of raters that agree, shape (clips,).
    used
        How often each label was given on these frames, shape (clips, labels).
    coincidences
        Krippendorff's coincidence matrix from all frames that two or more labeled, shape (clips, labels,
        labels): each ordered pair of raters of a frame adds 1 / (labels given there - 1).
    paired
        Frames that two or more raters labeled, shape (clips,).
    """

    raters: int
    complete: NDArray[np.int64]
    unanimous: NDArray[np.int64]
    agreeing: Floats
    used: NDArray[np.int64]
    coincidences: Floats
    paired: NDArray[np.int64]

    def fleiss_kappa(self, resampler: Resampler) -> Estimate:
        """Return Fleiss' kappa with its interval, see `fleiss_kappa_of`."""
        if not self.complete.sum():
            return _undefined(_NO_FRAMES)
        rows = np.column_stack((self.agreeing, self.complete, self.used))
        return resampler.estimate(rows, fleiss_kappa_of, _ONE_LABEL)

    def krippendorff_alpha(self, resampler: Resampler) -> Estimate:
        """Return Krippendorff's alpha with its interval, see `krippendorff_alpha_of`."""
        if not self.paired.sum():
            return _undefined(_TOO_FEW)
        return resampler.estimate(self.coincidences, krippendorff_alpha_of, _ONE_LABEL)

    def unanimous_share(self, resampler: Resampler) -> Estimate:
        """Return the share of the frames that all labeled on which all give the same label."""
        rows = np.column_stack((self.unanimous, self.complete))
        return resampler.estimate(rows, _share_of, _NO_FRAMES)


def fleiss_kappa_of(sums: NDArray[Any]) -> Floats:
    """Return Fleiss' kappa from sums of shape (..., 2 + labels): agreeing, complete, used.

    ``(P - P_e) / (1 - P_e)``: P is the mean over frames of the share of pairs of raters that agree, P_e the
    sum of squares of the label shares. Source: Fleiss 1971, Psychol Bull 76, 378-382. Only frames that every
    rater labeled count; not defined when one label was used throughout.
    """
    observed = divide(sums[..., 0], sums[..., 1])
    used = sums[..., 2:]
    share = divide(used, used.sum(axis=-1, keepdims=True))
    expected = (share**2).sum(axis=-1)
    return divide(observed - expected, 1 - expected)


def krippendorff_alpha_of(coincidences: NDArray[Any]) -> Floats:
    """Return Krippendorff's alpha for nominal labels from coincidences of shape (..., labels, labels).

    ``1 - D_o / D_e`` with ``D_o = sum_{c != k} o_ck`` and ``D_e = sum_{c != k} n_c n_k / (n - 1)``. Source:
    Krippendorff 2018, Content Analysis, 4th ed., ch. 12. Missing labels are allowed: a frame counts when two
    raters labeled it. Not defined when one label was used throughout.
    """
    given = coincidences.sum(axis=-1)
    total = given.sum(axis=-1)
    observed = total - np.diagonal(coincidences, axis1=-2, axis2=-1).sum(axis=-1)
    expected = divide(total**2 - (given**2).sum(axis=-1), total - 1)
    return 1 - divide(observed, expected)


def count_raters(clips: Sequence[NDArray[np.int16]]) -> RaterCounts:
    """Count what several raters gave to the same frames.

    Parameters
    ----------
    clips
        Codes of each clip, shape (raters, frames), the same raters in each; `UNLABELED` is missing.
    """
    raters = clips[0].shape[0]
    labels = np.unique(np.concatenate([np.unique(codes) for codes in clips]))
    labels = labels[labels != UNLABELED]
    rows = [_count_clip(codes, labels) for codes in clips]
    complete, unanimous, agreeing, used, coincidences, paired = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return RaterCounts(raters, complete, unanimous, agreeing, used, coincidences, paired)


def _count_clip(codes: NDArray[np.int16], labels: NDArray[np.int16]) -> tuple[Any, ...]:
    """Return the counts of one clip; runs on which no rater changes are counted at once."""
    raters, frames = codes.shape
    cuts = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0)) + 1
    starts = np.concatenate(([0], cuts))[:frames].astype(int)
    length = np.diff(np.append(starts, frames))
    # votes: how many raters gave each label on each run, shape (runs, labels)
    votes = (codes[:, starts, None] == labels).sum(axis=0)
    given = votes.sum(axis=1)
    full = given == raters
    agreeing = (votes * (votes - 1)).sum(axis=1) / max(raters * (raters - 1), 1)
    weight = np.divide(length, given - 1, out=np.zeros(length.size), where=given > 1)
    together = (votes * weight[:, None]).T @ votes
    together[np.diag_indices(labels.size)] -= (votes * weight[:, None]).sum(axis=0)
    return (
        length[full].sum(),
        length[full & (votes.max(axis=1, initial=0) == raters)].sum(),
        (agreeing * length)[full].sum(),
        (votes * length[:, None])[full].sum(axis=0),
        together,
        length[given > 1].sum(),
    )


def _share_of(sums: NDArray[Any]) -> Floats:
    return divide(sums[..., 0], sums[..., 1])


def _undefined(reason: str) -> Estimate:
    return Estimate(Undefined(reason), Undefined(reason))
