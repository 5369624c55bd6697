"""Where the frames of a `Video` come from: a video file or an image stack."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from ..errors import VideoError
from .containers import is_stack
from .index import FrameIndex
from .pixels import Converter, Crop, Pixels
from .reader import Reader
from .stacks import ImageStack


class Source(Protocol):
    """Frames by number, ready for the screen."""

    def read(self, number: int) -> Pixels:
        """Return frame `number` as an array of its own."""

    def prefetch(self, numbers: list[int]) -> None:
        """Get these frames ready in the background."""

    def follow(self, index: FrameIndex) -> None:
        """Take over a grown index."""

    def close(self) -> None:
        """Close the file."""


class _Decoded:
    """Frames of a video file."""

    def __init__(self, path: Path, index: FrameIndex, cache_mb: float, crop: Crop | None):
        facts = index.facts
        self._reader = Reader(path, index, int(cache_mb * 1_000_000))
        self._convert = Converter(facts.gray, facts.width, facts.height, crop)
        self.prefetch = self._reader.prefetch
        self.follow = self._reader.follow
        self.close = self._reader.close

    def read(self, number: int) -> Pixels:
        return self._convert(self._reader.read(number))


class _Stacked:
    """Frames of an image stack: reading one is quick and needs no neighbors."""

    def __init__(self, path: Path, index: FrameIndex, crop: Crop | None):
        self._path = path
        self._stack = ImageStack(path)
        if self._stack.frames != index.frames:
            raise VideoError(f"{path} was changed after it was indexed: open it again.")
        x, y, width, height = crop or (0, 0, self._stack.width, self._stack.height)
        self._part = (slice(y, y + height), slice(x, x + width))
        self._closed = threading.Event()

    def read(self, number: int) -> Pixels:
        if self._closed.is_set():
            raise VideoError(f"{self._path} was closed: open it again.")
        return self._stack.read(number)[self._part]

    def prefetch(self, numbers: list[int]) -> None:
        pass

    def follow(self, index: FrameIndex) -> None:
        pass

    def close(self) -> None:
        self._closed.set()
        self._stack.close()


def open_source(path: Path, index: FrameIndex, cache_mb: float, crop: Crop | None) -> Source:
    """Open what holds the frames of `path`."""
    if crop is not None:
        _check_crop(crop, index)
    if is_stack(path):
        return _Stacked(path, index, crop)
    return _Decoded(path, index, cache_mb, crop)


def _check_crop(crop: Crop, index: FrameIndex) -> None:
    x, y, width, height = crop
    facts = index.facts
    if x < 0 or y < 0 or width < 1 or height < 1 or x + width > facts.width or y + height > facts.height:
        raise VideoError(
            f"The crop {crop} (x, y, width, height) does not lie in the {facts.width}x{facts.height} picture."
        )


def frame_shape(index: FrameIndex, crop: Crop | None) -> tuple[int, ...]:
    """Shape of one frame."""
    width, height = crop[2:] if crop else (index.facts.width, index.facts.height)
    return (height, width) if index.facts.gray else (height, width, 3)
