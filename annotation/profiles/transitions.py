"""Transitions: which behavior follows which."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..tracks import NONE, UNLABELED, LabelTrack
from .scored import Scored

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["animal", "strain", "from", "to", "count", "probability"]


def transition_table(scored: Sequence[Scored]) -> pd.DataFrame:
    """Return how often each behavior was followed by each other one, by animal.

    Parameters
    ----------
    scored
        The material. Within each exclusive group, a bout is followed by the bout that begins at its last
        frame; after unlabeled frames nothing is known to follow anything.

    Returns
    -------
    pandas.DataFrame
        ``animal``, ``strain``, ``from``, ``to``, ``count`` and ``probability`` (of `to` given that `from`
        ended, 0 to 1): the first-order transition matrix, without its empty cells and its diagonal, which
        bouts do not have. ``none`` counts as a state of its own where there is one exclusive group; in
        projects of several groups it means that a behavior is absent, and is left out.
    """
    import pandas as pd

    pairs = [
        (item.animal, item.strain, item.ethogram.label_name(before), item.ethogram.label_name(after))
        for item in scored
        for group in range(item.track.groups)
        for before, after in _followers(item.track, group)
    ]
    if not pairs:
        return pd.DataFrame(columns=COLUMNS)
    counted = pd.DataFrame(pairs, columns=COLUMNS[:4]).value_counts(sort=False).rename("count").reset_index()
    left = counted.groupby(["animal", "strain", "from"])["count"].transform("sum")
    return counted.assign(probability=counted["count"] / left)


def _followers(track: LabelTrack, group: int) -> list[tuple[int, int]]:
    labels = [label for _length, label in track.runs(group=group)]
    states_nothing = {UNLABELED} if track.groups == 1 else {UNLABELED, NONE}
    return [pair for pair in pairwise(labels) if not states_nothing & set(pair)]
