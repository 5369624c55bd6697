"""The stretches into which several tracks cut a clip: on each of them every rater has one label."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from ..agreement.kinds import Disagreement, Kind, disagreements
from ..errors import TrackError
from ..tracks import UNLABELED, LabelTrack


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch ``[start, stop)`` of one group on which every rater keeps to one label.

    Attributes
    ----------
    start, stop, group
        Where it lies, in frames of the track.
    labels
        One label a rater, in the order of the raters.
    kind
        What kind of disagreement it is; None where all agree. With more than two raters it is that of the
        first two, in their order, who differ here.
    shift_ms
        For boundary shifts: how much later the second of these two has the change, in milliseconds (negative
        when earlier).
    """

    start: int
    stop: int
    group: int
    labels: tuple[int, ...]
    kind: Kind | None = None
    shift_ms: float | None = None

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.stop - self.start

    @property
    def agreed(self) -> bool:
        """Whether all raters have the same label."""
        return len(set(self.labels)) == 1


def items_of(tracks: Sequence[LabelTrack], fps: float) -> list[Item]:
    """Return the stretches on which no rater changes the label, in time order, group by group.

    Stretches that every rater left unlabeled are left out: nobody has decided anything there.

    Parameters
    ----------
    tracks
        One track a rater, all over the same clip.
    fps
        Frames per second, for shifts in milliseconds.

    Raises
    ------
    TrackError
        When the tracks do not have the same size.
    """
    if len({track.codes.shape for track in tracks}) != 1:
        raise TrackError("Only labels over the same frames and groups can be compared.")
    found = []
    for group in range(tracks[0].groups):
        kinds = _Kinds(tracks, fps, group)
        codes = np.stack([track.codes[:, group] for track in tracks], axis=1)
        changes = np.flatnonzero((codes[1:] != codes[:-1]).any(axis=1)) + 1
        for start, stop in pairwise([0, *changes.tolist(), codes.shape[0]]):
            labels = tuple(codes[start].tolist())
            if set(labels) != {UNLABELED}:
                found.append(Item(start, stop, group, labels, *kinds.of(start, labels)))
    return sorted(found, key=lambda item: (item.start, item.group))


class _Kinds:
    """Looks up what kind of disagreement a frame belongs to, for the first pair of raters that differ."""

    def __init__(self, tracks: Sequence[LabelTrack], fps: float, group: int) -> None:
        self._tracks, self._fps, self._group = tracks, fps, group
        self._pairs: dict[tuple[int, int], tuple[list[int], list[Disagreement]]] = {}

    def of(self, frame: int, labels: Sequence[int]) -> tuple[Kind | None, float | None]:
        """Return kind and shift at a frame; nothing where the labels are equal."""
        for pair in combinations(range(len(labels)), 2):
            if labels[pair[0]] != labels[pair[1]]:
                return self._of_pair(pair, frame)
        return None, None

    def _of_pair(self, pair: tuple[int, int], frame: int) -> tuple[Kind, float | None]:
        if pair not in self._pairs:
            first, second = (self._tracks[number].codes[:, self._group] for number in pair)
            found = disagreements(first, second, self._fps, self._group)
            self._pairs[pair] = [one.start for one in found], found
        starts, found = self._pairs[pair]
        one = found[bisect_right(starts, frame) - 1]
        return one.kind, one.shift
