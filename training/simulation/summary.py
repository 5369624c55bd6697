"""Learning curves, what it costs to come near full supervision, and paired differences between strategies.

Frames and keys of the held-out animals are summed before anything is divided; intervals come from drawing
animals with replacement (2,000 times), all strategies with the same draws, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import Interval, Resampler, Undefined, Value
from ...annotation.agreement.undefined import divide, value_of
from ..scores import accuracy, macro_f1, recalls
from .replay import BASELINE, STRATIFIED, Played, Round
from .scalars import area, cost_to_reach
from .scoring import NAVIGATION

#: Share of the macro F1 of full supervision that should be reached.
SHARE = 0.95
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one strategy.

    Attributes
    ----------
    strategy, name
        Whose, and what it is.
    value, interval
        The number and its interval of 95 %, each of which may not be defined.
    """

    strategy: str
    name: str
    value: Value
    interval: Interval | Undefined


@dataclass(frozen=True, slots=True)
class Point:
    """A learning curve after one round: all seeds and held-out animals together.

    Attributes
    ----------
    strategy, number
        Whose, and which round.
    units, frames, keys, seconds, keys_corrected
        What was labeled and what that cost, means of the seeds and animals.
    macro_f1, accuracy, bout_ratio, segmental_f1, rarest_recall
        Figures of the held-out animals; `segmental_f1` one an overlap. None where it is not defined.
    """

    strategy: str
    number: int
    units: float
    frames: float
    keys: float
    seconds: float
    keys_corrected: float
    macro_f1: float | None
    accuracy: float | None
    bout_ratio: float | None
    segmental_f1: tuple[float | None, ...]
    rarest_recall: float | None


class Summary:
    """Curves and figures of a simulation.

    Parameters
    ----------
    played
        The simulation.
    """

    def __init__(self, played: Played) -> None:
        self.played = played
        self.strategies = played.plan.strategies
        self._animals = played.held_out
        self._resampler = Resampler(self._animals, noun="held-out animal")
        self._full = np.stack([each.test.confusion for each in played.full])
        self._by = {
            name: [
                [r for r in played.rounds if (r.strategy, r.held_out) == (name, animal)]
                for animal in self._animals
            ]
            for name in self.strategies
        }
        self.rounds = 1 + max(each.number for each in played.rounds)

    @property
    def rarest(self) -> int:
        """The class with the fewest frames of those that the held-out animals show."""
        frames = self._full.sum(axis=(0, 2))
        return int(np.where(frames > 0, frames, np.iinfo(np.int64).max).argmin())

    @property
    def full_macro_f1(self) -> float:
        """Macro F1 with all labels."""
        return float(macro_f1(self._full.sum(axis=0).astype(float)))

    @property
    def full_accuracy(self) -> float:
        """Frame accuracy with all labels."""
        return float(accuracy(self._full.sum(axis=0).astype(float)))

    def points(self) -> list[Point]:
        """Return every learning curve, strategy by strategy."""
        found = []
        for name in self.strategies:
            confusion = self._sum(name, lambda r: r.test.confusion).sum(axis=0).astype(float)
            bouts = self._sum(name, lambda r: r.test.bouts).sum(axis=0)
            segments = self._sum(name, lambda r: r.test.segments).sum(axis=0)
            costs = {
                cost: self._cost(name, cost).mean(axis=0)
                for cost in ("units", "frames", "keys", "seconds", "keys_corrected")
            }
            for number in range(self.rounds):
                found.append(
                    Point(
                        name, number, **{cost: float(values[number]) for cost, values in costs.items()},
                        macro_f1=_or_none(macro_f1(confusion[number])),
                        accuracy=_or_none(accuracy(confusion[number])),
                        bout_ratio=_or_none(divide(bouts[number, 0], bouts[number, 1])),
                        segmental_f1=tuple(
                            _or_none(divide(2 * row[0], row[1] + row[2])) for row in segments[number]
                        ),
                        rarest_recall=_or_none(recalls(confusion[number])[self.rarest]),
                    )
                )  # fmt: skip
        return found

    def figures(self) -> list[Figure]:
        """Return areas, costs of reaching `SHARE` of full supervision, and what that is against others."""
        found: list[Figure] = []
        everything = "the level is not reached"
        costs = {
            name: {c: self._to_level(name, c) for c in ("units", "keys", "seconds")}
            for name in self.strategies
        }
        for name in self.strategies:
            for cost, noun in (("units", "units"), ("keys", "keys"), ("seconds", "seconds")):
                found.append(self._figure(name, f"{noun} to 95 %", costs[name][cost], everything))
            for other, what in ((BASELINE, "motion-aware"), (STRATIFIED, "subject-stratified")):
                if other in self.strategies and other != name:
                    ratio = divide(costs[name]["keys"], costs[other]["keys"])
                    found.append(
                        self._figure(name, f"keys to 95 % / those of {what} random", ratio, everything)
                    )
            if BASELINE in self.strategies and name != BASELINE:
                saving = 1 - divide(costs[name]["keys"], costs[BASELINE]["keys"])
                found.append(
                    self._figure(name, "saving of keys against motion-aware random", saving, everything)
                )
            found.append(
                self._figure(name, "area under macro F1", self._areas(name), "there is one round only")
            )
            if BASELINE in self.strategies and name != BASELINE:
                gain = self._areas(name) - self._areas(BASELINE)
                found.append(
                    self._figure(
                        name,
                        "area under macro F1 - that of motion-aware random",
                        gain,
                        "there is one round only",
                    )
                )
            found.append(
                self._figure(name, "review efficiency", self._efficiency(name), "every order is as good")
            )
        return found

    def differences(self, name: str, other: str) -> list[Figure]:
        """Return the paired difference of macro F1 between two strategies after every round."""
        one, two = self._curves(name), self._curves(other)
        units = self._cost(name, "units").mean(axis=0)
        return [
            self._figure(
                name,
                f"macro F1 - that of {other} at {units[r]:.0f} units",
                one[:, r] - two[:, r],
                "no frame is labeled",
            )
            for r in range(self.rounds)
        ]

    def navigation_sensitivity(self) -> dict[float, dict[str, float]]:
        """Return the keys to `SHARE` of full supervision for other numbers of navigation keys."""
        own = self.played.plan.keys.navigation
        found: dict[float, dict[str, float]] = {}
        for navigation in NAVIGATION:
            found[navigation] = {
                name: float(
                    self._to_level(name, "keys", lambda k, u, n=navigation: _with_navigation(k, u, own, n))[0]
                )
                for name in self.strategies
            }
        return found

    # Arrays of the rows of all draws: the first row is what was measured, the others are resampled.

    def _draws(self, rows: NDArray[np.number]) -> Floats:
        measured = rows.sum(axis=0, keepdims=True).astype(float)
        drawn = self._resampler.draws(rows)
        return measured if drawn is None else np.concatenate([measured, drawn])

    def _figure(self, strategy: str, name: str, values: Floats, reason: str) -> Figure:
        drawn = values[1:] if len(values) > 1 else None
        value = value_of(float(values[0]), reason)
        interval = self._resampler.interval_of(drawn, lambda each: each)
        return Figure(strategy, name, value, value if isinstance(value, Undefined) else interval)

    def _sum(self, name: str, of: Callable[[Round], NDArray[np.number]]) -> NDArray[np.number]:
        """Return counts summed over seeds (animals, rounds, ...)."""
        return np.stack([_by_round(rounds, of).sum(axis=0) for rounds in self._by[name]])

    def _cost(self, name: str, cost: str) -> Floats:
        """Return what was spent, means of the seeds (animals, rounds)."""
        of = [_by_round(rounds, lambda r: np.asarray(getattr(r, cost), float)) for rounds in self._by[name]]
        return np.stack(of).mean(axis=1)

    def _curves(self, name: str) -> Floats:
        """Return macro F1 (draws, rounds)."""
        return macro_f1(self._draws(self._sum(name, lambda r: r.test.confusion)))

    def _areas(self, name: str) -> Floats:
        if self.rounds < 2:
            return np.array([np.nan])
        units = self._cost(name, "units").mean(axis=0)
        return np.array([area(units, curve) for curve in self._curves(name)])

    def _to_level(
        self, name: str, cost: str, change: Callable[[Floats, Floats], Floats] | None = None
    ) -> Floats:
        """Return the cost of `SHARE` of full supervision (draws,); the curve ends with all labels."""
        units = np.column_stack([self._cost(name, "units"), [each.units for each in self.played.full]])
        spent = np.column_stack([self._cost(name, cost), [getattr(each, cost) for each in self.played.full]])
        if change is not None:
            spent = change(spent, units)
        full = macro_f1(self._draws(self._full))
        curves = np.column_stack([self._curves(name), full])
        means = self._draws(spent) / len(self._animals)
        return np.array(
            [cost_to_reach(c, v, SHARE * top) for c, v, top in zip(means, curves, full, strict=True)]
        )

    def _efficiency(self, name: str) -> Floats:
        """Return the mean review efficiency of the last rounds (draws,)."""
        last = [
            np.array([r.test.efficiency for r in rounds if r.number == self.rounds - 1])
            for rounds in self._by[name]
        ]
        known = np.stack([[np.nansum(each), np.isfinite(each).sum()] for each in last])
        sums = self._draws(known)
        return divide(sums[:, 0], sums[:, 1])


def _by_round(rounds: Sequence[Round], of: Callable[[Round], NDArray[np.number]]) -> NDArray[np.number]:
    """Return values of the rounds of one strategy and animal (seeds, rounds, ...)."""
    seeds = sorted({r.seed for r in rounds})
    return np.stack(
        [
            np.stack([of(r) for r in sorted(rounds, key=lambda r: r.number) if r.seed == seed])
            for seed in seeds
        ]
    )


def _with_navigation(keys: Floats, units: Floats, own: float, other: float) -> Floats:
    """Return keys from scratch under another number of navigation keys: they are linear in it."""
    bouts = (keys + own * units) / (1 + own)
    return bouts + other * (bouts - units)


def _or_none(value: float | NDArray[np.float64]) -> float | None:
    return float(value) if np.isfinite(value) else None
