"""Strategies that choose what to label next, each seeded: the same pool and seed give the same units.

The default is ``clip_entropy_v1``: half of a batch where the model is least sure, less than a third where it
is unsure about what is rare, the rest by chance, which is the only unbiased look at how good the model is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from .cold_start import cold_start
from .evenness import Spread, evenly
from .pool import Pool, Use

#: The mixture.
MIXED = "clip_entropy_v1"
#: Shares of a batch of ``clip_entropy_v1`` that go to rare behaviors and to chance.
RARE, AUDIT = 0.3, 0.2
#: Share of a batch that goes to what people differ about, where there is such: another opinion settles it.
OPINIONS = 0.1
#: Seconds over which probabilities are averaged before their entropy is taken.
_AVERAGED = 1.0
#: Reason of those that are drawn to cover animals and light phases evenly.
FEW_LABELS = "an animal with few labels"
#: Reasons of those that are chosen before there is a model.
TYPICAL, TYPICAL_MOVING = "typical of its animal", "typical of where its animal moves much"
#: Reason of those of which the model is least sure.
UNSURE = "the model is unsure"
#: Reason of those that are asked for because two people gave them different labels.
DIFFERING = "two people differ about it"
#: Reason of those that tell how good the model is.
BY_CHANCE = "by chance, to see how good the model is"

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
    # In one order whatever the pool's: chance and ties must not depend on how recordings were listed.
    order = sorted(range(len(pool.units)), key=lambda n: pool.units[n])
    if strategy != MIXED:  # only the mixture has a place for what may not be asked for just so
        order = [n for n in order if pool.units[n].use is Use.ANY]
    wanted = min(number, len(order))
    if wanted <= 0:
        return []
    picks = STRATEGIES[strategy](pool.take(order), wanted, np.random.default_rng([seed, batch]), batch)
    return [replace(pick, unit=order[pick.unit]) for pick in picks]


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
    return [Pick(n, FEW_LABELS, 0.0) for n in evenly(pool, number, even, rng)]


def motion(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose animals and light phases evenly, units with much motion more often; at first only half of them.

    Quiet behaviors would be missing from a first batch that follows motion alone.
    """
    moving = np.asarray(pool.motion, np.float64) + 1e-9
    half = number // 2 if batch == 0 else 0
    first = evenly(pool, half, np.ones(len(pool.units)), rng)
    picks = [Pick(n, FEW_LABELS, 0.0) for n in first]
    taken = np.isin(np.arange(len(pool.units)), first)
    rest = evenly(pool, number - half, np.where(taken, 0, moving), rng)
    return [*picks, *(Pick(n, "much motion", float(pool.motion[n])) for n in rest)]


def margin(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose where the two most likely behaviors are nearest to each other."""
    if pool.probabilities is None:
        return _started(pool, number, rng)
    two = [np.sort(_averaged(p, pool.rate), axis=1)[:, -2:] for p in pool.probabilities]
    scores = np.array([1 - (each[:, 1] - each[:, 0]).mean() for each in two])
    return [Pick(n, "two behaviors are about as likely", float(scores[n])) for n in _top(scores, number)]


def entropy(pool: Pool, number: int, rng: np.random.Generator, batch: int) -> list[Pick]:
    """Choose where the model is least sure."""
    if pool.probabilities is None:
        return _started(pool, number, rng)
    scores = doubts_of(pool)
    return [Pick(n, UNSURE, float(scores[n])) for n in _top(scores, number)]


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

    What is drawn by chance is drawn first, from all units: only then does it tell how good the model is
    everywhere. It is spread over the list, so that somebody who stops early has seen some of it. Where
    people differ, a tenth of the list asks for another opinion, in place of as many of the least sure.
    Without a model it is a cold start. Where there is no room to keep apart, chance fills the list, or doubt
    where the pool has doubts of its own.
    """
    spread = Spread(pool, number)
    if pool.probabilities is None:
        opinions = _opinions(pool, number, spread)
        return [*_started(pool, number - len(opinions), rng, spread), *opinions]
    audits, rares = round_half_up(AUDIT * number), round_half_up(RARE * number)
    scores = doubts_of(pool)
    rarity = scores * _rarity(pool)
    usable = set(pool.for_use(Use.ANY))
    by_luck = rng.permutation(len(pool.units)).tolist()
    drawn_from = set(pool.for_use(Use.CHANCE)) or usable
    checks = [
        Pick(n, BY_CHANCE, 0.0, True) for n in spread.take((n for n in by_luck if n in drawn_from), audits)
    ]
    opinions = _opinions(pool, number, spread)
    unsure = (n for n in _top(scores) if n in usable)
    picks = [
        Pick(n, UNSURE, float(scores[n]))
        for n in spread.take(unsure, number - rares - audits - len(opinions))
    ]
    picks += opinions
    rarest = (n for n in _top(rarity) if n in usable)
    picks += [Pick(n, "it may be a rare behavior", float(rarity[n])) for n in spread.take(rarest, rares)]
    # Where too little is apart:
    near = [n for n in by_luck if n in drawn_from and n not in spread.taken][: audits - len(checks)]
    checks += [Pick(n, BY_CHANCE, 0.0, True) for n in near]
    short = number - len(picks) - len(checks)
    filling, why = (by_luck, "by chance") if pool.doubts is None else (_top(scores), UNSURE)
    left = [n for n in filling if n in usable and n not in spread.taken and n not in near]
    return [*_interleaved(picks, checks), *(Pick(n, why, 0.0) for n in left[:short])]


STRATEGIES: dict[str, Strategy] = {
    "sequential": sequential,
    "random": by_chance,
    "stratified": stratified,
    "motion": motion,
    "margin": margin,
    "entropy": entropy,
    "coreset": coreset,
    MIXED: clip_entropy_v1,
}


def doubts_of(pool: Pool) -> Scores:
    """Return how unsure the model is of every unit: the pool's own doubts, or the mean entropy (units,)."""
    return entropies(pool) if pool.doubts is None else np.asarray(pool.doubts, np.float64)


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


def _opinions(pool: Pool, number: int, spread: Spread) -> list[Pick]:
    """Return units about which people differ, the most controversial first: at most `OPINIONS` of a batch.

    Where nothing else is left, there is no need to keep to that.
    """
    if pool.differing is None:
        return []
    scores = np.asarray(pool.differing, np.float64)
    asked = set(pool.for_use(Use.OPINION))
    most = round_half_up(OPINIONS * number) if pool.for_use(Use.ANY) else number
    order = (n for n in _top(scores) if n in asked)
    return [Pick(n, DIFFERING, float(scores[n])) for n in spread.take(order, most)]


def _started(
    pool: Pool, number: int, rng: np.random.Generator, spread: Spread | None = None
) -> list[Pick]:  # fmt: skip
    """Choose before there is a model."""
    even, moving = cold_start(pool, number, rng, spread or Spread(pool, number))
    first = [Pick(n, TYPICAL, 0.0) for n in even]
    return [*first, *(Pick(n, TYPICAL_MOVING, float(pool.motion[n])) for n in moving)]


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


def _interleaved(picks: list[Pick], checks: list[Pick]) -> list[Pick]:
    """Return both in their order, the second ones evenly among the first."""
    places = [((n + 1) / (len(picks) + 1), 0, pick) for n, pick in enumerate(picks)]
    places += [((n + 1) / (len(checks) + 1), 1, pick) for n, pick in enumerate(checks)]
    return [pick for _, _, pick in sorted(places, key=lambda place: place[:2])]
