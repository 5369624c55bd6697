"""The pictures of a generated recording: a moving mouse in its cage through an infrared camera."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..tracks import LabelTrack
from .body import Layer, build_layers, pixels_per_body, shadow
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
        ``easy``, ``medium``, ``hard`` or own settings.
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
    fur = _fur(scene, np.random.default_rng([seed, 6]))
    for start in range(0, script.frames, _BATCH):
        part = pose.cut(start, min(start + _BATCH, script.frames))
        layers = build_layers(part, subject, size[0])
        ground = Layer(shadow(part, subject, size[0]), (26.0,), 0.0, False)
        body = pixels_per_body(subject, size[0])
        for number in range(np.size(part.x)):
            picture = camera.empty_cage()
            _draw_mouse(picture, scene, [ground, *layers], number, fur, body)
            moment = recorded_at + timedelta(seconds=(start + number) / fps)
            yield camera.shoot(picture, f"SYNTHETIC {subject.number:02d} {moment:%Y-%m-%d %H:%M:%S}")


def _draw_mouse(
    picture: NDArray[np.uint8], scene: Scene, layers: list[Layer], number: int, fur: Image, body: float
) -> None:
    """Draw the mouse of one frame, behind what hides it, in the light of the scene."""
    cones = [layer.cones[number] + _moved(scene.margin) for layer in layers]
    window = window_of(np.concatenate(cones), scene.surface.shape, 6.0)
    if window is None:
        return
    surface = scene.surface[window]
    view = surface.copy()
    shift = _moved(window[1].start, window[0].start)
    rows, columns = view.shape
    grain = fur[:rows, :columns]
    for layer, cone in zip(layers, cones, strict=True):
        is_shadow = layer is layers[0]
        draw(
            view,
            cone - shift,
            layer.tones,
            merge=layer.merge,
            edge=0.10 * body if is_shadow else (1.6 if layer.fur else 1.0),
            opacity=0.5 if is_shadow else 1.0,
            relief=0.0 if is_shadow else 1.0,
            texture=grain if layer.fur else None,
        )
    view += scene.front[window] * (surface - view)
    view *= scene.light[window]
    picture[window] = np.clip(view, 0.0, 255.0)


def _moved(x: float, y: float | None = None) -> NDArray[np.float32]:
    down = x if y is None else y
    return np.array((x, down, 0, x, down, 0), np.float32)


def _fur(scene: Scene, rng: np.random.Generator) -> Image:
    """Return surface detail as large as the picture: short strands that lie along the body."""
    noise = rng.standard_normal(scene.surface.shape).astype(np.float32)
    smooth = (
        noise + np.roll(noise, 1, axis=1) + np.roll(noise, 2, axis=1) + np.roll(noise, (1, 1), axis=(0, 1))
    )
    return 0.045 * smooth


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
