"""Figures of a model on labels that it has not seen, with intervals by resampling clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..annotation.agreement.resampling import Estimate, Resampler
from ..annotation.agreement.undefined import Undefined, divide, number_or_none
from .cards import Metric
from .smoothing import count_bouts
from .snapshots import IGNORED, Snapshot, class_indices

Counts = NDArray[np.float64]


def confusion(target: NDArray[np.integer], said: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Return frames by label (rows) and by what the model said; the last column is unsure.

    Parameters
    ----------
    target
        Classes of the labels (frames,); `IGNORED` frames are not counted.
    said
        Classes of the model (frames,); `IGNORED` where it was not sure.
    classes
        Number of classes.
    """
    known = target != IGNORED
    columns = np.where(said == IGNORED, classes, said)
    cells = target[known] * (classes + 1) + columns[known]
    return np.bincount(cells, minlength=classes * (classes + 1)).reshape(classes, classes + 1)


def scores_of(
    targets: Sequence[NDArray[np.integer]], said: Sequence[NDArray[np.integer]], names: Sequence[str],
    split: str, group: str, seed: int = 0,
) -> tuple[Metric, ...]:  # fmt: skip
    """Return accuracy, macro accuracy, macro F1, bout ratio, and recall and F1 of every behavior.

    An unsure frame counts as wrong. Intervals (95 %) come from resampling the clips.

    Parameters
    ----------
    targets, said
        One array a clip: classes of the labels and of the model (frames,).
    names
        Of the classes.
    split
        Name of the division into what was learned and what was tested.
    group
        Name of the exclusive group.
    seed
        Of the resampling.
    """
    classes = len(names)
    counts = np.stack([confusion(t, s, classes) for t, s in zip(targets, said, strict=True)])
    bouts = np.array(
        [[count_bouts(s, t), count_bouts(t, t)] for t, s in zip(targets, said, strict=True)], np.int64
    )
    resampler = Resampler([str(number) for number in range(len(targets))], seed=seed)
    figures: list[tuple[str, NDArray[np.int64], Callable[[Counts], Counts], str]] = [
        ("frame accuracy", counts, accuracy, "no frame is labeled"),
        ("macro accuracy", counts, macro_accuracy, "no frame is labeled"),
        ("macro F1", counts, macro_f1, "no frame is labeled"),
        (
            "bouts / bouts of people",
            bouts,
            lambda sums: divide(sums[..., 0], sums[..., 1]),
            "there is no bout",
        ),
    ]
    for number, name in enumerate(names):
        figures += [
            (f"recall of {name}", counts, partial(_recall, number), f"no frame is labeled {name}"),
            (f"F1 of {name}", counts, partial(_f1, number), f"no frame is labeled {name}, or called so"),
        ]
    return tuple(
        metric_of(name, resampler.estimate(rows, statistic, why), split, group)
        for name, rows, statistic, why in figures
    )


def scores_of_labels(
    data: Snapshot, said: Mapping[int, NDArray[np.integer]], group: int, split: str, seed: int = 0
) -> tuple[Metric, ...]:
    """Return the figures of `scores_of` for what was said about stretches of a snapshot.

    All behaviors of the group count: one that the model has not learned is never said, and wrong where people
    labeled it.

    Parameters
    ----------
    data
        What people labeled.
    said
        Codes of the group (frames,) by the number of the stretch; unlabeled where the model is not sure.
    group
        Number of the exclusive group.
    split, seed
        As for `scores_of`.
    """
    classes = data.classes[group]
    targets = [data.targets(number, group) for number in said]
    found = [class_indices(codes, classes) for codes in said.values()]
    return scores_of(targets, found, data.class_names(group), split, data.ethogram.groups[group], seed)


def accuracy(counts: Counts) -> Counts:
    """Return the share of frames that are right; ``counts`` is (..., classes, classes + 1)."""
    right = np.trace(counts, axis1=-2, axis2=-1)
    return divide(right, counts.sum(axis=(-2, -1)))


def recalls(counts: Counts) -> Counts:
    """Return for every class the share of its frames that are right (..., classes)."""
    return divide(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1))


def _recall(number: int, counts: Counts) -> Counts:
    return recalls(counts)[..., number]


def macro_accuracy(counts: Counts) -> Counts:
    """Return the mean of the recalls of the classes that have frames."""
    return mean_of_defined(recalls(counts))


def f1s(counts: Counts) -> Counts:
    """Return the frame F1 of every class (..., classes): 2 right / (labeled + said)."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    return divide(2 * right, counts.sum(axis=-1) + counts[..., :-1].sum(axis=-2))


def _f1(number: int, counts: Counts) -> Counts:
    return f1s(counts)[..., number]


def macro_f1(counts: Counts) -> Counts:
    """Return the mean F1 of the classes that have frames."""
    return mean_of_defined(np.where(counts.sum(axis=-1) > 0, f1s(counts), np.nan))


def mean_of_defined(values: Counts) -> Counts:
    """Return the mean over the last axis of what is not NaN; NaN where all is."""
    there = np.isfinite(values)
    return divide(np.where(there, values, 0.0).sum(axis=-1), there.sum(axis=-1))


def metric_of(name: str, estimate: Estimate, split: str, group: str) -> Metric:
    """Return an estimate as a figure of a group under a division."""
    value, interval = estimate.value, estimate.interval
    low, high = (None, None) if isinstance(interval, Undefined) else (interval.low, interval.high)
    unit = "times" if name.startswith("bouts") else "fraction"
    why = value.reason if isinstance(value, Undefined) else ""
    return Metric(name, number_or_none(value), split, low, high, unit, group, why)
