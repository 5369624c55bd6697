"""Figures of a profile: transitions, day and night, actogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .axes import columns, hatch, legend, rows_of_axes, shade
from .rhythms import actogram
from .scored import Lights

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_HOUR = 3600.0
_HOURS_A_DAY = 24
#: More times of day than this are a line without dots.
_MOST_DOTS = 400


def transition_figure(transitions: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Return the matrix of transition probabilities over all animals, with the counts written in."""
    figure, (axis,) = rows_of_axes(1, 1.2 + 0.5 * len(names), width=2.5 + 0.75 * len(names))
    counts = np.zeros((len(names), len(names)))
    for before, after, count in transitions[["from", "to", "count"]].itertuples(index=False):
        counts[names.index(before), names.index(after)] += count
    left = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, left, out=np.zeros_like(counts), where=left > 0)
    image = axis.imshow(shares, cmap="cividis", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ink = "black" if shares[row, column] > 0.55 else "white"
            axis.text(column, row, f"{count:.0f}", ha="center", va="center", color=ink, fontsize=8)
    axis.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlabel="to", ylabel="from", title="Transitions (color: probability, number: count)")
    figure.colorbar(image, ax=axis, label="probability")
    return figure


def daily_figure(daily: pd.DataFrame, names: Sequence[str], seconds: float, lights: Lights | None) -> Figure:
    """Return the daily profile over 48 hours (one day drawn twice), a row per behavior, a line per strain."""
    figure, axes = rows_of_axes(len(names), 1.7)
    strains = list(dict.fromkeys(daily["strain"]))
    for axis, name in zip(axes, names, strict=True):
        for strain in strains:
            own = daily[(daily["behavior"] == name) & (daily["strain"] == strain)]
            hours = (own["time"].to_numpy() + seconds / 2) / _HOUR
            twice = np.concatenate((hours, hours + _HOURS_A_DAY))
            share, sem = (np.tile(own[column].to_numpy(float), 2) for column in ("share", "sem"))
            # No line leads over hours in which nothing was assessed.
            gaps = np.flatnonzero(np.diff(twice) > 1.5 * seconds / _HOUR) + 1
            twice, share, sem = (np.insert(values, gaps, np.nan) for values in (twice, share, sem))
            marker = "." if len(twice) <= _MOST_DOTS else ""
            (line,) = axis.plot(twice, share, marker=marker, label=strain or "all animals")
            spread = np.nan_to_num(sem)
            axis.fill_between(twice, share - spread, share + spread, alpha=0.25, color=line.get_color(), lw=0)
        shade(axis, 2 * _HOURS_A_DAY, lights)
        axis.set(ylabel="share", title=name)
        axis.set_xticks(range(0, 2 * _HOURS_A_DAY + 1, 6))
        axis.set_xlim(0, 2 * _HOURS_A_DAY)
    axes[-1].set_xlabel("hour of the day (one day, drawn twice; band: standard error over animals)")
    legend(figure, axes[0])
    return figure


def actogram_figure(
    budget: pd.DataFrame, seconds: float, animals: Sequence[str], behavior: str, lights: Lights | None
) -> Figure:
    """Return double-plotted actograms of one behavior: each day beside the next, a panel per animal."""
    plotted = [(animal, *actogram(budget, seconds, animal, behavior)) for animal in animals]
    days_in_all = sum(len(days) for _animal, days, _shares in plotted)
    figure, axes = rows_of_axes(
        len(plotted), 0.9 + 0.55 * max(1, days_in_all / max(1, len(plotted))), width=8.5
    )  # fmt: skip
    for axis, (animal, days, shares) in zip(axes, plotted, strict=True):
        following = np.vstack((shares[1:], np.full((1, shares.shape[1]), np.nan)))
        both = np.hstack((shares, following))
        edges = np.arange(both.shape[1] + 1) * seconds / _HOUR
        for row, values in enumerate(both):
            floor = len(days) - 1 - row
            low = np.full(len(values), float(floor))
            columns(axis, edges, low, low + np.nan_to_num(values) * 0.9, "black")
            hatch(axis, np.isnan(values), edges, floor)
        shade(axis, 2 * _HOURS_A_DAY, lights)
        axis.set_yticks(np.arange(len(days)) + 0.5, days[::-1])
        axis.set_xticks(range(0, 2 * _HOURS_A_DAY + 1, 6))
        axis.set(xlim=(0, 2 * _HOURS_A_DAY), ylim=(0, len(days)), title=f"{behavior}: {animal}")
    axes[-1].set_xlabel("hour (each day beside the next; hatched: not assessed)")
    return figure
