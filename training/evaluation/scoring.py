"""What was said against what people labeled: frames, bouts, time budgets, calibration, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import Pair, Resampler
from ...annotation.agreement.bout_table import BoutTable, f1_of
from ...annotation.agreement.resampling import Statistic
from ...annotation.agreement.results import IOUS
from ...annotation.agreement.undefined import divide
from ...annotation.tracks import CODE, NONE, UNLABELED
from ..cards import Metric
from ..scores import confusion, metric_of, scores_of
from ..snapshots import IGNORED, LabeledStretch, Snapshot, class_indices
from .learners import Said

#: Bins of confidence in the reliability table.
BINS = 10
#: Seconds within which two onsets count as the same.
_COLLAR = 0.2
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Frames that a model was about equally sure of.

    Attributes
    ----------
    low, high
        Limits of the confidence.
    frames
        How many.
    confidence, accuracy
        Mean confidence, and the share that was right; None where there is no frame.
    """

    low: float
    high: float
    frames: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One tested clip.

    Attributes
    ----------
    fold, recording, subject, start, stop
        Which.
    frames
        Frames that are labeled.
    right, unsure
        How many of them were said right, and of how many nothing was said.
    budget_error
        Mean over behaviors of the absolute difference of their shares of time, 0 to 1; None without frames.
    video
        Id of the file that it lies in; several may be parts of one recording.
    """

    fold: str
    recording: str
    subject: str
    start: int
    stop: int
    frames: int
    right: int
    unsure: int
    budget_error: float | None
    video: str = ""


@dataclass(frozen=True)
class GroupScores:
    """Everything about one exclusive group.

    Attributes
    ----------
    group
        Its name.
    labels
        Rows of the confusion matrix; its columns are these and ``unsure``.
    confusion
        Frames, what people labeled in the rows.
    metrics
        Figures with intervals: see `training.scores.scores_of`, bout F1 by overlap, time-budget errors, ECE.
    reliability
        Table of confidence and accuracy; empty for guesses.
    clips
        Every tested clip.
    excluded
        Frames of the tested clips that nobody labeled, and none frames; neither counts anywhere.
    """

    group: str
    labels: tuple[str, ...]
    confusion: NDArray[np.int64]
    metrics: tuple[Metric, ...]
    reliability: tuple[ReliabilityBin, ...] = ()
    clips: tuple[ClipRow, ...] = ()
    excluded: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answer:
    """What was said about one stretch in one fold."""

    fold: str
    index: int
    said: Said


def score(data: Snapshot, answers: Sequence[Answer], split: str, seed: int = 0) -> tuple[GroupScores, ...]:
    """Return the figures of every group.

    A frame about which nothing was said counts as wrong. None is masked: it counts neither as right nor as
    wrong. A clip that was tested in several folds is one clip to the resampling.

    Parameters
    ----------
    data
        What people labeled.
    answers
        What was said.
    split
        Name of the division, for the names of the figures.
    seed
        Of the resampling.
    """
    return tuple(_Group(data, answers, column, split, seed).scores() for column in range(len(data.classes)))


class _Group:
    """One group of the tested stretches."""

    def __init__(self, data: Snapshot, answers: Sequence[Answer], column: int, split: str, seed: int) -> None:
        self.data, self.answers, self.column, self.split, self.seed = data, answers, column, split, seed
        self.name = data.ethogram.groups[column]
        self.classes = data.classes[column]
        self.labels = data.class_names(column)
        self.targets = [class_indices(self._stretch(a).codes[:, column], self.classes) for a in answers]
        self.said = [class_indices(a.said.codes[:, column], self.classes) for a in answers]
        clips = [self._stretch(answer).key for answer in answers]
        self.clip_of = {key: number for number, key in enumerate(dict.fromkeys(clips))}
        self.clips = np.array([self.clip_of[key] for key in clips])
        self.resampler = Resampler([str(number) for number in self.clips], seed=seed)  # a row an answer

    def scores(self) -> GroupScores:
        targets, said = self._by_clip(self.targets), self._by_clip(self.said)
        counts = [confusion(t, s, len(self.labels)) for t, s in zip(targets, said, strict=True)]
        sure, rows = self._sureness(), self._clip_rows()
        per_clip, (per_hour, hours) = [row.budget_error for row in rows], self._hourly_errors()
        metrics = (
            *scores_of(targets, said, self.labels, self.split, self.name, self.seed),
            *self._bout_metrics(),
            self._metric("time-budget error per clip", _summed(per_clip), _mean_of, self.resampler),
            self._metric("time-budget error per hour", _summed(per_hour), _mean_of, hours),
            *(
                []
                if sure is None
                else [self._metric("expected calibration error", sure, _ece, self.resampler)]
            ),
        )
        codes = np.concatenate([self._stretch(answer).codes[:, self.column] for answer in self.answers])
        single = len(self.classes) == 1
        return GroupScores(
            self.name,
            self.labels,
            np.sum(counts, axis=0),
            metrics,
            () if sure is None else _table_of(sure.sum(axis=0)),
            tuple(rows),
            {
                "unlabeled": int((codes == UNLABELED).sum()),
                "none": 0 if single else int((codes == NONE).sum()),
            },
        )

    def _stretch(self, answer: Answer) -> LabeledStretch:
        return self.data.stretches[answer.index]

    def _by_clip(self, arrays: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """Put together what belongs to one clip; a frame between keeps bouts of two folds apart."""
        gap = np.array([IGNORED])
        parts: list[list[NDArray[np.int64]]] = [[] for _ in self.clip_of]
        for number, array in zip(self.clips.tolist(), arrays, strict=True):
            parts[number] += [gap, array] if parts[number] else [array]
        return [np.concatenate(each) for each in parts]

    def _bout_metrics(self) -> list[Metric]:
        """Return bout F1 by overlap; where nothing was said there is no bout, but the frames count."""
        pairs = []
        for number, (answer, target, said) in enumerate(
            zip(self.answers, self.targets, self.said, strict=True)
        ):
            known = target != IGNORED
            first = 0 if len(self.classes) == 1 else 1  # absence is no behavior: the code of none
            human = np.where(known, target + first, UNLABELED).astype(CODE)
            model = np.where(said == IGNORED, NONE, said + first).astype(CODE)
            pairs.append(Pair(human, model, clip=str(number), fps=self._stretch(answer).fps))
        table = BoutTable(pairs, _COLLAR)
        return [
            self._metric(
                f"bout F1 at an overlap of {iou:g}", table.f1_rows(None, iou), f1_of, self.resampler,
                "neither people nor the model have a bout",
            )
            for iou in IOUS
        ]  # fmt: skip

    def _clip_rows(self) -> list[ClipRow]:
        rows = []
        for answer, target, said in zip(self.answers, self.targets, self.said, strict=True):
            stretch, known = self._stretch(answer), target != IGNORED
            rows.append(
                ClipRow(
                    answer.fold, stretch.recording, stretch.subject, stretch.start, stretch.stop,
                    int(known.sum()), int((known & (target == said)).sum()),
                    int((known & (said == IGNORED)).sum()), self._budget_error(target, said), stretch.video,
                )
            )  # fmt: skip
        return rows

    def _hourly_errors(self) -> tuple[list[float | None], Resampler]:
        """Return the time-budget error of every hour of every recording, and what draws such hours.

        Hours are counted from the first frame of the uncut recording; one that was tested in several folds is
        one.
        """
        hours: dict[tuple[str, str, int], list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
        for answer, target, said in zip(self.answers, self.targets, self.said, strict=True):
            stretch = self._stretch(answer)
            begin = stretch.offset + stretch.start
            numbers = ((begin + np.arange(len(target))) / stretch.fps // _HOUR).astype(int)
            for hour in np.unique(numbers).tolist():
                inside = numbers == hour
                place = (answer.fold, stretch.recording, hour)
                hours.setdefault(place, []).append((target[inside], said[inside]))
        errors = [
            self._budget_error(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
            for parts in hours.values()
        ]
        units = [f"{recording} {hour}" for _fold, recording, hour in hours]
        return errors, Resampler(units, seed=self.seed, noun="hour")

    def _budget_error(self, target: NDArray[np.int64], said: NDArray[np.int64]) -> float | None:
        known = target != IGNORED
        if not known.any():
            return None
        true, model = (
            np.bincount(values[known & (values != IGNORED)], minlength=len(self.labels)) / known.sum()
            for values in (target, said)
        )
        return float(np.abs(true - model).mean())

    def _sureness(self) -> NDArray[np.float64] | None:
        """Return what `sureness` does for every answer (answers, `BINS`, 3); None for guesses."""
        rows, any_known = np.zeros((len(self.answers), BINS, 3)), False
        for row, answer, target in zip(rows, self.answers, self.targets, strict=True):
            found = self._most_likely(answer.said)
            if found is not None:
                confidence, said = found
                known = target != IGNORED
                row[:] = sureness(confidence[known], (said == target)[known])
                any_known = True
        return rows if any_known else None

    def _most_likely(self, said_of: Said) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
        """Return confidence and most likely class of every frame; None where the model lacks the group."""
        found = said_of.probabilities
        if found is None:
            return None
        for values, ids in zip(found.groups, found.classes, strict=True):
            if not set(ids) <= set(self.classes):
                continue
            if len(ids) == 1:
                said = (values[:, 0] >= 0.5).astype(np.int64)
                sure = np.maximum(values[:, 0], 1 - values[:, 0])
            else:
                said = np.array([self.classes.index(number) for number in ids])[values.argmax(axis=1)]
                sure = values.max(axis=1)
            return found.per_frame(sure), found.per_frame(said)
        return None

    def _metric(
        self, name: str, rows: NDArray[Any], statistic: Statistic, resampler: Resampler,
        why: str = "no frame is labeled",
    ) -> Metric:  # fmt: skip
        estimate = resampler.estimate(rows, statistic, why)
        return metric_of(name, estimate, self.split, self.name)


def reliability_table(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """Return how often a model is right where it is so sure (Guo et al. 2017, equations 2 and 3).

    Parameters
    ----------
    confidence
        Probability of what was said, 0 to 1, shape (frames,).
    right
        Whether it was right, shape (frames,).
    bins
        Number of bins of equal width.
    """
    return _table_of(sureness(confidence, right, bins))


def sureness(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], bins: int = BINS
) -> NDArray[np.float64]:  # fmt: skip
    """Return for every bin of confidence the frames, their summed confidence, and how many are right.

    Returns
    -------
    numpy.ndarray
        (bins, 3); those of several clips are added.
    """
    where = np.minimum((confidence * bins).astype(int), bins - 1)
    columns = [np.bincount(where, weights, minlength=bins) for weights in (None, confidence, right)]
    return np.stack(columns, axis=-1).astype(float)


def _table_of(sums: NDArray[np.float64]) -> tuple[ReliabilityBin, ...]:
    bins = len(sums)
    return tuple(
        ReliabilityBin(
            number / bins, (number + 1) / bins, int(frames),
            sure / frames if frames else None, hits / frames if frames else None,
        )
        for number, (frames, sure, hits) in enumerate(sums.tolist())
    )  # fmt: skip


def _ece(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the expected calibration error of (..., bins, 3): the mean gap, weighted by frames."""
    return divide(np.abs(sums[..., 2] - sums[..., 1]).sum(axis=-1), sums[..., 0].sum(axis=-1))


def _summed(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return what is added up for a mean: the values that there are, and a one for each."""
    return np.array([(0.0, 0.0) if value is None else (value, 1.0) for value in values])


def _mean_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return divide(sums[..., 0], sums[..., 1])
