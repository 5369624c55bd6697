"""Which behavior is shown when: a semi-Markov sequence of home-cage bouts, the ground truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import TrackError
from ..ethogram import Ethogram, preset
from ..tracks import Bout, LabelTrack

#: The behaviors that can be shown, with the ids of the home-cage preset.
ETHOGRAM: Ethogram = preset("home-cage")
IDS = {behavior.name: behavior.id for behavior in ETHOGRAM.behaviors}
NAMES = {number: name for name, number in IDS.items()}


@dataclass(frozen=True, slots=True)
class _Habit:
    """How long a bout of a behavior lasts (s), how often the animal feels like it (s), what follows it."""

    median: float
    spread: float
    least: float
    every: float
    follows: dict[str, float]


_HABITS = {
    "drink": _Habit(3.0, 0.40, 0.8, 45, {"micromovement": 3, "walk": 4, "rear": 2, "groom": 1}),
    "eat": _Habit(4.5, 0.50, 1.0, 30, {"micromovement": 4, "walk": 3, "groom": 2, "rear": 1}),
    "groom": _Habit(3.5, 0.55, 0.8, 30, {"micromovement": 4, "walk": 2, "rest": 3, "rear": 1}),
    "hang": _Habit(2.8, 0.45, 0.8, 45, {"micromovement": 2, "walk": 4, "rear": 3, "groom": 1}),
    "micromovement": _Habit(
        1.6, 0.50, 0.5, 10, {"walk": 4, "rear": 2, "groom": 3, "eat": 2, "drink": 1, "rest": 2}
    ),
    "rear": _Habit(1.5, 0.45, 0.5, 15, {"walk": 4, "micromovement": 3, "hang": 4, "eat": 0.5}),
    "rest": _Habit(5.5, 0.55, 2.0, 40, {"micromovement": 4, "groom": 3, "walk": 1}),
    "walk": _Habit(
        1.5, 0.40, 0.6, 8, {"micromovement": 4, "rear": 4, "eat": 3, "drink": 3, "groom": 1, "hang": 1}
    ),
}
#: A walk that has to lead to the spout must be long enough for the way.
_WALK_TO_SPOUT = 1.0
#: Where drinking is rare: from one bout to the next it takes so many times the mean, evenly distributed.
_THIRST = (0.6, 1.4)


def make_script(seed: int, frames: int, fps: float = 25.0, drinking: float | None = None) -> LabelTrack:
    """Return a sequence of behaviors as a mouse in its home cage shows them.

    Bout lengths are log-normal with a minimum for each behavior; what follows depends on the behavior
    and on how long ago each was last shown, so that all eight come up within about a minute and a half.
    A mouse drinks only where it has walked to the spout.

    Parameters
    ----------
    seed
        The same seed gives the same script.
    frames
        Number of frames, every one labeled.
    fps
        Frames per second.
    drinking
        About the share of time that the mouse drinks; by default as often as it feels like it, 5 to 15 %.

    Returns
    -------
    LabelTrack
        One group; codes are the behavior ids of the home-cage preset.
    """
    if frames < 1:
        raise TrackError(f"A synthetic recording needs at least one frame, not {frames}.")
    rng = np.random.default_rng([seed, 1])
    thirst = _Thirst(np.random.default_rng([seed, 2]), drinking, fps) if drinking is not None else None
    last_shown = {name: -rng.uniform(0, habit.every) * fps for name, habit in _HABITS.items()}
    bouts: list[Bout] = []
    at_spout = False
    current = str(rng.choice(("micromovement", "walk", "rear")))
    start = 0
    while start < frames:
        least = 0.0
        if bouts:
            current = _next(rng, NAMES[bouts[-1].label], start, last_shown, fps, thirst)
            if current == "drink" and not at_spout and bouts[-1].label != IDS["walk"]:
                current, least = "walk", _WALK_TO_SPOUT
        stop = start + _length(rng, current, fps, least)
        if frames - stop < _HABITS["rest"].least * fps / 2:
            stop = frames
        bouts.append(Bout(start, stop, IDS[current]))
        if thirst is not None and current == "drink":
            thirst.quench(start)
        at_spout = current == "drink" or (at_spout and current != "walk")
        last_shown[current] = start = stop
    return LabelTrack.from_bouts(bouts, frames)


def bouts_of(track: LabelTrack) -> list[Bout]:
    """Return the bouts of a script.

    Raises
    ------
    TrackError
        When a frame carries anything but one behavior of the home-cage preset.
    """
    bouts = track.bouts(unlabeled=True)
    strange = next((b for b in bouts if b.label not in NAMES), None)
    if track.groups != 1 or strange is not None:
        where = f"frame {strange.start} has the code {strange.label}" if strange else "it has several groups"
        raise TrackError(
            f"This script cannot be filmed: {where}; use one group and the behaviors of the home-cage preset."
        )
    return bouts


def _length(rng: np.random.Generator, behavior: str, fps: float, least: float) -> int:
    habit = _HABITS[behavior]
    seconds = habit.median * np.exp(habit.spread * rng.standard_normal())
    return round(max(seconds, habit.least, least) * fps)


class _Thirst:
    """When a mouse that drinks rarely will drink next."""

    def __init__(self, rng: np.random.Generator, share: float, fps: float) -> None:
        habit = _HABITS["drink"]
        self._rng = rng
        self._every = habit.median * np.exp(habit.spread**2 / 2) / share * fps
        self._due = rng.uniform(0, self._every)

    def is_due(self, frame: float) -> bool:
        """Whether the mouse wants to drink."""
        return frame >= self._due

    def quench(self, frame: float) -> None:
        """Say that it drinks."""
        self._due = frame + self._rng.uniform(*_THIRST) * self._every


def _next(
    rng: np.random.Generator,
    current: str,
    frame: float,
    last_shown: dict[str, float],
    fps: float,
    thirst: _Thirst | None,
) -> str:
    """Draw what follows: likely successors, weighted by how long the animal has gone without them."""
    options = dict(_HABITS[current].follows)
    if thirst is not None and "drink" in options:
        if thirst.is_due(frame):
            return "drink"
        del options["drink"]
    names = list(options)
    need = [((frame - last_shown[name]) / fps + 1.0) / _HABITS[name].every for name in names]
    weights = np.array([options[name] for name in names]) * np.square(need)
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]
