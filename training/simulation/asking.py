"""What the strategies are told: the units, how they look and move, and what the model says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..queries.pool import Pool, Unit
from ..queries.strategies import choose
from ..snapshots import IGNORED
from .learners import Rows
from .material import Material, Place


def first_places(places: Sequence[Place], material: Material, number: int, seed: int) -> list[int]:
    """Return the units of the initial pool, the same for every strategy: drawn evenly from the animals."""
    rng = np.random.default_rng([seed, 3])
    of: dict[str, list[int]] = {}
    for index in rng.permutation(len(places)).tolist():
        of.setdefault(material.pieces[places[index].piece].subject, []).append(index)
    found: list[int] = []
    waiting = [of[subject] for subject in sorted(of)]
    while len(found) < number and any(waiting):
        for own in waiting:
            if own and len(found) < number:
                found.append(own.pop(0))
    return found


class Asking:
    """One strategy at work beside one held-out animal, whose units it is never shown.

    Parameters
    ----------
    material
        Features and labels; of the labels only those that were answered are passed on.
    places
        The units that may be asked for.
    strategy, seed
        Which strategy, and what its chance hangs on.
    """

    def __init__(self, material: Material, places: Sequence[Place], strategy: str, seed: int) -> None:
        self._material, self._places, self._strategy, self._seed = material, places, strategy, seed
        self._units = [self._unit(place) for place in places]
        self._features = np.stack([_look(material.features(place)) for place in places])
        self._motion = np.array(
            [material.pieces[p.piece].motion[p.start : p.stop].mean() for p in places], np.float32
        )

    def choose(
        self, labeled: Sequence[int], said: Mapping[int, Rows], number: int, round_: int
    ) -> list[int]:  # fmt: skip
        """Return the units that are asked for next.

        Parameters
        ----------
        labeled
            Those that were answered.
        said
            Probabilities (steps, classes) of the present model for all others.
        number
            How many.
        round_
            Trainings until now.
        """
        left = sorted(said)
        known = [self._units[n] for n in labeled]
        answers = np.concatenate([self._material.targets(self._places[n]) for n in labeled])
        classes = len(self._material.names)
        pool = Pool(
            tuple(self._units[n] for n in left),
            self._features[left],
            self._motion[left],
            tuple(said[n] for n in left),
            fps={piece.video: piece.fps for piece in self._material.pieces},
            rate=self._material.rate,
            class_frames=np.bincount(answers[answers != IGNORED], minlength=classes).astype(float),
            labeled=Counter((unit.subject, unit.light) for unit in known),
            labeled_features=self._features[list(labeled)],
        )
        return [left[pick.unit] for pick in choose(pool, self._strategy, number, self._seed, round_)]

    def _unit(self, place: Place) -> Unit:
        piece = self._material.pieces[place.piece]
        return Unit(
            piece.video, int(piece.edges[place.start]), int(piece.edges[place.stop]), piece.subject, ""
        )


def _look(features: Rows) -> NDArray[np.float32]:
    """Return the mean and spread of a unit's features."""
    return np.concatenate([features.mean(axis=0), features.std(axis=0)])
