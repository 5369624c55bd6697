"""Where the playhead can jump to on a track: boundaries of bouts and unlabeled stretches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..tracks import NONE, UNLABELED, LabelTrack


def boundary_after(
    track: LabelTrack, frame: int, group: int | None = None, label: int | None = None
) -> int | None:
    """Return the first frame after `frame` at which a bout begins or ends, or None.

    Parameters
    ----------
    track
        The labels.
    frame
        The shown frame.
    group
        Only boundaries of this group; None takes all groups.
    label
        Only where a bout of this label begins or ends.
    """
    found = _boundaries(track, group, label)
    later = found[found > frame]
    return int(later[0]) if later.size else None


def boundary_before(
    track: LabelTrack, frame: int, group: int | None = None, label: int | None = None
) -> int | None:
    """Return the last frame before `frame` at which a bout begins or ends, or None; see `boundary_after`."""
    found = _boundaries(track, group, label)
    earlier = found[found < frame]
    return int(earlier[-1]) if earlier.size else None


def unlabeled_after(track: LabelTrack, frame: int) -> int | None:
    """Return where the next unlabeled stretch after the one at `frame` begins, or None."""
    starts = _unlabeled_starts(track)
    later = starts[starts > frame]
    return int(later[0]) if later.size else None


def unlabeled_before(track: LabelTrack, frame: int) -> int | None:
    """Return where the last unlabeled stretch that begins before `frame` begins, or None."""
    starts = _unlabeled_starts(track)
    earlier = starts[starts < frame]
    return int(earlier[-1]) if earlier.size else None


def _boundaries(track: LabelTrack, group: int | None, label: int | None) -> NDArray[np.intp]:
    if label is None:
        return track.boundaries(group)
    held = track.codes == label if group is None else track.codes[:, [group]] == label
    return np.flatnonzero((held[1:] != held[:-1]).any(axis=1)) + 1


def _unlabeled_starts(track: LabelTrack) -> NDArray[np.intp]:
    """Return the first frames of the stretches that `LabelTrack.coverage` counts as unlabeled."""
    open_ = (track.codes == UNLABELED).any(axis=1) & ~(track.codes > NONE).any(axis=1)
    return np.flatnonzero(open_ & ~np.concatenate(([False], open_[:-1])))
