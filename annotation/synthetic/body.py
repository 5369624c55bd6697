"""A mouse as an articulated body: from a pose to the round cones that are drawn.

Points of the body are complex numbers, forward + 1j * up, in body lengths, seen from the hips. Only at the
end are they turned into pixels; turning around is drawn by foreshortening that last step.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cage import BODY, GROUND, WALL_LEFT, WALL_RIGHT
from .settings import Subject

Points = NDArray[np.inexact[Any]]
Signal = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Pose:
    """How the body is held: arrays (frames,), or numbers that hold for all frames.

    Lengths are in body lengths, angles in radians, feet and tail relative to the hips (forward) and to the
    ground (up).

    Attributes
    ----------
    x
        Place of the hips in the cage, as a fraction of the picture's width.
    facing
        1 looks right, -1 looks left, 0 looks at the camera.
    height
        Height of the hips over the ground.
    pitch
        Direction from hips to shoulders: 0 level, pi / 2 upright, pi on its back under the lid.
    arch
        How far the back is bent toward the belly.
    neck
        Direction of the head relative to the foremost part of the back; up is positive.
    stretch, girth
        Factors of the length and of the thickness of the trunk.
    hind_near, hind_far, fore_near, fore_far
        Where the feet are, as complex numbers.
    to_mouth
        0 to 1: the forepaws are at the mouth instead.
    stroke_near, stroke_far
        Where there, as complex numbers in the direction of the head.
    tail_mid, tail_tip
        The curve of the tail, as complex numbers.
    eye
        1 open, 0 closed.
    pellet
        Size of the pellet between the forepaws, 0 to 1.
    """

    x: Signal | float = 0.5
    facing: Signal | float = 1.0
    height: Signal | float = 0.20
    pitch: Signal | float = 0.08
    arch: Signal | float = 0.6
    neck: Signal | float = 0.1
    stretch: Signal | float = 1.0
    girth: Signal | float = 1.0
    hind_near: Points | complex = 0j
    hind_far: Points | complex = 0.07 + 0j
    fore_near: Points | complex = 0.50 + 0j
    fore_far: Points | complex = 0.43 + 0j
    to_mouth: Signal | float = 0.0
    stroke_near: Points | complex = 0j
    stroke_far: Points | complex = 0j
    tail_mid: Points | complex = -0.5 + 0j
    tail_tip: Points | complex = -0.95 + 0.03j
    eye: Signal | float = 1.0
    pellet: Signal | float = 0.0

    def weighted(self, weight: Signal) -> Pose:
        """Return every value times `weight`: the parts of a blend add up."""
        return Pose(**{f.name: getattr(self, f.name) * weight for f in fields(self)})

    def add_to(self, total: Pose, start: int, stop: int) -> None:
        """Add the values to ``[start, stop)`` of `total`."""
        for field in fields(self):
            getattr(total, field.name)[start:stop] += getattr(self, field.name)

    def cut(self, start: int, stop: int) -> Pose:
        """Return the frames ``[start, stop)``."""
        return Pose(**{f.name: getattr(self, f.name)[start:stop] for f in fields(self)})

    def at(self, frame: int) -> Pose:
        """Return the pose of one frame."""
        return Pose(**{f.name: getattr(self, f.name)[frame] for f in fields(self)})

    @classmethod
    def zeros(cls, frames: int) -> Pose:
        """Return arrays of zeros to add to."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            kind = np.complex128 if isinstance(field.default, complex) else np.float64
            values[field.name] = np.zeros(frames, kind)
        return cls(**values)


@dataclass(frozen=True)
class Layer:
    """Parts of the body that are drawn together.

    Attributes
    ----------
    cones
        Array (frames, n, 6) of ``x0, y0, r0, x1, y1, r1`` in pixels.
    tones
        Gray level of each part.
    merge
        Width over which the parts flow into each other, in body lengths.
    fur
        Whether the surface is furry.
    edge, opacity, relief
        As `drawing.draw` takes them.
    """

    cones: NDArray[np.float32]
    tones: tuple[float, ...]
    merge: float = 0.0
    fur: bool = False
    edge: float = 1.0
    opacity: float = 1.0
    relief: float = 1.0


@dataclass(frozen=True)
class Figure:
    """A mouse ready to be drawn.

    Attributes
    ----------
    layers
        From its shadow and its far side to its near side.
    hips
        Array (frames, 2): x and y of the hips in pixels.
    """

    layers: tuple[Layer, ...]
    hips: NDArray[np.float32]


@dataclass(frozen=True)
class _Tones:
    fur: float
    far_fur: float
    skin: float
    far_skin: float
    ear: float
    inner_ear: float
    eye: float


_TONES = {
    "black": _Tones(fur=66, far_fur=46, skin=112, far_skin=88, ear=84, inner_ear=56, eye=12),
    "white": _Tones(fur=196, far_fur=158, skin=176, far_skin=146, ear=184, inner_ear=136, eye=48),
}

_SPINE = 6
_TRUNK_RADII = np.array((0.135, 0.172, 0.182, 0.168, 0.145, 0.122))
_TRUNK = 0.46
_NECK = 0.075
_HEAD = 0.215
_LIMB_SPACING = 0.09

#: A part of a layer: two ends, their radii, gray level, and the side of the body (1 near, -1 far, 0 middle).
_Part = tuple[Points, Signal | float, Points, Signal | float, float, float]


def pixels_per_body(subject: Subject, width: int) -> float:
    """Return the length of the subject in pixels of a picture `width` wide."""
    return BODY * subject.size * width


def mouth(pose: Pose) -> Points:
    """Return where the mouth is, in body lengths from the hips (forward) and the ground (up)."""
    _, _, snout = _spine(pose)
    return snout + 1j * np.asarray(pose.height)


def build_figure(pose: Pose, subject: Subject, width: int) -> Figure:
    """Return the body in its poses, in pixels.

    Parameters
    ----------
    pose
        Arrays (frames,).
    subject
        Whose coat and size.
    width
        Width of the picture in pixels.
    """
    tones = _TONES[subject.coat]
    spine, skull, snout = _spine(pose)
    head = _direction(snout - skull)
    raised = 1j * np.asarray(pose.height)
    paws = []
    for target, stroke in ((pose.fore_near, pose.stroke_near), (pose.fore_far, pose.stroke_far)):
        at_mouth = skull + head * (0.17 - 0.055j + np.asarray(stroke))
        paws.append(target - raised + pose.to_mouth * (at_mouth - (target - raised)))
    trunk = _trunk(spine, skull, snout, pose, tones)
    parts = [
        (_ear(skull + head * (0.015 + 0.085j), head, tones.far_fur, tones.inner_ear, -1.0), 0.0, False),
        (_hind_leg(spine, pose.hind_far - raised, tones.far_fur, tones.far_skin, -1.0), 0.05, True),
        (_foreleg(spine, paws[1], tones.far_fur, tones.far_skin, -1.0), 0.03, True),
        (_tail(spine, pose, tones.skin, raised), 0.0, False),
        (trunk, 0.10, True),
        (_ear(skull + head * (-0.015 + 0.075j), head, tones.ear, tones.inner_ear, 1.0), 0.0, False),
        (_eye(skull + head * (0.095 + 0.032j), head, pose, tones), 0.0, False),
        (_pellet(skull + head * (0.20 - 0.065j), head, pose), 0.0, False),
        (_hind_leg(spine, pose.hind_near - raised, tones.fur, tones.skin, 1.0), 0.06, True),
        (_foreleg(spine, paws[0], tones.fur, tones.skin, 1.0), 0.03, True),
    ]
    scale = pixels_per_body(subject, width)
    layers = [_shadow(spine, pose, scale, width)]
    for layer, merge, fur in parts:
        cones, shades = _to_pixels(layer, pose, scale, width), tuple(part[4] for part in layer)
        layers.append(Layer(cones, shades, merge * scale, fur, edge=1.6 if fur else 1.0))
    hips = _to_pixels(trunk[:1], pose, scale, width)[:, 0, :2]
    return Figure(tuple(layers), hips)


def _shadow(spine: list[Points], pose: Pose, scale: float, width: int) -> Layer:
    """Return the shadow on the ground; it vanishes with height."""
    low = 0.12 * np.clip(1.3 - np.asarray(pose.height) * 1.5, 0.0, 1.0) - 0.06
    back, front = np.minimum(spine[0].real, spine[-1].real), np.maximum(spine[0].real, spine[-1].real)
    ground = -1j * np.asarray(pose.height) - 0.01j
    part: _Part = (back - 0.05 + ground, low, front + 0.05 + ground, low, 26.0, 0.0)
    cones = _to_pixels([part], pose, scale, width)
    return Layer(cones, (26.0,), edge=0.10 * scale, opacity=0.5, relief=0.0)


def _spine(pose: Pose) -> tuple[list[Points], Points, Points]:
    """Return the points of the back from hips to shoulders, the skull and the tip of the snout."""
    step = _TRUNK / (_SPINE - 1) * np.asarray(pose.stretch)
    points: list[Points] = [np.zeros(np.shape(pose.pitch), complex)]
    for place in (np.arange(_SPINE - 1) + 0.5) / (_SPINE - 1):
        points.append(points[-1] + step * np.exp(1j * (pose.pitch + pose.arch * (0.5 - place))))
    front = np.asarray(pose.pitch) - 0.5 * np.asarray(pose.arch)
    skull = points[-1] + _NECK * np.exp(1j * (front + 0.6 * pose.neck))
    return points, skull, skull + _HEAD * np.exp(1j * (front + pose.neck - 0.30))


def _trunk(spine: list[Points], skull: Points, snout: Points, pose: Pose, tones: _Tones) -> list[_Part]:
    radii = [radius * np.asarray(pose.girth) for radius in _TRUNK_RADII]
    parts: list[_Part] = [
        (spine[k], radii[k], spine[k + 1], radii[k + 1], tones.fur, 0.0) for k in range(_SPINE - 1)
    ]
    parts.append((spine[-1], radii[-1], skull, 0.102, tones.fur, 0.0))
    bridge = skull + 0.6 * (snout - skull)
    parts.append((skull, 0.102, bridge, 0.060, tones.fur, 0.0))
    parts.append((bridge, 0.060, snout, 0.026, tones.fur, 0.0))
    nose = snout + 0.012 * _direction(snout - skull)
    parts.append((nose, 0.020, nose, 0.020, 0.6 * tones.skin, 0.0))
    return parts


def _ear(root: Points, head: Points, outer: float, inner: float, side: float) -> list[_Part]:
    tip = root + head * (-0.018 + 0.026j)
    middle = root + head * (-0.010 + 0.018j)
    return [(root, 0.048, tip, 0.054, outer, side), (middle, 0.026, tip, 0.034, inner, side)]


def _eye(place: Points, head: Points, pose: Pose, tones: _Tones) -> list[_Part]:
    radius = 0.006 + 0.014 * np.asarray(pose.eye)
    glint = place + head * (0.004 + 0.006j)
    return [
        (place, radius, place, radius, tones.eye, 0.3),
        (glint, 0.3 * radius, glint, 0.3 * radius, 235.0, 0.3),
    ]


def _pellet(place: Points, head: Points, pose: Pose) -> list[_Part]:
    half = head * 0.045j * np.asarray(pose.pellet)
    radius = 0.042 * np.asarray(pose.pellet)
    return [(place - half, radius, place + half, radius, 124.0, 0.0)]


def _hind_leg(spine: list[Points], heel: Points, fur: float, skin: float, side: float) -> list[_Part]:
    along = _direction(spine[1] - spine[0])
    hip = spine[0] + along * (0.03 - 0.02j)
    knee, heel = _two_bones(hip, heel + 0.02j, 0.16, 0.15, 1.0)
    toe = heel + 0.13 * _level(along) - 0.004j
    return [
        (hip, 0.125, knee, 0.072, fur, side),
        (knee, 0.070, heel, 0.026, fur, side),
        (heel, 0.024, toe, 0.018, skin, side),
    ]


def _foreleg(spine: list[Points], paw: Points, fur: float, skin: float, side: float) -> list[_Part]:
    along = _direction(spine[-1] - spine[-2])
    shoulder = spine[-1] + along * (-0.02 - 0.06j)
    elbow, wrist = _two_bones(shoulder, paw + 0.02j, 0.13, 0.13, -1.0)
    tip = wrist + 0.035 * _direction(wrist - elbow + 0.05)
    return [
        (shoulder, 0.070, elbow, 0.046, fur, side),
        (elbow, 0.044, wrist, 0.024, fur, side),
        (wrist, 0.024, tip, 0.020, skin, side),
    ]


def _tail(spine: list[Points], pose: Pose, skin: float, raised: Points) -> list[_Part]:
    back = -_direction(spine[1] - spine[0])
    root = spine[0] + 0.11 * back * np.exp(0.25j)
    bend = root + 0.22 * back
    bend = bend.real + 1j * np.maximum(bend.imag, 0.04 - np.asarray(pose.height))
    time = np.linspace(0.0, 1.0, 9)
    points = [
        (1 - t) ** 3 * root
        + 3 * (1 - t) ** 2 * t * bend
        + 3 * (1 - t) * t**2 * (pose.tail_mid - raised + 0.03j)
        + t**3 * (pose.tail_tip - raised + 0.02j)
        for t in time
    ]
    radii = 0.034 * (1 - time) ** 0.8 + 0.009
    return [
        (points[k], float(radii[k]), points[k + 1], float(radii[k + 1]), skin, 0.0)
        for k in range(len(time) - 1)
    ]


def _two_bones(
    root: Points, target: Points, upper: float, lower: float, side: float
) -> tuple[Points, Points]:
    """Return joint and end of a limb that reaches for `target`, as far as its bones allow."""
    way = target - root
    distance = np.clip(np.abs(way), abs(upper - lower) + 0.02, upper + lower - 0.002)
    direction = _direction(way)
    bend = np.arccos(np.clip((upper**2 + distance**2 - lower**2) / (2 * upper * distance), -1.0, 1.0))
    return root + upper * direction * np.exp(1j * side * bend), root + distance * direction


def _direction(way: Points) -> Points:
    return way / np.maximum(np.abs(way), 1e-6)


def _level(along: Points) -> Points:
    """Return the direction of a foot that stands: forward, or backward for a mouse under the lid."""
    return np.tanh(3.0 * (along.real + 0.6)) + 0j


def _to_pixels(parts: list[_Part], pose: Pose, scale: float, width: int) -> NDArray[np.float32]:
    """Return the parts in pixels: hips at their place in the cage, turned to where the body faces."""
    facing = np.clip(np.asarray(pose.facing), -1.0, 1.0)
    aside = np.sqrt(1.0 - facing**2) * _LIMB_SPACING
    left, ground = np.asarray(pose.x) * width, GROUND * width - np.asarray(pose.height) * scale
    cones = np.empty((facing.size, len(parts), 6), np.float32)
    for number, (start, r0, stop, r1, _, side) in enumerate(parts):
        for place, point, radius in ((0, start, r0), (3, stop, r1)):
            across = left + scale * (facing * point.real + aside * side)
            cones[:, number, place] = np.clip(across, WALL_LEFT * width + 4, WALL_RIGHT * width - 4)
            cones[:, number, place + 1] = ground - scale * point.imag
            cones[:, number, place + 2] = scale * np.asarray(radius)
    return cones
