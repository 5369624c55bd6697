"""Time budgets: how much of its time an animal spends with each behavior."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .scored import Lights, Scored, behaviors_of, onsets_of

if TYPE_CHECKING:
    import pandas as pd

HOUR = 3600.0

_COLUMNS = [
    "animal", "strain", "from", "phase", "behavior", "seconds", "share", "onsets", "assessed", "unlabeled",
]  # fmt: skip


def time_budget(
    scored: Sequence[Scored], seconds: float = HOUR, lights: Lights | None = None
) -> pd.DataFrame:
    """Return the seconds of every behavior in every bin of time of every animal.

    Parameters
    ----------
    scored
        The material. Stretches of one animal on one clock are put together.
    seconds
        Length of a bin; bins begin at midnight, or with the stretch when its clock is not known.
    lights
        The light schedule, for the column ``phase``.

    Returns
    -------
    pandas.DataFrame
        ``animal``, ``strain``, ``from`` (date and time, or seconds since the start), ``phase`` (``light``,
        ``dark`` or empty; of the middle of the bin), ``behavior``, ``seconds``, ``share`` (of the assessed
        time of the bin, 0 to 1; empty where nothing was assessed), ``onsets`` (bouts that begin in the bin),
        ``assessed`` and ``unlabeled`` (seconds of the bin).

    Notes
    -----
    Frames on which nobody decided are no part of a share. Shares of behaviors in different exclusive groups
    can add up to more than 1.
    """
    import pandas as pd

    names = list(behaviors_of(scored))
    tables = [_budget(item, names, seconds, lights) for item in scored if item.track.frames]
    if not tables or not names:
        return pd.DataFrame(columns=_COLUMNS)
    together = pd.concat(tables, ignore_index=True).groupby(_COLUMNS[:5], sort=False, as_index=False).sum()
    assessed = together["assessed"]
    return together.assign(share=(together["seconds"] / assessed).where(assessed > 0))[_COLUMNS]


def _budget(item: Scored, names: list[str], seconds: float, lights: Lights | None) -> pd.DataFrame:
    """Return the rows of one stretch, a bin and behavior each."""
    import pandas as pd

    bins = item.bin_of(seconds)
    first, count = int(bins[0]), int(bins[-1] - bins[0]) + 1
    where = bins - first

    def total(frames: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(where[frames], minlength=count)

    starts = [item.bin_start(first + number, seconds) for number in range(count)]
    assessed = total(item.assessed) / item.fps
    present = np.bincount(where, minlength=count) / item.fps
    common = pd.DataFrame(
        {
            "animal": item.animal,
            "strain": item.strain,
            "from": [_when(start) for start in starts],
            "phase": [_phase(start, seconds, lights) for start in starts],
            "assessed": assessed,
            "unlabeled": present - assessed,
        }
    )
    rows = []
    for name in names:
        shown = item.shows(name)
        rows.append(
            common.assign(behavior=name, seconds=total(shown) / item.fps, onsets=total(onsets_of(shown)))
        )
    return pd.concat(rows, ignore_index=True)


def _when(start: datetime | float) -> str:
    return start.isoformat(sep=" ") if isinstance(start, datetime) else f"{start:g}"


def _phase(start: datetime | float, seconds: float, lights: Lights | None) -> str:
    if lights is None or not isinstance(start, datetime):
        return ""
    middle = start + timedelta(seconds=seconds / 2)
    of_day = middle.hour * 3600 + middle.minute * 60 + middle.second
    return "dark" if lights.dark_at(np.array(of_day)) else "light"
