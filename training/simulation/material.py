"""What a simulation is played with: labeled recordings, their features, and the units of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ..examples import step_targets, tasks_of
from ..features.backbone import RATE
from ..features.extraction import cached_features
from ..features.motion import Motion, motion_energy
from ..fitting import Cancelled
from ..interactive import Stages
from ..models import require_learn
from ..probabilities import edges_at_rate
from ..recordings import Recordings
from ..snapshots import IGNORED, Snapshot

#: Seconds that a person is asked to label at once.
UNIT_SECONDS = 10.0
#: Share of the steps of a unit that must be labeled, so that the labels can answer.
_LABELED = 0.5


@dataclass(frozen=True, eq=False)
class Piece:
    """A labeled stretch of one animal.

    Attributes
    ----------
    video, subject
        Which recording it is of, and whose.
    features
        Of the steps, float32 (steps, features).
    motion
        How much moves at every step (steps,).
    targets
        Class of every step (steps,), `IGNORED` where there is no label.
    frames
        Class of every frame (frames,).
    edges
        Frames of the recording at which its steps begin and end (steps + 1,).
    fps
        Frames per second.
    """

    video: str
    subject: str
    features: NDArray[np.float32]
    motion: NDArray[np.float32]
    targets: NDArray[np.int64]
    frames: NDArray[np.int64]
    edges: NDArray[np.int64]
    fps: float

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.targets)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of work: the steps ``[start, stop)`` of a piece."""

    piece: int
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Material:
    """Everything whose labels are known.

    Attributes
    ----------
    pieces
        The labeled stretches.
    names
        Of the classes.
    rate
        Steps a second.
    source
        What it is, in words, for the head of a report.
    """

    pieces: tuple[Piece, ...]
    names: tuple[str, ...]
    rate: float
    source: str

    @property
    def subjects(self) -> tuple[str, ...]:
        """The animals, sorted."""
        return tuple(sorted({piece.subject for piece in self.pieces}))

    def of(self, subject: str) -> tuple[int, ...]:
        """Return the numbers of an animal's pieces."""
        return tuple(number for number, piece in enumerate(self.pieces) if piece.subject == subject)

    def places(self, pieces: Sequence[int], seconds: float = UNIT_SECONDS) -> list[Place]:
        """Return the units of these pieces: whole ones of which at least half is labeled, in order."""
        length = max(1, round(seconds * self.rate))
        return [
            Place(number, start, start + length)
            for number in pieces
            for start in range(0, self.pieces[number].steps - length + 1, length)
            if (self.pieces[number].targets[start : start + length] != IGNORED).mean() >= _LABELED
        ]

    def targets(self, place: Place) -> NDArray[np.int64]:
        """Return the classes of the steps of a unit."""
        return self.pieces[place.piece].targets[place.start : place.stop]

    def features(self, place: Place) -> NDArray[np.float32]:
        """Return the features of the steps of a unit."""
        return self.pieces[place.piece].features[place.start : place.stop]

    def seconds(self, place: Place) -> float:
        """Return how long a unit lasts."""
        return (place.stop - place.start) / self.rate

    def frames(self, place: Place) -> int:
        """Return how many frames of the recording a unit has."""
        edges = self.pieces[place.piece].edges
        return int(edges[place.stop] - edges[place.start])


def material_of(
    snapshot: Snapshot,
    cache_folder: Path,
    group: str = "",
    source: str = "",
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> Material:
    """Return the labels of a snapshot with features of the backbone ``motion``, which has learned nothing.

    Features are computed as far as they are not cached.

    Parameters
    ----------
    snapshot
        The labels.
    cache_folder
        Folder of derived data.
    group
        Name of the exclusive group that is simulated; the first that can be learned when not given.
    source
        What the labels are, in words.
    on_stage, cancelled
        Told what is done, and asked often.

    Raises
    ------
    LearnError
        When there is too little to learn from, there are fewer than three animals, or the group is unknown.
    TrainingCanceledError
        If `cancelled` said so.
    """
    require_learn("torch", "cv2")
    if len(snapshot.subjects) < 3:
        raise LearnError(
            f"A simulation needs labels of three animals or more; there are {len(snapshot.subjects)}."
        )
    tasks, _ = tasks_of(snapshot)
    chosen = [task for task in tasks if not group or task.card.name == group]
    if not chosen:
        known = ", ".join(task.card.name for task in tasks)
        raise LearnError(f"The group '{group}' cannot be learned; those that can are {known}.")
    task, backbone, recordings = chosen[0], Motion(), Recordings(cache_folder)
    pieces = []
    for number, stretch in enumerate(snapshot.stretches, start=1):
        stage = f"features of clip {number} of {len(snapshot.stretches)}"
        span, index = (stretch.start, stretch.stop), recordings.index_of(stretch, cancelled)
        features = cached_features(
            cache_folder, backbone, stretch.path, index, stretch.fps, RATE, span,
            partial(on_stage, stage) if on_stage is not None else None, cancelled,
        )  # fmt: skip
        edges = edges_at_rate(*span, stretch.fps, RATE)
        frames = task.targets(stretch)
        targets = step_targets(frames, edges[:-1] - stretch.start, max(2, task.outputs))
        motion = motion_energy(features).astype(np.float32)
        pieces.append(
            Piece(stretch.video, stretch.subject, features, motion, targets, frames, edges, stretch.fps)
        )
    names = [name for _, name in task.card.behaviors]
    if task.outputs == 1:
        names = [f"absence of {names[0]}", names[0]]
    return Material(tuple(pieces), tuple(names), RATE, source or f"labels {snapshot.hash[:12]}")
