"""Bout statistics: how often, how long, how soon, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..tracks import stretches_of
from .scored import Scored, behaviors_of

if TYPE_CHECKING:
    import pandas as pd


def bout_statistics(scored: Sequence[Scored]) -> pd.DataFrame:
    """Return the bouts of every behavior in every stretch in numbers.

    Parameters
    ----------
    scored
        The material, a row per stretch and behavior.

    Returns
    -------
    pandas.DataFrame
        ``animal``, ``strain``, ``recording``, ``behavior``, ``bouts``, ``cut`` (bouts that the start or end
        of the stretch or unlabeled frames cut, so that they may have been longer), and in seconds ``total``,
        ``mean``, ``median``, ``longest``, ``latency`` (first onset after the start of the stretch),
        ``interval`` (mean time from the end of a bout to the next onset). Neither leads over unlabeled
        frames, on which nobody knows what was shown. What is not defined is empty, and ``remark`` says why.
    """
    import pandas as pd

    names = list(behaviors_of(scored))
    rows = [_row(item, name) for item in scored for name in names]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "animal", "strain", "recording", "behavior", "bouts", "cut", "total", "mean", "median", "longest",
    "latency", "interval", "remark",
]  # fmt: skip


def _row(item: Scored, name: str) -> dict[str, object]:
    shown, assessed = item.shows(name), item.assessed
    starts, stops = np.array(stretches_of(shown), np.int64).reshape(-1, 2).T
    lengths = (stops - starts) / item.fps
    row: dict[str, object] = {
        "animal": item.animal, "strain": item.strain, "recording": item.name, "behavior": name,
        "bouts": starts.size, "total": float(lengths.sum()),
    }  # fmt: skip
    if starts.size == 0:
        return row | {"cut": 0, "remark": "never shown: durations, latency and interval are not defined"}
    # Beyond the first and the last frame nobody looked, either.
    known = np.concatenate(([False], assessed, [False]))
    row |= {
        "cut": int((~known[starts] | ~known[stops + 1]).sum()),
        "mean": float(lengths.mean()),
        "median": float(np.median(lengths)),
        "longest": float(lengths.max()),
    }
    remarks = []
    unlabeled = np.concatenate(([0], np.cumsum(~assessed)))
    if unlabeled[starts[0]]:
        remarks.append("unlabeled frames before the first bout: the latency is not defined")
    else:
        row["latency"] = float(starts[0] / item.fps)
    if starts.size == 1:
        remarks.append("one bout: the interval between bouts is not defined")
    else:
        whole = unlabeled[starts[1:]] == unlabeled[stops[:-1]]
        if whole.any():
            row["interval"] = float((starts[1:] - stops[:-1])[whole].mean() / item.fps)
        if not whole.all():
            remarks.append(
                f"{(~whole).sum()} of {whole.size} intervals hold unlabeled frames and count nowhere"
            )
    return row | {"remark": "; ".join(remarks)}
