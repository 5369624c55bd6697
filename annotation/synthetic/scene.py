"""The cage as the camera sees it without a mouse: walls, bedding, lid, hopper, bottle, infrared light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import cage
from .drawing import Image, draw
from .settings import Difficulty


@dataclass(frozen=True)
class Scene:
    """A painted cage, larger than the picture by a margin for camera shake.

    Attributes
    ----------
    surface
        Gray levels before the light falls on them, (height, width) with margin.
    light
        Illumination of the same shape: bright in the middle, darker toward the corners.
    front
        0 to 1: how much of a mouse is hidden by what lies in front of it.
    margin
        Pixels around the picture.
    """

    surface: Image
    light: Image
    front: Image
    margin: int


class _Painter:
    """Paints round cones given in fractions of the picture's width."""

    def __init__(self, width: int, height: int, margin: int) -> None:
        self.width, self.margin = width, margin
        self.image: Image = np.zeros((height + 2 * margin, width + 2 * margin), np.float32)
        places = (np.indices(self.image.shape) - margin + 0.5) / width
        self.x: Image = places[1].astype(np.float32)
        self.y: Image = places[0].astype(np.float32)

    def stroke(
        self,
        start: tuple[float, float],
        stop: tuple[float, float],
        radius: float,
        tone: float,
        *,
        end_radius: float | None = None,
        opacity: float = 1.0,
        relief: float = 1.0,
        soft: float = 0.0,
    ) -> None:
        """Draw one cone from `start` to `stop`; `soft` is the width of its edge."""
        last = radius if end_radius is None else end_radius
        cone = np.array([[start[0], start[1], radius, stop[0], stop[1], last]]) * self.width
        cone[:, [0, 1, 3, 4]] += self.margin - 0.5
        edge = max(1.0, soft * self.width)
        draw(self.image, cone, [tone], edge=edge, opacity=opacity, relief=relief)


def paint_scene(size: tuple[int, int], difficulty: Difficulty, seed: int) -> Scene:
    """Paint the cage.

    Parameters
    ----------
    size
        Width and height of the picture.
    difficulty
        Bedding, nest and camera shake.
    seed
        The same seed gives the same cage.
    """
    width, height = size
    margin = int(np.ceil(3.0 * difficulty.jitter * width / 704))
    painter = _Painter(width, height, margin)
    rng = np.random.default_rng([seed, 4])
    _paint_walls(painter, rng)
    heap = _Heap(rng)
    _paint_bedding(painter, heap, rng)
    front = _front_of_bedding(painter, difficulty, heap)
    if difficulty.nest:
        _paint_nest(painter, front, rng)
    _paint_bottle(painter)
    _paint_lid(painter)
    _paint_hopper(painter, rng)
    _paint_front(painter, rng)
    away = np.hypot((painter.x - 0.5) / 0.62, (painter.y - 0.40) / 0.50)
    light = 1.12 - 0.42 * away**2
    return Scene(painter.image, np.clip(light, 0.30, None).astype(np.float32), front, margin)


def _paint_walls(painter: _Painter, rng: np.random.Generator) -> None:
    x, y = painter.x, painter.y
    painter.image[:] = 34 + 6 * np.sin(9 * x + 2 * y)
    inside = (x > cage.WALL_LEFT) & (x < cage.WALL_RIGHT) & (y > cage.LID - 0.01) & (y < cage.FLOOR)
    wall = 108 + 26 * np.cos(2.6 * (x - 0.5)) - 34 * (y - 0.4) ** 2 / 0.06 * 0.35
    painter.image[inside] = wall[inside]
    for _ in range(60):
        at = np.array((rng.uniform(0.15, 0.85), rng.uniform(0.24, 0.58)))
        to = at + rng.normal(0, (0.035, 0.02))
        painter.stroke(tuple(at), tuple(to), 0.0007, 165, opacity=rng.uniform(0.05, 0.3), relief=0)
    for x0, x1 in ((0.085, 0.040), (0.915, 0.960)):
        painter.stroke((x0, 0.235), (x0, 0.60), 0.004, 84, opacity=0.7, relief=0, soft=0.006)
        painter.stroke((x0, 0.60), (x1, 0.70), 0.004, 84, opacity=0.6, relief=0, soft=0.006)
    painter.stroke((0.085, 0.60), (0.915, 0.60), 0.010, 70, opacity=0.5, relief=0, soft=0.02)


def _paint_bedding(painter: _Painter, heap: _Heap, rng: np.random.Generator) -> None:
    """Wood chips on an uneven heap, from the back to the front."""
    x, y = painter.x, painter.y
    below = (y > cage.BEDDING_BACK + heap(x)) & (y < cage.FLOOR)
    below &= (x > cage.WALL_LEFT) & (x < cage.WALL_RIGHT)
    painter.image[below] = 98
    for depth in np.sort(rng.random(1600)):
        at_x = rng.uniform(cage.WALL_LEFT + 0.008, cage.WALL_RIGHT - 0.008)
        back = cage.BEDDING_BACK + float(heap(at_x))
        at_y = back + depth * (cage.FLOOR - 0.006 - back)
        _chip(painter, at_x, at_y, 0.6 + 0.6 * depth, rng)


def _chip(painter: _Painter, x: float, y: float, scale: float, rng: np.random.Generator) -> None:
    turn = rng.normal(0, 0.5)
    length = rng.uniform(0.004, 0.011) * scale
    across, down = length * np.cos(turn), 0.7 * length * np.sin(turn)
    thick = rng.uniform(0.0016, 0.0036) * scale
    painter.stroke((x - across, y - down), (x + across, y + down), thick, rng.uniform(96, 164), opacity=0.85)


def _front_of_bedding(painter: _Painter, difficulty: Difficulty, heap: _Heap) -> Image:
    """Return where bedding lies in front of the mouse: below a ragged line near its feet."""
    line = cage.GROUND + 0.006 - difficulty.bedding + 0.8 * heap(painter.x + 0.37)
    ragged = line + 0.0035 * np.sin(431 * painter.x) * np.sin(173 * painter.x + 2.0)
    return np.clip((painter.y - ragged) / 0.004, 0.0, 1.0).astype(np.float32)


def _paint_nest(painter: _Painter, front: Image, rng: np.random.Generator) -> None:
    """Paint a heap of paper strips, a part of which stands in front of the mouse."""
    middle = rng.uniform(0.36, 0.64)
    for depth in np.sort(rng.random(240)):
        angle = rng.uniform(0.05, np.pi - 0.05)
        out = np.sqrt(rng.random())
        at_x = middle + 0.105 * out * np.cos(angle)
        at_y = cage.GROUND + 0.012 + 0.02 * depth - 0.062 * out * np.sin(angle)
        turn = rng.normal(0, 0.7)
        across, down = 0.022 * np.cos(turn), 0.016 * np.sin(turn)
        painter.stroke(
            (at_x - across, at_y - down), (at_x + across, at_y + down), 0.0028, rng.uniform(150, 214)
        )
    inside = ((painter.x - middle) / 0.115) ** 2 + ((painter.y - cage.GROUND - 0.03) / 0.075) ** 2
    np.maximum(front, np.clip((1.0 - inside) / 0.12, 0.0, 1.0), out=front)


def _paint_lid(painter: _Painter) -> None:
    """Wire bars: two rails, and cross wires that lean outward with perspective."""
    left, right = cage.WALL_LEFT + 0.01, cage.WALL_RIGHT - 0.01
    painter.stroke((left + 0.03, cage.LID - 0.030), (right - 0.03, cage.LID - 0.030), 0.0028, 118)
    for x in np.linspace(left + 0.012, right - 0.012, 46):
        back = 0.5 + (x - 0.5) * 0.945
        painter.stroke((back, cage.LID - 0.030), (x, cage.LID), 0.0021, 172)
    painter.stroke((left, cage.LID), (right, cage.LID), 0.0040, 190)


def _paint_hopper(painter: _Painter, rng: np.random.Generator) -> None:
    """Paint a basket of wires that hangs from the lid, full of pellets."""
    (left, right), (tip_x, tip_y) = cage.FEEDER_TOP, cage.FEEDER
    top = cage.LID - 0.01
    for _ in range(90):
        y = rng.uniform(top - 0.01, tip_y - 0.02)
        share = (y - top) / (tip_y - top)
        x = rng.uniform(left + share * (tip_x - left - 0.03), right + share * (tip_x - right + 0.03))
        turn = rng.uniform(0, np.pi)
        across, down = 0.011 * np.cos(turn), 0.011 * np.sin(turn)
        painter.stroke((x - across, y - down), (x + across, y + down), 0.0095, rng.uniform(118, 168))
    for start in np.linspace(left, right, 13):
        stop = tip_x + (start - 0.5 * (left + right)) * 0.36
        painter.stroke((start, top), (stop, tip_y), 0.0020, 196)
    for share in (0.0, 0.5, 0.97):
        y = top + share * (tip_y - top)
        from_x = left + share * (tip_x - 0.043 - left)
        to_x = right + share * (tip_x + 0.043 - right)
        painter.stroke((from_x, y), (to_x, y), 0.0026, 204)


def _paint_bottle(painter: _Painter) -> None:
    """Paint a bottle that lies on the lid, its spout reaching down into the cage."""
    tip = cage.SPOUT
    neck = (tip[0] + 0.028, 0.335)
    painter.stroke((neck[0] + 0.020, 0.262), (neck[0] + 0.100, -0.02), 0.056, 138, opacity=0.80)
    painter.stroke(
        (neck[0] + 0.034, 0.15), (neck[0] + 0.073, 0.0), 0.006, 224, opacity=0.5, relief=0, soft=0.006
    )
    painter.stroke((neck[0] + 0.010, 0.300), (neck[0] + 0.002, 0.330), 0.034, 70, end_radius=0.026)
    painter.stroke(neck, tip, 0.0105, 186, end_radius=0.0075)
    painter.stroke(tip, tip, 0.0070, 232)


def _paint_front(painter: _Painter, rng: np.random.Generator) -> None:
    """Paint the near edges of the box, and light that its front pane throws back."""
    left, right = cage.WALL_LEFT, cage.WALL_RIGHT
    for x in (left, right):
        painter.stroke((x, cage.LID + 0.004), (x, cage.FLOOR - 0.012), 0.0045, 168, opacity=0.8, soft=0.004)
    painter.stroke((left, cage.FLOOR - 0.006), (right, cage.FLOOR - 0.006), 0.0075, 128, opacity=0.85)
    painter.stroke((left, cage.LID + 0.016), (right, cage.LID + 0.016), 0.0026, 176, opacity=0.75)
    for x in rng.uniform(0.12, 0.88, 3):
        painter.stroke((x, 0.25), (x + 0.03, 0.56), 0.016, 205, opacity=0.06, relief=0, soft=0.05)


class _Heap:
    """Height of the bedding along the cage, in fractions of the picture's width (down is positive)."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.waves = [(rate, rng.uniform(0, 2 * np.pi)) for rate in (7.0, 17.0, 41.0)]

    def __call__(self, x: Image | float) -> Image:
        return sum(0.02 / rate**0.5 * np.sin(rate * x + phase) for rate, phase in self.waves) * 0.6
