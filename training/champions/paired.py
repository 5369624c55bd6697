"""How sure it is that one model is not worse than another: both asked about the same clips, clips resampled.

The percentile bootstrap of a paired difference (Efron & Tibshirani 1993, ch. 13): every draw takes the same
clips for both models, so that how hard a clip is cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement.resampling import RESAMPLES, Interval, Resampler, Statistic
from ...annotation.agreement.undefined import Undefined
from ..scores import macro_f1, mean_of_defined

#: How much worse a challenger may be, in macro F1.
MARGIN = 0.02
#: One-sided confidence with which it must not be worse than that.
CONFIDENCE = 0.90
#: Confidence of the intervals of the single models.
_TWO_SIDED = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A macro F1 with its 95 % interval; None where it is not defined.

    Attributes
    ----------
    value, low, high
        0 to 1.
    why
        Why there is no value, or no interval; empty where there are both.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def text(self) -> str:
        """The figure with its interval, or why it is not defined."""
        if self.value is None:
            return f"not defined because {self.why}"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Paired:
    """Two models on the same clips.

    Attributes
    ----------
    challenger, champion
        Macro F1 of each: the mean over the groups of behaviors, of the mean over behaviors that are labeled.
    difference
        Challenger - champion; None where nothing is labeled.
    bound
        One-sided lower bound of the difference (90 %); None with fewer than two clips.
    """

    challenger: Figure
    champion: Figure
    difference: float | None
    bound: float | None

    @property
    def not_worse(self) -> bool:
        """Whether the challenger may take the champion's place."""
        return self.bound is not None and self.bound > -MARGIN


def compare_on_clips(
    keys: Sequence[str],
    challenger: Sequence[NDArray[np.integer]],
    champion: Sequence[NDArray[np.integer]],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Paired:
    """Compare two models on the same clips.

    Parameters
    ----------
    keys
        What tells the clips apart. The outcome does not depend on their order.
    challenger, champion
        One array a group of behaviors, (clips, classes, classes + 1): frames by label and by what the model
        said, as `training.scores.confusion` returns them.
    seed, resamples
        Of the bootstrap.
    """
    sizes = [counts.shape[1] for counts in challenger]
    rows = np.stack([_flat(challenger, len(keys)), _flat(champion, len(keys))], axis=1)
    resampler = Resampler(keys, resamples=resamples, seed=seed, confidence=_TWO_SIDED)
    draws = resampler.draws(rows)

    def scores(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return _macro(sums, sizes)  # (..., 2)

    def side(number: int) -> Figure:
        value = float(scores(rows.sum(axis=0))[number])
        if not np.isfinite(value):
            return Figure(None, why="no frame is labeled")
        return _figure(value, resampler.interval_of(draws, lambda sums: scores(sums)[..., number]))

    own, other = side(0), side(1)
    if own.value is None or other.value is None:
        return Paired(own, other, None, None)
    # The lower end of a two-sided interval of 80 % is the one-sided bound of 90 %.
    gate = Resampler(keys, resamples=resamples, seed=seed, confidence=2 * CONFIDENCE - 1)
    difference: Statistic = lambda sums: scores(sums)[..., 0] - scores(sums)[..., 1]  # noqa: E731
    found = gate.interval_of(draws, difference)
    return Paired(
        own, other, own.value - other.value, None if isinstance(found, Undefined) else found.low
    )  # fmt: skip


def score_on_clips(
    keys: Sequence[str], counts: Sequence[NDArray[np.integer]], seed: int = 0, resamples: int = RESAMPLES
) -> Figure:
    """Return the macro F1 of one model; parameters are those of `compare_on_clips`."""
    return compare_on_clips(keys, counts, counts, seed, resamples).challenger


def _flat(counts: Sequence[NDArray[np.integer]], clips: int) -> NDArray[np.integer]:
    """Put the counts of all groups side by side (clips, cells)."""
    return np.concatenate([each.reshape(clips, -1) for each in counts], axis=1)


def _macro(sums: NDArray[np.float64], sizes: Sequence[int]) -> NDArray[np.float64]:
    """Return the mean of the groups' macro F1 from cells side by side (..., cells)."""
    groups = np.split(sums, np.cumsum([size * (size + 1) for size in sizes])[:-1], axis=-1)
    each = [
        macro_f1(cells.reshape(*cells.shape[:-1], size, size + 1))
        for cells, size in zip(groups, sizes, strict=True)
    ]
    return mean_of_defined(np.stack(each, axis=-1))


def _figure(value: float, interval: Interval | Undefined) -> Figure:
    if isinstance(interval, Undefined):
        return Figure(value, why=interval.reason)
    return Figure(value, interval.low, interval.high)
