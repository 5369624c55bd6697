"""The units that can be asked for, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

#: Neighbors are much alike: so far units of one batch keep apart where there is room.
APART_SECONDS = 30.0


class Use(StrEnum):
    """What a unit may be asked for."""

    ANY = "any"
    #: People differ about it: only for another opinion.
    OPINION = "opinion"
    #: Only to be drawn by chance, to see how good the model is.
    CHANCE = "chance"


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """A stretch of a recording that a person can be asked to label.

    Attributes
    ----------
    video
        Id of the recording.
    start, stop
        Frames ``[start, stop)`` of the recording.
    subject
        The animal.
    light
        ``light``, ``dark``, or empty where nobody knows.
    use
        What it may be asked for.
    """

    video: str
    start: int
    stop: int
    subject: str
    light: str = ""
    use: Use = Use.ANY


@dataclass(frozen=True, eq=False)
class Pool:
    """Unlabeled units, and what was labeled before.

    Attributes
    ----------
    units
        What can be asked for.
    features
        How each unit looks (units, features).
    motion
        How much moves in each, 0 or more (units,).
    probabilities
        What the present model says of each: calibrated (steps, classes); None without a model.
    fps
        Frames per second of the recordings, by id; 25 where one is missing.
    rate
        Steps a second of the probabilities.
    class_frames
        Labeled frames of every class (classes,); None without a model.
    labeled
        Labeled units until now, by subject and light.
    labeled_features
        How the labeled units look (labeled units, features); None where there are none.
    strains
        Strain of every animal; of those that are missing nobody knows it.
    differing
        Share of the frames of every unit about which two people differ, 0 to 1 (units,); None for nowhere.
    doubts
        How doubtful what the model says of each unit is (units,), where that is more than a matter of
        entropy; None where it is not.
    apart
        Seconds that lie between units of one batch where there is room.
    """

    units: tuple[Unit, ...]
    features: NDArray[np.floating]
    motion: NDArray[np.floating]
    probabilities: tuple[NDArray[np.floating], ...] | None = None
    fps: Mapping[str, float] = field(default_factory=dict)
    rate: float = 5.0
    class_frames: NDArray[np.floating] | None = None
    labeled: Mapping[tuple[str, str], int] = field(default_factory=dict)
    labeled_features: NDArray[np.floating] | None = None
    strains: Mapping[str, str] = field(default_factory=dict)
    differing: NDArray[np.floating] | None = None
    doubts: NDArray[np.floating] | None = None
    apart: float = APART_SECONDS

    def take(self, order: Sequence[int]) -> Pool:
        """Return a pool of the units with these numbers, in this order."""
        rows = list(order)
        if rows == list(range(len(self.units))):
            return self
        said = self.probabilities
        return replace(
            self,
            units=tuple(self.units[n] for n in rows),
            features=self.features[rows],
            motion=self.motion[rows],
            probabilities=None if said is None else tuple(said[n] for n in rows),
            differing=None if self.differing is None else self.differing[rows],
            doubts=None if self.doubts is None else self.doubts[rows],
        )

    def for_use(self, use: Use) -> list[int]:
        """Return the numbers of the units that may be asked for just this."""
        return [n for n, unit in enumerate(self.units) if unit.use is use]

    def strain(self, subject: str) -> str:
        """Return the strain of an animal; empty where nobody knows it."""
        return self.strains.get(subject, "")

    def labeled_strains(self) -> Counter[str]:
        """Return labeled units by strain."""
        found: Counter[str] = Counter()
        for (subject, _), count in self.labeled.items():
            found[self.strain(subject)] += count
        return found

    def seconds(self, n: int) -> float:
        """Return how long a unit lasts."""
        unit = self.units[n]
        return (unit.stop - unit.start) / self.fps.get(unit.video, 25.0)

    def seconds_apart(self, one: int, two: int) -> float:
        """Return the time between two units; infinite in different recordings."""
        a, b = self.units[one], self.units[two]
        if a.video != b.video:
            return float("inf")
        return max(0, a.start - b.stop, b.start - a.stop) / self.fps.get(a.video, 25.0)
