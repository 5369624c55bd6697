"""Training within a project: snapshot, model, model folder; the same for the command line and for jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..annotation.errors import LearnError
from ..annotation.files import replacing, try_writing
from .batch_training import BatchRecipe, train_batch
from .cards import ModelCard
from .checkpoints import Checkpoints
from .datasets import take_snapshot
from .fitting import Cancelled
from .interactive import Recipe, Stages, Trained, train_interactive
from .models import CARD_NAME, model_folder
from .origin import versions
from .results import remove_folder
from .snapshots import Snapshot
from .splits import cut_clips
from .suspects import write_suspects

if TYPE_CHECKING:
    from ..annotation.project import Project

HELD_OUT_NAME = "held_out.npz"
# Begins the name of a folder beside the models: hidden, so that it is taken for none.
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Training:
    """What a finished training left.

    Attributes
    ----------
    folder
        The model folder.
    card
        The card of the model.
    warnings
        Sentences for the user.
    """

    folder: Path
    card: ModelCard
    warnings: tuple[str, ...]


def train_in_project(
    project: Project,
    recipe: Recipe | BatchRecipe,
    acting: str | None = None,
    *,
    passes: Collection[str] | None = None,
    replace_old: bool = False,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> Training:
    """Train a model on the labels of a project and put it into ``models/NAME``.

    The folder also holds the snapshot of the labels, what the model said about them before it had learned
    from them, and the labels that it doubts. A training that is cut off or stopped goes on where it was when
    the same is asked for again, from the same labels.

    Parameters
    ----------
    project
        The project; animals that are kept for the final test are not touched.
    recipe
        What to train.
    acting
        Who asks: what a blind pass closes to them is not learned from.
    passes
        Ids of the passes to learn from; see `training.datasets.take_snapshot`.
    replace_old
        Take the place of a model of the same name.
    on_stage, cancelled
        Told and asked while it runs.

    Raises
    ------
    LearnError
        In one sentence why there is no model; nothing was changed then.
    """
    folder = model_folder(project, recipe.name)
    if project.read_only:
        raise LearnError("The project is open for reading only; a model cannot be put into it.")
    if folder.exists() and not (replace_old and (folder / CARD_NAME).is_file()):
        raise LearnError(
            f"The project has a model '{recipe.name}' already; give another name, or replace it."
        )
    current = project.current_model()
    if folder.exists() and current is not None and current.name == recipe.name:
        raise LearnError(f"'{recipe.name}' is the current model, which is not replaced; give another name.")
    _check_writable(folder.parent)
    snapshot = take_snapshot(project, acting, passes)
    if recipe.unit == "clips":
        snapshot = cut_clips(snapshot)
    kept = _unfinished_folder(folder, recipe, snapshot)
    try:
        trained = _trained(snapshot, recipe, project.cache_folder, Checkpoints(kept), on_stage, cancelled)
    except OSError as error:
        raise LearnError(
            f"How far the training is could not be kept in {kept}: {error.strerror or error}; make room, or "
            "see that you may write there, and train again: what was kept is not lost."
        ) from error
    model = trained.model.write(
        folder, replace_old=replace_old, beside=lambda home: write_beside(home, snapshot, trained)
    )
    remove_folder(kept)
    return Training(folder, model.card, (*trained.warnings, *snapshot.left_out))


def _check_writable(models: Path) -> None:
    """See that a model can be put there, so that this is told before the work."""
    try:
        # The folder is made with the first model, and not where there will be none.
        try_writing(models if models.exists() else models.parent)
    except OSError as error:
        raise LearnError(
            f"No model can be put into {models}: {error.strerror or error}; see that this is a folder in "
            "which you may write."
        ) from error


def _trained(
    snapshot: Snapshot, recipe: Recipe | BatchRecipe, cache: Path, checkpoints: Checkpoints,
    on_stage: Stages | None, cancelled: Cancelled | None,
) -> Trained:  # fmt: skip
    if isinstance(recipe, BatchRecipe):
        return train_batch(snapshot, recipe, cache, on_stage, cancelled, checkpoints=checkpoints)
    return train_interactive(snapshot, recipe, cache, on_stage, cancelled, checkpoints=checkpoints)


def _unfinished_folder(model: Path, recipe: Recipe | BatchRecipe, snapshot: Snapshot) -> Path:
    """Return where it is kept how far a training is; what is left of others for this model is removed."""
    facts = repr((snapshot.hash, recipe, sorted(versions().items())))
    key = hashlib.blake2b(facts.encode(), digest_size=6).hexdigest()
    own = model.parent / f"{_UNFINISHED}{model.name}-{key}"
    for other in model.parent.glob(f"{_UNFINISHED}{model.name}-{'[0-9a-f]' * len(key)}"):
        if other != own:
            remove_folder(other)
    return own


def write_beside(home: Path, snapshot: Snapshot, trained: Trained) -> None:
    """Write into a model folder what it learned from, what it had said about that before, and its doubts."""
    snapshot.write(home)
    arrays: dict[str, Any] = {}
    for number, said in enumerate(trained.held_out):
        if said is None:
            continue
        arrays[f"edges_{number}"] = said.edges
        for group, values in enumerate(said.groups):
            arrays[f"group{group}_{number}"] = values
    with replacing(home / HELD_OUT_NAME) as temporary:
        np.savez_compressed(temporary, **arrays)
    write_suspects(trained.suspects, home)
