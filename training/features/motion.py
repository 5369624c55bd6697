"""Backbone ``motion``: where the animal is, its shape, how it moves; nothing is learned, so it always works.

Everything is computed on small gray frames. The animal is what differs from the background, the median of
frames from all over the recording; that works for dark and for light coats. Motion is the dense optical flow
of Kroeger et al. (DIS, ECCV 2016) over one frame and over one step, the change from frame to frame, and its
rhythm over a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.video.index import FrameIndex
from ...annotation.video.pixels import Crop
from ..cards import BackboneCard
from ..frames import prepared_for, sampled_frames
from ..preprocessing import Gray, Preprocessing
from .backbone import cropped

#: Height and width of the frames.
SIZE = (96, 128)

# Raised whenever a feature changes: cached ones are then made anew.
_VERSION = 1
_SAMPLES = 25
# Cells of the grid over the picture, and of the grid around the animal.
_GRID, _NEAR = (8, 6), (8, 8)
# Pixels around the animal's middle.
_WINDOW = 56
# Gray levels from the background that are the animal.
_DIFFERENCE = 22
_DIRECTIONS, _SLOPES = 8, 6
# Seconds on either side of a step whose rhythm is looked at, and the bands in hertz.
_RHYTHM = 0.5
_BANDS = ((1.5, 4.0), (4.0, 7.0), (7.0, 12.5))

_SHAPE = 12
_NEAR_CELLS = _NEAR[0] * _NEAR[1]
_GRID_CELLS = _GRID[0] * _GRID[1]
_FLOW = 16 * 3 + _DIRECTIONS
DIMENSION = (
    _SHAPE + 2 * _GRID_CELLS + 2 * _NEAR_CELLS + 16 * _SLOPES + 3 + 2 * _FLOW + 16 * len(_BANDS)
)  # fmt: skip

_Image = NDArray[np.float32]


class Motion:
    """Appearance and motion descriptors without learned weights.

    Parameters
    ----------
    crop
        The part of the picture that is looked at: left, top, width, height in pixels; all of it when None.
    """

    reach = 0.75

    def __init__(self, crop: Crop | None = None) -> None:
        options = {"version": _VERSION, "size": list(SIZE)} | cropped(crop)
        self.card = BackboneCard("motion", options, dimension=DIMENSION)
        self._crop = crop

    def settle(self, path: Path, index: FrameIndex, fps: float) -> MotionDescriber:
        """Measure contrast and background of a recording."""
        preprocessing = prepared_for(path, Preprocessing(size=SIZE, crop=self._crop), index)
        samples = sampled_frames(path, preprocessing, index, _SAMPLES)
        return MotionDescriber(preprocessing, np.median(samples, axis=0).astype(np.uint8), fps)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return nothing: there are none."""
        return {}


class MotionDescriber:
    """The descriptors of one recording.

    Parameters
    ----------
    preprocessing
        With the contrast of the recording.
    background
        The cage without the animal (height, width).
    fps
        Frames per second.
    """

    def __init__(self, preprocessing: Preprocessing, background: Gray, fps: float) -> None:
        import cv2

        self.preprocessing = preprocessing
        self._background = background
        self._fps = fps
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(1)

    def describe(self, frames: Gray, first: int, edges: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the descriptors of steps (steps, `DIMENSION`)."""
        changes = _changes(frames)
        rows = np.empty((len(edges) - 1, DIMENSION), np.float32)
        for step, (start, stop) in enumerate(zip(edges[:-1] - first, edges[1:] - first, strict=True)):
            rows[step] = self._row(frames, changes, int(start), int(stop))
        return rows

    def _row(self, frames: Gray, changes: Gray, start: int, stop: int) -> _Image:
        import cv2

        middle = (start + stop - 1) // 2
        image = frames[middle]
        animal = cv2.blur(cv2.absdiff(image, self._background), (3, 3))
        shape, center = _shape(animal)
        window = _window(center)
        last = len(frames) - 1
        step = max(1, round(self._fps / 5))
        energy: _Image = changes[start:stop].mean(axis=0, dtype=np.float32)
        near_energy = _cut(energy, window)
        totals = changes[start:stop].mean(axis=(1, 2))
        following = self._flow.calc(image, frames[min(middle + 1, last)], None)
        slow = self._flow.calc(frames[max(middle - step, 0)], frames[min(middle + step, last)], None)
        parts = (
            shape,
            _mean_grid(animal, _GRID),
            _mean_grid(energy, _GRID),
            _mean_grid(_cut(animal, window), _NEAR),
            _mean_grid(near_energy, _NEAR),
            _slopes(_cut(image, window)),
            np.array([totals.mean(), totals.max(), near_energy.mean()], np.float32),
            _flow_row(following, window),
            _flow_row(slow, window),
            self._rhythm(frames, middle, window),
        )
        return np.concatenate(parts)

    def _rhythm(self, frames: Gray, middle: int, window: tuple[slice, slice]) -> _Image:
        """Return how strongly the picture around the animal swings in each band (16 x bands,)."""
        import cv2

        reach = round(_RHYTHM * self._fps)
        places = np.clip(np.arange(middle - reach, middle + reach + 1), 0, len(frames) - 1)
        series = np.stack(
            [cv2.resize(frames[p][window], (4, 4), interpolation=cv2.INTER_AREA) for p in places]
        )
        swing = series.reshape(len(places), 16).astype(np.float32)
        swing = swing - swing.mean(axis=0)
        spectrum = np.abs(np.fft.rfft(swing * np.hanning(len(places))[:, None], axis=0))
        hertz = np.fft.rfftfreq(len(places), 1 / self._fps)
        bands = [spectrum[(hertz >= low) & (hertz < high)] for low, high in _BANDS]
        found = [band.mean(axis=0) if len(band) else np.zeros(16) for band in bands]
        return np.log1p(np.concatenate(found)).astype(np.float32)


def motion_energy(features: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mean change from frame to frame of every step (steps,), out of the descriptors."""
    place = _SHAPE + 2 * _GRID_CELLS + 2 * _NEAR_CELLS + 16 * _SLOPES
    energy: NDArray[np.floating] = features[:, place]
    return energy


def _changes(frames: Gray) -> Gray:
    """Return the change from the frame before (frames, height, width); no change at the first one."""
    import cv2

    changes = np.zeros_like(frames)
    for number in range(1, len(frames)):
        cv2.absdiff(frames[number], frames[number - 1], dst=changes[number])
    return changes


def _shape(animal: Gray) -> tuple[_Image, tuple[float, float]]:
    """Return size, place and form of the animal (12,), and its middle (x, y) in pixels."""
    import cv2

    height, width = animal.shape
    mask = cv2.threshold(animal, _DIFFERENCE, 255, cv2.THRESH_BINARY)[1]
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, middles = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.zeros(_SHAPE, np.float32), (width / 2, height / 2)
    biggest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    left, top, wide, high, area = (int(value) for value in stats[biggest])
    x, y = (float(value) for value in middles[biggest])
    moments = cv2.moments((labels[top : top + high, left : left + wide] == biggest).astype(np.uint8), True)
    xx, yy, xy = (moments[name] / max(1.0, moments["m00"]) for name in ("mu20", "mu02", "mu11"))
    root = float(np.hypot(2 * xy, xx - yy))
    long, short = np.sqrt(max(0.0, (xx + yy + root) / 2)), np.sqrt(max(0.0, (xx + yy - root) / 2))
    angle = np.arctan2(2 * xy, xx - yy)
    row = (
        area / mask.size, x / width, y / height, long / width, short / width,
        np.cos(angle), np.sin(angle), left / width, (left + wide) / width, top / height,
        (top + high) / height, area / (wide * high),
    )  # fmt: skip
    return np.array(row, np.float32), (x, y)


def _window(center: tuple[float, float]) -> tuple[slice, slice]:
    """Return the window around the animal, moved so that it lies in the picture."""
    (height, width), half = SIZE, _WINDOW // 2
    x = int(np.clip(round(center[0]), half, width - half))
    y = int(np.clip(round(center[1]), half, height - half))
    return slice(y - half, y + half), slice(x - half, x + half)


def _cut(image: NDArray[Any], window: tuple[slice, slice]) -> NDArray[Any]:
    return np.ascontiguousarray(image[window])


def _mean_grid(image: NDArray[Any], cells: tuple[int, int]) -> _Image:
    """Return the means of cells (columns, rows) of an image, row by row."""
    import cv2

    found: _Image = cv2.resize(image, cells, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return found


def _slopes(image: Gray) -> _Image:
    """Return how strongly edges of each direction stand in 4x4 cells (16 x directions,)."""
    import cv2

    right = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3)
    return _directed(right, down, _SLOPES, np.pi)


def _directed(right: _Image, down: _Image, bins: int, turn: float) -> _Image:
    """Return the log of the mean length of vectors of each direction in 4x4 cells."""
    import cv2

    length, angle = cv2.cartToPolar(right, down)
    place = (angle % turn * (bins / turn)).astype(np.int32) % bins
    planes = np.stack([np.where(place == number, length, 0) for number in range(bins)], axis=2)
    return np.log1p(cv2.resize(planes, (4, 4), interpolation=cv2.INTER_AREA)).ravel()


def _flow_row(flow: _Image, window: tuple[slice, slice]) -> _Image:
    """Return how the animal moves against its surroundings: 4x4 cells, and a histogram of directions."""
    import cv2

    still = np.median(flow[::4, ::4].reshape(-1, 2), axis=0)
    near = _cut(flow, window) - still
    length, angle = cv2.cartToPolar(near[..., 0], near[..., 1])
    cells = cv2.resize(np.dstack([near, length]), (4, 4), interpolation=cv2.INTER_AREA).ravel()
    places = (angle * (_DIRECTIONS / (2 * np.pi))).astype(np.int32) % _DIRECTIONS
    directions = np.bincount(places.ravel(), length.ravel(), _DIRECTIONS) / length.size
    return np.concatenate([cells, directions]).astype(np.float32)
