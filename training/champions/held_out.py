"""What the models in two folders said about the same labeled clips before they had learned from them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ..cards import ModelCard
from ..decisions import label_track
from ..models import read_card
from ..probabilities import Probabilities
from ..project_training import HELD_OUT_NAME
from ..scores import confusion
from ..snapshots import IGNORED, Snapshot, class_indices

Key = tuple[str, int, int]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A model folder's own test.

    Attributes
    ----------
    card
        The model.
    snapshot
        What it learned from.
    said
        Probabilities by the key of the stretch, from the member that had not learned from it; stretches of
        which there are none are missing.
    """

    card: ModelCard
    snapshot: Snapshot
    said: dict[Key, Probabilities]

    @property
    def animals_apart(self) -> bool:
        """Whether no animal was both learned from and tested."""
        return bool(self.card.split) and "the same animals" not in self.card.split


def read_held_out(folder: Path) -> HeldOut:
    """Read what a model said about clips before it had learned from them.

    Raises
    ------
    LearnError
        When the folder is no model, or does not hold it.
    """
    card, snapshot = read_card(folder), Snapshot.read(folder)
    said = {}
    try:
        with np.load(folder / HELD_OUT_NAME, allow_pickle=False) as arrays:
            for number, stretch in enumerate(snapshot.stretches):
                if f"edges_{number}" in arrays:
                    groups = tuple(arrays[f"group{group}_{number}"] for group in range(len(card.groups)))
                    edges = arrays[f"edges_{number}"]
                    said[stretch.key] = Probabilities(groups, card.classes, edges, card.id)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LearnError(
            f"What the model '{card.name}' said about clips before it had learned from them cannot be read "
            f"({folder / HELD_OUT_NAME}); train it again."
        ) from error
    return HeldOut(card, snapshot, said)


def learned_animals(folder: Path) -> set[str]:
    """Return the animals that anything in a model comes from: its weights, backbone and calibration."""
    card = read_card(folder)
    seen = set(card.subjects) | set(card.backbone.subjects or ())
    try:
        return seen | set(Snapshot.read(folder).subjects)
    except LearnError:  # weights of elsewhere come without their labels
        return seen


def codes_of(held_out: HeldOut, key: Key, data: Snapshot) -> NDArray[np.int16]:
    """Return the labels that a model gave a stretch, int16 (frames, groups) in the ethogram of `data`."""
    return label_track(held_out.said[key], held_out.card, data.ethogram).codes


def counts_of(
    data: Snapshot, indices: list[int], said: list[NDArray[np.int16]]
) -> list[NDArray[np.int64]]:  # fmt: skip
    """Return frames by label and by what was said: one array (clips, classes, classes + 1) a group.

    Parameters
    ----------
    data
        The labels.
    indices
        Which stretches of it.
    said
        What was said about each, int16 (frames, groups).
    """
    found = []
    for group, classes in enumerate(data.classes):
        counts = [
            confusion(
                data.targets(index, group), class_indices(codes[:, group], classes), max(2, len(classes))
            )
            for index, codes in zip(indices, said, strict=True)
        ]
        found.append(np.stack(counts))
    return found


def labeled(data: Snapshot) -> list[int]:
    """Return the numbers of the stretches of which anything can be counted."""
    return [
        number
        for number in range(len(data.stretches))
        if any((data.targets(number, group) != IGNORED).any() for group in range(len(data.classes)))
    ]
