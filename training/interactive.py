"""Training of the interactive tier: from a snapshot to a calibrated, smoothed, measured model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .calibration import Calibration, fit_calibration
from .cards import Metric, ModelCard
from .checkpoints import Checkpoints, backbone_name
from .ensemble import TIER, weights_of
from .examples import Task, example_of, not_learned, tasks_of
from .features.backbone import RATE, Backbone
from .features.extraction import cached_features
from .features.registry import entry_of
from .fitting import Cancelled, Example, HeadFit, Progress, apply_head, fit_heads
from .heard import heard
from .models import Model, require_learn
from .origin import now, versions
from .probabilities import Probabilities, edges_at_rate
from .recordings import Recordings
from .scores import scores_of_labels
from .smoothing import Smoothing, codes_of_classes, fit_smoothing
from .snapshots import IGNORED, Snapshot
from .splits import Split, check_unseen, k_folds
from .suspects import Suspect, suspects_of
from .unfinished import Unfinished

#: Called with what is being done, steps done, steps in all.
Stages = Callable[[str, int, int | None], None]

#: Called with the name of a figure, the training step and its value there.
Figures = Callable[[str, int, float], None]

#: Members of the ensemble, each of which never sees a third of the animals.
MEMBERS = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to train.

    Attributes
    ----------
    name
        Of the model.
    backbone, options
        Name of the backbone, and what it is made with.
    unit
        What is kept apart between learning and testing: ``subject``, ``video`` or ``clips``.
    seed
        Of every random choice.
    head
        How heads are trained.
    """

    name: str
    backbone: str = "motion"
    options: Mapping[str, Any] = field(default_factory=dict)
    unit: str = "subject"
    seed: int = 0
    head: HeadFit = field(default_factory=HeadFit)


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and what it said about labels before it was allowed to see them.

    Attributes
    ----------
    model
        The model, not yet written.
    held_out
        Probabilities of every stretch of the snapshot, from the member that did not learn from it; None where
        every member did (batch tier).
    suspects
        Labels that these doubt, the most doubtful first.
    warnings
        Sentences for the user, such as about behaviors that were left out.
    """

    model: Model
    held_out: tuple[Probabilities | None, ...]
    suspects: tuple[Suspect, ...]
    warnings: tuple[str, ...]


def train_interactive(
    snapshot: Snapshot,
    recipe: Recipe,
    cache_folder: Path,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
    *,
    checkpoints: Checkpoints | None = None,
    on_figure: Figures | None = None,
) -> Trained:
    """Train a model from scratch.

    The animals are divided into three groups; each member of the ensemble learns from two of them, and what
    it says about the third serves calibration, smoothing and the figures of the card.

    Parameters
    ----------
    snapshot
        What to learn from.
    recipe
        What to train.
    cache_folder
        Folder of derived data: indexes of recordings, small frames, features.
    on_stage
        Told what is being done and how far it is.
    cancelled
        Asked often.
    checkpoints
        Where parts are put and taken from, for a training that may be cut off.
    on_figure
        Told the loss of every head while it is trained.

    Raises
    ------
    LearnError
        When there is too little to learn from, only one animal, or a backbone that has seen the animals.
    TrainingCanceledError
        If `cancelled` said so.
    VideoError
        When a recording cannot be read.
    """
    require_learn("torch", "cv2", "safetensors")
    entry = entry_of(recipe.backbone)
    split = k_folds(snapshot, recipe.unit, MEMBERS, recipe.seed)
    tasks, warnings = tasks_of(snapshot, animals=2 if recipe.unit == "subject" else 1)
    run = _Run(snapshot, recipe, tasks, Recordings(cache_folder), on_stage, cancelled, checkpoints, on_figure)
    shared = entry.make(recipe.options) if entry.make is not None else None
    known = shared is None or check_unseen(
        shared.card.subjects, snapshot.subjects, f"The backbone '{recipe.backbone}'"
    )
    told = _gaps(snapshot, tasks, split)
    with heard(told.append):
        members = run.members(split, shared)
    name = split.name + ("" if known else ", split unknown")
    decisions = [_fit_group(group, members, task) for group, task in enumerate(tasks)]
    return run.finished(members, decisions, split, name, [*warnings, *told])


@dataclass(frozen=True, eq=False)
class _Member:
    """One head with its backbone, and what it said about what it had not learned from."""

    head: Any
    backbone: Backbone
    examples: Sequence[Example]
    logits: dict[int, list[NDArray[np.float32]]]


@dataclass(frozen=True, eq=False)
class _Run:
    """What stays the same while a model is trained."""

    snapshot: Snapshot
    recipe: Recipe
    tasks: tuple[Task, ...]
    recordings: Recordings
    on_stage: Stages | None
    cancelled: Cancelled | None
    checkpoints: Checkpoints | None
    on_figure: Figures | None

    def members(self, split: Split, shared: Backbone | None) -> list[_Member]:
        """Train one member a fold."""
        if shared is not None:
            backbones, examples = [shared] * len(split.folds), [self.examples(shared)] * len(split.folds)
        else:
            backbones = [self.fitted_backbone(fold.train, n) for n, fold in enumerate(split.folds)]
            examples = [self.examples(backbone) for backbone in backbones]
        heads = fit_heads(
            [[own[index] for index in fold.train] for own, fold in zip(examples, split.folds, strict=True)],
            [task.outputs for task in self.tasks],
            [self.recipe.seed + number for number in range(len(split.folds))],
            self.recipe.head,
            self.telling("heads"),
            self.cancelled,
            self.checkpoints,
            self.tell_loss,
        )
        return [
            _Member(
                head, backbone, own, {index: apply_head(head, own[index].features) for index in fold.test}
            )
            for head, backbone, own, fold in zip(heads, backbones, examples, split.folds, strict=True)
        ]

    def fitted_backbone(self, train: tuple[int, ...], number: int) -> Backbone:
        """Train a backbone on the labels that a member may see."""
        entry = entry_of(self.recipe.backbone)
        if entry.fit is None:
            raise LearnError(f"The backbone '{self.recipe.backbone}' cannot be trained on a project.")
        known = self.checkpoints.backbone(number, entry.restore) if self.checkpoints is not None else None
        if known is not None:
            return known
        backbone = entry.fit(
            self.snapshot.select(train),
            self.tasks,
            self.recordings,
            self.recipe.seed + number,
            self.recipe.options,
            self.telling(f"backbone {number + 1}"),
            self.cancelled,
            Unfinished(self.checkpoints, backbone_name(number)) if self.checkpoints is not None else None,
        )
        if self.checkpoints is not None:
            self.checkpoints.keep_backbone(number, backbone)
        return backbone

    def examples(self, backbone: Backbone) -> list[Example]:
        """Return every stretch with its features, which are computed as far as they are not cached."""
        behaviors = [b.id for b in self.snapshot.ethogram.behaviors]
        found = []
        for number, stretch in enumerate(self.snapshot.stretches, start=1):
            features = cached_features(
                self.recordings.cache_folder,
                backbone,
                stretch.path,
                self.recordings.index_of(stretch, self.cancelled),
                stretch.fps,
                RATE,
                (stretch.start, stretch.stop),
                self.telling_part("features", number, len(self.snapshot.stretches)),
                self.cancelled,
            )
            edges = edges_at_rate(stretch.start, stretch.stop, stretch.fps, RATE)
            found.append(example_of(stretch, features, edges, self.tasks, behaviors))
        return found

    def finished(
        self,
        members: list[_Member],
        decisions: list[tuple[Calibration, Smoothing]],
        split: Split,
        split_name: str,
        warnings: list[str],
    ) -> Trained:
        """Put the model together and measure it."""
        import torch

        snapshot, recipe = self.snapshot, self.recipe
        backbones = list({id(member.backbone): member.backbone for member in members}.values())
        heads = [member.head for member in members]
        card = ModelCard(
            name=recipe.name,
            tier=TIER,
            architecture={
                "name": "temporal convolutions",
                "members": len(heads),
                "backbones": len(backbones),
                "head": heads[0].settings.to_dict(),
            },
            backbone=backbones[0].card,
            preprocessing={},
            groups=tuple(task.card for task in self.tasks),
            rate=RATE,
            data=snapshot.hash,
            data_summary={
                "clips": len(snapshot.stretches),
                "labeled minutes": round(snapshot.seconds() / 60, 2),
                "frames": {str(k): v for k, v in snapshot.frames_by_subject().items()},
                "warnings": [*warnings, *snapshot.left_out],
            },
            subjects=snapshot.subjects,
            split=split_name,
            split_hash=split.hash,
            seed=recipe.seed,
            calibration={"groups": [calibration.to_dict() for calibration, _ in decisions]},
            smoothing={"groups": [smoothing.to_dict() for _, smoothing in decisions]},
            created=now(),
            versions=versions(),
            threads=torch.get_num_threads(),
        )
        held_out = self.held_out(members, [calibration for calibration, _ in decisions])
        card = replace(card, metrics=self.metrics(held_out, decisions, split_name))
        suspects = suspects_of(snapshot, self.tasks, held_out)
        model = Model(card, weights_of(heads, backbones))
        return Trained(model, held_out, tuple(suspects), tuple(warnings))

    def held_out(
        self, members: list[_Member], calibrations: Sequence[Calibration]
    ) -> tuple[Probabilities, ...]:
        """Return what was said about every stretch by the member that had not learned from it."""
        logits: dict[int, list[NDArray[np.float32]]] = {}
        for member in members:
            logits |= member.logits
        classes = tuple(task.classes for task in self.tasks)
        found = []
        for number, stretch in enumerate(self.snapshot.stretches):
            edges = edges_at_rate(stretch.start, stretch.stop, stretch.fps, RATE)
            groups = tuple(
                calibration.probabilities(values)
                for calibration, values in zip(calibrations, logits[number], strict=True)
            )
            found.append(Probabilities(groups, classes, edges, f"{self.recipe.name} (held out)"))
        return tuple(found)

    def metrics(
        self,
        held_out: Sequence[Probabilities],
        decisions: Sequence[tuple[Calibration, Smoothing]],
        split_name: str,
    ) -> tuple[Metric, ...]:
        """Return the figures of every group, counted in frames."""
        found: list[Metric] = []
        for group, task in enumerate(self.tasks):
            calibration, smoothing = decisions[group]
            said = {}
            for number, item in enumerate(held_out):
                classes, _ = smoothing.decide(item.groups[group], calibration.threshold)
                said[number] = item.per_frame(codes_of_classes(classes, task.classes))
            found += scores_of_labels(self.snapshot, said, task.column, split_name, self.recipe.seed)
        return tuple(found)

    def tell_loss(self, head: int, step: int, loss: float) -> None:
        """Tell the loss of a head as a figure."""
        if self.on_figure is not None:
            self.on_figure(f"loss of head {head + 1}", step, loss)

    def telling_part(self, stage: str, number: int, parts: int) -> Progress:
        """Return what tells the progress of one of the equal parts of a stage, in hundredths of a part."""
        tell_all = self.telling(stage)

        def tell(done: int, total: int | None) -> None:
            tell_all(100 * (number - 1) + (100 * done // total if total else 0), 100 * parts)

        tell(0, None)
        return tell

    def telling(self, stage: str) -> Progress:
        """Return what tells the progress of a stage."""

        def tell(done: int, total: int | None) -> None:
            if self.on_stage is not None:
                self.on_stage(stage, done, total)

        return tell


def _gaps(snapshot: Snapshot, tasks: Sequence[Task], split: Split) -> list[str]:
    """Return a sentence for every member that sees too little of a behavior which the others learn."""
    return [
        f"The member of the model that never sees {fold.name} has too little of {', '.join(names)} to learn "
        "from; label it in others, too."
        for fold in split.folds
        if (names := not_learned(snapshot, tasks, fold.train))
    ]


def _fit_group(group: int, members: Sequence[_Member], task: Task) -> tuple[Calibration, Smoothing]:
    """Fit calibration and smoothing of one group on what the members said about held-out stretches."""
    logits, targets = [], []
    for member in members:
        for index, values in member.logits.items():
            logits.append(values[group])
            targets.append(member.examples[index].targets[group])
    counts = np.zeros(max(2, task.outputs))
    for target in targets:
        counts += np.bincount(target[target != IGNORED], minlength=len(counts))
    calibration = fit_calibration(logits, targets, counts.tolist())
    probabilities = [calibration.probabilities(values) for values in logits]
    return calibration, fit_smoothing(probabilities, targets, targets, calibration.threshold)
