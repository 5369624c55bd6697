"""Day and night: the daily profile of groups of animals, and the cosinor of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

_DAY = 86_400.0


def daily_profile(budget: pd.DataFrame) -> pd.DataFrame:
    """Return the mean share of every behavior at every time of day, by strain.

    Parameters
    ----------
    budget
        From `time_budget`; rows without a clock or without assessed time are left out.

    Returns
    -------
    pandas.DataFrame
        ``strain``, ``behavior``, ``time`` (seconds since midnight at which the bin begins), ``share`` (mean
        over animals, of each animal's mean over its days, 0 to 1), ``sem`` (standard error over animals;
        empty for one animal) and ``animals``.
    """
    import pandas as pd

    clock = pd.to_datetime(budget["from"].where(budget["from"].str.contains(":")), errors="coerce")
    known = budget.assign(
        time=clock.dt.hour * 3600 + clock.dt.minute * 60 + clock.dt.second
    )[clock.notna() & budget["share"].notna()]  # fmt: skip
    by_animal = known.groupby(["strain", "behavior", "time", "animal"], sort=False)["share"].mean()
    grouped = by_animal.groupby(["strain", "behavior", "time"], sort=False)
    table = grouped.agg(share="mean", sem="sem", animals="count").reset_index()
    return table.astype({"time": int}).sort_values(["strain", "behavior", "time"], ignore_index=True)


def actogram(
    budget: pd.DataFrame, seconds: float, animal: str, behavior: str
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the share of a behavior by day and time of day, for a double-plotted actogram.

    Parameters
    ----------
    budget, seconds
        From `time_budget`, and the length of its bins; a day must be a whole number of them.
    animal, behavior
        Whose and what.

    Returns
    -------
    days, shares
        Dates in order without gaps, and an array (days, bins of a day): NaN where nothing was assessed.
    """
    import pandas as pd

    own = budget[(budget["animal"] == animal) & (budget["behavior"] == behavior)]
    own = own[own["from"].str.contains(":")]
    moments = pd.to_datetime(own["from"])
    if own.empty:
        return [], np.empty((0, 0))
    days = pd.date_range(moments.min().normalize(), moments.max().normalize(), freq="D")
    of_day = (moments - moments.dt.normalize()).dt.total_seconds()
    shares = np.full((len(days), round(_DAY / seconds)), np.nan)
    rows = (moments.dt.normalize() - days[0]).dt.days
    shares[rows.to_numpy(), (of_day / seconds).astype(int).to_numpy()] = own["share"].to_numpy(float)
    return [f"{day:%Y-%m-%d}" for day in days], shares


@dataclass(frozen=True, slots=True)
class Cosinor:
    """A cosine of 24 hours fitted to shares of time.

    Attributes
    ----------
    mesor
        Mean level of the fitted curve.
    amplitude
        Half of the difference between its peak and its trough.
    acrophase
        Time of day of the peak, in hours, 0 to 24.
    r_squared
        Share of the variance that the curve explains, 0 to 1.
    bins
        How many bins it was fitted to.
    reason
        Why there is no fit; the numbers are then None.
    """

    mesor: float | None = None
    amplitude: float | None = None
    acrophase: float | None = None
    r_squared: float | None = None
    bins: int = 0
    reason: str = ""


def cosinor(hours: NDArray[np.floating], values: NDArray[np.floating], period: float = 24.0) -> Cosinor:
    """Fit ``mesor + amplitude * cos(2 pi (t - acrophase) / period)`` by least squares.

    Parameters
    ----------
    hours
        Time of day of each value, in hours: shape (n,).
    values
        Such as shares of time: shape (n,); NaN is left out.
    period
        In hours.

    Returns
    -------
    Cosinor
        With a reason in place of the numbers where the fit is not defined: values at fewer than four
        different times, times that cover less than half of the period, or values that are all equal.

    Notes
    -----
    Single-component cosinor of Halberg (1969) as Cornelissen gives it: Theoretical Biology and Medical
    Modelling 11:16, 2014, equations 1 to 6.
    """
    times, levels = np.asarray(hours, float), np.asarray(values, float)
    kept = np.isfinite(levels)
    times, levels = times[kept] % period, levels[kept]
    moments = np.unique(np.round(times, 6))
    if moments.size < 4:
        return Cosinor(bins=levels.size, reason="not defined because fewer than 4 times of day were assessed")
    gaps = np.diff(np.concatenate((moments, [moments[0] + period])))
    if period - gaps.max() < period / 2:
        return Cosinor(bins=levels.size, reason="not defined because less than half of the day was assessed")
    if np.ptp(levels) == 0:
        return Cosinor(bins=levels.size, reason="not defined because the share is the same at all times")
    angle = 2 * np.pi * times / period
    design = np.column_stack((np.ones_like(angle), np.cos(angle), np.sin(angle)))
    (mesor, cosine, sine), *_ = np.linalg.lstsq(design, levels, rcond=None)
    residual = levels - design @ (mesor, cosine, sine)
    return Cosinor(
        mesor=float(mesor),
        amplitude=float(np.hypot(cosine, sine)),
        acrophase=float(np.arctan2(sine, cosine) / (2 * np.pi) * period % period),
        r_squared=float(1 - (residual**2).sum() / ((levels - levels.mean()) ** 2).sum()),
        bins=levels.size,
    )
