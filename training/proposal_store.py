"""What models said about clips, kept in the folder of derived data: how sure they are, and of what else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.files import replacing
from ..annotation.project.records import PassRecord
from ..annotation.proposals import Proposals
from ..annotation.tracks import UNLABELED
from .cards import ModelCard, translation
from .decisions import track_and_confidence
from .models import find_model, read_card
from .probabilities import Probabilities

if TYPE_CHECKING:
    from ..annotation.project import Project

#: Folder of kept probabilities in the folder of derived data.
FOLDER_NAME = "proposals"


def keep_probabilities(project: Project, clip: str, said: Probabilities) -> None:
    """Keep what a model said about a clip; it may be deleted and computed again at any time."""
    _write(_kept(project, clip, said.model), said)


@dataclass(frozen=True, eq=False)
class Said:
    """What a model said about a clip, beside the labels that it decided on.

    Attributes
    ----------
    card
        Of the model.
    probabilities
        Over the clip, calibrated.
    columns
        The column of the project's ethogram that every group of the model writes to.
    """

    card: ModelCard
    probabilities: Probabilities
    columns: tuple[int, ...]

    def alternatives(self, start: int, stop: int, group: int, most: int = 3) -> list[tuple[str, float]]:
        """Return what the model thinks of a stretch: names and mean probabilities, the likeliest first.

        Parameters
        ----------
        start, stop
            Frames of the clip.
        group
            Column of the project's ethogram.
        most
            How many at most.
        """
        if group not in self.columns:
            return []
        own = self.columns.index(group)
        shares = self.probabilities.per_frame(self.probabilities.groups[own])[start:stop].mean(axis=0)
        names = [name for _, name in self.card.groups[own].behaviors]
        if len(names) == 1:
            names, shares = [names[0], f"no {names[0]}"], np.array([shares[0], 1 - shares[0]])
        return [(names[index], float(shares[index])) for index in np.argsort(-shares)[:most]]


def said_about(project: Project, model_pass: PassRecord) -> Said | None:
    """Return the kept probabilities of a model's pass; None where they or the model are gone."""
    path = _kept(project, model_pass.clip, model_pass.source)
    try:
        card = read_card(find_model(model_pass.annotator, project))
        if card.id != model_pass.source or not path.exists():
            return None
        return Said(card, _read(path), translation(card, project.ethogram)[1])
    except LearnError:
        return None


def proposals_of(
    project: Project, model_pass: PassRecord, acting: str | None, said: Said | None
) -> Proposals:
    """Return what a model proposes for a clip: its labels, and how sure it is of them.

    Stretches that `acting` is asked for by chance go without: what people say there tells how good it is.

    Parameters
    ----------
    project, model_pass
        The project and the pass of the model.
    acting
        Who will see it.
    said
        As `said_about` returns it; without it nobody knows how sure the model was, and nothing says so.

    Raises
    ------
    BlindError
        When the labels are closed to `acting`.
    """
    track = project.door.labels(model_pass.id, acting)
    sure = np.full(track.codes.shape, np.nan, np.float32)
    if said is not None:
        sure = track_and_confidence(said.probabilities, said.card, project.ethogram)[1]
    known = np.where(track.codes == UNLABELED, 0.0, sure)
    found = Proposals.of(track, known, model_pass.source, model_pass.id)
    return found.without(project.audit_stretches(model_pass.clip, acting))


def _kept(project: Project, clip: str, model: str) -> Path:
    mark = hashlib.blake2b(model.encode(), digest_size=6).hexdigest()
    return project.cache_folder / FOLDER_NAME / f"{clip}.{mark}.npz"


def _write(path: Path, said: Probabilities) -> None:
    arrays: dict[str, Any] = {"edges": said.edges, "about": np.frombuffer(_about(said), np.uint8)}
    for number, values in enumerate(said.groups):
        arrays[f"group_{number}"] = values.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _about(said: Probabilities) -> bytes:
    return json.dumps({"model": said.model, "classes": said.classes}).encode()


def _read(path: Path) -> Probabilities:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            about = json.loads(bytes(data["about"]).decode())
            classes = tuple(tuple(group) for group in about["classes"])
            groups: list[NDArray[np.float32]] = [
                data[f"group_{number}"].astype(np.float32) for number in range(len(classes))
            ]
            return Probabilities(tuple(groups), classes, data["edges"], about["model"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise LearnError(f"{path} is damaged; delete it, and let the model propose again.") from error
