"""What proposals save on a random stream: the units of the held-out animals, as they come.

Not on queried units: those are chosen because the model is wrong there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import Interval, Resampler, Undefined, Value
from ...annotation.agreement.undefined import divide
from .replay import Played, Round
from .scoring import NAVIGATION

#: Limits of the bins of frame accuracy.
BINS = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
#: Frame accuracy from which proposals should pay.
GOOD = 0.8


@dataclass(frozen=True, slots=True)
class Bin:
    """Models of about the same accuracy.

    Attributes
    ----------
    low, high
        Limits of the frame accuracy on the held-out animal.
    models
        How many trainings.
    scratch, proposals
        Keys a minute; None without models.
    """

    low: float
    high: float
    models: int
    scratch: float | None
    proposals: float | None


@dataclass(frozen=True, slots=True)
class Benefit:
    """What proposals save.

    Attributes
    ----------
    navigation
        Keys of navigation for a boundary.
    bins
        Keys a minute by accuracy.
    ratio, interval
        Keys with proposals / keys from scratch with models of an accuracy of `GOOD` or more.
    break_even
        Accuracy from which proposals cost no more keys than labeling from scratch.
    """

    navigation: float
    bins: tuple[Bin, ...]
    ratio: Value
    interval: Interval | Undefined
    break_even: Value


def benefits(played: Played) -> list[Benefit]:
    """Return the benefit of proposals for every number of navigation keys.

    Every training of the simulation is a model, whatever strategy it came from; its accuracy is that on the
    frames of the held-out animal, which is what audits estimate.
    """
    models = [*played.few, *played.rounds]
    return [_benefit(models, row) for row in range(len(NAVIGATION))]


def _benefit(models: Sequence[Round], row: int) -> Benefit:
    accuracy = np.array([accuracy_of(each) for each in models])
    keys = np.stack([each.test.stream[row] for each in models])
    minutes = np.array([each.test.stream_seconds / 60 for each in models])
    bins = []
    for low, high in pairwise(BINS):
        inside = (accuracy >= low) & ((accuracy < high) | (high == BINS[-1]))
        rates = keys[inside].sum(axis=0) / minutes[inside].sum() if inside.any() else (None, None)
        bins.append(Bin(low, high, int(inside.sum()), *(None if r is None else float(r) for r in rates)))
    good = accuracy >= GOOD
    animals = [each.held_out for each in models]
    reason = f"no model reached an accuracy of {GOOD:g}"
    estimate = Resampler(animals, noun="held-out animal").estimate(
        np.where(good[:, None], keys, 0.0), lambda sums: divide(sums[..., 1], sums[..., 0]), reason
    )
    return Benefit(
        NAVIGATION[row], tuple(bins), estimate.value, estimate.interval,
        break_even(accuracy, divide(keys[:, 1], keys[:, 0])),
    )  # fmt: skip


def break_even(accuracy: NDArray[np.floating], ratio: NDArray[np.floating]) -> Value:
    """Return the accuracy from which proposals cost no more than labeling from scratch.

    Parameters
    ----------
    accuracy
        Of models (models,).
    ratio
        Their keys with proposals / keys from scratch (models,).

    Returns
    -------
    Value
        Where the ratio that falls with accuracy (isotonic regression) comes down to 1, between two models
        on the line that joins them.
    """
    from sklearn.isotonic import IsotonicRegression

    known = np.isfinite(ratio)
    if not known.any():
        return Undefined("there is no model")
    at = np.unique(accuracy[known])
    fitted = IsotonicRegression(increasing=False).fit(accuracy[known], ratio[known]).predict(at)
    if fitted[-1] > 1:
        return Undefined(f"even the best model, {at[-1]:.0%} accurate, costs more than labeling from scratch")
    if fitted[0] <= 1:
        return Undefined(
            f"even the worst model, {at[0]:.0%} accurate, costs no more than labeling from scratch"
        )
    after = int(np.flatnonzero(fitted <= 1)[0])
    above, below = fitted[after - 1], fitted[after]
    return float(at[after - 1] + (above - 1) / (above - below) * (at[after] - at[after - 1]))


def accuracy_of(each: Round) -> float:
    """Return the share of the held-out animal's frames that a model got right."""
    counts = each.test.confusion
    return float(np.trace(counts) / max(1, counts.sum()))
