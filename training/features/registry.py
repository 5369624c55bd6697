"""The backbones there are: how each is made, and how one comes back out of a model folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ..cards import BackboneCard
from ..examples import Task
from ..fitting import Cancelled, Progress
from ..preprocessing import Preprocessing
from ..recordings import Recordings
from ..snapshots import Snapshot
from ..unfinished import Unfinished
from . import dinov2, ethocnn, stack_cnn
from .backbone import Backbone, crop_of

#: Weights by name, as they lie in a model folder.
Weights = Mapping[str, NDArray[Any]]


class Fit(Protocol):
    """Trains a backbone on the labels of a snapshot, and on nothing else."""

    def __call__(
        self, snapshot: Snapshot, tasks: Sequence[Task], recordings: Recordings, seed: int,
        options: Mapping[str, Any], on_progress: Progress | None, cancelled: Cancelled | None,
        unfinished: Unfinished | None,
    ) -> Backbone:  # fmt: skip
        """Return the trained backbone; its card names the animals that it has seen.

        Where it is kept how far the training is, it goes on from there.
        """


@dataclass(frozen=True, slots=True)
class Entry:
    """One backbone.

    Attributes
    ----------
    name
        What it is called.
    summary
        One sentence for people.
    learned
        ``never``, ``project`` (it is trained on the project's own labels, anew for every fold) or
        ``elsewhere`` (its weights are given).
    restore
        Makes it again from its card and weights.
    make
        Makes it from options; None for one that the project trains.
    fit
        Trains it on labels; None for the others.
    frames
        Returns, from options, how the frames that it is trained on are made small; None for the others.
    """

    name: str
    summary: str
    learned: str
    restore: Callable[[BackboneCard, Weights], Backbone]
    make: Callable[[Mapping[str, Any]], Backbone] | None = None
    fit: Fit | None = None
    frames: Callable[[Mapping[str, Any]], Preprocessing] | None = None


def _motion(options: Mapping[str, Any]) -> Backbone:
    from .motion import Motion

    return Motion(crop_of(options))


def _motion_again(card: BackboneCard, _: Weights) -> Backbone:
    from .motion import Motion

    made = Motion(crop_of(card.options))
    if made.card != card:
        raise LearnError(
            "The motion features of this model are those of another version of the program; train it again."
        )
    return made


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "motion",
            "Place, shape and motion of the animal; nothing is learned, always works.",
            "never",
            _motion_again,
            make=_motion,
        ),
        Entry(
            stack_cnn.NAME,
            "A compact network on stacks of 11 gray frames, trained on this project; minutes on a CPU.",
            "project",
            stack_cnn.restore,
            fit=stack_cnn.fit,
            frames=stack_cnn.preset,
        ),
        Entry(
            ethocnn.NAME,
            "The DeepEthoProfile network; --weights names a lab's own file or a model of the batch tier.",
            "elsewhere",
            ethocnn.restore,
            make=ethocnn.make,
        ),
        Entry(
            dinov2.NAME,
            f"An image model of your own download ({dinov2.REPOSITORY}, license {dinov2.LICENSE}); slow on a "
            "CPU.",
            "elsewhere",
            dinov2.restore,
            make=dinov2.make,
        ),
    )
}


def entry_of(name: str) -> Entry:
    """Return the backbone of this name, or raise `LearnError`."""
    if name not in ENTRIES:
        raise LearnError(f"There is no backbone '{name}'; choose one of {', '.join(ENTRIES)}.")
    return ENTRIES[name]
