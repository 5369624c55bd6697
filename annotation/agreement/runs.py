"""Runs of equal labels in clips that lie one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def run_starts(codes: NDArray[Any], ends: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return the frames at which a run begins; every clip that has frames begins one.

    Parameters
    ----------
    codes
        Labels of all frames, clip after clip, shape (frames,).
    ends
        Where each clip ends, ascending up to ``codes.size``, shape (clips,).
    """
    begins = np.empty(codes.size, bool)
    np.not_equal(codes[1:], codes[:-1], out=begins[1:])
    first = np.append(0, ends[:-1])
    begins[first[first < ends]] = True
    return np.flatnonzero(begins)
