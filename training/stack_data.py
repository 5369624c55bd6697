"""The frames and labels that a stack network is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import NDArray

from .cache import CachedArray, arrays_in
from .fitting import Cancelled, Progress, TrainingCanceledError
from .frames import filled_cache, prepared_for
from .preprocessing import Preprocessing
from .recordings import Recordings
from .snapshots import LabeledStretch
from .stacks import FRAMES, offsets

#: Share of the free memory that frames may take; beyond it they are read from the disk for every stack.
_MEMORY_SHARE = 0.3

_MOVES = (20, 80)
_MOVED, _FLIPPED = 0.9, 0.2


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How stacks are varied while training; one stack always as a whole.

    Attributes
    ----------
    shift
        Move 9 of 10 stacks by up to 20 pixels sideways and 80 up or down, black filled in, as published.
    flip
        Exchange left and right in 1 of 5 of these; off where the sides of a cage mean something.
    """

    shift: bool = True
    flip: bool = False


class StackData:
    """Labeled stretches with their small frames, from which stacks are taken.

    Attributes
    ----------
    classes
        Class of every frame of each stretch.
    shapes
        Offsets of the frames of a stack in each stretch.
    """

    def __init__(
        self,
        stretches: Sequence[LabeledStretch],
        classes: Sequence[NDArray[np.int64]],
        frames: Sequence[CachedArray],
        stack_ms: float | None,
    ) -> None:
        self.classes = list(classes)
        self.shapes = [offsets(stretch.fps, stack_ms) for stretch in stretches]
        self._starts = [stretch.start for stretch in stretches]
        self._frames: list[CachedArray | NDArray[np.uint8]] = list(frames)
        size = sum(stretch.frames for stretch in stretches) * frames[0].row_bytes
        if size < _MEMORY_SHARE * psutil.virtual_memory().available:
            self._frames = [
                stored.read(stretch.start, stretch.stop)
                for stored, stretch in zip(frames, stretches, strict=True)
            ]

    def stack(self, stretch: int, middle: int) -> NDArray[np.uint8]:
        """Return the frames of a stack (11, height, width); `middle` counts from the start of the stretch."""
        rows, frames = middle + self.shapes[stretch], self._frames[stretch]
        if isinstance(frames, np.ndarray):
            return frames[rows]
        start = self._starts[stretch]
        first, last = int(rows[0]), int(rows[-1])
        return np.asarray(frames.read(start + first, start + last + 1)[rows - first], np.uint8)


def load_stacks(
    stretches: Sequence[LabeledStretch],
    classes: Sequence[NDArray[np.int64]],
    preprocessing: Preprocessing,
    recordings: Recordings,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> StackData:
    """Decode the frames of labeled stretches into the cache, as far as they are not there, and load them.

    Parameters
    ----------
    stretches, classes
        The labels, and the class of every frame of each.
    preprocessing
        How frames are made small; contrast is measured for each recording.
    recordings
        The recordings, and where derived data are kept.
    on_progress, cancelled
        Told stretches done and stretches in all, and asked at each.

    Raises
    ------
    VideoError
        When a recording is missing or broken.
    TrainingCanceledError
        If `cancelled` said so.
    """
    cache, stored = arrays_in(recordings.cache_folder), []
    for number, stretch in enumerate(stretches, start=1):
        index = recordings.index_of(stretch, cancelled)
        prepared = prepared_for(stretch.path, preprocessing, index)
        stored.append(filled_cache(cache, stretch.path, prepared, index, stretch.start, stretch.stop))
        if on_progress is not None:
            on_progress(number, len(stretches))
        if cancelled is not None and cancelled():
            raise TrainingCanceledError
    cache.trim(keep=[each.path for each in stored])  # all of them are read as long as the training goes on
    return StackData(stretches, classes, stored, preprocessing.stack_ms)


def collate(
    data: StackData,
    places: Sequence[tuple[int, int]],
    augmentation: Augmentation,
    chance: np.random.Generator,
    pool: ThreadPoolExecutor,
) -> NDArray[np.uint8]:
    """Return the stacks at (stretch, middle), varied: (stacks, 11, height, width) uint8."""
    plans = [_plan(augmentation, chance) for _ in places]
    stacks = list(pool.map(lambda place: data.stack(*place), places))
    found = np.empty((len(places), FRAMES, *stacks[0].shape[1:]), np.uint8)
    for target, stack, (down, right, flip) in zip(found, stacks, plans, strict=True):
        _place(stack[..., ::-1] if flip else stack, down, right, target)
    return found


def pass_over(count: int, augmentation: Augmentation, chance: np.random.Generator) -> None:
    """Draw the numbers that `collate` draws for so many stacks, without them."""
    for _ in range(count):
        _plan(augmentation, chance)


def _plan(augmentation: Augmentation, chance: np.random.Generator) -> tuple[int, int, bool]:
    """Draw (pixels down, pixels right, flipped); as many numbers are drawn whatever is switched on."""
    varied, flipped = chance.random() < _MOVED, chance.random() < _FLIPPED
    right, down = (int(chance.integers(0, most + 1)) for most in _MOVES)
    signs = chance.choice((-1, 1), 2)
    moved = varied and augmentation.shift
    return (
        int(signs[0]) * down if moved else 0,
        int(signs[1]) * right if moved else 0,
        bool(varied and flipped and augmentation.flip),
    )


def _place(stack: NDArray[np.uint8], down: int, right: int, target: NDArray[np.uint8]) -> None:
    """Write a stack, moved, onto black."""
    height, width = stack.shape[1:]
    target[...] = 0
    rows, columns = height - abs(down), width - abs(right)
    top, left = max(down, 0), max(right, 0)
    from_top, from_left = max(-down, 0), max(-right, 0)
    target[:, top : top + rows, left : left + columns] = stack[
        :, from_top : from_top + rows, from_left : from_left + columns
    ]
