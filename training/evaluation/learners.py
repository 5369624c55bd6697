"""What is measured: models that learn from one side of a division, and trivial guesses beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ...annotation.tracks import CODE, NONE, UNLABELED
from ..batch_training import BatchRecipe, train_batch
from ..cards import translation
from ..decisions import label_track
from ..features.backbone import RATE
from ..features.extraction import cached_features
from ..features.motion import Motion, motion_energy
from ..fitting import Cancelled, Progress
from ..interactive import Recipe, Stages, train_interactive
from ..predictors import Predictor, predictor_of
from ..probabilities import Probabilities, edges_at_rate
from ..recordings import Recordings
from ..snapshots import LabeledStretch, Snapshot
from ..splits import Fold

#: Thresholds that a motion threshold is chosen from, as quantiles of the motion that was learned from.
_QUANTILES = np.linspace(0.05, 0.95, 37)


@dataclass(frozen=True, eq=False)
class Said:
    """What was said about one stretch.

    Attributes
    ----------
    codes
        int16 (frames, groups) in the codes of the snapshot's ethogram; unlabeled where it is not sure.
    probabilities
        Of a model; None for a guess.
    """

    codes: NDArray[np.int16]
    probabilities: Probabilities | None = None


#: Says the labels of the tested stretches of a fold, in their order, after learning from the others.
Learner = Callable[[Snapshot, Fold], list[Said]]


@dataclass(frozen=True, slots=True)
class ModelLearner:
    """Trains a model of either tier from scratch on each learning side; calibration and smoothing included.

    Attributes
    ----------
    recipe
        What is trained.
    cache_folder
        Folder of derived data.
    on_stage, cancelled
        Told and asked while it works.
    """

    recipe: Recipe | BatchRecipe
    cache_folder: Path
    on_stage: Stages | None = None
    cancelled: Cancelled | None = None

    def __call__(self, data: Snapshot, fold: Fold) -> list[Said]:
        """Learn from one side and say what the other shows."""
        side = data.select(fold.train)
        self._check(side, fold)
        if isinstance(self.recipe, BatchRecipe):
            trained = train_batch(side, self.recipe, self.cache_folder, self._telling(fold), self.cancelled)
            predictor = predictor_of(trained.model, self.recipe.device)
        else:
            trained = train_interactive(
                side, self.recipe, self.cache_folder, self._telling(fold), self.cancelled
            )
            predictor = predictor_of(trained.model)
        return said_by(
            predictor, data, fold.test, self.cache_folder, self.cancelled, self._telling_tests(fold)
        )

    def _check(self, side: Snapshot, fold: Fold) -> None:
        """Say why a side is too small: a model keeps some of what it learns from apart, to calibrate on."""
        names = {
            "subject": ("animal", side.subjects),
            "video": ("recording", tuple(sorted({s.recording for s in side.stretches}))),
        }
        noun, found = names.get(self.recipe.unit, ("", ()))
        if len(found) == 1:
            raise LearnError(
                f"While '{fold.name}' is tested, the {noun} '{found[0]}' alone is left to learn from, and a "
                f"model needs two; label another {noun}."
            )

    def _telling_tests(self, fold: Fold) -> Progress | None:
        tell = self._telling(fold)
        return None if tell is None else lambda done, total: tell("testing", done, total)

    def _telling(self, fold: Fold) -> Stages | None:
        if self.on_stage is None:
            return None
        tell = self.on_stage
        return lambda stage, done, total: tell(f"{fold.name}: {stage}", done, total)


def said_by(
    predictor: Predictor,
    data: Snapshot,
    indices: Sequence[int],
    cache_folder: Path,
    cancelled: Cancelled | None = None,
    on_progress: Progress | None = None,
) -> list[Said]:
    """Return what a model says about stretches of a snapshot; stretches done and in all are told.

    Raises
    ------
    LearnError
        When the model does not fit the ethogram, or a recording is not the one that was labeled.
    """
    recordings = Recordings(cache_folder)
    found: list[Said] = []
    ids, _columns = translation(predictor.card, data.ethogram)
    for number in indices:
        if on_progress is not None:
            on_progress(len(found), len(indices))
        stretch = data.stretches[number]
        index = recordings.index_of(stretch, cancelled)
        place = (stretch.start, stretch.stop)
        said = predictor.clip(cache_folder, Path(stretch.path), index, stretch.fps, place, cancelled)
        codes = label_track(said, predictor.card, data.ethogram).codes
        classes = tuple(tuple(ids[old] for old in group) for group in said.classes)
        found.append(Said(codes, replace(said, classes=classes)))
    return found


def majority(data: Snapshot, fold: Fold) -> list[Said]:
    """Say the label that most frames of the learning side have, in every group."""
    train = np.concatenate([data.stretches[number].codes for number in fold.train])
    guess = np.array([_most_frequent(train[:, group]) for group in range(train.shape[1])], CODE)
    return [Said(np.tile(guess, (data.stretches[number].frames, 1))) for number in fold.test]


@dataclass(frozen=True, slots=True)
class MotionThreshold:
    """Says one label below and another above the change from frame to frame that fits best."""

    cache_folder: Path
    cancelled: Cancelled | None = None

    def __call__(self, data: Snapshot, fold: Fold) -> list[Said]:
        """Choose threshold and labels on one side and apply them to the other."""
        recordings = Recordings(self.cache_folder)
        energy = {
            number: self._energy(data.stretches[number], recordings) for number in (*fold.train, *fold.test)
        }
        seen = np.concatenate([energy[number] for number in fold.train])
        codes = np.concatenate([data.stretches[number].codes for number in fold.train])
        rules = [_best_rule(seen, codes[:, group]) for group in range(codes.shape[1])]
        return [
            Said(
                np.stack(
                    [np.where(energy[number] < at, low, high) for at, low, high in rules], axis=1
                ).astype(CODE)
            )
            for number in fold.test
        ]

    def _energy(self, stretch: LabeledStretch, recordings: Recordings) -> NDArray[np.floating]:
        index, place = recordings.index_of(stretch, self.cancelled), (stretch.start, stretch.stop)
        rows = cached_features(
            self.cache_folder, Motion(), stretch.path, index, stretch.fps, RATE, place,
            cancelled=self.cancelled,
        )  # fmt: skip
        return np.repeat(motion_energy(rows), np.diff(edges_at_rate(*place, stretch.fps, RATE)))


def _best_rule(energy: NDArray[np.floating], codes: NDArray[np.int16]) -> tuple[float, int, int]:
    def halves(threshold: float) -> tuple[int, int, int]:
        below, above = codes[energy < threshold], codes[energy >= threshold]
        low, high = _most_frequent(below), _most_frequent(above)
        right = int((below == low).sum() + (above == high).sum())
        return right, low, high

    best = max(np.quantile(energy, _QUANTILES).tolist(), key=lambda value: halves(value)[0])
    return best, *halves(best)[1:]


def _most_frequent(codes: NDArray[np.int16]) -> int:
    """Return the most frequent behavior or absence; unlabeled where there is none."""
    known = codes[codes != UNLABELED]
    return int(np.bincount(known - NONE).argmax()) + NONE if known.size else UNLABELED


def for_protocol(recipe: Recipe | BatchRecipe, unit: str) -> Recipe | BatchRecipe:
    """Return the recipe that keeps apart, on its own learning side, what the protocol keeps apart."""
    return replace(recipe, unit=unit)
