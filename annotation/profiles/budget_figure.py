"""The figure of time budgets: what every animal did in every bin of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..tracks import stretches_of
from .axes import columns, hatch, legend, rows_of_axes
from .scored import Lights

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DAY = 86_400
#: Distances between ticks in seconds, and how many ticks there are at most.
_TICKS = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)
_MOST_TICKS = 12


@dataclass(frozen=True)
class _Place:
    """Where the bins of one animal lie.

    Attributes
    ----------
    bins
        Number of the bin that each row of its budget is about, counted from the midnight of `days`.
    days
        The days on which it was recorded, in order: others take no room. Empty where the clock is not known.
    """

    bins: NDArray[np.intp]
    days: tuple[str, ...]


def budget_figure(
    budget: pd.DataFrame, colors: Mapping[str, str], seconds: float, lights: Lights | None = None
) -> Figure:
    """Return stacked columns: the share of assessed time of each behavior in each bin, a row per animal.

    Parameters
    ----------
    budget, seconds
        From `time_budget`, and the length of its bins; a day must be a whole number of them.
    colors
        Of the behaviors.
    lights
        The light schedule, for animals whose clock is known.

    Returns
    -------
    matplotlib.figure.Figure
        Time has one scale for all animals, and those on the clock begin at one time of day. What was not
        assessed is hatched; days without any recording are left out.
    """
    animals = list(dict.fromkeys(budget["animal"]))
    figure, axes = rows_of_axes(len(animals), 2.2)
    own = {animal: budget[budget["animal"] == animal] for animal in animals}
    places = {animal: _place(rows, seconds) for animal, rows in own.items()}
    notes = ["hatched: not assessed"]
    for clocked in {bool(place.days) for place in places.values()}:
        alike = [place for place in places.values() if bool(place.days) == clocked]
        first = min(int(place.bins.min()) for place in alike)
        last = max(int(place.bins.max()) for place in alike) + 1
        middles = (np.arange(first, last) + 0.5) * seconds
        dark = stretches_of(lights.dark_at(middles)) if clocked and lights is not None else []
        notes += ["dark strip: lights off"] if dark else []
        for axis, animal in zip(axes, animals, strict=True):
            if bool(places[animal].days) == clocked:
                _draw(axis, own[animal], places[animal], (first, last), seconds, colors)
                for start, stop in dark:  # above the columns, which fill their height
                    span = ((first + start) * seconds, (first + stop) * seconds)
                    axis.axvspan(*span, 1.0, 1.06, color="#3A3A4A", lw=0, clip_on=False)
                strain = own[animal]["strain"].iloc[0]
                axis.set_title(f"{animal} ({strain})" if strain else animal, pad=10)
    axes[-1].set_xlabel(f"time ({'; '.join(notes)})")
    legend(figure, axes[0])
    return figure


def _place(rows: pd.DataFrame, seconds: float) -> _Place:
    import pandas as pd

    if not rows["from"].str.contains(":").all():
        return _Place(np.rint(rows["from"].to_numpy(float) / seconds).astype(np.intp), ())
    moments = pd.to_datetime(rows["from"])
    midnights = moments.dt.normalize()
    days = sorted(midnights.unique())
    number = midnights.map({day: place for place, day in enumerate(days)})
    in_day = (moments - midnights).dt.total_seconds() / seconds
    bins = number.to_numpy(np.intp) * round(_DAY / seconds) + np.rint(in_day.to_numpy(float)).astype(np.intp)
    return _Place(bins.astype(np.intp), tuple(f"{day:%Y-%m-%d}" for day in days))


def _draw(
    axis: Axes,
    rows: pd.DataFrame,
    place: _Place,
    ends: tuple[int, int],
    seconds: float,
    colors: Mapping[str, str],
) -> None:
    """Draw the bins ``[first, last)`` of one animal."""
    first, last = ends
    edges = np.arange(first, last + 1, dtype=np.float64) * seconds
    table = rows.assign(place=place.bins).pivot_table(
        index="place", columns="behavior", values="share", sort=False, dropna=False
    )
    table = table.reindex(range(first, last))
    bottom = np.zeros(last - first)
    for name, color in colors.items():
        share = table[name].fillna(0).to_numpy(float) if name in table else np.zeros(last - first)
        columns(axis, edges, bottom, bottom + share, color, name)
        bottom = bottom + share
    # An animal can do one behavior of each group at a time, so that shares of several add up to more than 1.
    height = float(np.ceil(round(bottom.max(initial=0), 6))) or 1.0
    hatch(axis, table.isna().all(axis=1).to_numpy(), edges, 0.0, height)
    label = "share of time" if height <= 1 else "share of time,\nsum of groups"
    axis.set(xlim=(edges[0], edges[-1]), ylim=(0, height), ylabel=label)
    step = next((step for step in _TICKS if (edges[-1] - edges[0]) / step <= _MOST_TICKS), None)
    step = step or _DAY * -(-round((edges[-1] - edges[0]) / _DAY) // _MOST_TICKS)
    ticks = np.arange(np.ceil(edges[0] / step) * step, edges[-1] + 1e-6, step)
    axis.set_xticks(ticks, [_label(tick, place.days, first=tick == ticks[0]) for tick in ticks])


def _label(tick: float, days: tuple[str, ...], *, first: bool) -> str:
    """Return the time of day, with the date where a day begins; seconds where the clock is not known."""
    if not days:
        return f"{tick:g} s"
    day, second = divmod(round(tick), _DAY)
    clock = f"{second // 3600:02d}:{second % 3600 // 60:02d}"
    return f"{clock}\n{days[day]}" if (first or second == 0) and day < len(days) else clock
