"""From labels of frames to examples at steps: what a model can learn, and what it has too little of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.tracks import NONE
from .cards import GroupCard
from .fitting import Example
from .snapshots import IGNORED, LabeledStretch, Snapshot, class_indices

#: Labeled frames that a behavior needs of an animal, and animals (as JABS asks for before it trains).
LEAST_FRAMES, LEAST_SUBJECTS = 20, 2


@dataclass(frozen=True, slots=True)
class Task:
    """What of one group is learned.

    Attributes
    ----------
    column
        Column of the group in label codes.
    card
        Its name and the behaviors that have enough examples.
    """

    column: int
    card: GroupCard

    @property
    def classes(self) -> tuple[int, ...]:
        """Ids of the behaviors."""
        return tuple(number for number, _ in self.card.behaviors)

    @property
    def outputs(self) -> int:
        """Number of outputs of a network."""
        return len(self.classes)

    def targets(self, stretch: LabeledStretch) -> NDArray[np.int64]:
        """Return the class of every frame (frames,); `IGNORED` where nothing is learned."""
        return class_indices(stretch.codes[:, self.column], self.classes)


def without(task: Task, names: Sequence[str]) -> Task:
    """Return a task without some of its behaviors."""
    kept = tuple(behavior for behavior in task.card.behaviors if behavior[1] not in names)
    return replace(task, card=replace(task.card, behaviors=kept))


def tasks_of(snapshot: Snapshot, animals: int = LEAST_SUBJECTS) -> tuple[tuple[Task, ...], list[str]]:
    """Return what can be learned from a snapshot, and a sentence for every behavior that cannot.

    A behavior needs `LEAST_FRAMES` labeled frames of each of `animals` animals. One that has fewer is left
    out of the model; its frames are not learned as anything else.

    Raises
    ------
    LearnError
        When no group has two behaviors (or one behavior and its absence) with enough examples; the sentence
        says how many frames are missing.
    """
    tasks, sentences = [], []
    for column, ids in enumerate(snapshot.classes):
        single = len(ids) == 1
        kept = []
        for number in ids:
            sentence = _shortage(snapshot, column, number, snapshot.ethogram.label_name(number), animals)
            if sentence:
                sentences.append(sentence)
            else:
                kept.append((number, snapshot.ethogram.label_name(number)))
        if single and kept:
            absence = _shortage(snapshot, column, 0, f"the absence of {kept[0][1]}", animals)
            if absence:
                sentences.append(absence)
                kept = []
        if len(kept) > 1 or (single and kept):
            tasks.append(Task(column, GroupCard(snapshot.ethogram.groups[column], tuple(kept))))
    if not tasks:
        raise LearnError(f"There is too little to learn from: {_too_little(snapshot, animals)}")
    return tuple(tasks), sentences


def not_learned(
    snapshot: Snapshot, tasks: Sequence[Task], learned: Sequence[int], least: int = LEAST_FRAMES
) -> list[str]:
    """Return the names of the classes of which fewer than `least` frames lie on what is learned from."""
    lacking = []
    for task in tasks:
        ids = snapshot.classes[task.column]
        targets = np.concatenate([snapshot.targets(number, task.column) for number in learned])
        for index, name in enumerate(snapshot.class_names(task.column)):
            wanted = len(ids) == 1 or ids[index] in task.classes
            if wanted and int((targets == index).sum()) < least:
                lacking.append(name)
    return lacking


def frames_missing(snapshot: Snapshot, column: int, behavior: int) -> str:
    """Return how many labeled frames of a behavior each animal lacks, such as ``20 of 03, 4 of 05``.

    Parameters
    ----------
    snapshot
        The labels.
    column
        Column of the behavior's group in label codes.
    behavior
        Its id.
    """
    return _missing(_frames(snapshot, column, behavior))


def example_of(
    stretch: LabeledStretch,
    features: NDArray[np.float32],
    edges: NDArray[np.int64],
    tasks: Sequence[Task],
    behaviors: Sequence[int],
) -> Example:
    """Return a stretch as an example at steps.

    Parameters
    ----------
    stretch
        The labels.
    features
        Of its steps, float32 (steps, features).
    edges
        Frames of the recording at which its steps begin and end (steps + 1,).
    tasks
        What is learned.
    behaviors
        Ids of the columns of the soft labels: the behaviors in the order of the ethogram.
    """
    starts = edges[:-1] - stretch.start
    targets = tuple(step_targets(task.targets(stretch), starts, max(2, task.outputs)) for task in tasks)
    soft = tuple(_soft(stretch, task, starts, behaviors) for task in tasks)
    return Example(features, targets, soft)


def step_targets(
    targets: NDArray[np.int64], starts: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:  # fmt: skip
    """Return the class that most labeled frames of a step have (steps,).

    `IGNORED` where fewer than half of the frames are labeled.

    Parameters
    ----------
    targets
        Classes of frames (frames,).
    starts
        First frame of every step (steps,), ascending from 0.
    classes
        Number of classes.
    """
    counts = np.add.reduceat(targets[:, None] == np.arange(classes), starts, axis=0, dtype=np.int64)
    lengths = np.diff(np.append(starts, len(targets)))
    enough = 2 * counts.sum(axis=1) >= lengths
    return np.where(enough, counts.argmax(axis=1), IGNORED)


def _soft(
    stretch: LabeledStretch, task: Task, starts: NDArray[np.int64], behaviors: Sequence[int]
) -> NDArray[np.float32]:
    width = max(2, task.outputs)
    if stretch.soft is None:
        return np.zeros((len(starts), width), np.float32)
    shares = stretch.soft[:, [list(behaviors).index(number) for number in task.classes]]
    if task.outputs == 1:
        # Where nobody saw it, the label itself says so.
        shares = np.concatenate([np.where(shares > 0, 1 - shares, 0), shares], axis=1)
    sums = np.add.reduceat(shares, starts, axis=0, dtype=np.float32)
    total = sums.sum(axis=1, keepdims=True)
    return np.where(total > 0, sums / np.maximum(total, 1e-6), 0).astype(np.float32)


def _shortage(snapshot: Snapshot, column: int, code: int, name: str, animals: int) -> str:
    """Return which animals have too few frames of a label, in one sentence; empty where all is well."""
    found = _frames(snapshot, column, code)
    enough = sum(count >= LEAST_FRAMES for count in found.values())
    if enough >= animals:
        return ""
    noun = "animal" if animals == 1 else "animals"
    return (
        f"{name} needs {LEAST_FRAMES} labeled frames of each of {animals} {noun} and has them of {enough}; "
        f"frames missing: {_missing(found)}."
    )


def _too_little(snapshot: Snapshot, animals: int) -> str:
    """Return what is missing of all behaviors: those that nobody has labeled are only named."""
    some, never = [], []
    for column, ids in enumerate(snapshot.classes):
        names = {number: snapshot.ethogram.label_name(number) for number in ids}
        if len(ids) == 1:
            names[NONE] = f"the absence of {names[ids[0]]}"
        for number, name in names.items():
            found = _frames(snapshot, column, number)
            if not any(found.values()):
                never.append(name)
            elif sum(count >= LEAST_FRAMES for count in found.values()) < animals:
                some.append(f"{name} ({_missing(found)})")
    noun = "animal" if animals == 1 else "animals"
    wanted = f"{LEAST_FRAMES} labeled frames of each of {animals} {noun}"
    parts = [
        f"a model needs two behaviors, or one and its absence, with {wanted}",
        f"frames are missing of {', '.join(some)}" if some else "",
        f"not labeled at all: {', '.join(never)}" if never else "",
    ]
    return f"{'; '.join(filter(None, parts))}."


def _frames(snapshot: Snapshot, column: int, code: int) -> dict[str, int]:
    """Return how many frames of every animal have a label."""
    found = dict.fromkeys(snapshot.subjects, 0)
    for stretch in snapshot.stretches:
        found[stretch.subject] += int((stretch.codes[:, column] == code).sum())
    return found


def _missing(found: Mapping[str, int]) -> str:
    return ", ".join(
        f"{LEAST_FRAMES - count} of {subject}" for subject, count in found.items() if count < LEAST_FRAMES
    )
