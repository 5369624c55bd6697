"""`Video`: a recording as a lazy array that is exact to the frame."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import VideoError
from .index import FrameIndex
from .pixels import Crop, Pixels
from .sources import frame_shape, open_source

if TYPE_CHECKING:
    import dask.array

    from .fingerprint import Fingerprint

DEFAULT_CACHE_MB = 512


class GrowingIndex(Protocol):
    """Something whose `latest` is replaced by a longer index now and then (`IndexQueue.growing`)."""

    @property
    def latest(self) -> FrameIndex:
        """The index so far."""


class Video:
    """A recording as a read-only array: (frames, height, width) if it is gray, else (..., 3).

    Given to napari as it is. Frame k is the k-th frame that a drained decoder puts out from the beginning of
    the file, whatever the container claims. May be used from several threads.

    Parameters
    ----------
    path
        A video file, a multi-page TIFF or a folder of images.
    index
        Its index; a `GrowingIndex` gives a video whose confirmed beginning can be read while the rest is
        being indexed. Without one it is loaded from the cache, or built at once.
    cache_folder
        Where indexes are kept; see `index_video`.
    cache_mb
        Memory for decoded frames, MB.
    crop
        (x, y, width, height) in pixels: frames hold this part only.
    fps
        Frames per second, for image stacks, which do not say it.

    Attributes
    ----------
    shape, dtype, ndim, size
        As of a numpy array. The shape never changes: while the index grows it holds the number of frames that
        the container claims, and a window opens the video again when indexing has finished.

    Raises
    ------
    VideoError
        If the file cannot be read, or its frames cannot be reached exactly: then the sentence names the
        transcoding command that helps. A wrong frame is never returned.
    """

    dtype = np.dtype(np.uint8)

    def __init__(
        self,
        path: Path | str,
        index: FrameIndex | GrowingIndex | None = None,
        cache_folder: Path | str | None = None,
        cache_mb: float = DEFAULT_CACHE_MB,
        crop: Crop | None = None,
        fps: float | None = None,
    ):
        from .building import index_video

        self.path = Path(path).absolute()
        self._options = (cache_folder, cache_mb, crop, fps)
        self._growing: GrowingIndex | None = None
        if index is None:
            index = index_video(self.path, cache_folder)
        elif not isinstance(index, FrameIndex):
            self._growing, index = index, index.latest
        if not index.exact:
            raise VideoError(index.problem)
        self._index = index
        self._fps = fps
        self._source = open_source(self.path, index, cache_mb, crop)
        self._finalizer = weakref.finalize(self, self._source.close)
        frames = index.frames if index.complete else max(index.frames, index.estimate)
        self.shape: tuple[int, ...] = (frames, *frame_shape(index, crop))

    # -- array --------------------------------------------------------------------------------------------

    @property
    def ndim(self) -> int:
        """3 for gray recordings, 4 for color."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of array elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that the whole recording would take in memory."""
        return self.size

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Pixels]:
        return (self._frame(number) for number in range(len(self)))

    def __getitem__(self, key: Any) -> Pixels:
        """Index as numpy does: integers, slices, a list or array of frame numbers, and tuples of these."""
        if type(key) is int:
            return self._frame(self._number(key))
        first, rest = self._split(key)
        if isinstance(first, slice):
            frames = self._stack(range(*first.indices(len(self))))
        elif isinstance(first, (list, np.ndarray)):
            frames = self._stack(self._numbers(np.asarray(first)))
        else:
            frame = self._frame(self._number(first))
            return frame[rest] if rest else frame
        return frames[(slice(None), *rest)] if rest else frames

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Decode the whole recording."""
        if copy is False:
            raise ValueError("a recording is decoded, so it cannot become an array without a copy")
        frames = self[:]
        return frames if dtype is None else frames.astype(dtype)

    def as_dask(self, frames: int = 64) -> dask.array.Array:
        """Return a dask array for analysis, `frames` to a block; never for display, where it is slow."""
        import dask.array

        chunks = (frames, *self.shape[1:])
        return dask.array.from_array(self, chunks=chunks, name=False, asarray=False)

    # -- what is known ------------------------------------------------------------------------------------

    @property
    def index(self) -> FrameIndex:
        """The way to every frame."""
        return self._index

    @property
    def confirmed(self) -> int:
        """Number of frames, from the first on, that can be read; grows with a growing index."""
        self._grow()
        return self._index.frames

    @property
    def complete(self) -> bool:
        """Whether the recording is indexed to its end, so that `confirmed` is its true number of frames."""
        self._grow()
        return self._index.complete

    @property
    def fps(self) -> float | None:
        """Frames per second: as given, as the container says, or the mean; None for image stacks."""
        if self._fps:
            return self._fps
        nominal, times = self._index.facts.fps, self._index.times
        if nominal is None or len(times) < 2 or not times[-1]:
            return nominal
        # Stamps are rounded to their unit: the nominal rate stands as long as they agree with it.
        numerator, denominator = self._index.facts.time_base
        steps, length = len(times) - 1, float(times[-1])
        agrees = abs(steps / nominal - length) <= 2 * numerator / denominator
        return nominal if agrees else steps / length

    @property
    def times(self) -> NDArray[np.float64]:
        """Seconds of every frame since the first (frames,); in an image stack without fps, frame numbers."""
        if self._fps:
            return np.arange(len(self)) / self._fps
        times = self._index.times
        if len(times) == len(self):
            return times
        step = 1 / (self.fps or 1.0)
        last = times[-1] if len(times) else -step
        return np.concatenate([times, last + step * np.arange(1, len(self) - len(times) + 1)])

    @property
    def codec(self) -> str:
        """FFmpeg's short name of the codec."""
        return self._index.facts.codec

    @property
    def exact(self) -> bool:
        """Whether every frame is reached exactly; a file for which that fails cannot be opened."""
        return self._index.exact

    @property
    def gray(self) -> bool:
        """Whether frames are (height, width)."""
        return self._index.facts.gray

    @property
    def note(self) -> str:
        """What the user should know about the file, in one sentence; may be empty."""
        return self._index.note

    @property
    def fingerprint(self) -> Fingerprint:
        """What the file is recognized by."""
        return self._index.fingerprint

    # -- life ---------------------------------------------------------------------------------------------

    def prefetch(self, frames: Iterable[int]) -> None:
        """Decode these frames in the background, so that a jump to them does not wait."""
        self._source.prefetch([frame for frame in frames if 0 <= frame < self.confirmed])

    def close(self) -> None:
        """Close the file and free the memory."""
        self._finalizer()

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes as path and options: the index is read from the cache there."""
        return Video, (self.path, None, *self._options)

    def __repr__(self) -> str:
        return f"<Video {self.path.name} {self.shape} {self.codec}>"

    # -- inside -------------------------------------------------------------------------------------------

    def _split(self, key: Any) -> tuple[Any, tuple[Any, ...]]:
        """Split a key into the part for the frames and the part for rows, columns and colors."""
        parts = list(key) if isinstance(key, tuple) else [key]
        given = sum(part is not None and part is not Ellipsis for part in parts)
        if given > self.ndim:
            raise IndexError(
                f"too many indices: the recording has {self.ndim} dimensions, {given} were indexed"
            )
        for place, part in enumerate(parts):
            if part is Ellipsis:
                parts[place : place + 1] = [slice(None)] * (self.ndim - given)
                break
        first, *rest = parts or [slice(None)]
        if isinstance(first, (list, np.ndarray)) and any(
            isinstance(part, (list, np.ndarray)) for part in rest
        ):
            raise IndexError("only one axis of a recording can be indexed by a list")
        return first, tuple(rest)

    def _number(self, value: Any) -> int:
        try:
            number = value.__index__()
        except AttributeError:
            raise IndexError(f"a recording is indexed by integers and slices, not by {value!r}") from None
        if not -len(self) <= number < len(self):
            raise IndexError(f"frame {number} is out of range: {self.path.name} has {len(self)} frames")
        return number + len(self) if number < 0 else number

    def _numbers(self, values: NDArray[Any]) -> list[int]:
        if values.dtype == np.bool_:
            if values.shape != (len(self),):
                raise IndexError(f"a mask must have {len(self)} elements, this one has shape {values.shape}")
            values = np.flatnonzero(values)
        if values.ndim != 1 or (len(values) and values.dtype.kind not in "iu"):
            raise IndexError("frames are chosen by a flat list of integers or a mask")
        return [self._number(int(value)) for value in values]

    def _stack(self, numbers: range | list[int]) -> Pixels:
        if len(numbers) == 1:
            return self._frame(numbers[0])[np.newaxis]
        frames = np.empty((len(numbers), *self.shape[1:]), np.uint8)
        # Decoding runs forward only: a reversed slice is read forward and stored backward.
        for place in sorted(range(len(numbers)), key=numbers.__getitem__):
            frames[place] = self._frame(numbers[place])
        return frames

    def _frame(self, number: int) -> Pixels:
        if number >= self._index.frames:
            self._grow()
            if number >= self._index.frames:
                raise self._not_confirmed(number)
        return self._source.read(number)

    def _grow(self) -> None:
        if self._growing is None:
            return
        latest = self._growing.latest
        if latest is not self._index and latest.exact:
            self._source.follow(latest)
            self._index = latest
        if latest.complete:
            self._growing = None

    def _not_confirmed(self, number: int) -> VideoError:
        if self._index.complete:
            return VideoError(
                f"{self.path} has {self._index.frames} frames, fewer than its header claims: open it again."
            )
        return VideoError(
            f"Frame {number} of {self.path} is not confirmed yet: indexing has reached frame "
            f"{self._index.frames} of about {len(self)}; wait a moment, or score what is there."
        )
