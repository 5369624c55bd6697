"""The material of a profile: scored stretches of recordings on the animals' clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..ethogram import NONE_COLOR, NONE_NAME, PALETTE, Ethogram, preset
from ..formats import Labels, read_all
from ..formats.mapping import rename
from ..formats.names import same_as
from ..recordings import parse_name
from ..tracks import NONE, UNLABELED, LabelTrack

#: What files a folder of results is searched for.
_ENDINGS = (".csv", ".tsv", ".txt")
_SECONDS_A_DAY = 86_400
#: Results of one recording are called after it, those that end before it does in their own way.
_PARTIAL, _RESULT = "_partial_results", re.compile("(_partial)?_results.*$")
#: Recordings that follow each other may overlap by so many seconds.
_TOUCHING = 1.0


@dataclass(frozen=True, slots=True)
class Lights:
    """When the lights of the animal room go on and off."""

    on: time
    off: time

    def dark_at(self, seconds_of_day: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return whether it is dark at each time of day, in seconds since midnight (any shape)."""
        on, off = (moment.hour * 3600 + moment.minute * 60 for moment in (self.on, self.off))
        moments = np.asarray(seconds_of_day) % _SECONDS_A_DAY
        if off > on:
            return (moments < on) | (moments >= off)
        return (moments >= off) & (moments < on)


@dataclass(frozen=True, eq=False)
class Scored:
    """The labels of one stretch of one animal's recording.

    Attributes
    ----------
    name
        What the stretch is called: the file's stem.
    track
        Codes (frames, groups).
    ethogram
        Names of the codes.
    fps
        Frames per second.
    began
        Wall-clock time of frame 0, or None when nobody knows.
    subject, strain
        The animal; a stretch without a known animal is an animal of its own.
    """

    name: str
    track: LabelTrack
    ethogram: Ethogram
    fps: float
    began: datetime | None = None
    subject: str = ""
    strain: str = ""

    @property
    def partial(self) -> bool:
        """Whether it is the result of a recording that broke, up to there."""
        return _PARTIAL in self.name

    @property
    def animal(self) -> str:
        """The animal, or the stretch where the animal is not known."""
        return self.subject or self.name

    @property
    def seconds(self) -> float:
        """Length of the stretch."""
        return self.track.frames / self.fps

    @property
    def assessed(self) -> NDArray[np.bool_]:
        """Whether somebody decided about each frame, in any group: shape (frames,)."""
        return (self.track.codes != UNLABELED).any(axis=1)

    def shows(self, behavior: str) -> NDArray[np.bool_]:
        """Return on which frames a behavior (or ``none``) is shown: shape (frames,)."""
        codes = self.track.codes
        if behavior == NONE_NAME:
            return (codes == NONE).any(axis=1) & ~(codes > NONE).any(axis=1)
        found = self.ethogram.by_name(behavior)
        if found is None:
            return np.zeros(self.track.frames, bool)
        shown: NDArray[np.bool_] = codes[:, self.ethogram.group_of(found.id)] == found.id
        return shown

    def bin_of(self, seconds: float) -> NDArray[np.intp]:
        """Return the number of the bin that each frame lies in.

        Bins of `seconds` begin at midnight of the first day, or with the stretch when its clock is not known.
        """
        after = np.arange(self.track.frames) / self.fps
        # A frame that rounding puts a hair before its bin belongs into it.
        return np.floor((after + self.seconds_since_midnight) / seconds + 1e-9).astype(np.intp)

    @property
    def seconds_since_midnight(self) -> float:
        """When the stretch begins, in seconds since midnight of that day; 0 when its clock is not known."""
        if self.began is None:
            return 0.0
        midnight = datetime.combine(self.began.date(), time(), self.began.tzinfo)
        return (self.began - midnight).total_seconds()

    def bin_start(self, number: int, seconds: float) -> datetime | float:
        """Return when a bin of `bin_of` begins: on the clock, or in seconds of the stretch."""
        if self.began is None:
            return number * seconds
        midnight = datetime.combine(self.began.date(), time(), self.began.tzinfo)
        return midnight + timedelta(seconds=number * seconds)


def onsets_of(shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where runs of True begin, shape (frames,); one at frame 0 counts."""
    return shown & ~np.concatenate((np.zeros(1, bool), shown[:-1]))


def behaviors_of(scored: Iterable[Scored]) -> dict[str, str]:
    """Return the names of all behaviors with a color each; ``none`` comes last where it was scored.

    The home-cage names have their usual order and colors; others follow in the order in which they are met.
    """
    usual = _usual()
    free = cycle([color for color in PALETTE if color not in usual.values()])
    met: dict[str, None] = {}
    none = False
    for item in scored:
        met |= dict.fromkeys(b.name for b in item.ethogram.behaviors)
        none = none or bool((item.track.codes == NONE).any())
    colors = {name: color for name, color in usual.items() if name in met}
    colors |= {name: next(free) for name in met if name not in usual}
    return colors | ({NONE_NAME: NONE_COLOR} if none else {})


def _usual() -> dict[str, str]:
    return {behavior.name: behavior.color for behavior in preset("home-cage").behaviors}


def read_scored(
    paths: Iterable[Path],
    *,
    fps: float | None = None,
    strains: Mapping[str, str] | None = None,
    **options: Any,
) -> list[Scored]:
    """Read label or result files of any known format.

    Parameters
    ----------
    paths
        Files, or folders whose tables are all read. What a name says of animal, date, time and clip counts.
    fps
        Frames per second, for files that do not say.
    strains
        Animal to strain.
    options
        For the reader, see `annotation.formats.read_all`.

    Returns
    -------
    list of Scored
        By animal, then in the order of time.

    Raises
    ------
    FormatError
        When a file cannot be read, nothing is found, the rate is not known, or two files tell of the same
        time of an animal, which would count twice.
    """
    found = [
        (path, _scored(path, labels, fps, strains or {}))
        for path in _files_in(paths)
        for labels in read_all(path, fps=fps, **options)
    ]
    found.sort(key=lambda pair: (pair[1].animal, pair[1].began or datetime.max, pair[1].name))
    _check_apart(found)
    return [item for _, item in found]


def _check_apart(found: Sequence[tuple[Path, Scored]]) -> None:
    """Say which files tell of the same time of one recording or animal, such as results of two models.

    Parameters
    ----------
    found
        Files and what they tell, by animal and time.
    """
    until: dict[str, tuple[datetime, Path]] = {}
    unclocked: dict[str, Path] = {}
    for path, item in found:
        if item.began is None:
            other = unclocked.setdefault(_recording_of(path), path)
        else:
            end, other = until.get(item.animal, (item.began, path))
            ends = item.began + timedelta(seconds=item.seconds - _TOUCHING)
            if item.began >= end:
                other = path
            until[item.animal] = max((end, other), (ends, path))
        if other != path:
            raise FormatError(
                f"{other} and {path} tell of the same time of one recording, which would count twice; give "
                "one of them, or keep the results of each model in a folder of their own."
            )


def _recording_of(path: Path) -> str:
    """Return the name of a recording without what a result of it is called beyond that."""
    return _RESULT.sub("", path.stem)


def _files_in(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix.lower() in _ENDINGS)
        if not inside:
            raise FormatError(f"The folder {path} holds no tables of results ({', '.join(_ENDINGS)}).")
        # What was computed up to a damage is no news beside the whole of it.
        names = {file.name for file in inside}
        files += [file for file in inside if _PARTIAL not in file.name or _whole(file) not in names]
    return files


def _whole(file: Path) -> str:
    return file.name.replace(_PARTIAL, "_results")


def _scored(path: Path, labels: Labels, fps: float | None, strains: Mapping[str, str]) -> Scored:
    rate = labels.fps or fps
    if not rate:
        raise FormatError(f"{path} does not say how many frames a second has; give that number (--fps).")
    # Files that write a usual name in their own way, such as mm, are of the same behavior.
    own = {b.name: same_as(b.name) for b in labels.ethogram.behaviors if same_as(b.name) in _usual()}
    labels = rename(labels, {old: new for old, new in own.items() if old != new})
    name = parse_name(path)
    began = None if name is None else name.recorded_at + timedelta(seconds=name.start_frame / rate)
    subject = "" if name is None else name.subject
    return Scored(
        path.stem, labels.track, labels.ethogram, rate, began, subject, strains.get(subject, "")
    )  # fmt: skip
