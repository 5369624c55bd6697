"""What a model says about a recording: probabilities at steps, and which frames a step stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Probabilities of the behaviors of every group over the frames of a recording or stretch.

    Attributes
    ----------
    groups
        One array a group: float32 (steps, classes), in ``[0, 1]``. In a group of several behaviors the rows
        sum to 1; in a group of one behavior the only column is the probability that it happens.
    classes
        Behavior ids of the columns of every group.
    edges
        int64 (steps + 1,): step k stands for the frames ``[edges[k], edges[k + 1])`` of the recording. Steps
        follow one another without gaps, so that every frame has exactly one.
    model
        Id of the model (`ModelCard.id`).
    """

    groups: tuple[NDArray[np.float32], ...]
    classes: tuple[tuple[int, ...], ...]
    edges: NDArray[np.int64]
    model: str

    def __post_init__(self) -> None:
        for values, classes in zip(self.groups, self.classes, strict=True):
            if values.shape != (self.steps, len(classes)):
                raise LearnError(
                    f"Probabilities have the shape {values.shape}, but there are {self.steps} steps and "
                    f"{len(classes)} classes."
                )
        if (np.diff(self.edges) < 1).any():
            raise LearnError("Every step must stand for one frame or more.")

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.edges) - 1

    @property
    def start(self) -> int:
        """First frame of the recording that is covered."""
        return int(self.edges[0])

    @property
    def frames(self) -> int:
        """Number of frames that are covered."""
        return int(self.edges[-1] - self.edges[0])

    def per_frame(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of the steps (steps, ...) as values of the frames (frames, ...)."""
        return np.repeat(values, np.diff(self.edges), axis=0)


def edges_at_rate(start: int, stop: int, fps: float, rate: float) -> NDArray[np.int64]:
    """Return the edges of steps that divide ``[start, stop)`` at `rate` steps a second.

    The grid is that of the whole recording, whatever the stretch: a frame belongs to the same step in every
    stretch that holds it. The steps at both ends may be shorter.

    Parameters
    ----------
    start, stop
        Frames of the recording, ``start < stop``.
    fps
        Frames per second of the recording.
    rate
        Steps per second; at most one step a frame comes out.

    Returns
    -------
    numpy.ndarray
        int64 (steps + 1,), strictly ascending, from `start` to `stop`.
    """
    per_step = max(1.0, fps / rate)
    first, last = int(start / per_step), int(np.ceil(stop / per_step)) + 1
    grid = np.ceil(np.arange(first, last + 1) * per_step - 1e-9).astype(np.int64)
    inner = grid[(grid > start) & (grid < stop)]
    return np.concatenate([[start], np.unique(inner), [stop]]).astype(np.int64)


def edges_at_stride(start: int, stop: int, stride: int) -> NDArray[np.int64]:
    """Return the edges of steps of `stride` frames from `start` on; the last one may be shorter."""
    return np.append(np.arange(start, stop, stride), stop).astype(np.int64)
