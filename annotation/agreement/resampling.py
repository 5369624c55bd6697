"""Intervals by resampling clips: frames of one clip are not independent, clips are.

The percentile bootstrap (Efron & Tibshirani 1993, ch. 13) draws whole clips, or whole subjects, with
replacement. Everything that is resampled here is a sum over clips (confusion matrices, matched bouts), so a
draw is a vector of weights and all draws together are one matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .undefined import Undefined, Value, value_of

#: From sums over clips of shape (..., *what is summed) to a number each; NaN where it is not defined.
Statistic = Callable[[NDArray[Any]], NDArray[np.float64]]

RESAMPLES = 2_000
CONFIDENCE = 0.95
#: An interval is told when the statistic exists in at least this share of the resamples.
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A bootstrap percentile interval.

    Attributes
    ----------
    low, high
        Its ends.
    units
        How many clips (or subjects) were resampled.
    left_out
        In how many resamples the statistic was not defined; they do not count.
    """

    low: float
    high: float
    units: int
    left_out: int = 0

    @property
    def half_width(self) -> float:
        """Half the distance from end to end."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval, each of which may not be defined."""

    value: Value
    interval: Interval | Undefined


class Resampler:
    """Draws of clips with replacement that every statistic of one report shares.

    Parameters
    ----------
    units
        The clip, or subject, that each row of what is resampled belongs to; rows of one unit are always
        drawn together.
    resamples
        Number of draws, B.
    seed
        The same seed gives the same draws.
    confidence
        Share of the draws that lies within the interval.
    noun
        What a unit is, for sentences.
    """

    def __init__(
        self,
        units: Sequence[str],
        *,
        resamples: int = RESAMPLES,
        seed: int = 0,
        confidence: float = CONFIDENCE,
        noun: str = "clip",
    ) -> None:
        names, self._unit_of_row = np.unique(np.asarray(units, dtype=str), return_inverse=True)
        self.units, self.noun, self.confidence = len(names), noun, confidence
        self._weights: NDArray[np.float64] | None = None
        if self.units > 1:
            rng = np.random.default_rng(seed)
            shares = np.full(self.units, 1 / self.units)
            self._weights = rng.multinomial(self.units, shares, size=resamples).astype(float)

    def draws(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        """Return the sum of the drawn rows, shape (resamples, *row); None with fewer than two units."""
        if self._weights is None:
            return None
        flat = rows.reshape(len(rows), -1).astype(float)
        by_unit = np.zeros((self.units, flat.shape[1]))
        np.add.at(by_unit, self._unit_of_row, flat)
        return (self._weights @ by_unit).reshape(len(self._weights), *rows.shape[1:])

    def interval(self, rows: NDArray[Any], statistic: Statistic) -> Interval | Undefined:
        """Return the interval of a statistic of the sum of `rows`, of shape (clips, *row)."""
        return self.interval_of(self.draws(rows), statistic)

    def interval_of(self, draws: NDArray[Any] | None, statistic: Statistic) -> Interval | Undefined:
        """Return the interval of a statistic from draws that were made before."""
        if draws is None:
            return Undefined(f"there is only one {self.noun}, so nothing can be resampled")
        values = statistic(draws)
        values = values[np.isfinite(values)]
        if values.size < _ENOUGH * len(draws):
            return Undefined(f"the statistic itself is not defined in most resamples of the {self.noun}s")
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(values, (tail, 1 - tail))
        return Interval(float(low), float(high), self.units, len(draws) - values.size)

    def estimate(self, rows: NDArray[Any], statistic: Statistic, reason: str) -> Estimate:
        """Return a statistic of the sum of `rows` with its interval.

        Parameters
        ----------
        rows
            What is summed over clips, shape (clips, *row).
        statistic
            From sums to a number.
        reason
            Why the number is not defined, should it be NaN.
        """
        value = value_of(float(statistic(rows.sum(axis=0))), reason)
        if isinstance(value, Undefined):
            return Estimate(value, value)
        return Estimate(value, self.interval(rows, statistic))


def clips_needed(interval: Interval | Undefined, half_width: float = 0.05) -> int | Undefined:
    """Return how many more double-coded clips would bring an interval down to ``+- half_width``.

    The width of an interval shrinks with the square root of the number of clips that vary as these do; this
    is a plan, not a promise.

    Parameters
    ----------
    interval
        Of the statistic in question.
    half_width
        What is wanted.

    Returns
    -------
    int or Undefined
        0 when the interval is narrow enough already.
    """
    if isinstance(interval, Undefined):
        return interval
    wanted = math.ceil(interval.units * (interval.half_width / half_width) ** 2 - 1e-9)
    return max(0, wanted - interval.units)
