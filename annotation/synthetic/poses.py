"""What each behavior looks like: the pose of the body over the time of a bout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .body import Points, Pose, Signal, mouth
from .cage import BODY, FEEDER, GROUND, LID, LID_ROOM, SPOUT
from .settings import Subject

_TURN = 2 * np.pi
#: Length of one walking cycle in body lengths, and the part of it that a foot stands.
_STRIDE, _DUTY = 0.72, 0.6


@dataclass(frozen=True)
class Act:
    """One bout as the mouse performs it.

    Attributes
    ----------
    behavior
        Name in the home-cage preset.
    t
        Seconds since the start of the bout, a little before and after it too: the pose fades in and out.
    x
        Place of the hips, as a fraction of the picture's width.
    facing
        Where the mouse looks, -1 to 1.
    travelled
        Way walked so far in body lengths.
    at_feeder
        Whether an eating mouse gnaws at the hopper; else it holds a pellet.
    subject
        Who acts.
    vague
        The ambiguity of the difficulty, 0 to 1.
    rng
        Source of what differs from bout to bout.
    """

    behavior: str
    t: Signal
    x: Signal
    facing: Signal
    travelled: Signal
    at_feeder: bool
    subject: Subject
    vague: float
    rng: np.random.Generator

    @property
    def body(self) -> float:
        """Body length as a fraction of the picture's width."""
        return BODY * self.subject.size

    def beat(self, rate: float) -> Signal:
        """Return a sine of about `rate` cycles a second with a slowly varying rate and a random phase."""
        slow = 0.15 * np.sin(_TURN * (0.31 * self.t + self.rng.random()))
        return np.sin(_TURN * (rate * self.subject.tempo * self.t + slow + self.rng.random()))

    def drift(self, rate: float) -> Signal:
        """Return smooth wandering between about -1 and 1 with `rate` as its usual frequency (Hz)."""
        total = np.zeros_like(self.t)
        for factor in (0.43, 1.0, 1.73):
            speed = rate * factor * self.rng.uniform(0.8, 1.25)
            total += np.sin(_TURN * (speed * self.t + self.rng.random()))
        return total / 2.2


def pose_of(act: Act) -> Pose:
    """Return the pose at every moment of an act, as arrays of the length of ``act.t``."""
    pose = _BEHAVIORS[act.behavior](act)
    zeros = np.zeros_like(act.t)
    breath = 1.0 + 0.012 * act.beat(2.4)
    return replace(pose, girth=pose.girth * breath).weighted(zeros + 1.0)


def place_to_drink(subject: Subject) -> float:
    """Return where the hips are when the mouth is at the spout."""
    return SPOUT[0] - _leaning(subject, SPOUT)[1] * BODY * subject.size


def place_to_gnaw(subject: Subject) -> float:
    """Return where the hips are when the mouth is at the food hopper."""
    return FEEDER[0] + _leaning(subject, FEEDER)[1] * BODY * subject.size


def _leaning(subject: Subject, target: tuple[float, float]) -> tuple[Pose, float]:
    """Return the pose on the hind legs whose mouth is as high as `target`, and how far ahead the mouth is."""
    lean = np.linspace(0.0, 1.0, 200)
    poses = Pose(
        pitch=0.15 + 1.20 * lean,
        height=0.20 + 0.10 * lean,
        stretch=1.0 + 0.15 * lean,
        neck=0.62 - 0.22 * lean,
        arch=0.45,
        hind_near=-0.02 + 0j,
        hind_far=0.06 + 0j,
    )
    reach = mouth(poses)
    best = int(np.argmin(np.abs(reach.imag - (GROUND - target[1]) / (BODY * subject.size))))
    return poses.weighted(np.ones_like(lean)).at(best), float(reach[best].real)


def _drink(act: Act) -> Pose:
    pose, ahead = _leaning(act.subject, SPOUT)
    lick = act.beat(6.3)
    return replace(
        pose,
        x=act.x,
        facing=act.facing,
        neck=pose.neck + 0.075 * lick + 0.02 * act.drift(0.6),
        stretch=pose.stretch + 0.012 * lick,
        fore_near=ahead - 0.20 + 0.30j + 0.01 * act.drift(0.7),
        fore_far=ahead - 0.14 + 0.33j,
        tail_mid=-0.45 + 0.03j * act.drift(0.2),
    )


def _eat(act: Act) -> Pose:
    return _gnaw(act) if act.at_feeder else _hold_pellet(act)


def _gnaw(act: Act) -> Pose:
    pose, ahead = _leaning(act.subject, FEEDER)
    height = (GROUND - FEEDER[1]) / act.body
    chew, pull = act.beat(4.4), act.drift(1.1)
    return replace(
        pose,
        x=act.x + 0.006 * pull,
        facing=act.facing,
        neck=pose.neck + 0.10 * chew + 0.08 * pull,
        pitch=pose.pitch + 0.025 * pull,
        fore_near=ahead - 0.02 + (height - 0.03) * 1j + 0.02 * pull,
        fore_far=ahead + 0.06 + (height + 0.01) * 1j - 0.02 * pull,
        tail_mid=-0.45 + 0.02j,
    )


def _hold_pellet(act: Act) -> Pose:
    chew, turn = act.beat(4.2), act.drift(0.8)
    return Pose(
        x=act.x,
        facing=act.facing * 0.92,
        height=0.165 + 0.004 * chew,
        pitch=0.80 + 0.02 * turn,
        arch=1.25,
        neck=0.10 + 0.085 * chew + 0.07 * turn,
        girth=1.05,
        hind_near=0.06,
        hind_far=0.13,
        to_mouth=1.0,
        stroke_near=0.014j * chew,
        stroke_far=0.014j * chew + 0.02,
        tail_mid=-0.4,
        tail_tip=-0.8 + 0.03j,
        pellet=1.0,
    )


def _groom(act: Act) -> Pose:
    """Face strokes and body licking in turn."""
    size = 1.0 - 0.62 * act.vague
    body = 0.5 + 0.5 * np.tanh(6.0 * (act.drift(0.22) + act.rng.uniform(-0.5, 0.4)))
    face = 1.0 - body
    near, nod = act.beat(4.6), act.beat(3.3)
    lag = act.beat(4.6)
    return Pose(
        x=act.x,
        facing=act.facing * (0.9 - 0.35 * body),
        height=0.155 + 0.006 * size * nod,
        pitch=0.92 + 0.10 * body + 0.03 * size * near,
        arch=1.35 + 0.55 * body + size * (0.10 * body * nod),
        neck=-0.05 - 0.55 * body + size * (0.16 * face * near + 0.24 * body * nod),
        girth=1.07,
        hind_near=0.08,
        hind_far=0.15,
        to_mouth=0.95 - 0.35 * body,
        stroke_near=size * face * (0.07 * lag * 1j - 0.05 * near) + 0.03j - 0.03,
        stroke_far=size * face * (-0.06 * lag * 1j - 0.05 * near) + 0.03j,
        tail_mid=-0.3,
        tail_tip=-0.7 + 0.03j,
        eye=0.35,
    )


def _hang(act: Act) -> Pose:
    lid = (GROUND - LID) / act.body
    sway, climb, step = act.drift(0.7), act.drift(0.35), act.beat(1.3)
    place = np.clip(act.x, *LID_ROOM) + 0.25 * act.body * act.facing + 0.02 * climb
    grip = lid * 1j - 0.015j
    return Pose(
        x=place,
        facing=act.facing,
        height=lid - 0.27 - 0.015 * sway,
        pitch=np.pi + 0.06 + 0.05 * sway,
        arch=0.30 + 0.12 * climb,
        neck=0.25 + 0.30 * act.drift(0.9),
        stretch=1.06,
        girth=0.96,
        hind_near=0.06 + 0.05 * step + grip,
        hind_far=-0.04 - 0.05 * step + grip,
        fore_near=-0.58 + 0.08 * step + grip,
        fore_far=-0.42 - 0.08 * step + grip,
        tail_mid=0.42 + (lid - 0.35) * 1j,
        tail_tip=0.42 + 0.14 * act.drift(0.8) + (lid - 0.95) * 1j,
    )


def _micromovement(act: Act) -> Pose:
    size = 1.0 + 0.7 * act.vague
    hunch = act.rng.uniform(0.0, 1.0) * (0.25 + 0.75 * act.vague)
    look, sniff, shift = act.drift(0.75), act.beat(6.0), act.drift(0.4)
    return Pose(
        x=act.x + 0.005 * size * shift,
        facing=act.facing * (0.97 - 0.03 * np.tanh(shift)),
        height=0.195 - 0.03 * hunch,
        pitch=0.10 + 0.35 * hunch + 0.02 * size * shift,
        arch=0.75 + 0.4 * hunch,
        neck=0.15 + size * (0.24 * look + 0.03 * sniff),
        stretch=0.95 + 0.02 * look,
        fore_near=0.44 + 0.02 * look,
        fore_far=0.38 - 0.02 * look,
        tail_tip=-0.9 + 0.03j + 0.05 * shift,
    )


def _rear(act: Act) -> Pose:
    scan, sway = act.drift(0.7), act.drift(0.4)
    tall = act.rng.uniform(0.0, 1.0)
    return Pose(
        x=act.x + 0.004 * sway,
        facing=act.facing,
        height=0.245 + 0.03 * tall,
        pitch=1.28 + 0.14 * tall + 0.05 * sway,
        arch=0.45,
        neck=0.25 + 0.30 * scan,
        stretch=1.06 + 0.03 * tall,
        girth=0.97,
        hind_near=-0.03,
        hind_far=0.05,
        fore_near=0.24 + 0.58j + 0.03j * scan,
        fore_far=0.29 + 0.62j - 0.03j * scan,
        tail_mid=-0.4,
        tail_tip=-0.85 + 0.03j,
    )


def _rest(act: Act) -> Pose:
    twitch = act.vague * np.maximum(act.drift(0.25) - 0.75, 0.0) * act.beat(5.0)
    return Pose(
        x=act.x,
        facing=act.facing * 0.9,
        height=0.135,
        pitch=0.22,
        arch=1.55,
        neck=0.20 + 0.25 * twitch,
        stretch=0.92,
        girth=1.12 + 0.018 * act.beat(2.0),
        hind_near=0.10,
        hind_far=0.16,
        fore_near=0.36,
        fore_far=0.33,
        tail_mid=-0.35,
        tail_tip=-0.55 + 0.02j,
        eye=0.0,
    )


def _walk(act: Act) -> Pose:
    cycle = act.travelled / _STRIDE + act.rng.random()
    bob = np.sin(2 * _TURN * cycle)
    return Pose(
        x=act.x,
        facing=act.facing,
        height=0.205 + 0.008 * bob,
        pitch=0.06 + 0.02 * np.sin(_TURN * cycle),
        arch=0.42,
        neck=0.12 + 0.05 * bob + 0.08 * act.drift(0.6),
        stretch=1.07,
        girth=0.97,
        hind_near=-0.03 + _step(cycle),
        hind_far=0.02 + _step(cycle + 0.5),
        fore_near=0.50 + _step(cycle + 0.25),
        fore_far=0.50 + _step(cycle + 0.75),
        tail_mid=-0.5 + 0.06j,
        tail_tip=-1.0 + 0.10j + 0.04j * act.drift(0.8),
    )


def _step(cycle: Signal) -> Points:
    """Return where a foot is relative to its middle: back with the ground, then lifted and forward."""
    phase = np.mod(cycle, 1.0)
    half = 0.5 * _STRIDE * _DUTY
    swing = np.clip((phase - _DUTY) / (1.0 - _DUTY), 0.0, 1.0)
    forward = np.where(phase < _DUTY, half * (1 - 2 * phase / _DUTY), half * (2 * swing - 1))
    return forward + 0.09j * np.sin(np.pi * swing)


_BEHAVIORS: dict[str, Callable[[Act], Pose]] = {
    "drink": _drink,
    "eat": _eat,
    "groom": _groom,
    "hang": _hang,
    "micromovement": _micromovement,
    "rear": _rear,
    "rest": _rest,
    "walk": _walk,
}
