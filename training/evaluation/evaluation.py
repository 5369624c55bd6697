"""An evaluation: a protocol run over the labels of a project, or a model asked about what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.errors import LearnError
from ..cards import ModelCard
from ..examples import LEAST_FRAMES, frames_missing, tasks_of
from ..features.registry import entry_of
from ..fitting import Cancelled
from ..interactive import Recipe, Stages
from ..predictors import load_predictor
from ..snapshots import Snapshot
from ..splits import Fold, Split, check_unseen
from .learners import Learner, ModelLearner, MotionThreshold, Said, for_protocol, majority, said_by
from .protocols import protocol_of
from .scoring import Answer, GroupScores, score

if TYPE_CHECKING:
    from ...annotation.project import Project
    from ..batch_training import BatchRecipe

#: Returns what a learner says in every fold of a division, in the order of the folds.
Spread = Callable[[ModelLearner, Snapshot, Sequence[Fold]], list[list[Said]]]

#: Names of the trivial guesses that a model has to beat.
MAJORITY, MOTION = "most frequent label", "motion threshold"
#: Folds that a sentence names; more are counted.
_MOST_NAMED = 4


@dataclass(frozen=True)
class Evaluation:
    """Figures and everything that they hold for.

    Attributes
    ----------
    protocol
        Name of the protocol, or ``model`` for a trained model asked about animals that it has not seen.
    sentence
        What the protocol does, and what its figures do not say.
    split, split_hash
        The division of the labels.
    data
        Hash of the labels.
    learner
        What was measured, such as a backbone and tier, or the id of a model.
    seed
        Of every random choice.
    groups
        Figures of every exclusive group.
    baselines
        The same of trivial guesses, by name; empty where they were not asked for.
    folds
        Names of the folds with the numbers of clips learned from and tested.
    warnings
        What was left out, a sentence each.
    """

    protocol: str
    sentence: str
    split: str
    split_hash: str
    data: str
    learner: str
    seed: int
    groups: tuple[GroupScores, ...]
    baselines: Mapping[str, tuple[GroupScores, ...]]
    folds: tuple[tuple[str, int, int], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "protocol": self.protocol,
            "sentence": self.sentence,
            "split": self.split,
            "split_hash": self.split_hash,
            "data": self.data,
            "learner": self.learner,
            "seed": self.seed,
            "folds": [{"name": name, "train": train, "test": test} for name, train, test in self.folds],
            "groups": [_plain(group) for group in self.groups],
            "baselines": {name: [_plain(g) for g in groups] for name, groups in self.baselines.items()},
            "warnings": list(self.warnings),
        }


def _plain(group: GroupScores) -> dict[str, Any]:
    return {
        "group": group.group,
        "confusion": {
            "labels": list(group.labels),
            "columns": [*group.labels, "unsure"],
            "frames": group.confusion.tolist(),
        },
        "metrics": [asdict(metric) for metric in group.metrics],
        "reliability": [asdict(row) for row in group.reliability],
        "excluded": group.excluded,
        "clips": [asdict(row) for row in group.clips],
    }


def evaluate_protocol(
    data: Snapshot,
    protocol: str,
    recipe: Recipe | BatchRecipe,
    cache_folder: Path,
    *,
    tested: Sequence[str] = (),
    baselines: bool = True,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
    spread: Spread | None = None,
) -> Evaluation:
    """Train and test a kind of model by a protocol.

    Parameters
    ----------
    data
        The labels.
    protocol
        One of `training.evaluation.protocols.PROTOCOLS`.
    recipe
        What is trained on every learning side.
    cache_folder
        Folder of derived data.
    tested
        The animals that are tested, for a protocol that lets them be chosen; drawn by the seed when empty.
    baselines
        Measure trivial guesses beside it.
    on_stage, cancelled
        Told and asked while it works.
    spread
        Works on the folds in other processes; one after the other here when not given. The figures are the
        same.

    Raises
    ------
    LearnError
        When there is too little to learn from, only one animal, or a recording is gone.
    """
    chosen = protocol_of(protocol, tested)
    divided, split = chosen.divide(data, recipe.seed, tested)
    split = _as_known(split, divided, recipe)
    learner = ModelLearner(for_protocol(recipe, chosen.unit), cache_folder, on_stage, cancelled)
    guesses: dict[str, Learner] = (
        {MAJORITY: majority, MOTION: MotionThreshold(cache_folder, cancelled)} if baselines else {}
    )
    said = (
        spread(learner, divided, split.folds)
        if spread is not None
        else [learner(divided, fold) for fold in split.folds]
    )
    return Evaluation(
        protocol=protocol,
        sentence=chosen.sentence,
        split=split.name,
        split_hash=split.hash,
        data=data.hash,
        learner=described(recipe),
        seed=recipe.seed,
        groups=_scored(divided, split, said, recipe.seed),
        baselines={
            name: _scored(divided, split, [guess(divided, fold) for fold in split.folds], recipe.seed)
            for name, guess in guesses.items()
        },
        folds=tuple((fold.name, len(fold.train), len(fold.test)) for fold in split.folds),
        warnings=(*divided.left_out, *_not_learned(divided, split, learner.recipe)),
    )


def _not_learned(data: Snapshot, split: Split, recipe: Recipe | BatchRecipe) -> tuple[str, ...]:
    """Return a sentence for every behavior that some learning side shows too little of, and so misses."""
    animals = 2 if recipe.unit == "subject" else 1
    known = {
        fold.name: {
            behavior
            for task in tasks_of(data.select(fold.train), animals=animals)[0]
            for behavior in task.classes
        }
        for fold in split.folds
    }
    sentences = []
    for column, behaviors in enumerate(data.classes):
        for behavior in behaviors:
            without = [name for name, learned in known.items() if behavior not in learned]
            if without:
                missing = frames_missing(data, column, behavior)
                sentences.append(
                    f"{data.ethogram.label_name(behavior)} is not learned while {_listed(without)} "
                    f"{'is' if len(without) == 1 else 'are'} tested, and counts as wrong there: it needs "
                    f"{LEAST_FRAMES} labeled frames of {'two animals each' if animals > 1 else 'an animal'} "
                    f"in what is learned from{f'; frames missing in all: {missing}' if missing else ''}."
                )
    return tuple(sentences)


def _listed(names: Sequence[str]) -> str:
    """Return names of folds in a sentence; many are counted."""
    return ", ".join(names) if len(names) <= _MOST_NAMED else f"{len(names)} folds"


def _as_known(split: Split, data: Snapshot, recipe: Recipe | BatchRecipe) -> Split:
    """Return the division, named as far as it is known which animals a given backbone has seen.

    Raises
    ------
    LearnError
        When it has seen one that is tested.
    """
    if not isinstance(recipe, Recipe) or (make := entry_of(recipe.backbone).make) is None:
        return split
    backbone, what = make(recipe.options), f"The backbone '{recipe.backbone}'"
    tested = {data.stretches[number].subject for fold in split.folds for number in fold.test}
    known = check_unseen(backbone.card.subjects, tested, what)
    return split if known else replace(split, name=f"{split.name}, split unknown")


def described(recipe: Recipe | BatchRecipe) -> str:
    """Return what a recipe trains, in a few words."""
    if isinstance(recipe, Recipe):
        return f"interactive tier on {recipe.backbone}"
    return "batch tier: the DeepEthoProfile network"


def _scored(
    data: Snapshot, split: Split, said: Sequence[Sequence[Said]], seed: int
) -> tuple[GroupScores, ...]:
    answers = [
        Answer(fold.name, index, each)
        for fold, found in zip(split.folds, said, strict=True)
        for index, each in zip(fold.test, found, strict=True)
    ]
    return score(data, answers, split.name, seed)


def evaluate_model(
    data: Snapshot,
    name: str,
    cache_folder: Path,
    *,
    project: Project | None = None,
    device: str = "auto",
    names: Mapping[str, str] | None = None,
    seed: int = 0,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[Evaluation, ModelCard]:
    """Ask a trained model about labels of animals that it has not seen.

    Parameters
    ----------
    data
        The labels; those of animals that the model learned from are left out, which is said.
    name
        Name of the model in the project, a model folder, or weights of DeepEthoProfile.
    project
        Where names are looked up.
    device
        Where a network of the batch tier runs.
    names
        ``{name in the model: name in the ethogram}`` of behaviors that are called otherwise.
    cache_folder, seed, on_stage, cancelled
        As for `evaluate_protocol`.

    Raises
    ------
    LearnError
        When the model has seen every labeled animal, or does not fit the ethogram.
    """
    predictor = load_predictor(name, project, device, names=names)
    card = predictor.card
    learned = set(card.subjects) | set(card.backbone.subjects or ())
    seen = learned | set(card.calibrated_on)
    fresh = tuple(number for number, s in enumerate(data.stretches) if s.subject not in seen)
    if not fresh:
        raise LearnError(
            f"The model '{card.name}' has learned from every labeled animal ({', '.join(data.subjects)}), or "
            "was calibrated on it; label another one, or measure by a protocol."
        )
    labeled = {s.subject for s in data.stretches}
    left_out, tuned = sorted(labeled & learned), sorted(labeled & seen - learned)
    unknown = card.backbone.subjects is None or not card.subjects
    tested = data.select(fresh)
    check_unseen(card.subjects, tested.subjects, f"The model '{card.name}'")
    known = "animals" if unknown else "animals that the model has not seen"
    split_name = f"{known}: {', '.join(tested.subjects)}{', split unknown' if unknown else ''}"
    fold = Fold("unseen animals", (), tuple(range(len(fresh))))
    tell = None if on_stage is None else partial(on_stage, "asking the model")
    said = said_by(predictor, tested, fold.test, cache_folder, cancelled, tell)
    answers = [Answer(fold.name, index, each) for index, each in enumerate(said)]
    warnings = [*data.left_out]
    if left_out:
        warnings.append(f"The model has learned from {', '.join(left_out)}: their labels are not asked.")
    if tuned:
        warnings.append(f"The model was calibrated on {', '.join(tuned)}: their labels are not asked.")
    evaluation = Evaluation(
        protocol="model",
        sentence=(
            "A trained model is asked; nobody knows which animals it has learned from."
            if unknown
            else "A trained model is asked about animals that it has not seen."
        ),
        split=split_name,
        split_hash=tested.hash,
        data=tested.hash,
        learner=card.id,
        seed=seed,
        groups=score(tested, answers, split_name, seed),
        baselines={},
        folds=((fold.name, 0, len(fresh)),),
        warnings=tuple(warnings),
    )
    return evaluation, card
