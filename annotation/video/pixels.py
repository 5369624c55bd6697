"""From a decoded frame to the array on the screen: full-range gray, or RGB."""

from __future__ import annotations

import threading
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .containers import open_container, video_stream

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Pixels = NDArray[np.uint8]
Crop = tuple[int, int, int, int]

# Chroma this close to neutral is gray: converters round, and a colored pixel is much farther away.
NEUTRAL = 2
# A recording that switches between infrared at night and color by day is color: look all over the file.
SAMPLES = 9

_FULL_RANGE = 2
_LUMA_FIRST = {"yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "nv12", "nv21"}
_LUMA_FIRST_FULL = {"yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p"}
_THREE_PLANES = (_LUMA_FIRST | _LUMA_FIRST_FULL) - {"nv12", "nv21"}
# Luma 16 to 235 spread over 0 to 255, as one table look-up.
_EXPAND = bytes(np.clip(np.round((np.arange(256) - 16) * 255 / 219), 0, 255).astype(np.uint8))


class Converter:
    """Turns decoded frames of one recording into arrays; may be called from several threads.

    Parameters
    ----------
    gray
        Whether frames come out as (height, width) or as (height, width, 3).
    width, height
        Size of the recording; a frame of another size (rare: a change in mid-file) is scaled to it.
    crop
        (x, y, width, height) of the part that is wanted.
    """

    def __init__(self, gray: bool, width: int, height: int, crop: Crop | None = None):
        from av.video.reformatter import VideoReformatter

        self._gray = gray
        self._size = (width, height)
        x, y, crop_width, crop_height = crop or (0, 0, width, height)
        self._rows, self._columns = slice(y, y + crop_height), slice(x, x + crop_width)
        self._reformatter = VideoReformatter()
        self._lock = threading.Lock()

    def __call__(self, frame: VideoFrame) -> Pixels:
        """Convert one frame to a writable array of its own."""
        if self._gray and (frame.width, frame.height) == self._size:
            luma = luma_of(frame)
            if luma is not None:
                return self._expanded(luma[self._rows, self._columns], frame)
        # swscale keeps its tables in the reformatter, which is not made for two threads at once.
        with self._lock:
            changed = self._reformatter.reformat(frame, *self._size, "gray" if self._gray else "rgb24")
        return np.array(changed.to_ndarray()[self._rows, self._columns], np.uint8)

    @staticmethod
    def _expanded(luma: Pixels, frame: VideoFrame) -> Pixels:
        if not is_limited(frame):
            return luma.copy()
        # bytearray.translate is three times as fast as numpy's take.
        return np.frombuffer(bytearray(luma.tobytes()).translate(_EXPAND), np.uint8).reshape(luma.shape)


def luma_of(frame: VideoFrame) -> Pixels | None:
    """View the 8-bit brightness plane of a frame; None where the format has none."""
    name = frame.format.name
    if name not in _LUMA_FIRST and name not in _LUMA_FIRST_FULL and name != "gray":
        return None
    plane = frame.planes[0]
    if plane.line_size <= 0:
        return None
    return _lines(plane)[: frame.height, : frame.width]


def _lines(plane: Any) -> Pixels:
    """View the bytes of a plane line by line, padding included."""
    return np.frombuffer(plane, np.uint8).reshape(-1, abs(plane.line_size))


def is_limited(frame: VideoFrame) -> bool:
    """Whether brightness runs from 16 to 235: the rule for YUV unless the file says otherwise."""
    return frame.format.name in _LUMA_FIRST and frame.color_range != _FULL_RANGE


def is_gray(frame: VideoFrame) -> bool:
    """Whether every pixel of a frame is neutral."""
    name = frame.format.name
    if name.startswith(("gray", "mono")):
        return True
    if name not in _THREE_PLANES:
        frame = frame.reformat(format="yuv444p")
    for plane in frame.planes[1:3]:
        chroma = _lines(plane)[:, : plane.width]
        if int(chroma.max()) > 128 + NEUTRAL or int(chroma.min()) < 128 - NEUTRAL:
            return False
    return True


def recording_is_gray(path: Path) -> bool:
    """Whether frames sampled all over a recording are gray; the same answer every time."""
    with open_container(path) as container:
        stream = video_stream(container, path)
        return all(is_gray(frame) for frame in _samples(container, stream))


def _samples(container: InputContainer, stream: VideoStream) -> list[VideoFrame]:
    import av

    first = stream.start_time or 0
    length = stream.duration
    if not length and container.duration and stream.time_base:
        length = int(container.duration / av.time_base / stream.time_base)
    frames = []
    for part in range(SAMPLES):
        try:
            if part and not length:
                break
            if part:
                container.seek(first + (length or 0) * part // SAMPLES, stream=stream)
            frames.append(next(container.decode(stream)))
        except (av.error.FFmpegError, StopIteration):
            continue
    return frames


def signature(frame: VideoFrame) -> int:
    """Checksum of every fourth line of a frame, to tell frames apart at little cost; -1 for a damaged one.

    What a decoder paints over damage depends on where it began.
    """
    if frame.is_corrupt:
        return -1
    luma = luma_of(frame)
    lines = frame.to_ndarray(format="gray") if luma is None else luma
    return zlib.crc32(lines[::4].tobytes())
