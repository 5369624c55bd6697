"""The material of a profile: scored stretches of recordings on the animals' clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_COLOR, NONE_NAME, PALETTE, Ethogram, preset
from ..tracks import NONE, UNLABELED, LabelTrack

#: In the name of the result of a recording that broke.
PARTIAL = "_partial_results"
_SECONDS_A_DAY = 86_400


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
        return PARTIAL in self.name

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
    usual = usual_colors()
    free = cycle([color for color in PALETTE if color not in usual.values()])
    items = list(scored)
    met = _met(items)
    none = False
    for item in items:
        none = none or bool(item.shows(NONE_NAME).any())
    colors = {name: color for name, color in usual.items() if name in met}
    colors |= {name: next(free) for name in met if name not in usual}
    return colors | ({NONE_NAME: NONE_COLOR} if none else {})


def _met(items: Sequence[Scored]) -> dict[str, None]:
    """Return the names of all behaviors, in the order in which they are met.

    Tables of names keep a group of which nothing occurs by a behavior that is called like the group. It is no
    behavior where others tell what the group holds.
    """
    members: dict[str, dict[str, None]] = {}
    kept: dict[str, str] = {}
    for item in items:
        for behavior in item.ethogram.behaviors:
            members.setdefault(behavior.group, {})[behavior.name] = None
            if behavior.name in (behavior.group, f"{behavior.group} (group)"):
                kept[behavior.name] = behavior.group
    shown = {name for name in kept if any(item.shows(name).any() for item in items)}
    names = (name for group in members.values() for name in group)
    return dict.fromkeys(n for n in names if n not in kept or n in shown or len(members[kept[n]]) == 1)


def usual_colors() -> dict[str, str]:
    """Return the home-cage names and their colors."""
    return {behavior.name: behavior.color for behavior in preset("home-cage").behaviors}
