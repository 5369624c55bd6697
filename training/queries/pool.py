"""The units that can be asked for, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


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
    """

    video: str
    start: int
    stop: int
    subject: str
    light: str = ""


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

    def seconds_apart(self, one: int, two: int) -> float:
        """Return the time between two units; infinite in different recordings."""
        a, b = self.units[one], self.units[two]
        if a.video != b.video:
            return float("inf")
        return max(0, a.start - b.stop, b.start - a.stop) / self.fps.get(a.video, 25.0)
