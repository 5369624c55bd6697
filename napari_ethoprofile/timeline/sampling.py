"""From labels per frame to labels per pixel column, without losing the short bouts. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..annotation.tracks import NONE, UNLABELED
from .window import Window

#: The rank of a short run: where several want the same columns, a behavior beats a gap, a gap beats none.
_RANK_NONE, _RANK_UNLABELED, _RANK_BEHAVIOR = 0, 1, 2


def sample_codes(
    codes: NDArray[np.integer], window: Window, width: int, min_columns: int = 2
) -> NDArray[np.int16]:
    """Return the label code of every pixel column.

    A column shows the frame under its middle. Runs that are narrower than `min_columns` are painted on top,
    `min_columns` wide, the shortest last: a single frame stays visible in a pass of any length.

    Parameters
    ----------
    codes
        Labels (frames,) of the clip.
    window
        The visible frames.
    width
        Number of columns, in device pixels.
    min_columns
        Least width of a run, in device pixels.

    Returns
    -------
    ndarray
        Shape (width,), int16.
    """
    if width <= 0 or window.span <= 0:
        return np.full(max(width, 0), UNLABELED, np.int16)
    step = window.span / width
    middles = np.floor(window.first + step * (np.arange(width) + 0.5)).astype(np.intp)
    columns = codes[np.clip(middles, 0, codes.size - 1)].astype(np.int16)
    if step * min_columns > 1.0:
        _paint_short_runs(columns, codes, window, step, min_columns)
    return columns


def _paint_short_runs(
    columns: NDArray[np.int16], codes: NDArray[np.integer], window: Window, step: float, min_columns: int
) -> None:
    """Overwrite columns with the runs that are narrower than `min_columns`."""
    margin = int(np.ceil(min_columns * step))  # so that a run cut by the window's edge does not look short
    low = max(0, int(window.first) - margin)
    high = min(codes.size, int(np.ceil(window.last)) + margin)
    visible = codes[low:high]
    starts = np.concatenate(([0], np.flatnonzero(visible[1:] != visible[:-1]) + 1))
    lengths = np.diff(np.concatenate((starts, [visible.size])))
    labels = visible[starts]
    short = lengths < min_columns * step
    left = np.floor((starts + low - window.first) / step).astype(np.intp)
    on_screen = (left < columns.size) & (starts + low + lengths > window.first)
    chosen = np.flatnonzero(short & on_screen)
    if chosen.size == 0:
        return
    rank = np.where(
        labels[chosen] == NONE, _RANK_NONE, np.where(labels[chosen] < 0, _RANK_UNLABELED, _RANK_BEHAVIOR)
    )
    chosen = chosen[np.lexsort((-lengths[chosen], rank))]
    first = np.clip(left[chosen], 0, max(0, columns.size - min_columns))
    targets = first[:, np.newaxis] + np.arange(min(min_columns, columns.size))
    columns[targets] = labels[chosen][:, np.newaxis]  # of equal targets the last one stays


def sample_share(flags: NDArray[np.bool_], window: Window, width: int) -> NDArray[np.float32]:
    """Return for every pixel column the share of its frames that are flagged, shape (width,), 0 to 1."""
    if width <= 0 or window.span <= 0:
        return np.zeros(max(width, 0), np.float32)
    edges = window.first + window.span / width * np.arange(width + 1)
    starts = np.clip(np.floor(edges[:-1]).astype(np.intp), 0, flags.size - 1)
    stops = np.clip(np.ceil(edges[1:]).astype(np.intp), starts + 1, flags.size)
    low, high = int(starts[0]), int(stops[-1])
    counted = np.concatenate(([0], np.cumsum(flags[low:high], dtype=np.int32)))
    return ((counted[stops - low] - counted[starts - low]) / (stops - starts)).astype(np.float32)


def pixel_runs(columns: NDArray[np.int16]) -> list[tuple[int, int, int]]:
    """Return ``(left, right, code)`` of the runs of equal columns, right excluded."""
    if columns.size == 0:
        return []
    edges = np.concatenate(([0], np.flatnonzero(columns[1:] != columns[:-1]) + 1, [columns.size]))
    return [(int(left), int(right), int(columns[left])) for left, right in pairwise(edges)]


def color_table(color_of: Callable[[int], int], codes: NDArray[np.integer]) -> NDArray[np.uint32]:
    """Return a table whose entry ``code + 1`` is the color ``0xffrrggbb`` of each code that occurs."""
    present = np.unique(codes)
    table = np.zeros(int(present.max(initial=0)) + 2, np.uint32)
    for code in present:
        table[int(code) + 1] = color_of(int(code))
    return table
