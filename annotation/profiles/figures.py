"""Figures of a profile: budgets, transitions, day and night, actogram, raster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..tracks import NONE, stretches_of
from .rhythms import actogram
from .scored import Lights, Scored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DARK = "#D9D9E3"
_UNKNOWN = "#F2F2F2"
_HOUR = 3600.0
_HOURS_A_DAY = 24
#: More times of day than this are a line without dots.
_MOST_DOTS = 400


def budget_figure(budget: pd.DataFrame, colors: Mapping[str, str]) -> Figure:
    """Return stacked bars: the share of assessed time of each behavior in each bin, a row per animal."""
    animals = list(dict.fromkeys(budget["animal"]))
    figure, axes = _rows(len(animals), 2.2)
    for axis, animal in zip(axes, animals, strict=True):
        own = budget[budget["animal"] == animal]
        table = own.pivot_table(index="from", columns="behavior", values="share", sort=False, dropna=False)
        bottom, edges = np.zeros(len(table)), np.arange(len(table) + 1, dtype=np.float64) - 0.5
        for name, color in colors.items():
            share = table[name].fillna(0).to_numpy() if name in table else np.zeros(len(table))
            _columns(axis, edges, bottom, bottom + share, color, name)
            bottom = bottom + share
        dark = own.drop_duplicates("from")["phase"].to_numpy() == "dark"
        for start, stop in stretches_of(dark):  # above the bars, which fill their column
            axis.axvspan(start - 0.5, stop - 0.5, 1.0, 1.06, color="#3A3A4A", lw=0, clip_on=False)
        axis.set(ylim=(0, max(1.0, bottom.max(initial=0))), ylabel="share of time")
        axis.set_xlim(-0.6, len(table) - 0.4)
        axis.set_title(_named(own, animal), pad=10)
        step = max(1, len(table) // 12)
        axis.set_xticks(range(0, len(table), step), [_short(text) for text in table.index[::step]])
    axes[-1].set_xlabel("time (dark strip: lights off)" if "dark" in set(budget["phase"]) else "time")
    _legend(figure, axes[0])
    return figure


def transition_figure(transitions: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Return the matrix of transition probabilities over all animals, with the counts written in."""
    figure, (axis,) = _rows(1, 1.2 + 0.5 * len(names), width=2.5 + 0.75 * len(names))
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
    figure, axes = _rows(len(names), 1.7)
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
        _shade(axis, 2 * _HOURS_A_DAY, lights)
        axis.set(ylabel="share", title=name)
        axis.set_xticks(range(0, 2 * _HOURS_A_DAY + 1, 6))
        axis.set_xlim(0, 2 * _HOURS_A_DAY)
    axes[-1].set_xlabel("hour of the day (one day, drawn twice; band: standard error over animals)")
    _legend(figure, axes[0])
    return figure


def actogram_figure(
    budget: pd.DataFrame, seconds: float, animals: Sequence[str], behavior: str, lights: Lights | None
) -> Figure:
    """Return double-plotted actograms of one behavior: each day beside the next, a panel per animal."""
    plotted = [(animal, *actogram(budget, seconds, animal, behavior)) for animal in animals]
    days_in_all = sum(len(days) for _animal, days, _shares in plotted)
    figure, axes = _rows(
        len(plotted), 0.9 + 0.55 * max(1, days_in_all / max(1, len(plotted))), width=8.5
    )  # fmt: skip
    for axis, (animal, days, shares) in zip(axes, plotted, strict=True):
        following = np.vstack((shares[1:], np.full((1, shares.shape[1]), np.nan)))
        both = np.hstack((shares, following))
        edges = np.arange(both.shape[1] + 1) * seconds / _HOUR
        for row, values in enumerate(both):
            floor = len(days) - 1 - row
            low = np.full(len(values), float(floor))
            _columns(axis, edges, low, low + np.nan_to_num(values) * 0.9, "black")
            _hatch(axis, np.isnan(values), edges, floor)
        _shade(axis, 2 * _HOURS_A_DAY, lights)
        axis.set_yticks(np.arange(len(days)) + 0.5, days[::-1])
        axis.set_xticks(range(0, 2 * _HOURS_A_DAY + 1, 6))
        axis.set(xlim=(0, 2 * _HOURS_A_DAY), ylim=(0, len(days)), title=f"{behavior}: {animal}")
    axes[-1].set_xlabel("hour (each day beside the next; hatched: not assessed)")
    return figure


def raster_figure(scored: Sequence[Scored], colors: Mapping[str, str]) -> Figure:
    """Return the ethogram raster: each stretch as a row of colored bouts over its own time."""
    from matplotlib.patches import Patch

    longest = max(item.seconds for item in scored)
    unit, name = (_HOUR, "hours") if longest > 3 * _HOUR else (1.0, "seconds")
    figure, (axis,) = _rows(1, 1.2 + 0.32 * len(scored))
    for row, item in enumerate(scored):
        lanes = item.track.groups
        for group in range(lanes):
            spans: dict[int, list[tuple[float, float]]] = {}
            for bout in item.track.bouts(group):
                place, length = (frames / item.fps / unit for frames in (bout.start, bout.length))
                spans.setdefault(bout.label, []).append((place, length))
            for label, own in spans.items():
                color = colors.get(item.ethogram.label_name(label))
                if color is not None and (label != NONE or lanes == 1):
                    lane = row + 0.1 + 0.8 * group / lanes, 0.8 / lanes
                    axis.broken_barh(own, lane, facecolors=color, linewidth=0)
    axis.set_yticks(np.arange(len(scored)) + 0.5, [item.name for item in scored], fontsize=7)
    axis.set(ylim=(len(scored), 0), xlim=(0, longest / unit), xlabel=name)
    axis.legend(
        handles=[Patch(color=color, label=name) for name, color in colors.items()],
        loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8,
    )  # fmt: skip
    return figure


def _rows(count: int, height: float, width: float = 9.0) -> tuple[Figure, NDArray[np.object_]]:
    """Return a figure without a window, of so many axes below each other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height * max(count, 1) + 0.4), layout="constrained")
    axes = figure.subplots(max(count, 1), 1, squeeze=False)[:, 0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes[:count]


def _legend(figure: Figure, axis: Axes) -> None:
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=8)


def _shade(axis: Axes, hours: int, lights: Lights | None) -> None:
    """Shade when it is dark."""
    if lights is None:
        return
    for start, stop in stretches_of(lights.dark_at(np.arange(hours * 60) * 60.0)):
        axis.axvspan(start / 60, stop / 60, color=_DARK, zorder=0, lw=0)


def _columns(
    axis: Axes,
    edges: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    color: str,
    label: str | None = None,
) -> None:
    """Draw a column a bin, from `low` to `high`, as one shape: bars take minutes where bins are short."""
    bottom, top = (np.append(values, values[-1:]) for values in (low, high))
    axis.fill_between(edges, bottom, top, step="post", color=color, lw=0, label=label)


def _hatch(axis: Axes, unknown: NDArray[np.bool_], edges: NDArray[np.float64], floor: float) -> None:
    """Hatch the bins of a row in which nothing was assessed, each run of them as one."""
    spans = [(edges[start], edges[stop] - edges[start]) for start, stop in stretches_of(unknown)]
    axis.broken_barh(spans, (floor, 1.0), facecolors=_UNKNOWN, hatch="///", edgecolor="#BBBBBB", linewidth=0)


def _named(rows: pd.DataFrame, animal: str) -> str:
    strain = rows["strain"].iloc[0]
    return f"{animal} ({strain})" if strain else animal


def _short(text: str) -> str:
    """Return ``HH:MM`` with the day where a day begins, or seconds as they are."""
    if ":" not in text:
        return text
    day, clock = text.split(" ")
    return f"{clock[:5]}\n{day}" if clock.startswith("00:00") else clock[:5]
