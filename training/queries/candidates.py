"""What could be asked for in one recording: stretches of ten seconds, bouts, boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .doubtful import Doubtful, Mode, Place, Said, doubtful_boundaries, doubtful_bouts, without_overlaps
from .pool import Use

#: Length of a stretch in seconds, and the least length of one at the end of a clip.
SECONDS, LEAST_SECONDS = 10.0, 5.0
#: Seconds that bouts or boundaries of one list keep apart where there is room.
APART_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Recording:
    """What is known of a recording before anybody looks at it.

    Attributes
    ----------
    clips
        Id, start and stop of its clips, by start.
    fps
        Frames per second.
    labeled, barred, differing
        Frames that are labeled, that the person in question is not asked for, and about which two others
        differ, bool (frames,); see `training.queries.taken.Taken`.
    """

    clips: Sequence[tuple[str, int, int]]
    fps: float
    labeled: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    differing: NDArray[np.bool_]

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.labeled)

    @property
    def taken(self) -> NDArray[np.bool_]:
        """Frames that are not asked for, bool (frames,)."""
        return self.labeled | self.barred


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be asked for.

    Attributes
    ----------
    clip
        The clip that holds it; empty where none does.
    start, stop
        Frames ``[start, stop)`` that are asked for.
    use
        What it may be asked for.
    home
        Frames of the clip that would be made for it; those that are asked for where there is a clip.
    differing
        Share of its frames about which two people differ, 0 to 1.
    doubtful
        The bout or boundary in question; None for a stretch.
    """

    clip: str
    start: int
    stop: int
    use: Use
    home: tuple[int, int]
    differing: float = 0.0
    doubtful: Doubtful | None = None

    @property
    def doubt(self) -> float:
        """How doubtful a bout or boundary is; 0 for a stretch."""
        return self.doubtful.doubt if self.doubtful is not None else 0.0

    @property
    def told(self) -> tuple[int, int]:
        """Frames whose probabilities tell about it: without what surrounds a bout."""
        found = self.doubtful
        return found.inner if found is not None and found.seconds else (self.start, self.stop)


def grid_of(recording: Recording) -> list[Place]:
    """Return the stretches of a recording, in order: those within clips, and those of the gaps between."""
    length = max(1, round(SECONDS * recording.fps))
    least = min(length, round(LEAST_SECONDS * recording.fps))
    found: list[Place] = []
    free = np.ones(recording.frames, bool)
    for clip, first, last in recording.clips:
        for start in range(first, min(last, len(free)), length):
            stop = min(start + length, last, len(free))
            if stop - start >= least and free[start:stop].all():
                found.append(Place(clip, start, stop))
        free[first:last] = False
    for start in range(0, len(free) - length + 1, length):
        if free[start : start + length].all():
            found.append(Place("", start, start + length))
    return sorted(found, key=lambda place: place.start)


def stretches_of(recording: Recording, grid: Sequence[Place], mode: Mode, *, named: bool) -> list[Candidate]:
    """Return the stretches that could be asked for.

    Parameters
    ----------
    recording, grid
        The recording and its stretches.
    mode
        Where bouts or boundaries are asked for, stretches are for chance only.
    named
        Whether one person is asked, who may give another opinion on what two others differ about. Whoever may
        answer a list for anybody could be one of the two.
    """
    taken = recording.taken
    use = Use.ANY if mode is Mode.UNIT else Use.CHANCE
    found = []
    for place in grid:
        frames = slice(place.start, place.stop)
        home, differ = (place.start, place.stop), float(recording.differing[frames].mean())
        if not taken[frames].any():
            found.append(Candidate(place.clip, place.start, place.stop, use, home))
        elif named and mode is Mode.UNIT and differ > 0 and not recording.barred[frames].any():
            found.append(Candidate(place.clip, place.start, place.stop, Use.OPINION, home, differ))
    return found


def doubtful_of(
    recording: Recording, places: Sequence[Place], said: Sequence[Said], mode: Mode
) -> list[Candidate]:
    """Return the bouts or boundaries that could be asked for, none of which overlap.

    Parameters
    ----------
    recording
        The recording.
    places
        Its clips and the gaps between them.
    said
        What a model says of every group.
    mode
        Bouts or boundaries.
    """
    search = doubtful_bouts if mode is Mode.BOUT else doubtful_boundaries
    length = max(1, round(SECONDS * recording.fps))
    found = [
        (one, (one.start, one.stop) if one.place.clip else _home(one, length))
        for group in said
        for one in search(group, places, recording.fps, recording.taken)
    ]
    return [
        Candidate(one.place.clip, one.start, one.stop, Use.ANY, home, doubtful=one)
        for one, home in without_overlaps(found, recording.frames)
    ]


def _home(one: Doubtful, length: int) -> tuple[int, int]:
    """Return the frames of the clip for a bout or boundary in a gap: `length` or more if there is room."""
    wanted = min(max(length, one.stop - one.start), one.place.stop - one.place.start)
    start = one.start - (wanted - (one.stop - one.start)) // 2
    start = min(max(start, one.place.start), one.place.stop - wanted)
    return start, start + wanted
