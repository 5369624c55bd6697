"""Training of the batch tier within a project: one network, tested on animals that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from .calibration import Calibration, fit_calibration
from .cards import BackboneCard, Metric, ModelCard
from .checkpoints import Checkpoints
from .examples import LEAST_FRAMES, Task, not_learned, step_targets, tasks_of, without
from .fitting import Cancelled, Progress
from .interactive import Stages, Trained
from .models import Model, require_learn
from .origin import now, versions
from .preprocessing import Preprocessing
from .probabilities import Probabilities
from .recordings import Recordings
from .scores import scores_of_labels
from .smoothing import Smoothing, codes_of_classes, fit_smoothing
from .snapshots import IGNORED, Snapshot
from .splits import Fold, Split, k_folds, make_split
from .stack_data import load_stacks
from .stack_fitting import StackFit, fit_stacks
from .stack_prediction import ARCHITECTURE, StackPredictor, no_smoothing, stack_predictor
from .stacks import FRAMES, STACK_RATE
from .suspects import suspects_of
from .unfinished import Unfinished

if TYPE_CHECKING:
    from .networks.ethocnn import EthoCNN

#: One part in so many of the animals is tested and never learned from.
_PARTS = 4
_LEAST_PROBABILITY = 1e-6
#: Seconds of work that a training which is cut off may lose: what is kept of it has 200 MB.
KEPT_EVERY = 300.0


@dataclass(frozen=True, slots=True)
class BatchRecipe:
    """What to train.

    Attributes
    ----------
    name
        Of the model.
    unit
        What is kept apart between learning and testing: ``subject``, ``video`` or ``clips``.
    seed
        Of every random choice.
    fit
        How the network is trained.
    preprocessing
        How frames are made small.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    name: str
    unit: str = "subject"
    seed: int = 0
    fit: StackFit = field(default_factory=StackFit)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    device: str = "auto"

    @classmethod
    def published(cls, name: str, unit: str = "subject", seed: int = 0, device: str = "auto") -> BatchRecipe:
        """Return the published recipe: its optimizer, batches, label rule, phase and preprocessing."""
        return cls(name, unit, seed, StackFit.published(), Preprocessing.published(), device)


def train_batch(
    snapshot: Snapshot,
    recipe: BatchRecipe,
    cache_folder: Path,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
    *,
    checkpoints: Checkpoints | None = None,
) -> Trained:
    """Train the DeepEthoProfile network from random weights.

    A quarter of the animals (at least one) is never learned from: what the network says about these serves
    calibration, smoothing and the figures of the card.

    Parameters
    ----------
    snapshot
        What to learn from.
    recipe
        What to train.
    cache_folder
        Folder of derived data: indexes of recordings, small frames.
    on_stage
        Told what is being done and how far it is.
    cancelled
        Asked often.
    checkpoints
        Where it is kept how far the network is, and taken up again, for a training that may be cut off.

    Raises
    ------
    LearnError
        When there is too little to learn from, only one animal, or several groups of behaviors.
    TrainingCanceledError
        If `cancelled` said so.
    VideoError
        When a recording cannot be read.
    """
    require_learn("torch", "cv2", "safetensors")
    folds = k_folds(
        snapshot, recipe.unit, _PARTS, recipe.seed
    ).folds  # tells a lone animal before what it lacks
    tasks, warnings = tasks_of(snapshot, animals=2 if recipe.unit == "subject" else 1)
    if len(snapshot.classes) != 1 or tasks[0].outputs < 2:
        raise LearnError(
            "The batch tier tells the behaviors of one exclusive group apart, but this ethogram has "
            f"{len(snapshot.classes)} groups; train a model of the interactive tier."
        )
    fold = part_to_test(snapshot, tasks[0], folds)
    if gone := not_learned(snapshot, tasks, fold.train, FRAMES):
        tasks = (without(tasks[0], gone),)
        warnings.append(
            f"Nothing but what is tested ({fold.name}) shows enough of {', '.join(gone)}, so it is left out "
            "of the model; label another clip that shows it."
        )
        if tasks[0].outputs < 2:
            raise LearnError(f"There is too little to learn from: {warnings[-1]}")
    run = _Run(snapshot, recipe, tasks[0], Recordings(cache_folder), on_stage, cancelled, checkpoints)
    split = make_split(f"holdout of {fold.name}", recipe.unit, snapshot, [fold])
    network = run.fitted(fold.train)
    if untested := not_learned(snapshot, tasks, fold.test):
        warnings.append(
            f"What is tested ({fold.name}) shows too little of {', '.join(untested)}: how well that is "
            "recognized is not known."
        )
    card = run.card(split, warnings)
    draft = stack_predictor(Model(card, _weights(network)), recipe.device)
    said = {number: run.said(draft, number) for number in fold.test}
    calibration, smoothing, said = run.decided(said, [run.learned(draft, number) for number in fold.train])
    card = replace(
        card,
        calibration={"groups": [calibration.to_dict()]},
        smoothing={"groups": [smoothing.to_dict()]},
        metrics=run.metrics(said, smoothing, split.name),
    )
    tested = snapshot.select(fold.test)
    suspects = suspects_of(tested, tasks, [said[number] for number in fold.test])
    held_out = tuple(said.get(number) for number in range(len(snapshot.stretches)))
    return Trained(Model(card, _weights(network)), held_out, tuple(suspects), (*warnings, *run.told))


def part_to_test(snapshot: Snapshot, task: Task, folds: Sequence[Fold]) -> Fold:
    """Return the part that is tested: without it every behavior can be learned, and it shows every behavior.

    Where no part is so, the one that takes the fewest behaviors away, then the one that leaves too little of
    the fewest; of equals the one that shows the most, then the smallest.
    """

    def lacking(side: Sequence[int], least: int = LEAST_FRAMES) -> int:
        return len(not_learned(snapshot, [task], side, least))

    def losses(fold: Fold) -> tuple[int, ...]:
        return (lacking(fold.train, FRAMES), lacking(fold.train), lacking(fold.test), len(fold.test))

    return min(folds, key=losses)


@dataclass(frozen=True, eq=False)
class _Run:
    """What stays the same while a model is trained."""

    snapshot: Snapshot
    recipe: BatchRecipe
    task: Task
    recordings: Recordings
    on_stage: Stages | None
    cancelled: Cancelled | None
    checkpoints: Checkpoints | None
    told: list[str] = field(default_factory=list)

    def fitted(self, train: Sequence[int]) -> EthoCNN:
        """Train the network on these stretches."""
        stretches = [self.snapshot.stretches[number] for number in train]
        data = load_stacks(
            stretches,
            [self.task.targets(stretch) for stretch in stretches],
            self.recipe.preprocessing,
            self.recordings,
            self.telling("frames of clips"),
            self.cancelled,
        )
        return fit_stacks(
            data,
            [name for _, name in self.task.card.behaviors],
            self.recipe.seed,
            self.recipe.fit,
            self.recipe.device,
            self.telling("training the network"),
            self.cancelled,
            self.told.append,
            Unfinished(self.checkpoints, "network", KEPT_EVERY) if self.checkpoints is not None else None,
        )

    def card(self, split: Split, warnings: Sequence[str]) -> ModelCard:
        """Return the card of a network that is not calibrated yet."""
        import torch

        from .devices import choose_device

        snapshot, recipe = self.snapshot, self.recipe
        [fold] = split.folds
        published = recipe.preprocessing.stack_ms is None
        learned = tuple(sorted({snapshot.stretches[number].subject for number in fold.train}))
        return ModelCard(
            name=recipe.name,
            tier="batch",
            architecture={"name": ARCHITECTURE, "training": recipe.fit.to_dict()},
            backbone=BackboneCard(ARCHITECTURE, subjects=learned),
            preprocessing=recipe.preprocessing.to_dict(),
            groups=(self.task.card,),
            rate=None if published else STACK_RATE,
            stride=FRAMES if published else None,
            data=snapshot.hash,
            data_summary={
                "clips": len(snapshot.stretches),
                "labeled minutes": round(snapshot.seconds() / 60, 2),
                "frames": {str(k): v for k, v in snapshot.frames_by_subject().items()},
                "warnings": [*warnings, *snapshot.left_out],
            },
            subjects=learned,
            calibrated_on=tuple(sorted({snapshot.stretches[n].subject for n in fold.test} - set(learned))),
            split=split.name,
            split_hash=split.hash,
            seed=recipe.seed,
            calibration={"groups": [Calibration().to_dict()]},
            smoothing={"groups": [no_smoothing(self.task.outputs).to_dict()]},
            created=now(),
            versions=versions(),
            device=choose_device(recipe.device).type,
            threads=torch.get_num_threads(),
        )

    def said(self, predictor: StackPredictor, number: int) -> Probabilities:
        """Return what the network says about a stretch."""
        stretch = self.snapshot.stretches[number]
        index = self.recordings.index_of(stretch, self.cancelled)
        frames = (stretch.start, stretch.stop)
        folder = self.recordings.cache_folder
        self.telling(f"testing on {stretch.video}")(0, None)
        return predictor.clip(folder, Path(stretch.path), index, stretch.fps, frames, self.cancelled)

    def learned(self, predictor: StackPredictor, number: int) -> NDArray[np.int64]:
        """Return the class of every step of a stretch that was learned from."""
        stretch = self.snapshot.stretches[number]
        index = self.recordings.index_of(stretch, self.cancelled)
        return self.targets(number, predictor.edges(index, stretch.fps, stretch.start, stretch.stop))

    def targets(self, number: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the class of every step of a stretch."""
        stretch = self.snapshot.stretches[number]
        return step_targets(self.task.targets(stretch), edges[:-1] - stretch.start, self.task.outputs)

    def decided(
        self, said: dict[int, Probabilities], learned: Sequence[NDArray[np.int64]]
    ) -> tuple[Calibration, Smoothing, dict[int, Probabilities]]:
        """Fit calibration and smoothing, and return the probabilities calibrated.

        How frequent classes are, how they follow one another and how long they last comes from what was
        `learned`, how far that counts from what is `said` about the others.
        """
        # Logarithms of probabilities are logits up to a constant, which no calibration sees.
        logits = {n: np.log(np.clip(p.groups[0], _LEAST_PROBABILITY, 1)) for n, p in said.items()}
        targets = [self.targets(n, p.edges) for n, p in said.items()]
        calibration = fit_calibration(list(logits.values()), targets, _counts(learned, self.task.outputs))
        found = {n: calibration.probabilities(values) for n, values in logits.items()}
        smoothing = fit_smoothing(list(found.values()), targets, learned)
        calibrated = {n: replace(said[n], groups=(values,)) for n, values in found.items()}
        return calibration, smoothing, calibrated

    def metrics(
        self, said: dict[int, Probabilities], smoothing: Smoothing, split_name: str
    ) -> tuple[Metric, ...]:
        """Return the figures, counted in frames."""
        labels = {
            number: item.per_frame(codes_of_classes(smoothing.decide(item.groups[0])[0], self.task.classes))
            for number, item in said.items()
        }
        return scores_of_labels(self.snapshot, labels, self.task.column, split_name, self.recipe.seed)

    def telling(self, stage: str) -> Progress:
        """Return what tells the progress of a stage."""

        def tell(done: int, total: int | None) -> None:
            if self.on_stage is not None:
                self.on_stage(stage, done, total)

        return tell


def _counts(targets: Sequence[NDArray[np.int64]], classes: int) -> list[float]:
    """Return how often every class occurs: what the labels of recordings look like."""
    known = np.concatenate(targets)
    return np.bincount(known[known != IGNORED], minlength=classes).astype(float).tolist()


def _weights(network: EthoCNN) -> dict[str, NDArray[np.generic]]:
    return {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}
