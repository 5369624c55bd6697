"""The pictures of a generated recording: a moving mouse in its cage through an infrared camera."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..tracks import LabelTrack
from .body import Figure, build_figure, pixels_per_body
from .cage import check_size
from .drawing import Image, draw, lettering, window_of
from .motion import move
from .scene import Scene, paint_scene
from .settings import EASY, Difficulty, Subject, as_difficulty

#: What the date in the picture shows unless told otherwise.
RECORDED_AT = datetime(2026, 1, 5, 12, 0)
#: Frames whose body is worked out at once.
_BATCH = 250
#: Gray level that a loss of contrast draws everything toward.
_HAZE = 104.0
_LETTERS = 214


def render(
    script: LabelTrack,
    subject: Subject | None = None,
    difficulty: Difficulty | str = EASY,
    seed: int = 0,
    size: tuple[int, int] = (704, 576),
    fps: float = 25.0,
    recorded_at: datetime = RECORDED_AT,
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of a script.

    Parameters
    ----------
    script
        One group; a behavior of the home-cage preset on every frame.
    subject
        Who is filmed; an average black mouse by default.
    difficulty
        ``easy``, ``medium``, ``hard``, ``hardest`` or own settings.
    seed
        The same seed gives the same frames.
    size
        Width and height: even, 11 to 9.
    fps
        Frames per second.
    recorded_at
        Date and time burnt into the first frame.

    Yields
    ------
    numpy.ndarray
        Array (height, width), uint8, gray. Every frame carries the word SYNTHETIC.
    """
    check_size(size)
    subject = subject or Subject()
    level = as_difficulty(difficulty)
    pose = move(script, subject, level, seed, fps)
    scene = paint_scene(size, level, seed)
    camera = _Camera(scene, size, level, np.random.default_rng([seed, 5]))
    fur = _fur(pixels_per_body(subject, size[0]), np.random.default_rng([seed, 6]))
    for start in range(0, script.frames, _BATCH):
        figure = build_figure(pose.cut(start, min(start + _BATCH, script.frames)), subject, size[0])
        for number in range(len(figure.hips)):
            picture = camera.empty_cage()
            _draw_mouse(picture, scene, figure, number, fur)
            moment = recorded_at + timedelta(seconds=(start + number) / fps)
            yield camera.shoot(picture, f"SYNTHETIC {subject.number:02d} {moment:%Y-%m-%d %H:%M:%S}")


def _draw_mouse(picture: NDArray[np.uint8], scene: Scene, figure: Figure, number: int, fur: Image) -> None:
    """Draw the mouse of one frame, behind what hides it, in the light of the scene."""
    cones = np.concatenate([layer.cones[number] for layer in figure.layers]) + _moved(scene.margin)
    window = window_of(cones, scene.surface.shape, 6.0)
    if window is None:
        return
    top, left = window[0].start, window[1].start
    surface = scene.surface[window]
    view = surface.copy()
    x, y = (figure.hips[number] + scene.margin).astype(int)
    middle = len(fur) // 2  # of the coat: it moves with the hips, wherever the window begins
    coat = fur[middle + top - y :, middle + left - x :][: view.shape[0], : view.shape[1]]
    for layer in figure.layers:
        draw(
            view,
            layer.cones[number] + _moved(scene.margin - left, scene.margin - top),
            layer.tones,
            merge=layer.merge,
            edge=layer.edge,
            opacity=layer.opacity,
            relief=layer.relief,
            texture=coat if layer.fur else None,
        )
    view += scene.front[window] * (surface - view)
    view *= scene.light[window]
    picture[window] = np.clip(view, 0.0, 255.0)


def _moved(right: float, down: float | None = None) -> NDArray[np.float32]:
    """Return what moves cones by this many pixels, down as far as right unless told."""
    down = right if down is None else down
    return np.array((right, down, 0, right, down, 0), np.float32)


def _fur(body: float, rng: np.random.Generator) -> Image:
    """Return surface detail that holds the whole body around its middle: short strands along the body."""
    side = int(5.0 * body)
    fine = rng.standard_normal((side, side)).astype(np.float32)
    strands = np.sum([np.roll(fine, (k // 3, k), axis=(0, 1)) for k in range(7)], axis=0) / 7**0.5
    tufts = np.sum([np.roll(strands, k, axis=0) for k in range(4)], axis=0) / 2.0
    return np.float32(0.022) * (strands + tufts)


class _Camera:
    """What lies between the scene and the file: haze, flicker, shake, lettering, sensor noise."""

    def __init__(
        self, scene: Scene, size: tuple[int, int], level: Difficulty, rng: np.random.Generator
    ) -> None:
        self.level, self.rng, self.margin = level, rng, scene.margin
        self.width, self.height = size
        self.shake_scale = level.jitter * size[0] / 704
        self.empty = np.clip(scene.surface * scene.light, 0, 255).astype(np.uint8)
        extra = 96
        noise = rng.normal(0.0, level.noise, (size[1] + extra, size[0] + extra))
        self.noise = np.clip(np.rint(noise), -4 * level.noise, 4 * level.noise).astype(np.int8).view(np.uint8)
        self.extra = extra
        self.reserve = int(4 * level.noise) + 1
        self.letter_scale = max(1, round(size[0] / 352))
        self.flicker = self.shake_x = self.shake_y = 0.0

    def empty_cage(self) -> NDArray[np.uint8]:
        """Return a fresh picture of the cage without a mouse, with margin."""
        return self.empty.copy()

    def shoot(self, picture: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
        """Return what the camera records of `picture`."""
        self.flicker = 0.8 * self.flicker + 0.6 * self.level.flicker * self.rng.standard_normal()
        frame = self._cut(picture)
        frame = np.take(self._response(1.0 + self.flicker), frame)
        mask = lettering(text, self.letter_scale)
        corner = 4 * self.letter_scale
        space = frame[-corner - mask.shape[0] : -corner, corner : corner + mask.shape[1]]
        space[mask[:, : space.shape[1]]] = _LETTERS
        down, right = self.rng.integers(0, self.extra, 2)
        frame += self.noise[down : down + self.height, right : right + self.width]
        return frame

    def _cut(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the part of the picture that a shaking camera sees."""
        across, down = self.rng.standard_normal(2) * self.shake_scale
        self.shake_x, self.shake_y = 0.7 * self.shake_x + 0.7 * across, 0.7 * self.shake_y + 0.7 * down
        left = self.margin + int(np.clip(round(self.shake_x), -self.margin, self.margin))
        top = self.margin + int(np.clip(round(self.shake_y), -self.margin, self.margin))
        return picture[top : top + self.height, left : left + self.width]

    def _response(self, gain: float) -> NDArray[np.uint8]:
        """Return the table of gray levels; both ends leave room so that added noise cannot overflow."""
        levels = (_HAZE + self.level.contrast * (np.arange(256) - _HAZE)) * gain
        return np.clip(levels, self.reserve, 255 - self.reserve).astype(np.uint8)
