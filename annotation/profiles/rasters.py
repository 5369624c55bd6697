"""Ethogram rasters: what was shown when, as colored rows of stretches or of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME
from ..tracks import NONE
from .axes import rows_of_axes, shade
from .scored import Lights, Scored

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: More stretches than this make no readable raster.
MOST_STRETCHES = 60
_HOUR, _MINUTE, _MINUTES_A_DAY = 3600.0, 60.0, 1440
#: Rows that a raster of days has at most: a picture of more than this opens nowhere.
_MOST_DAYS = 1000


def raster_figure(scored: Sequence[Scored], colors: Mapping[str, str]) -> Figure:
    """Return the ethogram raster: each stretch as a row of colored bouts over its own time."""
    longest = max(item.seconds for item in scored)
    unit, name = (_HOUR, "hours") if longest > 3 * _HOUR else (1.0, "seconds")
    figure, (axis,) = rows_of_axes(1, 1.2 + 0.32 * len(scored))
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
    _name_colors(axis, colors)
    return figure


def day_raster_figure(
    scored: Sequence[Scored], colors: Mapping[str, str], lights: Lights | None
) -> Figure | None:
    """Return the raster of whole days: a row per animal and day, a column per minute.

    Parameters
    ----------
    scored
        The material; what has no clock is left out.
    colors
        Of the behaviors.
    lights
        The light schedule; where nothing was assessed, the dark phase is shaded.

    Returns
    -------
    matplotlib.figure.Figure or None
        A minute has the color of what was shown for most of it, in a lane per exclusive group; it is empty
        where nothing was labeled. None where no clock is known or there are too many days.
    """
    from matplotlib.colors import to_rgba

    days = _seconds_by_minute(scored, list(colors))
    if not days or len(days) > _MOST_DAYS:
        return None
    shades = np.array([to_rgba(color) for color in colors.values()])
    lanes = _lanes(scored, list(colors))
    figure, (axis,) = rows_of_axes(1, 1.0 + 0.22 * len(days))
    for row, seconds in enumerate(days.values()):
        for place, lane in enumerate(lanes):
            shown = seconds[lane]
            image = shades[np.array(lane)[shown.argmax(axis=0)]][None]
            image[0, shown.max(axis=0) <= 0] = 0.0  # nothing is seen there
            top = row + 0.06 + 0.88 * place / len(lanes)
            extent = (0.0, 24.0, top + 0.88 / len(lanes), top)
            axis.imshow(image, aspect="auto", extent=extent, interpolation="nearest", zorder=1)
    axis.set_yticks(np.arange(len(days)) + 0.5, [f"{animal}  {day}" for animal, day in days], fontsize=7)
    axis.set_xticks(range(0, 25, 3))
    axis.set(ylim=(len(days), 0), xlim=(0, 24))
    axis.set_xlabel("hour of the day (each minute: what was shown for most of it; empty: not assessed)")
    shade(axis, 24, lights)
    _name_colors(axis, colors)
    return figure


def _seconds_by_minute(
    scored: Sequence[Scored], names: Sequence[str]
) -> dict[tuple[str, date], NDArray[np.float64]]:
    """Return for how long each behavior was shown in each minute (behaviors, minutes), by animal and day."""
    days: dict[tuple[str, date], NDArray[np.float64]] = {}
    for item in scored:
        if item.began is None:
            continue
        minutes = item.bin_of(_MINUTE)
        first, last = int(minutes[0]) // _MINUTES_A_DAY, int(minutes[-1]) // _MINUTES_A_DAY
        size = (last + 1) * _MINUTES_A_DAY
        shown = np.array([np.bincount(minutes[item.shows(name)], minlength=size) for name in names])
        for number in range(first, last + 1):
            key = (item.animal, item.began.date() + timedelta(days=number))
            part = shown[:, number * _MINUTES_A_DAY : (number + 1) * _MINUTES_A_DAY] / item.fps
            days[key] = days.get(key, 0.0) + part
    return dict(sorted(days.items()))


def _lanes(scored: Sequence[Scored], names: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the behaviors in each exclusive group; *none* is one where there is one group."""
    groups: dict[int, list[int]] = {}
    for number, name in enumerate(names):
        found = [
            (item.ethogram, behavior)
            for item in scored
            if (behavior := item.ethogram.by_name(name)) is not None
        ]
        if found:
            ethogram, behavior = found[0]
            groups.setdefault(ethogram.group_of(behavior.id), []).append(number)
    if len(groups) == 1 and NONE_NAME in names:
        next(iter(groups.values())).append(list(names).index(NONE_NAME))
    return [groups[group] for group in sorted(groups)]


def _name_colors(axis: Axes, colors: Mapping[str, str]) -> None:
    from matplotlib.patches import Patch

    axis.legend(
        handles=[Patch(color=color, label=name) for name, color in colors.items()],
        loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8,
    )  # fmt: skip
