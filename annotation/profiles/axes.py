"""What figures of a profile are drawn with: rows of axes, legends, columns, hatches, the dark phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..tracks import stretches_of
from .scored import Lights

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DARK = "#D9D9E3"
_UNKNOWN = "#F2F2F2"


def rows_of_axes(count: int, height: float, width: float = 9.0) -> tuple[Figure, NDArray[np.object_]]:
    """Return a figure without a window, of so many axes below each other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height * max(count, 1) + 0.4), layout="constrained")
    axes = figure.subplots(max(count, 1), 1, squeeze=False)[:, 0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes[:count]


def legend(figure: Figure, axis: Axes) -> None:
    """Put what is labeled in one of the axes beside all of them."""
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=8)


def shade(axis: Axes, hours: int, lights: Lights | None) -> None:
    """Shade when it is dark."""
    if lights is None:
        return
    for start, stop in stretches_of(lights.dark_at(np.arange(hours * 60) * 60.0)):
        axis.axvspan(start / 60, stop / 60, color=_DARK, zorder=0, lw=0)


def columns(
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


def hatch(
    axis: Axes, unknown: NDArray[np.bool_], edges: NDArray[np.float64], floor: float, height: float = 1.0
) -> None:
    """Hatch the bins of a row in which nothing was assessed, each run of them as one, from `floor` on."""
    spans = [(edges[start], edges[stop] - edges[start]) for start, stop in stretches_of(unknown)]
    axis.broken_barh(
        spans, (floor, height), facecolors=_UNKNOWN, hatch="///", edgecolor="#BBBBBB", linewidth=0
    )
