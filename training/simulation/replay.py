"""The replay: strategies choose, the labels answer, a learner is trained anew, the held-out animal judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ..fitting import Cancelled, Progress, TrainingCanceledError
from ..interactive import Stages
from ..queries.strategies import STRATEGIES
from .asking import Asking, first_places
from .effort import KeyModel
from .learners import Fitted, Learner, Lesson, Logistic, Rows, fit
from .material import UNIT_SECONDS, Material, Place
from .scoring import Test, score

#: The strategy that others are set against, and the one that knows nothing but whose recording it is.
BASELINE, STRATIFIED = "motion", "stratified"
#: What labeling everything, and labeling next to nothing, are called in tables.
FULL, FEW = "all labels", "few labels"
#: Units of the initial pool that bad models learn from, so that it is seen where proposals stop to pay.
_FEW = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated.

    Attributes
    ----------
    strategies
        Names of `training.queries.strategies.STRATEGIES`.
    seeds
        How many times everything is played, each with another initial pool that all strategies share.
    batch
        Units that are labeled between two trainings.
    budget
        Units that are labeled at most, the initial pool included; 0 for two thirds of what there is.
    first
        Units of the initial pool; 0 for two an animal.
    held_out
        How many animals are held out in turn; 0 for all of them.
    unit_seconds
        Length of a unit.
    keys
        What keys and seconds a unit costs.
    learner
        What is trained after every round.
    """

    strategies: tuple[str, ...]
    seeds: int = 5
    batch: int = 12
    budget: int = 0
    first: int = 0
    held_out: int = 0
    unit_seconds: float = UNIT_SECONDS
    keys: KeyModel = field(default_factory=KeyModel)
    learner: Learner = field(default_factory=Logistic)

    def __post_init__(self) -> None:
        unknown = [name for name in self.strategies if name not in STRATEGIES]
        if unknown or not self.strategies:
            raise LearnError(
                f"There is no strategy '{', '.join(unknown)}'; choose of {', '.join(STRATEGIES)}."
            )
        if self.seeds < 1 or self.batch < 1:
            raise LearnError("A simulation needs one seed or more, and one unit or more in a batch.")


@dataclass(frozen=True, eq=False)
class Round:
    """One training within the replay.

    Attributes
    ----------
    strategy, seed, held_out, number
        Which: the name, the seed, the animal that is tested, and the round from 0.
    units, frames, keys, seconds
        What was labeled until then, and what that cost (keys from scratch).
    keys_corrected
        The same had every unit but those of the initial pool been corrected from the proposal of the model
        of the round before.
    test
        The held-out animal.
    """

    strategy: str
    seed: int
    held_out: str
    number: int
    units: int
    frames: int
    keys: float
    seconds: float
    keys_corrected: float
    test: Test


@dataclass(frozen=True, eq=False)
class Played:
    """A whole simulation.

    Attributes
    ----------
    plan, names, source
        What was simulated, the names of the classes, and what the labels are.
    rounds
        Every round of every strategy, seed and held-out animal.
    few
        Models of a few units of the initial pool: bad ones, to see where proposals stop to pay.
    full
        For every held-out animal the learner that had all labels of the others.
    """

    plan: Plan
    names: tuple[str, ...]
    source: str
    rounds: tuple[Round, ...]
    few: tuple[Round, ...]
    full: tuple[Round, ...]

    @property
    def held_out(self) -> tuple[str, ...]:
        """The animals that were held out."""
        return tuple(each.held_out for each in self.full)


def play(
    material: Material,
    plan: Plan,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
    processes: int = 1,
) -> Played:
    """Play all strategies against each other.

    Parameters
    ----------
    material
        The labels and features.
    plan
        What is simulated.
    on_stage
        Told what is done, trainings done and trainings in all.
    cancelled
        Asked before every training.
    processes
        How many held-out animals are simulated at the same time; the result is the same.

    Raises
    ------
    LearnError
        When there are fewer than three animals, or fewer labels than the initial pool needs.
    TrainingCanceledError
        If `cancelled` said so; nothing was written.
    """
    subjects = material.subjects
    if len(subjects) < 3:
        raise LearnError(f"A simulation needs three animals or more; there are {len(subjects)}.")
    count = plan.held_out or len(subjects)
    order = np.random.default_rng(len(subjects)).permutation(len(subjects))
    chosen = [subjects[number] for number in sorted(order[:count].tolist())]
    plan = _settled(material, plan, chosen)
    if processes > 1:
        from .spreading import spread

        parts = spread(material, plan, chosen, processes, on_stage, cancelled)
    else:
        parts = []
        for number, subject in enumerate(chosen):
            tell = _telling(on_stage, subject, number, len(chosen))
            parts.append(play_one(material, plan, subject, tell, cancelled))
    joined = [tuple(each for own in lists for each in own) for lists in zip(*parts, strict=True)]
    return Played(plan, material.names, material.source, *joined)


#: Rounds of all strategies, models with few labels, and the model with all labels, of one held-out animal.
Part = tuple[list["Round"], list["Round"], list["Round"]]


def play_one(
    material: Material, plan: Plan, subject: str, on_progress: Progress | None, cancelled: Cancelled | None
) -> Part:
    """Play all strategies with one animal held out; see `play`."""
    import sklearn.linear_model  # noqa: F401  # only a BLAS that is loaded can be limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # the matrices are small: more threads only wait for each other
        stage = _Stage(material, plan, subject, cancelled)
        full, rounds, few = stage.with_all(), [], []
        total = plan.seeds * len(plan.strategies)
        for seed in range(plan.seeds):
            few += stage.with_few(seed)
            begun = stage.begun(seed)
            for number, strategy in enumerate(plan.strategies, start=1):
                rounds += stage.replayed(strategy, seed, begun)
                if on_progress is not None:
                    on_progress(seed * len(plan.strategies) + number, total)
    return rounds, few, [full]


def _telling(on_stage: Stages | None, subject: str, number: int, count: int) -> Progress | None:
    if on_stage is None:
        return None
    tell = on_stage
    return lambda done, total: tell(
        f"{subject} held out", number * (total or 1) + done, count * (total or 1)
    )  # fmt: skip


def _settled(material: Material, plan: Plan, held_out: Sequence[str]) -> Plan:
    """Return the plan with the initial pool and the budget that fit every held-out animal."""
    units = {
        subject: len(material.places(material.of(subject), plan.unit_seconds))
        for subject in material.subjects
    }
    least = min(sum(units.values()) - units[subject] for subject in held_out)
    first = plan.first or 2 * (len(units) - 1)
    budget = min(plan.budget or 2 * least // 3, least)
    if first > budget or not all(units.values()):
        raise LearnError(
            f"There are {least} labeled units of {plan.unit_seconds:g} s beside those of one animal, and "
            f"{min(units.values())} of the animal with the fewest; the initial pool alone needs {first}, and "
            "every animal some."
        )
    return replace(plan, first=first, budget=budget)


@dataclass(frozen=True, eq=False)
class _Begun:
    """The initial pool of one seed, what was trained on it, and how good that is."""

    labeled: list[int]
    fitted: Fitted
    round: Round


class _Stage:
    """Everything of one held-out animal; what is prepared here looks at no label and not at that animal."""

    def __init__(self, material: Material, plan: Plan, subject: str, cancelled: Cancelled | None) -> None:
        self.material, self.plan, self.subject, self._cancelled = material, plan, subject, cancelled
        self._tested = material.of(subject)
        self._seen = [n for n in range(len(material.pieces)) if n not in self._tested]
        self._places = material.places(self._seen, plan.unit_seconds)
        self._test_places = material.places(self._tested, plan.unit_seconds)
        rows = [piece.features for piece in material.pieces]
        self._prepared = plan.learner.prepared(rows, self._seen)

    def with_all(self) -> Round:
        """Train on all labels of the other animals."""
        fitted = self._fit(self._places, 0)
        keys = sum(self.plan.keys.from_scratch(self.material.targets(place)) for place in self._places)
        return self._round(FULL, 0, 0, self._places, fitted, keys)

    def with_few(self, seed: int) -> list[Round]:
        """Train on the first units of the initial pool."""
        first = first_places(self._places, self.material, self.plan.first, seed)
        found = []
        for number, count in enumerate(count for count in _FEW if count < len(first)):
            places = [self._places[n] for n in first[:count]]
            keys = self._keys(first[:count])
            found.append(self._round(FEW, seed, number, places, self._fit(places, seed), keys))
        return found

    def begun(self, seed: int) -> _Begun:
        """Train on the initial pool, which all strategies share."""
        labeled = first_places(self._places, self.material, self.plan.first, seed)
        places = [self._places[n] for n in labeled]
        fitted = self._fit(places, seed)
        return _Begun(labeled, fitted, self._round("", seed, 0, places, fitted, self._keys(labeled)))

    def replayed(self, strategy: str, seed: int, begun: _Begun) -> list[Round]:
        """Play one strategy from the initial pool to the end of the budget."""
        asking = Asking(self.material, self._places, strategy, seed)
        labeled, fitted = begun.labeled, begun.fitted
        rounds, corrected = [replace(begun.round, strategy=strategy)], begun.round.keys_corrected
        while len(labeled) < self.plan.budget:
            number = min(self.plan.batch, self.plan.budget - len(labeled))
            left = sorted(set(range(len(self._places))) - set(labeled))
            said = {n: fitted.probabilities(self._of(self._places[n])) for n in left}
            picked = asking.choose(labeled, said, number, len(rounds))
            corrected += sum(self._keys_corrected(n, fitted.decide(said[n])) for n in picked)
            labeled = [*labeled, *picked]
            places = [self._places[n] for n in labeled]
            fitted = self._fit(places, seed)
            rounds.append(self._round(strategy, seed, len(rounds), places, fitted, corrected))
        return rounds

    def _keys(self, units: Sequence[int]) -> float:
        return sum(self.plan.keys.from_scratch(self.material.targets(self._places[n])) for n in units)

    def _keys_corrected(self, unit: int, proposed: NDArray[np.int64]) -> float:
        return self.plan.keys.with_proposal(self.material.targets(self._places[unit]), proposed)

    def _fit(self, places: Sequence[Place], seed: int) -> Fitted:
        if self._cancelled is not None and self._cancelled():
            raise TrainingCanceledError
        lessons = [
            Lesson(self.material.pieces[place.piece].subject, self._of(place), self.material.targets(place))
            for place in places
        ]
        return fit(self.plan.learner, lessons, len(self.material.names), seed, self._cancelled)

    def _of(self, place: Place) -> Rows:
        return self._prepared[place.piece][place.start : place.stop]

    def _round(
        self, strategy: str, seed: int, number: int, places: Sequence[Place], fitted: Fitted, corrected: float
    ) -> Round:
        material, model = self.material, self.plan.keys
        keys = sum(model.from_scratch(material.targets(place)) for place in places)
        length = sum(material.seconds(place) for place in places)
        frames = sum(material.frames(place) for place in places)
        return Round(
            strategy, seed, self.subject, number, len(places), frames,
            keys, model.seconds(length, keys), corrected,
            score(material, self._test_places, self._prepared, self._tested, fitted, model),
        )  # fmt: skip
