"""One change of a track that can be undone: what a stretch held before and what it holds after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..errors import TrackError
from ..tracks import UNLABELED, Bout, LabelTrack, Runs, codes_of

#: Provenance of labels that a person set with the keyboard or the mouse.
TYPED = "typed"
#: Reason of an edit that moves where a bout begins or ends, unless a more exact one is given.
BOUNDARY_MOVED = "boundary moved"
#: All reasons of such edits.
BOUNDARY_REASONS = frozenset({BOUNDARY_MOVED, "nudged", "dragged"})


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of ``[start, stop)`` in one group of a track.

    Attributes
    ----------
    group
        Index of the exclusive group.
    start
        First frame of the stretch.
    before, after
        Run-length labels of the stretch; both cover the same number of frames.
    provenance
        Where the new labels come from: ``typed``, ``accepted``, ``edited``, ``imported``, ``adjudicated``.
    reason
        Why, for the history; may be empty.

    Raises
    ------
    TrackError
        When the stretch is malformed.
    """

    group: int
    start: int
    before: Runs
    after: Runs
    provenance: str = TYPED
    reason: str = ""

    what: ClassVar[str] = "labels"

    def __post_init__(self) -> None:
        lengths = [length for length, _ in (*self.before, *self.after)]
        if self.start < 0 or self.group < 0 or any(length < 1 for length in lengths):
            raise TrackError(f"An edit at frame {self.start} of group {self.group} is malformed.")
        old, new = _frames(self.before), _frames(self.after)
        if old != new:
            raise TrackError(
                f"An edit at frame {self.start} replaces {old} frames by {new}; it must keep their number."
            )

    @property
    def stop(self) -> int:
        """End of the stretch (exclusive)."""
        return self.start + _frames(self.before)

    @property
    def empty(self) -> bool:
        """True when the edit changes no label."""
        return self.before == self.after or np.array_equal(codes_of(self.before), codes_of(self.after))

    def apply(self, track: LabelTrack) -> None:
        """Write the change to `track`.

        Raises
        ------
        TrackError
            When the track does not hold what the edit was made on; nothing is written then.
        """
        track.check(self.start, self.stop, self.group)
        if not np.array_equal(track.codes[self.start : self.stop, self.group], codes_of(self.before)):
            raise TrackError(
                f"Frames {self.start} to {self.stop} have changed since this edit was made; "
                "undo the later edits first."
            )
        track.write_runs(self.start, self.after, self.group)

    def inverse(self) -> Edit:
        """Return the edit that takes this one back."""
        return replace(self, before=self.after, after=self.before)

    @classmethod
    def paint(
        cls,
        track: LabelTrack,
        start: int,
        stop: int,
        label: int,
        group: int = 0,
        provenance: str = TYPED,
        reason: str = "",
    ) -> Edit:
        """Return the edit that gives ``[start, stop)`` one label.

        Parameters
        ----------
        track
            The track as it is now; it is not changed.
        start, stop
            Frames of the track.
        label
            A behavior id, `NONE`, or `UNLABELED`.
        group
            Index of the exclusive group.
        provenance, reason
            As on `Edit`.
        """
        if label < UNLABELED:
            raise TrackError(f"There is no label with the code {label}.")
        before = track.runs(start, stop, group)
        after: Runs = ((stop - start, int(label)),) if stop > start else ()
        return cls(group, start, before, after, provenance, reason)

    @classmethod
    def replace_bout(
        cls,
        track: LabelTrack,
        frame: int,
        label: int,
        group: int = 0,
        provenance: str = TYPED,
        reason: str = "",
    ) -> Edit:
        """Return the edit that gives the whole run under `frame` another label.

        An unlabeled run is filled the same way; `UNLABELED` takes the bout's label away.
        """
        run = track.bout_at(frame, group)
        return cls.paint(track, run.start, run.stop, label, group, provenance, reason)

    @classmethod
    def move_boundary(
        cls,
        track: LabelTrack,
        frame: int,
        to: int,
        group: int = 0,
        provenance: str = TYPED,
        reason: str = BOUNDARY_MOVED,
    ) -> Edit:
        """Return the edit that moves the boundary at `frame` to `to`.

        The run on one side grows over the run on the other. It stops at that run's far end, where the
        shrinking run is gone. The edges of the track can be moved inward, which leaves unlabeled frames.

        Parameters
        ----------
        track
            The track as it is now; it is not changed.
        frame
            First frame of the run to the right of the boundary.
        to
            Where that frame shall be.
        group, provenance, reason
            As on `Edit`; the reason is one of `BOUNDARY_REASONS`.

        Raises
        ------
        TrackError
            When no label changes at `frame`.
        """
        track.check(frame, frame, group)
        left = track.bout_at(frame - 1, group) if frame > 0 else Bout(0, 0, UNLABELED, group)
        end = track.frames
        right = track.bout_at(frame, group) if frame < end else Bout(end, end, UNLABELED, group)
        if left.label == right.label and 0 < frame < end:
            raise TrackError(f"No bout begins or ends at frame {frame}.")
        if to >= frame:
            start, stop, label = frame, min(to, right.stop), left.label
        else:
            start, stop, label = max(to, left.start), frame, right.label
        return cls.paint(track, start, stop, label, group, provenance, reason)

    @classmethod
    def nudge_boundary(
        cls, track: LabelTrack, playhead: int, by: int, group: int = 0, provenance: str = TYPED
    ) -> Edit:
        """Return the edit that moves the boundary nearest to `playhead` by some frames.

        Raises
        ------
        TrackError
            When the group has no boundary.
        """
        boundaries = track.boundaries(group)
        if boundaries.size == 0:
            raise TrackError("There is no boundary that could be moved: no bout begins or ends here.")
        nearest = int(boundaries[np.argmin(np.abs(boundaries - playhead))])
        return cls.move_boundary(track, nearest, nearest + by, group, provenance)

    @classmethod
    def set_start(cls, track: LabelTrack, playhead: int, group: int = 0, provenance: str = TYPED) -> Edit:
        """Return the edit that makes `playhead` the first frame of the bout there, or else of the next bout.

        Raises
        ------
        TrackError
            When there is neither.
        """
        bout = _bout_from(track, playhead, group)
        return cls.move_boundary(track, bout.start, playhead, group, provenance)

    @classmethod
    def set_end(cls, track: LabelTrack, playhead: int, group: int = 0, provenance: str = TYPED) -> Edit:
        """Return the edit that makes `playhead` the last frame of the bout there, or else of the one before.

        Raises
        ------
        TrackError
            When there is neither.
        """
        bout = _bout_until(track, playhead, group)
        return cls.move_boundary(track, bout.stop, playhead + 1, group, provenance)


def _frames(runs: Runs) -> int:
    return sum(length for length, _ in runs)


def _bout_from(track: LabelTrack, frame: int, group: int) -> Bout:
    """Return the labeled bout at `frame` or the first one after it."""
    run = track.bout_at(frame, group)
    if run.label == UNLABELED and run.stop < track.frames:
        run = track.bout_at(run.stop, group)
    if run.label == UNLABELED:
        raise TrackError(f"There is no bout at frame {frame} or after it whose start could be set.")
    return run


def _bout_until(track: LabelTrack, frame: int, group: int) -> Bout:
    """Return the labeled bout at `frame` or the last one before it."""
    run = track.bout_at(frame, group)
    if run.label == UNLABELED and run.start > 0:
        run = track.bout_at(run.start - 1, group)
    if run.label == UNLABELED:
        raise TrackError(f"There is no bout at frame {frame} or before it whose end could be set.")
    return run
