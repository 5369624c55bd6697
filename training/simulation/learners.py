"""What is trained anew after every round of a simulation, from features that are computed once.

Two of them: a light one that makes thousands of rounds possible, and the head of the interactive tier as it
is. Both are three members, each of which never sees a third of the animals; what a member says about that
third serves calibration and smoothing, as when a model of the project is trained.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ..calibration import Calibration, fit_calibration
from ..fitting import Cancelled, Example, apply_head, fit_heads
from ..smoothing import BOUT_RATIO, Smoothing, count_bouts, transitions_of, viterbi_of_many
from ..snapshots import IGNORED

if TYPE_CHECKING:
    from ..networks.temporal import TemporalHead

Rows = NDArray[np.float32]
#: Features of steps (steps, features) to outputs (steps, classes).
Member = Callable[[Rows], NDArray[np.float32]]

MEMBERS = 3
#: Emission scales of the Viterbi path that are tried.
_SCALES = np.geomspace(0.1, 4.0, 9)
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Lesson:
    """A labeled unit: its animal, the features of its steps, and their classes (steps,)."""

    subject: str
    features: Rows
    targets: NDArray[np.int64]


class Learner(Protocol):
    """Trains members."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def summary(self) -> str:
        """What it is, in one sentence for a report."""

    def prepared(self, pieces: Sequence[Rows], seen: Sequence[int]) -> list[Rows]:
        """Return the features of all pieces as this learner wants them, settled on those that are `seen`."""

    def members(
        self, sides: Sequence[Sequence[Lesson]], classes: int, seed: int, cancelled: Cancelled | None
    ) -> list[Member]:
        """Return one member for the lessons of every side."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained learner with its calibration and smoothing."""

    members: tuple[Member, ...]
    calibration: Calibration
    smoothing: Smoothing

    def probabilities(self, features: Rows) -> Rows:
        """Return calibrated probabilities (steps, classes)."""
        logits = np.mean([member(features) for member in self.members], axis=0)
        return self.calibration.probabilities(logits)

    def decide(self, probabilities: Rows) -> NDArray[np.int64]:
        """Return the class of every step of a stretch (steps,)."""
        return self.smoothing.decide(probabilities)[0]


def fit(
    learner: Learner, lessons: Sequence[Lesson], classes: int, seed: int, cancelled: Cancelled | None = None
) -> Fitted:
    """Train from scratch on all that is labeled.

    Parameters
    ----------
    learner
        What is trained.
    lessons
        Equally long units, one or more.
    classes
        Number of classes.
    seed
        Divides the animals, and is the members' own.
    cancelled
        Asked often.
    """
    fold = _folds(lessons, seed)
    sides = [[lesson for lesson, own in zip(lessons, fold, strict=True) if own != n] for n in range(MEMBERS)]
    sides = [side or list(lessons) for side in sides]
    members = learner.members(sides, classes, seed, cancelled)
    logits = [members[own](lesson.features) for lesson, own in zip(lessons, fold, strict=True)]
    targets = [lesson.targets for lesson in lessons]
    known = np.concatenate(targets)
    counts = np.bincount(known[known != IGNORED], minlength=classes)
    calibration = fit_calibration(logits, targets, counts.tolist())
    smoothing = _smoothing([calibration.probabilities(rows) for rows in logits], targets, classes)
    return Fitted(tuple(members), calibration, smoothing)


def _folds(lessons: Sequence[Lesson], seed: int) -> list[int]:
    """Return for every lesson the member that does not see it: animals kept together where there are two."""
    subjects = sorted({lesson.subject for lesson in lessons})
    if len(subjects) < 2:
        return [number % MEMBERS for number in range(len(lessons))]
    order = np.random.default_rng(seed).permutation(len(subjects)) % MEMBERS
    member = dict(zip(subjects, order.tolist(), strict=True))
    return [member[lesson.subject] for lesson in lessons]


def _smoothing(
    probabilities: Sequence[Rows], targets: Sequence[NDArray[np.int64]], classes: int
) -> Smoothing:
    """Return the Viterbi path with as many bouts as the labels have (as `fit_smoothing` does)."""
    transitions, start = transitions_of(targets, classes)
    base = Smoothing(tuple(tuple(row) for row in transitions.tolist()), tuple(start.tolist()))
    true_bouts = sum(count_bouts(target, target) for target in targets)
    if not true_bouts:
        return base
    logs, wanted = np.log(np.clip(np.stack(probabilities), _LEAST, 1)), np.stack(targets)
    known = wanted != IGNORED
    tried = []
    for scale in _SCALES:
        paths = viterbi_of_many(scale * logs, np.log(transitions), np.log(start))
        ratio = _bouts(np.where(known, paths, IGNORED)) / true_bouts
        inside = BOUT_RATIO[0] <= ratio <= BOUT_RATIO[1]
        nearness = 0.0 if inside else -abs(float(np.log(max(ratio, 1e-9))))
        right = float((paths == wanted)[known].mean())
        tried.append((inside, nearness, right, replace(base, scale=float(scale), bout_ratio=float(ratio))))
    return max(tried, key=lambda item: item[:3])[3]


def _bouts(paths: NDArray[np.int64]) -> int:
    """Return the number of bouts of all sequences (sequences, steps), `IGNORED` steps breaking them."""
    begins = np.ones(paths.shape, bool)
    begins[:, 1:] = paths[:, 1:] != paths[:, :-1]
    return int((begins & (paths != IGNORED)).sum())


@dataclass(frozen=True, slots=True)
class Logistic:
    """Multinomial logistic regression on principal components of the features around a step."""

    name: str = "logistic"
    summary: str = (
        "a light learner: three multinomial logistic regressions on principal components of the motion "
        "features and their course around a step, calibrated, with a Viterbi path"
    )
    components: int = 60
    #: Every so many steps are learned from: neighbors say nearly the same.
    every: int = 2

    def prepared(self, pieces: Sequence[Rows], seen: Sequence[int]) -> list[Rows]:
        """Return components, their means over 1 and 3 s, and how much they change, for every step."""
        rows = np.concatenate([pieces[number] for number in seen])
        mean, spread = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0)
        standard = [np.clip((piece - mean) * scale, -8, 8) for piece in pieces]
        some = np.concatenate([standard[number] for number in seen])
        values, vectors = np.linalg.eigh(some.T @ some / len(some))
        count = min(self.components, len(values))
        axes = vectors[:, ::-1][:, :count] / np.sqrt(np.maximum(values[::-1][:count], 1e-6))
        return [_in_context((piece @ axes).astype(np.float32)) for piece in standard]

    def members(
        self, sides: Sequence[Sequence[Lesson]], classes: int, seed: int, cancelled: Cancelled | None
    ) -> list[Member]:
        """Return one regression a side; nothing in it is random."""
        return [self._member(side, classes) for side in sides]

    def _member(self, side: Sequence[Lesson], classes: int) -> Member:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        features = np.concatenate([lesson.features[:: self.every] for lesson in side])
        targets = np.concatenate([lesson.targets[:: self.every] for lesson in side])
        known = targets != IGNORED
        features, targets = features[known], targets[known]
        found, counts = np.unique(targets, return_counts=True)
        outputs = np.zeros((classes, features.shape[1] + 1), np.float32)
        if len(found) > 1:
            weights = dict(zip(found.tolist(), np.sqrt(counts.max() / counts).tolist(), strict=True))
            model = LogisticRegression(C=0.1, class_weight=weights, max_iter=25, tol=1e-3)
            with warnings.catch_warnings():
                # Stopped before it has fully converged: more steps change nothing that can be seen.
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(features, targets)
            rows = np.column_stack([model.coef_, model.intercept_])
            # Of two classes scikit-learn keeps one row, the odds of the second.
            outputs[found] = rows if len(found) > 2 else np.stack([-rows[0] / 2, rows[0] / 2])
        unseen = np.setdiff1d(np.arange(classes), found)

        def apply(values: Rows) -> NDArray[np.float32]:
            logits = values @ outputs[:, :-1].T + outputs[:, -1]
            if len(unseen):
                logits[:, unseen] = logits[:, found].min(axis=1, keepdims=True) - 1
            return logits

        return apply


@dataclass(frozen=True, slots=True)
class Head:
    """The temporal head of the interactive tier."""

    name: str = "head"
    summary: str = (
        "the interactive tier's own ensemble of three temporal heads, calibrated, with a Viterbi path"
    )

    def prepared(self, pieces: Sequence[Rows], seen: Sequence[int]) -> list[Rows]:
        """Return the features as they are: a head standardizes them itself."""
        return list(pieces)

    def members(
        self, sides: Sequence[Sequence[Lesson]], classes: int, seed: int, cancelled: Cancelled | None
    ) -> list[Member]:
        """Return one head a side, trained as the interactive tier does."""
        examples = [
            [
                Example(one.features, (one.targets,), (np.zeros((len(one.targets), classes), np.float32),))
                for one in side
            ]
            for side in sides
        ]
        seeds = [seed + number for number in range(len(sides))]
        heads = fit_heads(examples, [classes], seeds, cancelled=cancelled)
        return [partial(_logits, head) for head in heads]


LEARNERS: dict[str, Learner] = {learner.name: learner for learner in (Logistic(), Head())}


def _logits(head: TemporalHead, rows: Rows) -> NDArray[np.float32]:
    return apply_head(head, rows)[0]


def _in_context(rows: Rows) -> Rows:
    change = np.abs(np.diff(rows, axis=0, prepend=rows[:1]))
    return np.concatenate([rows, _mean(rows, 2), _mean(rows, 7), _mean(change, 3)], axis=1).astype(np.float32)


def _mean(rows: Rows, reach: int) -> Rows:
    """Return the mean over `reach` steps on either side, as far as there are steps."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    at = np.arange(len(rows))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(rows))
    return ((sums[high] - sums[low]) / (high - low)[:, None]).astype(np.float32)
