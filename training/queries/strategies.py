"""Strategies that choose what to label next, each seeded: the same pool and seed give the same units.

The default is ``clip_entropy_v1``: half of a batch where the model is least sure, less than a third where it
is unsure about what is rare, the rest by chance, which is the only unbiased look at how good the model is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from .pool import Pool

#: Shares of a batch of ``clip_entropy_v1`` that go to rare behaviors and to chance.
RARE, AUDIT = 0.3, 0.2
#: No two units of one batch of ``clip_entropy_v1`` lie nearer.
APART_SECONDS = 30.0
#: An animal gets at most so many times its even share of a batch.
CAP = 2.0
#: Seconds over which probabilities are averaged before their entropy is taken.
_AVERAGED = 1.0
#: Reason of those that are drawn to cover animals and light phases evenly.
FEW_LABELS = "an animal with few labels"

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen unit.

    Attributes
    ----------
    unit
        Its number in the pool.
    reason
        Why, in a few words.
    score
        What it was chosen by; higher is more wanted, and comparable within one reason only.
    audit
        Whether it was drawn by chance, to estimate how good the model is.
    """

    unit: int
    reason: str
    score: float
    audit: bool = False


#: From a pool, how many, the source of chance and the number of the batch to units, the most wanted first.
Strategy = Callable[[Pool, int, np.random.Generator, int], list[Pick]]


def choose(pool: Pool, strategy: str, number: int, seed: int, batch: int) -> list[Pick]:
    """Choose what to label next.

    Parameters
    ----------
    pool
        The unlabeled units.
    strategy
        Name of one of `STRATEGIES`.
    number
        How many units; fewer come where there are fewer.
    seed, batch
        The same seed and number of the batch, from 0, choose the same.

    Raises
    ------
    LearnError
        When there is no such strategy.
    """
    if strategy not in STRATEGIES:
        raise LearnError(f"There is no strategy '{strategy}'; choose one of {', '.join(STRATEGIES)}.")
    wanted = min(number, len(pool.units))
    rng = np.random.default_rng([seed, batch])
    return STRATEGIES[strategy](pool, wanted, rng, batch) if wanted > 0 else []


def sequential(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose in the order of recordings and time, as a lab does without help."""
    order = sorted(range(len(pool.units)), key=lambda n: pool.units[n])
    return [Pick(n, "next in order", 0.0) for n in order[:number]]


def by_chance(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose by chance."""
    return [Pick(int(n), "by chance", 0.0) for n in rng.permutation(len(pool.units))[:number]]


def stratified(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose by chance, animals and light phases evenly."""
    even = np.ones(len(pool.units))
    return [Pick(n, FEW_LABELS, 0.0) for n in _evenly(pool, number, even, rng)]


def motion(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose animals and light phases evenly, units with much motion more often; at first only half of them.

    Quiet behaviors would be missing from a first batch that follows motion alone.
    """
    moving = np.asarray(pool.motion, np.float64) + 1e-9
    half = number // 2 if batch == 0 else 0
    first = _evenly(pool, half, np.ones(len(pool.units)), rng)
    picks = [Pick(n, FEW_LABELS, 0.0) for n in first]
    taken = np.isin(np.arange(len(pool.units)), first)
    rest = _evenly(pool, number - half, np.where(taken, 0, moving), rng)
    return [*picks, *(Pick(n, "much motion", float(pool.motion[n])) for n in rest)]


def margin(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose where the two most likely behaviors are nearest to each other."""
    if pool.probabilities is None:
        return motion(pool, number, rng, 0)
    two = [np.sort(_averaged(p, pool.rate), axis=1)[:, -2:] for p in pool.probabilities]
    scores = np.array([1 - (each[:, 1] - each[:, 0]).mean() for each in two])
    return [Pick(n, "two behaviors are about as likely", float(scores[n])) for n in _top(scores, number)]


def entropy(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose where the model is least sure."""
    if pool.probabilities is None:
        return motion(pool, number, rng, 0)
    scores = entropies(pool)
    return [Pick(n, "the model is unsure", float(scores[n])) for n in _top(scores, number)]


def coreset(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose what looks least like anything labeled or chosen (k-center, Sener & Savarese 2018)."""
    rows = np.asarray(pool.features, np.float64)
    spread = rows.std(axis=0)
    scale = np.where(spread > 1e-9, 1 / np.maximum(spread, 1e-9), 0)
    rows = rows * scale
    nearest = np.full(len(rows), np.inf)
    if pool.labeled_features is not None and len(pool.labeled_features):
        known = np.asarray(pool.labeled_features, np.float64) * scale
        for row in known:
            nearest = np.minimum(nearest, ((rows - row) ** 2).sum(axis=1))
    picks = []
    for _ in range(number):
        n = int(nearest.argmax()) if np.isfinite(nearest).all() else int(rng.integers(len(rows)))
        picks.append(Pick(n, "unlike what is labeled", float(np.sqrt(max(nearest[n], 0)))))
        nearest = np.minimum(nearest, ((rows - rows[n]) ** 2).sum(axis=1))
        nearest[[pick.unit for pick in picks]] = -1
    return [pick if np.isfinite(pick.score) else Pick(pick.unit, pick.reason, 0.0) for pick in picks]


def clip_entropy_v1(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose half by entropy, some by entropy of what is rare, the rest by chance; apart in time.

    Without a model as `motion` chooses a first batch.
    """
    if pool.probabilities is None:
        return motion(pool, number, rng, 0)
    audits = round_half_up(AUDIT * number)
    rares = round_half_up(RARE * number)
    scores = entropies(pool)
    rarity = scores * _rarity(pool)
    spread = _Spread(pool, number)
    picks = [
        Pick(n, "the model is unsure", float(scores[n]))
        for n in spread.take(_top(scores), number - rares - audits)
    ]
    picks += [
        Pick(n, "it may be a rare behavior", float(rarity[n])) for n in spread.take(_top(rarity), rares)
    ]
    left = [n for n in rng.permutation(len(pool.units)).tolist() if n not in spread.taken]
    short = number - audits - len(picks)  # of what is far enough apart
    picks += [Pick(n, "by chance, to see how good the model is", 0.0, True) for n in left[:audits]]
    return [*picks, *(Pick(n, "by chance", 0.0) for n in left[audits : audits + short])]


STRATEGIES: dict[str, Strategy] = {
    "sequential": sequential,
    "random": by_chance,
    "stratified": stratified,
    "motion": motion,
    "margin": margin,
    "entropy": entropy,
    "coreset": coreset,
    "clip_entropy_v1": clip_entropy_v1,
}


def entropies(pool: Pool) -> Scores:
    """Return the mean entropy of the probabilities of every unit, averaged over a second first (units,)."""
    found = []
    for values in pool.probabilities or ():
        smooth = np.clip(_averaged(values, pool.rate), 1e-12, 1)
        found.append(-(smooth * np.log(smooth)).sum(axis=1).mean())
    return np.array(found)


def round_half_up(value: float) -> int:
    """Return the nearest integer, halves upward."""
    return int(np.floor(value + 0.5))


def _rarity(pool: Pool) -> Scores:
    """Return the expected rarity of what every unit shows: mean of sum(p / sqrt(labeled frames))."""
    counts = np.ones(1) if pool.class_frames is None else np.asarray(pool.class_frames, np.float64)
    weights = 1 / np.sqrt(np.maximum(counts, 1))
    return np.array([(values * weights).sum(axis=1).mean() for values in pool.probabilities or ()])


def _averaged(values: NDArray[np.floating], rate: float) -> Scores:
    """Return probabilities averaged over about a second around every step."""
    reach = max(0, round(_AVERAGED * rate / 2))
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    at = np.arange(len(values))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def _top(scores: Scores, number: int | None = None) -> list[int]:
    """Return units by falling score, equal ones by their number."""
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return order[:number]


def _evenly(pool: Pool, number: int, weights: Scores, rng: np.random.Generator) -> list[int]:
    """Draw units by weight, one after the other from the animal and light phase with the fewest labels."""
    drawn = rng.exponential(size=len(weights)) / np.maximum(weights, 1e-300)
    strata: dict[tuple[str, str], list[int]] = {}
    for n in np.argsort(drawn, kind="stable").tolist():
        if weights[n] > 0:
            strata.setdefault((pool.units[n].subject, pool.units[n].light), []).append(n)
    have = {key: pool.labeled.get(key, 0) for key in strata}
    chance = {key: rng.random() for key in sorted(strata)}
    found: list[int] = []
    while len(found) < number and any(strata.values()):
        key = min((k for k in strata if strata[k]), key=lambda k: (have[k], chance[k]))
        found.append(strata[key].pop(0))
        have[key] += 1
    return found


class _Spread:
    """Keeps what is taken apart in time, and lets no animal have much more than its share."""

    def __init__(self, pool: Pool, number: int) -> None:
        self._pool = pool
        animals = len({unit.subject for unit in pool.units})
        self._cap = int(np.ceil(CAP * number / max(1, animals)))
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

    def _free(self, n: int) -> bool:
        subject = self._pool.units[n].subject
        own = sum(self._pool.units[other].subject == subject for other in self.taken)
        return own < self._cap and all(
            self._pool.seconds_apart(n, other) >= APART_SECONDS for other in self.taken
        )
