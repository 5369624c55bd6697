"""Probabilities to labels with the bouts that animals have: Viterbi, least bout lengths, abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.tracks import NONE, UNLABELED, runs_of
from .snapshots import IGNORED

#: The number of bouts that smoothing leaves, in relation to that of people, should lie between these.
BOUT_RATIO = (0.9, 1.1)
#: What a model that is not sure writes: it has not decided.
UNSURE = UNLABELED

#: Emission scales that are tried.
_SCALES = np.geomspace(0.03, 4.0, 22)
#: Thresholds of confidence that are tried for abstention.
_CONFIDENCES = np.linspace(0.2, 0.7, 11)
#: Share of the held-out steps that a model may be unsure about.
MOST_UNSURE = 0.05
#: A model that is right at most so many times as often as the most frequent class is only guessing.
_GUESSING = 1.1
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, slots=True)
class Smoothing:
    """What turns the probabilities of one group into labels.

    Classes are the columns of the probabilities; absent and present in a group of one behavior.

    Attributes
    ----------
    transitions
        Probability of class j at the step after class i: (classes, classes), rows sum to 1.
    start
        Probability of every class at a first step (classes,).
    scale
        Weight of the probabilities against the transitions.
    least
        Steps that a bout of every class lasts at least (classes,).
    abstain
        Bouts whose mean probability lies below it become unsure.
    bout_ratio
        Bouts of the smoothed held-out labels / bouts of people; None where it was not measured.
    """

    transitions: tuple[tuple[float, ...], ...]
    start: tuple[float, ...]
    scale: float = 1.0
    least: tuple[int, ...] = ()
    abstain: float = 0.0
    bout_ratio: float | None = None

    def decide(
        self, probabilities: NDArray[np.floating], threshold: float = 0.5
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the class of every step, and how sure it is.

        Parameters
        ----------
        probabilities
            (steps, classes), or (steps, 1) in a group of one behavior.
        threshold
            In a group of one behavior, the probability that counts as one half.

        Returns
        -------
        tuple
            Classes (steps,) int64, `IGNORED` where unsure, and the mean probability of the bout (steps,).
        """
        full = both_sides(probabilities, threshold)
        logs = np.log(np.clip(full, _LEAST_PROBABILITY, 1.0))
        path = viterbi(self.scale * logs, np.log(self.transitions), np.log(self.start))
        if self.least:
            path = without_short_bouts(path, self.least, logs)
        confidence = _bout_means(path, full[np.arange(len(path)), path])
        classes = np.where(confidence < self.abstain, IGNORED, path)
        return classes, confidence.astype(np.float32)

    def at_steps(self, ratio: float) -> Smoothing:
        """Return the smoothing for steps that are `ratio` times as long as those that it was fitted for.

        Bouts last as long as before: a class is left less often at a shorter step, its least bout has more of
        them, and what overlapping stacks say together weighs as much as one did. Where the class before does
        not matter, every step goes on being decided alone.
        """
        least = tuple(max(1, round(steps / ratio)) for steps in self.least)
        before = np.asarray(self.transitions)
        if ratio == 1 or (before == before[0]).all():
            return replace(self, least=least)
        stay = np.diag(before)
        after = before * ((1 - stay**ratio) / np.maximum(1 - stay, _LEAST_PROBABILITY))[:, None]
        after[np.diag_indices(len(after))] = stay**ratio
        return replace(
            self,
            transitions=tuple(tuple(row) for row in after.tolist()),
            scale=self.scale * ratio,
            least=least,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the inverse of `from_dict`."""
        lists = {"transitions": [list(row) for row in self.transitions]}
        return asdict(self) | lists | {"start": list(self.start), "least": list(self.least)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Smoothing:
        """Return the smoothing that plain data describe."""
        transitions = tuple(tuple(row) for row in data["transitions"])
        lists = {"start": tuple(data["start"]), "least": tuple(data["least"])}
        return cls(**data | {"transitions": transitions} | lists)


def both_sides(probabilities: NDArray[np.floating], threshold: float = 0.5) -> NDArray[np.float64]:
    """Return (steps, 2) of absent and present where there is one column, the threshold moved to one half."""
    wide = np.asarray(probabilities, np.float64)
    if wide.shape[1] > 1:
        return wide
    clipped = np.clip(wide, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    odds = clipped / (1 - clipped) * (1 - threshold) / threshold
    return np.concatenate([1 / (1 + odds), odds / (1 + odds)], axis=1)


def viterbi(
    emissions: NDArray[np.floating], transitions: NDArray[np.floating], start: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the most likely sequence of classes (Viterbi 1967).

    Parameters
    ----------
    emissions
        Logarithms (steps, classes).
    transitions
        Logarithms (classes, classes): from the row to the column.
    start
        Logarithms (classes,).

    Returns
    -------
    numpy.ndarray
        int64 (steps,); of equally likely ones, the one with the lower classes at the end.
    """
    steps, classes = emissions.shape
    if not steps:
        return np.empty(0, np.int64)
    came_from = np.empty((steps, classes), np.int64)
    score = start + emissions[0]
    columns = np.arange(classes)
    for step in range(1, steps):
        candidates = score[:, None] + transitions
        came_from[step] = candidates.argmax(axis=0)
        score = candidates[came_from[step], columns] + emissions[step]
    path = np.empty(steps, np.int64)
    path[-1] = score.argmax()
    for step in range(steps - 1, 0, -1):
        path[step - 1] = came_from[step, path[step]]
    return path


def viterbi_of_many(
    emissions: NDArray[np.floating], transitions: NDArray[np.floating], start: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the most likely sequences (sequences, steps) of equally long stretches, all at once.

    As `viterbi` for every one of the `emissions` (sequences, steps, classes): many short ones take much less
    time together.
    """
    count, steps, classes = emissions.shape
    came_from = np.empty((steps, count, classes), np.int64)
    score = start + emissions[:, 0]
    for step in range(1, steps):
        candidates = score[:, :, None] + transitions
        came_from[step] = candidates.argmax(axis=1)
        score = candidates.max(axis=1) + emissions[:, step]
    paths = np.empty((count, steps), np.int64)
    paths[:, -1] = score.argmax(axis=1)
    everyone = np.arange(count)
    for step in range(steps - 1, 0, -1):
        paths[:, step - 1] = came_from[step, everyone, paths[:, step]]
    return paths


def transitions_of(
    targets: Sequence[NDArray[np.integer]], classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often classes follow one another in labels.

    Parameters
    ----------
    targets
        Classes of stretches (steps,); `IGNORED` breaks the sequence.
    classes
        Number of classes.

    Returns
    -------
    tuple
        Probabilities of the next class (classes, classes) and of a first one (classes,), none of them 0.
    """
    pairs = np.full((classes, classes), 0.1)
    first = np.ones(classes)
    for target in targets:
        before, after = target[:-1], target[1:]
        both = (before != IGNORED) & (after != IGNORED)
        np.add.at(pairs, (before[both], after[both]), 1)
        first += np.bincount(target[target != IGNORED], minlength=classes)
    return pairs / pairs.sum(axis=1, keepdims=True), first / first.sum()


def least_bouts(
    targets: Sequence[NDArray[np.integer]], classes: int, percentile: float = 1.0
) -> tuple[int, ...]:
    """Return the bout length of every class that `percentile` percent of the bouts do not reach, in steps.

    Bouts that begin or end where labels do are not counted: nobody knows how long they are.
    """
    lengths: list[list[int]] = [[] for _ in range(classes)]
    for target in targets:
        runs = runs_of(target)
        for place in range(1, len(runs) - 1):
            length, label = runs[place]
            if label != IGNORED and runs[place - 1][1] != IGNORED and runs[place + 1][1] != IGNORED:
                lengths[label].append(length)
    return tuple(int(np.percentile(found, percentile)) if found else 1 for found in lengths)


def without_short_bouts(
    path: NDArray[np.int64], least: Sequence[int], logs: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the path with bouts under their least length given to the neighbor that fits them better.

    The shortest goes first, so that pieces of a torn bout grow together again.

    Parameters
    ----------
    path
        Classes (steps,).
    least
        Least length of a bout of every class, in steps.
    logs
        Log-probabilities (steps, classes).
    """
    runs = [[length, label] for length, label in runs_of(path)]
    sums = np.concatenate([np.zeros((1, logs.shape[1])), np.cumsum(logs, axis=0)])
    while len(runs) > 1:
        short = [place for place, (length, label) in enumerate(runs) if length < least[label]]
        if not short:
            break
        place = min(short, key=lambda index: runs[index][0])
        start = sum(length for length, _ in runs[:place])
        gain = sums[start + runs[place][0]] - sums[start]
        neighbors = [index for index in (place - 1, place + 1) if 0 <= index < len(runs)]
        runs[place][1] = runs[max(neighbors, key=lambda index: gain[runs[index][1]])][1]
        runs = _merged(runs)
    return np.repeat([label for _, label in runs], [length for length, _ in runs]).astype(np.int64)


def fit_smoothing(
    probabilities: Sequence[NDArray[np.floating]],
    targets: Sequence[NDArray[np.integer]],
    learned: Sequence[NDArray[np.integer]],
    threshold: float = 0.5,
) -> Smoothing:
    """Return the smoothing whose held-out labels have as many bouts as those of people.

    Of the emission scales that leave a number of bouts within `BOUT_RATIO`, the most accurate is taken; where
    there is none, the one whose number of bouts comes nearest. What is given up as unsure is no bout; a model
    that only guesses gives up what it would say at the scale that fits best without giving anything up.

    Parameters
    ----------
    probabilities
        Calibrated (steps, classes) for stretches that the model has not learned from.
    targets
        Classes of their labels (steps,), `IGNORED` where there is none.
    learned
        Classes of the labels that transitions and bout lengths are taken from.
    threshold
        In a group of one behavior, the probability that counts as one half.
    """
    classes = max(2, probabilities[0].shape[1])
    transitions, start = transitions_of(learned, classes)
    base = Smoothing(
        tuple(tuple(row) for row in transitions.tolist()), tuple(start.tolist()),
        least=least_bouts(learned, classes),
    )  # fmt: skip
    true_bouts = sum(count_bouts(target, target) for target in targets)
    if not true_bouts:
        return base
    every = [replace(base, scale=float(scale)) for scale in _SCALES]
    decided = [[each.decide(values, threshold) for values in probabilities] for each in every]
    abstain = [_abstention(found, targets) for found in decided]
    spoken = [
        [np.where(sure < least, IGNORED, path) for path, sure in found]
        for found, least in zip(decided, abstain, strict=True)
    ]
    fits = [_fit(paths, targets, true_bouts) for paths in spoken]
    plain = [_fit([path for path, _ in found], targets, true_bouts) for found in decided]
    best = max(range(len(every)), key=lambda n: plain[n].rank)
    if fits[best].unsure <= MOST_UNSURE:  # else it is only guessing, and no scale shall hide that
        best = max(range(len(every)), key=lambda n: fits[n].rank)
    return replace(every[best], abstain=abstain[best], bout_ratio=fits[best].ratio)


def count_bouts(path: NDArray[np.integer], known: NDArray[np.integer]) -> int:
    """Return the number of bouts of `path` where `known` holds labels, gaps breaking bouts."""
    masked = np.where(known == IGNORED, IGNORED, path)
    return sum(label != IGNORED for _, label in runs_of(masked))


def codes_of_classes(classes: NDArray[np.integer], behaviors: Sequence[int]) -> NDArray[np.int16]:
    """Return label codes of classes: `UNSURE` where ignored; in a group of one behavior class 0 is none."""
    table = [NONE, behaviors[0]] if len(behaviors) == 1 else list(behaviors)
    codes = np.asarray([*table, UNSURE], np.int16)
    return codes[np.where(classes == IGNORED, len(table), classes)]


def _abstention(
    decided: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]], targets: Sequence[NDArray[np.integer]]
) -> float:
    """Return the confidence below which held-out labels are wrong more often than right; 0 for none.

    The held-out labels come from single members, which know less than the model as a whole, so that no more
    than a share of `MOST_UNSURE` is given up: that a model is weak is told by its figures, not by its
    silence. Labels that are hardly better than always naming the most frequent class are given up whatever
    their share.
    """
    wanted = np.concatenate([np.asarray(target) for target in targets])
    known = wanted != IGNORED
    right = (np.concatenate([classes for classes, _ in decided]) == wanted)[known]
    sure = np.concatenate([confidence for _, confidence in decided])[known]
    most_frequent = np.bincount(wanted[known]).max() / len(right)
    found = 0.0
    for confidence in _CONFIDENCES:
        below = sure < confidence
        if not below.any() or right[below].mean() >= 0.5:
            continue
        if below.mean() <= MOST_UNSURE or right[below].mean() <= _GUESSING * most_frequent:
            found = float(confidence)
    return found


@dataclass(frozen=True, slots=True)
class _Fit:
    """How labels of a model do against those of people: bouts / bouts, and shares of the labeled steps."""

    ratio: float
    right: float
    unsure: float

    @property
    def rank(self) -> tuple[float, float]:
        """Sorts what is better last: how far the number of bouts is off, then how much is right."""
        inside = BOUT_RATIO[0] <= self.ratio <= BOUT_RATIO[1]
        return 0.0 if inside else -abs(float(np.log(max(self.ratio, 1e-9)))), self.right


def _fit(paths: Sequence[NDArray[np.int64]], targets: Sequence[NDArray[np.integer]], true_bouts: int) -> _Fit:
    bouts = sum(count_bouts(path, target) for path, target in zip(paths, targets, strict=True))
    said, wanted = np.concatenate(list(paths)), np.concatenate(list(targets))
    said, wanted = said[wanted != IGNORED], wanted[wanted != IGNORED]
    return _Fit(bouts / true_bouts, float((said == wanted).mean()), float((said == IGNORED).mean()))


def _bout_means(path: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.array([length for length, _ in runs_of(path)], np.int64)
    if not len(lengths):
        return values
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return np.repeat(np.add.reduceat(values, starts) / lengths, lengths)


def _merged(runs: list[list[int]]) -> list[list[int]]:
    found: list[list[int]] = []
    for length, label in runs:
        if found and found[-1][1] == label:
            found[-1][0] += length
        else:
            found.append([length, label])
    return found
