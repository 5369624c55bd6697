"""Kinds of disagreement: every frame on which two raters differ, explained by the bouts around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ..errors import AgreementError
from ..tracks import NONE, UNLABELED
from .undefined import Undefined, Value, ratio

#: Interruptions by another behavior up to this long split or merge a bout; longer ones are bouts of
#: their own that somebody missed. Interruptions by none do so at any length.
PAUSE_SECONDS = 1.0


class Kind(StrEnum):
    """What a stretch of disagreement is, the first rater's labels taken as the starting point."""

    BOUNDARY_SHIFT = "boundary shift"
    SUBSTITUTION = "substitution"
    MISSED = "missed"
    SPURIOUS = "spurious"
    SPLIT = "split"
    MERGED = "merged"
    NONE_VERSUS_BEHAVIOR = "none versus behavior"
    UNLABELED = "unlabeled on one side"

    @property
    def sentence(self) -> str:
        """What it means, for people."""
        return _SENTENCES[self]


_SENTENCES = {
    Kind.BOUNDARY_SHIFT: "Both saw the same change of behavior, at different times.",
    Kind.SUBSTITUTION: "Both saw a bout, and called it differently.",
    Kind.MISSED: "The first rater scored a bout that the second has nothing of.",
    Kind.SPURIOUS: "The second rater scored a bout that the first has nothing of.",
    Kind.SPLIT: "One bout of the first rater is several for the second.",
    Kind.MERGED: "Several bouts of the first rater are one for the second.",
    Kind.NONE_VERSUS_BEHAVIOR: "One saw a behavior where the other could not determine any.",
    Kind.UNLABELED: "Only one of the two has labeled this; it does not count as disagreement.",
}


@dataclass(frozen=True, slots=True, order=True)
class Disagreement:
    """A stretch ``[start, stop)`` on which both raters keep to one label each, and these differ.

    Attributes
    ----------
    start, stop
        Frames, counted from the first frame of the clip.
    kind
        What it is.
    label_a, label_b
        The two labels.
    seconds
        Its length.
    shift
        For boundary shifts: how much later the second rater has the change, in milliseconds (negative when
        earlier).
    group
        Index of the exclusive group.
    """

    start: int
    stop: int
    kind: Kind
    label_a: int
    label_b: int
    seconds: float
    shift: float | None = None
    group: int = 0


@dataclass(frozen=True, slots=True)
class KindShare:
    """How much disagreement is of one kind.

    Attributes
    ----------
    kind
        Which kind.
    count
        Number of stretches.
    seconds
        Their length together.
    share
        Their share of the seconds of all disagreement, `Kind.UNLABELED` left out.
    median_shift
        For boundary shifts: median signed shift in milliseconds.
    """

    kind: Kind
    count: int
    seconds: float
    share: Value
    median_shift: Value


def disagreements(
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    fps: float,
    group: int = 0,
    *,
    pause: float = PAUSE_SECONDS,
) -> list[Disagreement]:
    """Return every stretch on which two raters differ, in time order.

    Each frame with different labels belongs to exactly one stretch, and no other frame does. Within a stretch
    each rater keeps to one bout; let these be A's bout of label x and B's bout of label y. A bout is *shared*
    when the other rater has the same label on any of its frames. Then the kind is

    - unlabeled on one side when x or y is `UNLABELED`;
    - boundary shift when both bouts are shared: both raters change between x and y, at different times;
    - split when A's bout goes on, shared, on both sides of B's whole bout, and B's is none or at most `pause`
      long; merged the other way round;
    - missed when only B's bout is shared and x is a behavior, spurious when only A's is and y is a behavior;
    - none versus behavior when x or y is none in any other case;
    - substitution when neither bout is shared.

    Parameters
    ----------
    a, b
        Codes of the two raters, shape (frames,).
    fps
        Frames per second.
    group
        Index of the exclusive group, passed on.
    pause
        Seconds, see split.

    Raises
    ------
    AgreementError
        When the two are not of the same length.

    Notes
    -----
    The kinds follow from the overlap graph of bouts, as error types of activity recognition do (Ward,
    Lukowicz & Gellersen 2011: insertion, deletion, fragmentation, merge, overfill, underfill).
    """
    if a.shape != b.shape:
        raise AgreementError(
            f"The labels cannot be compared: one rater has {a.size:,} frames and the other {b.size:,}; "
            "fit both to the same recording first."
        )
    runs = _JointRuns(a, b)
    found = []
    for run in [run for run, x in enumerate(runs.x) if x != runs.y[run]]:
        kind = runs.kind(run, pause * fps + 1e-9)
        start, stop = runs.edges[run], runs.edges[run + 1]
        shift = 1000 * runs.later(run) * (stop - start) / fps if kind is Kind.BOUNDARY_SHIFT else None
        found.append(
            Disagreement(start, stop, kind, runs.x[run], runs.y[run], (stop - start) / fps, shift, group)
        )
    return found


def shares(found: Iterable[Disagreement]) -> tuple[KindShare, ...]:
    """Return count, seconds and share of all disagreement of every kind, also of those that do not occur."""
    by_kind: dict[Kind, list[Disagreement]] = {kind: [] for kind in Kind}
    for each in found:
        by_kind[each.kind].append(each)
    seconds = {kind: sum((each.seconds for each in members), 0.0) for kind, members in by_kind.items()}
    total = sum(length for kind, length in seconds.items() if kind is not Kind.UNLABELED)
    rows = []
    for kind, members in by_kind.items():
        share = ratio(seconds[kind], total, "the raters do not disagree anywhere")
        if kind is Kind.UNLABELED:
            share = Undefined("what only one rater has labeled does not count as disagreement")
        shifts = [each.shift for each in members if each.shift is not None]
        median: Value = Undefined("only boundary shifts have a direction")
        if kind is Kind.BOUNDARY_SHIFT:
            median = float(np.median(shifts)) if shifts else Undefined("there is no boundary shift")
        rows.append(KindShare(kind, len(members), seconds[kind], share, median))
    return tuple(rows)


class _JointRuns:
    """Runs on which neither rater changes, and the bouts of each rater that they are parts of."""

    def __init__(self, a: NDArray[np.integer], b: NDArray[np.integer]) -> None:
        change_a, change_b = a[1:] != a[:-1], b[1:] != b[:-1]
        cuts = np.flatnonzero(change_a | change_b)
        starts = np.concatenate(([0], cuts + 1))[: a.size]
        agreed = a[starts] == b[starts]
        self.edges: list[int] = [*starts.tolist(), a.size]
        self.x: list[int] = a[starts].tolist()
        self.y: list[int] = b[starts].tolist()
        self.bout_a = np.concatenate(([0], np.cumsum(change_a[cuts])))[: a.size].tolist()
        self.bout_b = np.concatenate(([0], np.cumsum(change_b[cuts])))[: a.size].tolist()
        #: The first run of each shared bout on which the other rater has the same label.
        self.shared_a = _first_by_bout(self.bout_a, agreed)
        self.shared_b = _first_by_bout(self.bout_b, agreed)

    def kind(self, run: int, pause: float) -> Kind:
        """Return what the disagreement on a run is; `pause` in frames."""
        x, y = self.x[run], self.y[run]
        if UNLABELED in (x, y):
            return Kind.UNLABELED
        shared_a = self.bout_a[run] in self.shared_a
        shared_b = self.bout_b[run] in self.shared_b
        if shared_a and shared_b:
            return Kind.BOUNDARY_SHIFT
        short = self.edges[run + 1] - self.edges[run] <= pause
        if x != NONE and (y == NONE or short) and self._goes_on(run, self.bout_a):
            return Kind.SPLIT
        if y != NONE and (x == NONE or short) and self._goes_on(run, self.bout_b):
            return Kind.MERGED
        if shared_b and x != NONE:
            return Kind.MISSED
        if shared_a and y != NONE:
            return Kind.SPURIOUS
        return Kind.NONE_VERSUS_BEHAVIOR if NONE in (x, y) else Kind.SUBSTITUTION

    def later(self, run: int) -> int:
        """Return 1 when the second rater has the change of a boundary shift later, -1 when earlier."""
        # Where the first rater's bout is shared before this run, it ends later than the second rater's.
        return -1 if self.shared_a[self.bout_a[run]] < run else 1

    def _goes_on(self, run: int, bouts: list[int]) -> bool:
        """Whether the bout around a run is shared right before and right after it."""
        if not 0 < run < len(self.x) - 1 or not bouts[run - 1] == bouts[run] == bouts[run + 1]:
            return False
        return self.x[run - 1] == self.y[run - 1] and self.x[run + 1] == self.y[run + 1]


def _first_by_bout(bouts: list[int], agreed: NDArray[np.bool_]) -> dict[int, int]:
    firsts: dict[int, int] = {}
    for run in np.flatnonzero(agreed).tolist():
        firsts.setdefault(bouts[run], run)
    return firsts
