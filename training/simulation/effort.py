"""How many keys a person presses for a stretch: from scratch, and with the proposal of a model.

A person plays the stretch and presses one key a bout; to place a boundary they go to it, which takes some
keys of navigation. With a proposal they look it through, correct what is wrong and accept the rest with one
key. The two models are simple on purpose: their parameters are refitted from a real key log
(`training.simulation.key_fit`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.tracks import runs_of
from ..snapshots import IGNORED

Classes = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class KeyModel:
    """What keys and seconds a stretch costs.

    Attributes
    ----------
    navigation
        Keys that it takes to go to a boundary.
    tolerance
        Steps that a boundary may be off without anybody minding.
    seconds_a_key
        Time that a key takes beside watching.
    watching
        Times that a stretch is watched, at normal speed.
    """

    navigation: float = 2.0
    tolerance: int = 1
    seconds_a_key: float = 1.0
    watching: float = 1.0

    def from_scratch(self, truth: Classes) -> float:
        """Return the keys for labeling a stretch from scratch: ``bouts + navigation * (bouts - 1)``.

        Parameters
        ----------
        truth
            The classes that it gets (steps,); steps that are `IGNORED` stay unlabeled and cost nothing.
        """
        bouts = sum(label != IGNORED for _, label in runs_of(truth))
        return bouts + self.navigation * (bouts - 1) if bouts else 0.0

    def with_proposal(self, truth: Classes, proposed: Classes) -> float:
        """Return the keys for correcting a proposal: one that accepts it, and every correction.

        A correction is a maximal run of steps that are wrong and shall have one label: one key for the label,
        and the keys of navigation for every end of it that is not within the tolerance of a boundary that is
        proposed already. Ends of the stretch are reached for free, and an end that two corrections share is
        gone to once. Runs no longer than the tolerance at a true boundary are left as they are.

        Parameters
        ----------
        truth
            The classes that the stretch shall have (steps,); `IGNORED` where it does not matter.
        proposed
            What the model says (steps,); `IGNORED` where it says nothing, which is wrong wherever it matters.
        """
        return 1.0 + self.corrections(truth, proposed)

    def corrections(self, truth: Classes, proposed: Classes) -> float:
        """Return the keys of the corrections alone; see `with_proposal`."""
        runs = [
            (start, stop)
            for start, stop in wrong_runs(truth, proposed)
            if stop - start > self.tolerance or not _at_boundary(truth, start, stop)
        ]
        reached = np.concatenate([[0, len(proposed)], boundaries(proposed)])
        ends = {end for run in runs for end in run}
        gone_to = sum(bool(np.abs(reached - end).min() > self.tolerance) for end in ends)
        return len(runs) + self.navigation * gone_to

    def seconds(self, stretch: float, keys: float) -> float:
        """Return the estimated time for `keys` on a stretch of so many seconds."""
        return self.watching * stretch + self.seconds_a_key * keys

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def boundaries(classes: Classes) -> NDArray[np.intp]:
    """Return the steps at which another label begins, ascending; the first step is none."""
    return np.flatnonzero(classes[1:] != classes[:-1]) + 1


def wrong_runs(truth: Classes, proposed: Classes) -> list[tuple[int, int]]:
    """Return the maximal runs ``[start, stop)`` of wrong steps that shall have one label."""
    wrong = np.where((truth != IGNORED) & (truth != proposed), truth, IGNORED)
    found, start = [], 0
    for length, label in runs_of(wrong):
        if label != IGNORED:
            found.append((start, start + length))
        start += length
    return found


def _at_boundary(truth: Classes, start: int, stop: int) -> bool:
    """Return whether another label of the truth begins at one end of a run."""
    return bool(
        (start > 0 and truth[start - 1] != truth[start])
        or (stop < len(truth) and truth[stop - 1] != truth[stop])
    )
