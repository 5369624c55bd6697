"""The first list, before there is a model: what is typical of every animal, in light and dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .evenness import Spread, evenly
from .pool import Pool, Use

#: Kinds that the units of one animal in one light phase are grouped into at most: about as many as behaviors.
KINDS = 8
#: Principal components of the looks in which kinds are sought.
COMPONENTS = 20
#: Runs of k-means, of which the best counts.
_RUNS = 3
#: Of values in units of their spread, a larger one tells no more.
_MOST = 8.0


def cold_start(
    pool: Pool, number: int, rng: np.random.Generator, spread: Spread
) -> tuple[list[int], list[int]]:
    """Choose typical units of every animal in light and dark: half evenly drawn, half where much moves.

    Within each animal and light phase units are grouped into kinds by how they look (k-means of principal
    components). Kinds are drawn, by their size in the first half and by how much moves in the second. Of each
    the unit nearest its center is taken, and another one only when there is no other kind left. So no oddity
    is asked for first, and what is quiet is not missing.

    Parameters
    ----------
    pool
        The unlabeled units.
    number
        How many units.
    rng
        Source of chance.
    spread
        What was taken before; what lies near it waits until there is nothing else.

    Returns
    -------
    tuple
        The units of the first and of the second half.
    """
    kinds = kinds_of(pool, rng)
    usable = np.array([unit.use is Use.ANY for unit in pool.units], np.float64)
    even = evenly(pool, number // 2, usable, rng, kinds, spread)
    usable[even] = 0
    moving = usable * (np.asarray(pool.motion, np.float64) + 1e-9)
    return even, evenly(pool, number - len(even), moving, rng, kinds, spread)


def kinds_of(pool: Pool, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Return of which kind every unit is within its animal and light phase, and how typical it is.

    Returns
    -------
    tuple
        Number of the kind, different in every animal and light phase, and how many units of this kind lie
        nearer to its center (units,).
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    count = len(pool.units)
    kinds, ranks = np.zeros(count, int), np.zeros(count, int)
    strata: dict[tuple[str, str], list[int]] = {}
    for n, unit in enumerate(pool.units):
        strata.setdefault((unit.subject, unit.light), []).append(n)
    made = 0
    with threadpool_limits(1):  # sums in another order could be another list
        rows = _components(np.asarray(pool.features, np.float64))
        for key in sorted(strata):
            own = np.array(strata[key])
            most = min(KINDS, max(1, len(own) // 2), len(np.unique(rows[own], axis=0)))
            found = KMeans(most, n_init=_RUNS, random_state=int(rng.integers(2**31))).fit(rows[own])
            far = np.linalg.norm(rows[own] - found.cluster_centers_[found.labels_], axis=1)
            kinds[own] = made + found.labels_
            for kind in range(most):
                members = np.flatnonzero(found.labels_ == kind)
                nearest = members[np.argsort(far[members], kind="stable")]
                ranks[own[nearest]] = np.arange(len(members))
            made += most
    return kinds.tolist(), ranks.tolist()


def _components(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return principal components of features in units of their spread (units, components)."""
    centered = rows - rows.mean(axis=0)
    spread = rows.std(axis=0)
    scaled = np.clip(centered * np.where(spread > 1e-9, 1 / np.maximum(spread, 1e-9), 0), -_MOST, _MOST)
    _, vectors = np.linalg.eigh(scaled.T @ scaled)
    return np.asarray(scaled @ vectors[:, ::-1][:, :COMPONENTS])
