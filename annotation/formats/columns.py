"""Columns of label files that are kept as they stood there: whole numbers where possible, text otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: int64 where every cell is a plainly written whole number, Python strings (dtype object) otherwise.
Column = NDArray[np.int64] | NDArray[np.object_]


def column_of(cells: Sequence[str]) -> Column:
    """Return the cells as a column; text that an integer would not give back (``007``, ``1.0``) stays text.

    Examples
    --------
    >>> column_of(["45000", "45001"])
    array([45000, 45001])
    >>> column_of(["45000.0", ""])
    array(['45000.0', ''], dtype=object)
    """
    try:
        numbers = np.array([int(cell) for cell in cells], np.int64)
    except (ValueError, OverflowError):
        return np.array(cells, dtype=object)
    if all(map(str.__eq__, map(str, numbers.tolist()), cells)):
        return numbers
    return np.array(cells, dtype=object)


def cells_of(column: Column) -> list[str]:
    """Return the cells of a column as text: the inverse of `column_of`."""
    return [str(cell) for cell in column.tolist()]


def numbers_of(column: Column) -> NDArray[np.float64]:
    """Return a column as numbers; cells that are none become NaN."""
    if column.dtype != object:
        return column.astype(np.float64)
    import pandas as pd

    numbers = pd.to_numeric(pd.Series(column, dtype=object), errors="coerce")
    return np.asarray(numbers, dtype=np.float64)


def continued(column: Column, rows: int) -> Column:
    """Return a column of `rows` cells: cut, or continued by the last step from its last number."""
    if rows <= column.size:
        return column[:rows].copy()
    numbers = numbers_of(column)
    last = numbers[-1] if numbers.size else -1.0
    step = numbers[-1] - numbers[-2] if numbers.size > 1 else 1.0
    missing = rows - column.size
    if not np.isfinite(last) or not np.isfinite(step):
        return np.concatenate([column.astype(object), np.full(missing, "", dtype=object)])
    tail = np.rint(last + step * np.arange(1, missing + 1)).astype(np.int64)
    if column.dtype != object:
        return np.concatenate([column, tail])
    return np.concatenate([column, np.array([str(n) for n in tail.tolist()], dtype=object)])


def plain_column(column: Column) -> list[Any]:
    """Return a column as plain data: ``[first, step, count]`` for runs of whole numbers, text as it is."""
    if column.dtype == object:
        return column.tolist()
    steps = np.diff(column)
    turns = np.flatnonzero(np.diff(steps)) + 2
    plain: list[Any] = []
    # A turn ends a run; the cell after it begins the next, so that a jump costs one short run.
    start = 0
    while start < column.size:
        later = turns[np.searchsorted(turns, start + 2) :]
        stop = int(later[0]) if later.size else int(column.size)
        step = int(steps[start]) if stop - start > 1 else 0
        plain.append([int(column[start]), step, stop - start])
        start = stop
    return plain


def column_from_plain(plain: list[Any]) -> Column:
    """Return the column that `plain_column` described."""
    if any(isinstance(part, str) for part in plain):
        return np.array(plain, dtype=object)
    if not plain:
        return np.empty(0, np.int64)
    parts = [first + step * np.arange(count, dtype=np.int64) for first, step, count in plain]
    return np.concatenate(parts)
