"""The labels of one pass: an integer per frame and group, and bouts in and out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import TrackError

#: Nobody has decided yet. Never counted as agreement, never trained on.
UNLABELED = -1
#: An annotator looked and no behavior could be determined: a label like any other.
NONE = 0

#: The type of label codes; positive codes are behavior ids of the ethogram.
CODE = np.int16


@dataclass(frozen=True, slots=True, order=True)
class Bout:
    """A run of frames with one label in one group, half open: ``[start, stop)``.

    Attributes
    ----------
    start, stop
        Frame numbers, ``0 <= start < stop``, counted from the first frame of the track.
    label
        `UNLABELED`, `NONE`, or a behavior id (>= 1).
    group
        Index of the exclusive group.
    """

    start: int
    stop: int
    label: int
    group: int = 0

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.stop - self.start


#: Consecutive ``(length, label)`` pairs: the form in which labels are stored in the journal.
Runs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many frames of a track carry a behavior, an explicit none, or nothing yet.

    A frame counts as labeled when any group holds a behavior, as unlabeled when any group is undecided
    and no group holds a behavior, and as none otherwise.
    """

    labeled: int
    none: int
    unlabeled: int

    @property
    def frames(self) -> int:
        """All frames of the track."""
        return self.labeled + self.none + self.unlabeled


def runs_of(codes: NDArray[np.integer]) -> Runs:
    """Return the run-length form of a one-dimensional array of codes.

    Examples
    --------
    >>> runs_of(np.array([3, 3, -1]))
    ((2, 3), (1, -1))
    """
    if codes.size == 0:
        return ()
    edges = np.flatnonzero(np.diff(codes)) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [codes.size])))
    return tuple(zip(lengths.tolist(), codes[starts].tolist(), strict=True))


def stretches_of(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches ``[start, stop)`` over which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def codes_of(runs: Iterable[Sequence[int]]) -> NDArray[np.int16]:
    """Return the codes that `runs` stand for: the inverse of `runs_of`."""
    pairs = list(runs)
    if not pairs:
        return np.empty(0, CODE)
    lengths, labels = zip(*pairs, strict=True)
    return np.repeat(np.asarray(labels, CODE), lengths)


class LabelTrack:
    """The labels of one pass over one clip.

    Parameters
    ----------
    codes
        Integer array (frames, groups): `UNLABELED`, `NONE` or behavior ids. It is copied.
    """

    def __init__(self, codes: NDArray[np.integer]) -> None:
        array = np.asarray(codes)
        if array.ndim != 2 or array.shape[1] < 1:
            raise TrackError(f"Label codes must have the shape (frames, groups), not {array.shape}.")
        self.codes: NDArray[np.int16] = array.astype(CODE)

    @classmethod
    def blank(cls, frames: int, groups: int = 1) -> LabelTrack:
        """Return a track of `frames` x `groups` on which nobody has decided anything."""
        return cls(np.full((frames, groups), UNLABELED, CODE))

    @classmethod
    def from_bouts(cls, bouts: Iterable[Bout], frames: int, groups: int = 1) -> LabelTrack:
        """Return a track filled with `bouts`; where they overlap in a group the later one wins."""
        track = cls.blank(frames, groups)
        for bout in bouts:
            track.fill(bout.start, bout.stop, bout.label, bout.group)
        return track

    @property
    def frames(self) -> int:
        """Number of frames."""
        return int(self.codes.shape[0])

    @property
    def groups(self) -> int:
        """Number of exclusive groups."""
        return int(self.codes.shape[1])

    def copy(self) -> LabelTrack:
        """Return an independent copy."""
        return LabelTrack(self.codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelTrack) and np.array_equal(self.codes, other.codes)

    __hash__ = None  # type: ignore[assignment]  # tracks are mutable

    def __repr__(self) -> str:
        return f"LabelTrack({self.frames} frames, {self.groups} groups)"

    def check(self, start: int, stop: int, group: int) -> None:
        """Raise `TrackError` unless ``[start, stop)`` lies on the track and `group` exists."""
        if not 0 <= start <= stop <= self.frames:
            raise TrackError(f"Frames {start} to {stop} do not lie on a track of {self.frames} frames.")
        if not 0 <= group < self.groups:
            raise TrackError(f"Group {group} does not exist on a track of {self.groups} groups.")

    def fill(self, start: int, stop: int, label: int, group: int = 0) -> None:
        """Write one label to ``[start, stop)`` of a group."""
        self.check(start, stop, group)
        self.codes[start:stop, group] = label

    def runs(self, start: int = 0, stop: int | None = None, group: int = 0) -> Runs:
        """Return the run-length form of ``[start, stop)`` of a group."""
        end = self.frames if stop is None else stop
        self.check(start, end, group)
        return runs_of(self.codes[start:end, group])

    def write_runs(self, start: int, runs: Runs, group: int = 0) -> None:
        """Write run-length labels from `start` on."""
        codes = codes_of(runs)
        self.check(start, start + codes.size, group)
        self.codes[start : start + codes.size, group] = codes

    def bouts(self, group: int = 0, *, unlabeled: bool = False) -> list[Bout]:
        """Return the bouts of a group in time order; unlabeled runs only when asked for."""
        found, start = [], 0
        for length, label in self.runs(group=group):
            if unlabeled or label != UNLABELED:
                found.append(Bout(start, start + length, label, group))
            start += length
        return found

    def bout_at(self, frame: int, group: int = 0) -> Bout:
        """Return the run (an unlabeled one too) that holds `frame`."""
        self.check(frame, frame + 1, group)
        column = self.codes[:, group]
        different = column != column[frame]
        before = np.flatnonzero(different[:frame])
        after = np.flatnonzero(different[frame + 1 :])
        start = int(before[-1]) + 1 if before.size else 0
        stop = frame + 1 + int(after[0]) if after.size else self.frames
        return Bout(start, stop, int(column[frame]), group)

    def boundaries(self, group: int | None = None) -> NDArray[np.intp]:
        """Return the frames at which a label changes, ascending, in one group or in any."""
        columns = self.codes if group is None else self.codes[:, [group]]
        return np.flatnonzero((columns[1:] != columns[:-1]).any(axis=1)) + 1

    def coverage(self) -> Coverage:
        """Return how many frames carry a behavior, none, or nothing yet."""
        labeled = (self.codes > NONE).any(axis=1)
        unlabeled = (self.codes == UNLABELED).any(axis=1) & ~labeled
        count, open_ = int(labeled.sum()), int(unlabeled.sum())
        return Coverage(count, self.frames - count - open_, open_)
