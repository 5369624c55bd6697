"""Small gray frames of a recording, streamed: exactly one for each frame that a drained decoder puts out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..annotation.errors import VideoError
from ..annotation.video.containers import is_stack
from ..annotation.video.index import FrameIndex
from ..annotation.video.stacks import ImageStack
from ..annotation.video.walker import Walker, unreachable
from .ahead import beside
from .cache import CachedArray, CacheFolder
from .preprocessing import Gray, Preprocessing, with_contrast

if TYPE_CHECKING:
    from av import VideoFrame

#: Frames that are cached together: few enough that a stack in the middle of a clip is read quickly.
CACHE_BLOCK = 40

#: Frames of a recording from which its contrast is measured.
_SAMPLES = 12


class BrokenVideoError(VideoError):
    """A recording cannot be decoded any further; `frame` is the first one that is missing."""

    def __init__(self, message: str, frame: int) -> None:
        super().__init__(message)
        self.frame = frame


class FrameStream:
    """The small gray frames ``[start, stop)`` of a recording, in order; iterate once.

    Frame k is frame k of `annotation.video.Video`. FFmpeg decodes with several threads ahead of the caller,
    and frames are made small in threads of their own.

    Parameters
    ----------
    path
        A video file, a multi-page TIFF or a folder of images.
    preprocessing
        How frames are made small; its contrast must be measured, see `prepared_for`.
    index
        The complete index of the recording, as `annotation.video.index_video` returns it. Of a file with
        damage in the middle the frames before the damage are yielded.
    start, stop
        The stretch; the whole recording when not given.
    threads
        Of the decoder; all cores when not given.

    Raises
    ------
    VideoError
        If the frames of the file cannot be reached exactly.
    BrokenVideoError
        While iterating, where the file cannot be decoded any further.
    """

    def __init__(
        self,
        path: Path | str,
        preprocessing: Preprocessing,
        index: FrameIndex,
        start: int = 0,
        stop: int | None = None,
        threads: int | None = None,
    ) -> None:
        if not (index.exact or index.damaged_at):
            raise VideoError(index.problem)
        _check_crop(Path(path), preprocessing, index)
        self.path = Path(path)
        self.preprocessing = preprocessing
        self.index = index
        self.start = start
        self.stop = index.frames if stop is None else min(stop, index.frames)
        self._threads = threads or os.cpu_count() or 1

    def __len__(self) -> int:
        return max(0, self.stop - self.start)

    def __iter__(self) -> Iterator[Gray]:
        """Yield (height, width) uint8 arrays."""
        if not len(self):
            return iter(())
        frames: Iterator[VideoFrame | Gray] = self._images() if is_stack(self.path) else self._decoded()
        return beside(frames, self.preprocessing.shrinker)

    def batches(self, size: int) -> Iterator[tuple[int, Gray]]:
        """Yield (number of the first frame, frames (up to `size`, height, width) uint8).

        Where the file breaks, the frames before the break are yielded before the error is raised.
        """
        first, block = self.start, np.empty((size, *self.preprocessing.size), np.uint8)
        filled = 0
        try:
            for image in self:
                block[filled] = image
                filled += 1
                if filled == size:
                    yield first, block
                    first, filled = first + size, 0
                    block = np.empty_like(block)
        except VideoError:
            if filled:
                yield first, block[:filled]
            raise
        if filled:
            yield first, block[:filled]

    def _decoded(self) -> Iterator[VideoFrame]:
        """Yield the decoded frames."""
        walker = Walker(self.path, self.index, threads=self._threads)
        try:
            # Where jumps do not hold, decoding from the beginning does.
            if self.index.exact:
                walker.start_before(self.start)
            expected = self.start
            while expected < self.stop:
                if expected == self.index.damaged_at:
                    raise BrokenVideoError(self.index.problem, expected)
                step = walker.step()
                if step is not None and step[0] < expected:
                    continue
                if step is None or step[0] != expected:
                    raise BrokenVideoError(str(unreachable(self.path, expected)), expected)
                yield step[1]
                expected += 1
        finally:
            walker.close()

    def _images(self) -> Iterator[Gray]:
        """Yield the images of a stack."""
        with ImageStack(self.path) as stack:
            for number in range(self.start, self.stop):
                try:
                    image = stack.read(number)
                except VideoError as error:
                    raise BrokenVideoError(str(error), number) from error
                yield image


def _check_crop(path: Path, preprocessing: Preprocessing, index: FrameIndex) -> None:
    if preprocessing.crop is None:
        return
    left, top, width, height = preprocessing.crop
    if left + width > index.facts.width or top + height > index.facts.height:
        raise VideoError(
            f"The crop {left},{top},{width},{height} does not lie on the picture of {path}, which has "
            f"{index.facts.width} x {index.facts.height} pixels; train with another crop, or without one."
        )


def prepared_for(path: Path | str, preprocessing: Preprocessing, index: FrameIndex) -> Preprocessing:
    """Return the preset as it applies to a recording: with the contrast of frames from all over it.

    Always the same for the same file. A preset that has its contrast, or needs none, is returned as it is.
    """
    if not preprocessing.measures_contrast:
        return preprocessing
    return with_contrast(preprocessing, sampled_frames(path, preprocessing, index, _SAMPLES))


def sampled_frames(path: Path | str, preprocessing: Preprocessing, index: FrameIndex, count: int) -> Gray:
    """Return up to `count` small frames (count, height, width) from all over a recording, always the same."""

    def sample(number: int) -> list[Gray]:
        # A damaged sample says nothing about the recording; whoever reaches it in order is told.
        try:
            return list(FrameStream(path, preprocessing, index, number, number + 1, threads=1))
        except BrokenVideoError:
            return []

    # They lie far from each other: a decoder for each is quicker than one with many threads.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        samples = [image for found in pool.map(sample, _spread(index, count)) for image in found]
    if not samples:
        raise unreachable(Path(path), 0)
    return np.array(samples)


def _spread(index: FrameIndex, count: int) -> list[int]:
    """Return frames from all over a recording, those that decoding can start at where there are such."""
    # An image stack has no packets: each of its frames is a start.
    starts = index.seek_frames if len(index.packets) else np.arange(0)
    starts = starts if len(starts) else np.arange(index.frames)
    places = np.linspace(0, len(starts) - 1, min(count, len(starts)))
    return [int(starts[int(place)]) for place in places]


def cached_frames(
    cache: CacheFolder,
    path: Path | str,
    preprocessing: Preprocessing,
    index: FrameIndex,
    start: int,
    stop: int,
) -> Gray:
    """Return the small frames ``[start, stop)``, from the cache as far as they are there.

    For clips that are labeled or queued; whole recordings are streamed and never cached.

    Parameters
    ----------
    cache
        Missing frames are decoded into it, a block at a time, and stay for the next time.
    path, preprocessing, index
        As for `FrameStream`.

    Returns
    -------
    numpy.ndarray
        (stop - start, height, width) uint8.
    """
    stored = filled_cache(cache, path, preprocessing, index, start, stop)
    cache.trim(keep=[stored.path])
    return stored.read(start, stop)


def filled_cache(
    cache: CacheFolder,
    path: Path | str,
    preprocessing: Preprocessing,
    index: FrameIndex,
    start: int,
    stop: int,
) -> CachedArray:
    """Return the cached frames of a recording, of which those of ``[start, stop)`` are there.

    The caller trims the cache when it has all that it needs at once.
    """
    with cache.refusals_told():
        stored = cache.open(
            f"frames-{index.fingerprint.key}-{preprocessing.key}",
            (index.frames, *preprocessing.size),
            np.uint8,
            CACHE_BLOCK,
            {"recording": Path(path).name, "preprocessing": preprocessing.to_dict()},
        )
    for first, last in stored.missing(start, stop):
        for begin, frames in FrameStream(path, preprocessing, index, first, last).batches(CACHE_BLOCK):
            with cache.refusals_told():
                stored.write(begin, frames)
    return stored
