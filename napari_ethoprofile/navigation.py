"""Where a jump leads: boundaries, unlabeled stretches, bouts. Pure functions of a track."""

from __future__ import annotations

import numpy as np

from .annotation.tracks import UNLABELED, Bout, LabelTrack


def next_boundary(track: LabelTrack, frame: int, label: int | None = None) -> int | None:
    """Return the first boundary after `frame`, or None.

    Parameters
    ----------
    track
        The labels.
    frame
        Where the playhead is.
    label
        Only boundaries at which a bout of this label starts or ends.
    """
    later = [b for b in _boundaries(track, label) if b > frame]
    return later[0] if later else None


def previous_boundary(track: LabelTrack, frame: int, label: int | None = None) -> int | None:
    """Return the last boundary before `frame`, or None; `label` as in `next_boundary`."""
    earlier = [b for b in _boundaries(track, label) if b < frame]
    return earlier[-1] if earlier else None


def next_unlabeled(track: LabelTrack, frame: int) -> int | None:
    """Return the start of the first unlabeled stretch that starts after `frame`; else of the first on the track."""
    starts = _unlabeled_starts(track)
    later = starts[starts > frame]
    if later.size:
        return int(later[0])
    return int(starts[0]) if starts.size else None


def previous_unlabeled(track: LabelTrack, frame: int) -> int | None:
    """Return the start of the last unlabeled stretch that starts before `frame`; else of the last on the track."""
    starts = _unlabeled_starts(track)
    earlier = starts[starts < frame]
    if earlier.size:
        return int(earlier[-1])
    return int(starts[-1]) if starts.size else None


def bout_under(track: LabelTrack, frame: int) -> Bout | None:
    """Return the labeled bout under the playhead: the shortest where groups overlap, None where nothing is."""
    found = [track.bout_at(frame, group) for group in range(track.groups)]
    labeled = [bout for bout in found if bout.label != UNLABELED]
    behaviors = [bout for bout in labeled if bout.label > 0]
    return min(behaviors or labeled, key=lambda bout: bout.length, default=None)


def _boundaries(track: LabelTrack, label: int | None) -> list[int]:
    if label is None:
        return [int(b) for b in track.boundaries()]
    edges = {
        edge
        for group in range(track.groups)
        for bout in track.bouts(group, unlabeled=True)
        if bout.label == label
        for edge in (bout.start, bout.stop)
    }
    return sorted(edge for edge in edges if 0 < edge < track.frames)


def _unlabeled_starts(track: LabelTrack) -> np.ndarray:
    open_frames = (track.codes == UNLABELED).any(axis=1)
    return np.flatnonzero(open_frames & ~np.concatenate(([False], open_frames[:-1])))
