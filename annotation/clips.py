"""Plans of which stretches of which recordings to score."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import ProjectError
from .sheets import read_sheet


@dataclass(frozen=True, slots=True)
class Source:
    """A recording as a plan sees it.

    Attributes
    ----------
    video
        Its id.
    frames
        Number of frames.
    fps
        Frames per second.
    subject
        Id of the animal; recordings without one count as one animal each.
    """

    video: str
    frames: int
    fps: float
    subject: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Frames ``[start, stop)`` of a recording, counted from its first."""

    video: str
    start: int
    stop: int

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.stop - self.start


def plan_every(sources: Iterable[Source], length: float, every: float) -> list[Stretch]:
    """Return the first `length` seconds of every `every` seconds of each recording.

    A last clip that would be shorter than half the length is left out, unless it is the only one.

    Parameters
    ----------
    sources
        The recordings.
    length, every
        In seconds.
    """
    _check_positive(length, "length of a clip")
    _check_positive(every, "distance between clips")
    if every < length:
        raise ProjectError(
            f"Clips of {length:g} s every {every:g} s would overlap; choose a longer distance."
        )
    found = []
    for source in sources:
        size, number = _frames(length, source), 0
        while (start := _frames(number * every, source, least=0)) < source.frames:
            # Rounding to frames must not make clips that follow one another directly share a frame.
            following = _frames((number + 1) * every, source)
            stop = min(start + size, following, source.frames)
            if stop - start >= size / 2 or number == 0:
                found.append(Stretch(source.video, start, stop))
            number += 1
    return found


def plan_whole(sources: Iterable[Source], length: float | None = None) -> list[Stretch]:
    """Return each recording as one clip, or cut into clips of `length` seconds (the last may be shorter)."""
    if length is not None:
        _check_positive(length, "length of a clip")
    found = []
    for source in sources:
        size = source.frames if length is None else _frames(length, source)
        starts = range(0, source.frames, size) if source.frames else ()
        found += [Stretch(source.video, start, min(start + size, source.frames)) for start in starts]
    return found


def plan_random(sources: Iterable[Source], length: float, count: int, seed: int = 0) -> list[Stretch]:
    """Return `count` clips of `length` seconds per subject, at random places that do not overlap.

    The places lie on a grid of `length` seconds that begins at a random offset in each recording. The same
    seed gives the same clips, whatever the order of `sources`, and other subjects do not change a subject's
    clips. A subject with too little footage gets as many as fit.

    Parameters
    ----------
    sources
        The recordings.
    length
        In seconds.
    count
        Clips per subject.
    seed
        Any integer.
    """
    _check_positive(length, "length of a clip")
    if count < 1:
        raise ProjectError(f"The number of clips per subject must be 1 or more, not {count}.")
    by_subject: dict[tuple[str, str], list[Source]] = {}
    for source in sorted(sources, key=lambda item: item.video):
        key = (source.subject, "" if source.subject else source.video)
        by_subject.setdefault(key, []).append(source)
    found = []
    for key, own in sorted(by_subject.items()):
        chance = random.Random(repr((seed, key)))
        places = []
        for source in own:
            size = _frames(length, source)
            offset = chance.randint(0, source.frames % size) if source.frames >= size else 0
            places += [
                Stretch(source.video, start, start + size)
                for start in range(offset, source.frames - size + 1, size)
            ]
        found += sorted(chance.sample(places, min(count, len(places))))
    return found


def plan_from_table(sources: Iterable[Source], path: Path | str) -> list[Stretch]:
    """Return the clips that a CSV file lists.

    Parameters
    ----------
    sources
        The recordings that may be named.
    path
        A table with the columns ``video`` (id), ``start`` and ``stop`` in frames, or ``start_s`` and
        ``stop_s`` in seconds. Separator comma, semicolon or tab.

    Raises
    ------
    ProjectError
        When a column is missing, a recording is unknown, or a stretch does not lie on it; names the row.
    """
    names, rows = read_sheet(path, "list of clips")
    keys = {name.lower(): name for name in names}
    in_frames = {"video", "start", "stop"} <= keys.keys()
    if not in_frames and not {"video", "start_s", "stop_s"} <= keys.keys():
        raise ProjectError(
            f"The list of clips {path} needs the columns video, start and stop (in frames), "
            "or video, start_s and stop_s (in seconds)."
        )
    wanted = ("video", "start", "stop") if in_frames else ("video", "start_s", "stop_s")
    known = {source.video: source for source in sources}
    return [
        _stretch_of_row([row[keys[name]] for name in wanted], known, in_frames, f"row {number} of {path}")
        for number, row in rows
    ]


def _stretch_of_row(row: list[str], known: dict[str, Source], in_frames: bool, where: str) -> Stretch:
    video, *bounds = row
    source = known.get(video)
    if source is None:
        raise ProjectError(f"In {where} stands the recording '{video}', which the project does not have.")
    try:
        numbers = [float(bound) for bound in bounds]
        start, stop = (round(n if in_frames else n * source.fps) for n in numbers)
    except (ValueError, OverflowError) as error:
        raise ProjectError(
            f"In {where} start and stop must be numbers, not {' and '.join(bounds)}."
        ) from error
    if in_frames and [start, stop] != numbers:
        raise ProjectError(f"In {where} start and stop are frames and must be whole numbers.")
    if not 0 <= start < stop <= source.frames:
        raise ProjectError(
            f"In {where} frames {start} to {stop} do not lie on '{video}', which has {source.frames} frames."
        )
    return Stretch(video, start, stop)


def _frames(seconds: float, source: Source, least: int = 1) -> int:
    return max(least, round(seconds * source.fps))


def _check_positive(seconds: float, what: str) -> None:
    if not 0 < seconds < float("inf"):
        raise ProjectError(f"The {what} must be more than 0 s, not {seconds:g} s.")
