"""Evenness of a list: animals and light phases in turn, strains too, and stretches apart in time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .pool import Pool

#: An animal gets at most so many times its even share of a batch, a strain or a light phase so many times
#: its own.
CAP, GROUP_CAP = 2.0, 1.5


class Spread:
    """Keeps what is taken apart in time, and lets nothing have much more than its share.

    No animal, no strain, and neither light nor dark. Where nobody knows a strain or phase, it has no limit.

    Parameters
    ----------
    pool
        What is taken from.
    number
        How many units are taken in all.
    """

    def __init__(self, pool: Pool, number: int) -> None:
        self._pool = pool
        self._subjects = [unit.subject for unit in pool.units]
        self._cap = math.ceil(CAP * number / max(1, len(set(self._subjects))))
        strains = [pool.strain(subject) for subject in self._subjects]
        phases = [unit.light for unit in pool.units]
        self._groups = [(of, self._caps(of, number)) for of in (strains, phases)]
        self.taken: list[int] = []

    def take(self, order: Iterable[int], number: int) -> list[int]:
        """Take the first units of an order that keep apart from those taken before."""
        found: list[int] = []
        for n in order:
            if len(found) == number:
                break
            if n not in self.taken and self._free(n):
                self.taken.append(n)
                found.append(n)
        return found

    def apart(self, n: int) -> bool:
        """Return whether a unit lies far enough from all that were taken."""
        return all(self._pool.seconds_apart(n, other) >= self._pool.apart for other in self.taken)

    def _free(self, n: int) -> bool:
        return (
            self._akin(self._subjects, n) < self._cap
            and all(self._akin(of, n) < caps.get(of[n], math.inf) for of, caps in self._groups)
            and self.apart(n)
        )

    def _akin(self, of: Sequence[str], n: int) -> int:
        """Return how many were taken of what a unit is of."""
        return sum(of[other] == of[n] for other in self.taken)

    def _caps(self, of: Sequence[str], number: int) -> dict[str, int]:
        """Return how many units each known strain or phase gets at most; never fewer than others leave."""
        groups = set(of)
        share = math.ceil(GROUP_CAP * number / max(1, len(groups)))
        return {group: max(share, number - self._without(of, group)) for group in groups if group}

    def _without(self, of: Sequence[str], group: str) -> int:
        """Return how many units can be taken that are not of a strain or phase."""
        there = Counter(subject for each, subject in zip(of, self._subjects, strict=True) if each != group)
        return sum(min(self._cap, count) for count in there.values())


def evenly(
    pool: Pool,
    number: int,
    weights: NDArray[np.floating],
    rng: np.random.Generator,
    kinds: tuple[Sequence[int], Sequence[int]] | None = None,
    spread: Spread | None = None,
) -> list[int]:
    """Draw units by weight, one after the other from the animal and light phase with the fewest labels.

    Of several with as few labels, one whose strain has the fewest comes first.

    Parameters
    ----------
    pool
        What is drawn from.
    number
        How many units; fewer come where fewer have a weight.
    weights
        How often a unit is drawn, 0 for never (units,).
    rng
        Source of chance.
    kinds
        What kind every unit is of, and how many of its kind are more typical of it. Where given, kinds are
        drawn in place of units, and the most typical unit of each comes first.
    spread
        Where given, what was taken counts as labeled, and what lies near it in time waits until there is
        nothing else.
    """
    drawn = rng.exponential(size=len(weights)) / np.maximum(weights, 1e-300)
    strata: dict[tuple[str, str], list[int]] = {}
    for n in np.argsort(drawn, kind="stable").tolist():
        if weights[n] > 0:
            strata.setdefault((pool.units[n].subject, pool.units[n].light), []).append(n)
    if kinds is not None:
        strata = {key: _typical_first(order, *kinds) for key, order in strata.items()}
    have, akin = Counter(pool.labeled), pool.labeled_strains()
    for unit in (pool.units[n] for n in (spread.taken if spread is not None else ())):
        have[unit.subject, unit.light] += 1
        akin[pool.strain(unit.subject)] += 1
    chance = {key: rng.random() for key in sorted(strata)}
    found: list[int] = []
    while len(found) < number and any(strata.values()):
        key = min(
            (k for k in strata if strata[k]), key=lambda k: (have[k], akin[pool.strain(k[0])], chance[k])
        )
        own = strata[key]
        n = own[0] if spread is None else next((n for n in own if spread.apart(n)), own[0])
        own.remove(n)
        found.append(n)
        if spread is not None:
            spread.taken.append(n)
        have[key] += 1
        akin[pool.strain(key[0])] += 1
    return found


def _typical_first(drawn: list[int], kinds: Sequence[int], ranks: Sequence[int]) -> list[int]:
    """Return the most typical unit of every kind in the order in which kinds were drawn, then the second."""
    first: dict[int, int] = {}
    for place, n in enumerate(drawn):
        first.setdefault(kinds[n], place)
    return sorted(drawn, key=lambda n: (ranks[n], first[kinds[n]]))
