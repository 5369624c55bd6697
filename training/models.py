"""Model folders: weights as plain data, a card for programs, one for people; written whole or not at all."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError, MissingExtraError
from .card_text import card_text
from .cards import BackboneCard, GroupCard, Metric, ModelCard, groups_of, translation
from .probabilities import Probabilities, edges_at_rate, edges_at_stride

if TYPE_CHECKING:
    from ..annotation.project import Project

__all__ = [
    "BackboneCard",
    "GroupCard",
    "Metric",
    "Model",
    "ModelCard",
    "Probabilities",
    "damaged_models",
    "edges_at_rate",
    "edges_at_stride",
    "find_model",
    "groups_of",
    "list_models",
    "models_folder",
    "require_learn",
    "translation",
]

FOLDER_NAME = "models"
WEIGHTS_NAME = "weights.safetensors"
CARD_NAME = "model.json"
TEXT_NAME = "model.md"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model.

    Attributes
    ----------
    card
        What is known about it.
    weights
        Its weights by name, as numpy arrays.
    """

    card: ModelCard
    weights: Mapping[str, NDArray[Any]]

    def write(
        self,
        folder: Path | str,
        *,
        replace_old: bool = False,
        beside: Callable[[Path], None] | None = None,
    ) -> Model:
        """Write the model as a folder, at once: readers see the old one or the new one, never a part.

        Parameters
        ----------
        folder
            The model's own folder; its parent is made where needed.
        replace_old
            Take the place of a model that lies there.
        beside
            Writes what else belongs into the folder, before the model appears.

        Returns
        -------
        Model
            The model as written, with the hash of its weights in the card.

        Raises
        ------
        LearnError
            When something lies there, or the disk refuses (then nothing is changed).
        """
        require_learn("safetensors")
        from safetensors.numpy import save

        target = Path(folder)
        if target.exists() and not (replace_old and (target / CARD_NAME).is_file()):
            raise LearnError(f"{target} exists already; give the model another name.")
        data = save({name: np.ascontiguousarray(array) for name, array in self.weights.items()})
        card = replace(self.card, weights_sha256=hashlib.sha256(data).hexdigest())
        files = {
            WEIGHTS_NAME: data,
            CARD_NAME: card.to_json().encode(),
            TEXT_NAME: card_text(card).encode(),
        }
        try:
            _publish(files, target, beside)
        except OSError as error:
            raise LearnError(
                f"The model '{card.name}' could not be written to {target}: {error.strerror or error}; "
                "nothing was changed there."
            ) from error
        return Model(card, self.weights)

    @classmethod
    def read(cls, folder: Path | str) -> Model:
        """Read a model back.

        Raises
        ------
        LearnError
            When there is none, or its weights are damaged or not those of its card.
        """
        require_learn("safetensors")
        from safetensors import SafetensorError
        from safetensors.numpy import load

        home = Path(folder)
        card = read_card(home)
        try:
            data = (home / WEIGHTS_NAME).read_bytes()
        except OSError as error:
            raise LearnError(
                f"The weights of the model {home} cannot be read: {error.strerror or error}."
            ) from error
        if hashlib.sha256(data).hexdigest() != card.weights_sha256:
            raise LearnError(
                f"The weights in {home} are damaged or of another model: they are not those that {CARD_NAME} "
                "names; copy the whole folder again, or train anew."
            )
        try:
            weights = load(data)
        except SafetensorError as error:
            raise LearnError(f"The weights in {home} are no safetensors file.") from error
        if not all(np.isfinite(value).all() for value in weights.values() if value.dtype.kind == "f"):
            raise LearnError(
                f"The weights in {home} hold numbers that are none (NaN or infinite): its training went "
                "astray; train anew."
            )
        return cls(card, weights)


def read_card(folder: Path | str) -> ModelCard:
    """Return the card of a model folder, or raise `LearnError`; needs none of the learn part's libraries."""
    path = Path(folder) / CARD_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LearnError(
            f"{Path(folder)} is not a model: its {CARD_NAME} cannot be read."
        ) from error  # fmt: skip
    return ModelCard.from_json(text, f"The file {path}")


def models_folder(project: Project) -> Path:
    """Return the folder that holds the models of a project."""
    return project.folder / FOLDER_NAME


def model_folder(project: Project, name: str) -> Path:
    """Return the folder of a model of this name, or raise `LearnError` where no model can be called so."""
    if not _NAME.fullmatch(name):
        raise LearnError(
            f"A model cannot be called '{name}'; use letters, digits, '.', '_' and '-', 64 at most."
        )
    return models_folder(project) / name


def list_models(project: Project) -> list[ModelCard]:
    """Return the cards of the models of a project, newest first; see `damaged_models` for the others."""
    cards = []
    for folder in _model_folders(project):
        try:
            cards.append(read_card(folder))
        except LearnError:
            continue
    return sorted(cards, key=lambda card: card.created, reverse=True)


def damaged_models(project: Project) -> dict[str, str]:
    """Return which models of a project cannot be used, and why, in one sentence each.

    Their weights are read, too, where the learn part is installed.
    """
    read = Model.read if importlib.util.find_spec("safetensors") else read_card
    found = {}
    for folder in _model_folders(project):
        try:
            read(folder)
        except LearnError as error:
            found[folder.name] = str(error)
    return found


def _model_folders(project: Project) -> list[Path]:
    """Return the folders that are, or were, those of models: what lies in them says so, readable or not."""
    home = models_folder(project)
    folders = sorted(home.iterdir()) if home.is_dir() else []
    return [
        folder
        for folder in folders
        if not folder.name.startswith(".")
        and any((folder / name).is_file() for name in (CARD_NAME, WEIGHTS_NAME))
    ]


def find_model(name: str, project: Project | None = None) -> Path:
    """Return the folder that `name` means: a folder, or a model of the project.

    Raises
    ------
    LearnError
        When there is neither; the sentence lists the project's models, or says what can be given.
    """
    if project is not None and _NAME.fullmatch(name):
        own = models_folder(project) / name
        if (own / CARD_NAME).is_file():
            return own
    folder = Path(name).expanduser()
    if (folder / CARD_NAME).is_file():
        return folder
    if folder.exists():
        raise LearnError(
            f"'{name}' is no model: it has no {CARD_NAME}; give the folder of a model, such as "
            "PROJECT/models/NAME."
        )
    if project is None:
        raise LearnError(
            f"There is no model '{name}': outside of a project give the folder of a model, such as "
            f"PROJECT/models/{Path(name).name}, or the weights of a lab."
        )
    known = ", ".join(card.name for card in list_models(project))
    hint = f"the project has {known}" if known else "train one with 'ethoprofile train', or in the window"
    raise LearnError(f"There is no model '{name}': {hint}.")


def require_learn(*modules: str) -> None:
    """Raise `MissingExtraError` where a library of the learn part is not installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(
                f"Models need '{module}', which is not installed; run "
                'pip install "napari-ethoprofile[learn]".'
            )


def _publish(files: Mapping[str, bytes], target: Path, beside: Callable[[Path], None] | None) -> None:
    """Write the files into a folder beside the target, and rename it there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".tmp-", dir=target.parent))
    try:
        for name, data in files.items():
            with (fresh / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if beside is not None:
            beside(fresh)
        fresh.chmod(0o777 & ~_umask())
        if not target.exists():
            os.rename(fresh, target)
            return
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent)) / target.name
        os.rename(target, old)
        try:
            os.rename(fresh, target)
        except OSError:
            os.rename(old, target)
            raise
        finally:
            shutil.rmtree(old.parent, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
