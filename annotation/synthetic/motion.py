"""From a script to the movement of the body: where the mouse is and looks, how poses follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..tracks import Bout, LabelTrack
from .body import Pose, Signal
from .cage import BODY, BY_THE_SPOUT, ROOM
from .poses import Act, place_to_drink, place_to_gnaw, pose_of
from .script import NAMES, bouts_of
from .settings import Difficulty, Subject

#: Usual walking speed in widths of the picture a second.
_SPEED = 0.27
_TRANSITION, _TRANSITION_HANG, _TURNING = 0.32, 0.56, 0.28
_FEEDER_SHARE = 0.65


@dataclass(frozen=True)
class _Course:
    """Where the mouse is at every frame: place, direction, way walked, and which bouts gnaw at the hopper."""

    x: Signal
    facing: Signal
    travelled: Signal
    gnawing: frozenset[int]


def move(script: LabelTrack, subject: Subject, difficulty: Difficulty, seed: int, fps: float = 25.0) -> Pose:
    """Return the pose at every frame of a script.

    Around each change of behavior the two poses are blended over a third of a second (longer around hanging
    and in hard recordings). The blend is centered on the change: the first frame of a bout is the first
    frame in which its pose has more than half of the weight.

    Parameters
    ----------
    script
        One group; behaviors of the home-cage preset, on every frame.
    subject, difficulty
        Who moves, and how ambiguously.
    seed
        The same seed gives the same movement.
    fps
        Frames per second.

    Returns
    -------
    Pose
        Arrays (frames,).
    """
    bouts = bouts_of(script)
    course = _plan(bouts, script.frames, subject, np.random.default_rng([seed, 2]), fps)
    pose = Pose.zeros(script.frames)
    halves = _half_transitions(bouts, difficulty, fps)
    for number, bout in enumerate(bouts):
        first = max(bout.start - halves[number], 0)
        last = min(bout.stop + halves[number + 1], script.frames)
        frames = np.arange(first, last)
        act = Act(
            behavior=NAMES[bout.label],
            t=(frames - bout.start) / fps,
            x=course.x[first:last],
            facing=course.facing[first:last],
            travelled=course.travelled[first:last],
            at_feeder=number in course.gnawing,
            subject=subject,
            vague=difficulty.ambiguity,
            rng=np.random.default_rng([seed, 3, number]),
        )
        weight = _risen(frames, bout.start, halves[number])
        weight = weight - _risen(frames, bout.stop, halves[number + 1])
        pose_of(act).weighted(weight).add_to(pose, first, last)
    return pose


def _half_transitions(bouts: list[Bout], difficulty: Difficulty, fps: float) -> list[int]:
    """Return half the frames of each blend; those at both ends of the script come to nothing."""
    halves = [0]
    for before, after in pairwise(bouts):
        hanging = "hang" in (NAMES[before.label], NAMES[after.label])
        seconds = (_TRANSITION_HANG if hanging else _TRANSITION) * (1.0 + 0.5 * difficulty.ambiguity)
        halves.append(int(min(seconds * fps, before.length, after.length) / 2))
    return [*halves, 0]


def _risen(frames: NDArray[np.integer], change: int, half: int) -> Signal:
    """Return 0 before a change and 1 after it, with a smooth rise that is just past a half at `change`."""
    part = np.clip((frames - change + 0.5 + half) / (2 * half), 0.0, 1.0) if half else frames >= change
    return part * part * (3.0 - 2.0 * part)


def _plan(bouts: list[Bout], frames: int, subject: Subject, rng: np.random.Generator, fps: float) -> _Course:
    """Lead each walk to where what follows it takes place; all else happens where the mouse is."""
    x = np.empty(frames)
    look = np.empty(frames)
    gnawing: set[int] = set()
    place, side = _next_place(bouts, 0, subject, rng, gnawing)
    side = side or float(rng.choice((-1.0, 1.0)))
    for number, bout in enumerate(bouts):
        span = slice(bout.start, bout.stop)
        if NAMES[bout.label] == "walk":
            goal, goal_side = _next_place(bouts, number + 1, subject, rng, gnawing)
            way = _way(place, goal, bout.length / fps * _SPEED * subject.speed, rng)
            x[span] = _walked(way, bout.length)
            steps = np.diff(x[span], prepend=place)
            look[span] = _kept(np.sign(steps), side)
            place, side = goal, goal_side or float(look[bout.stop - 1])
        else:
            x[span], look[span] = place, side
    turning = max(int(_TURNING * fps) // 2, 1)
    window = np.hanning(2 * turning + 3)
    facing = np.convolve(np.pad(look, turning + 1, mode="edge"), window / window.sum(), mode="valid")
    travelled = np.cumsum(np.abs(np.diff(x, prepend=x[0]))) / (BODY * subject.size)
    return _Course(x, facing, travelled, frozenset(gnawing))


def _next_place(
    bouts: list[Bout], number: int, subject: Subject, rng: np.random.Generator, gnawing: set[int]
) -> tuple[float, float]:
    """Return where the bouts from `number` to the next walk take place, and the side they must face, or 0."""
    names = []
    for bout in bouts[number:]:
        if NAMES[bout.label] == "walk":
            break
        names.append(NAMES[bout.label])
    if "drink" in names:
        return place_to_drink(subject), 1.0
    if names[:1] == ["eat"] and rng.random() < _FEEDER_SHARE:
        gnawing.add(number)
        return place_to_gnaw(subject), -1.0
    place = float(rng.uniform(*ROOM))
    return place, -1.0 if place > BY_THE_SPOUT else 0.0


def _way(start: float, goal: float, length: float, rng: np.random.Generator) -> Signal:
    """Return the turning points of a walk of about `length`: there and back if `goal` is too near."""
    points = [start]
    left = length
    while left - abs(goal - points[-1]) > 0.5 * length and len(points) < 12:
        low, high = ROOM
        here = points[-1]
        room = high - here if here < 0.5 * (low + high) else here - low
        spare = 0.5 * (left + abs(goal - here))
        step = min(spare, room) * rng.uniform(0.75, 1.0)
        points.append(here + (step if here < 0.5 * (low + high) else -step))
        left -= step
    return np.array([*points, goal])


def _walked(way: Signal, frames: int) -> Signal:
    """Return the place at each frame along the way, faster in the middle than at the ends."""
    time = (np.arange(frames) + 1.0) / frames
    pace = time - 0.10 * np.sin(2 * np.pi * time)
    lengths = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(way)))))
    return np.interp(pace * lengths[-1], lengths, way)


def _kept(signs: Signal, before: float) -> Signal:
    """Return the signs with the last one kept where there is none."""
    places = np.where(signs != 0, np.arange(signs.size), -1)
    last = np.maximum.accumulate(places)
    return np.where(last < 0, before, signs[last])
