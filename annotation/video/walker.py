"""Frames in order from a `Cursor`: what may be shown, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from .containers import copy_advice
from .cursor import Cursor
from .index import FrameIndex

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# Decoding on is cheaper than a seek that would save fewer frames than this.
_SEEK_COST = 4


class Walker:
    """Walks a recording frame by frame from anywhere; not for several threads at once.

    Attributes
    ----------
    position
        The earliest frame that the next step can give.
    """

    def __init__(self, path: Path, index: FrameIndex, threads: int = 2):
        self._path = path
        self.index = index
        self._cursor = Cursor(path, index.packets, threads=threads)
        self.position = 0

    def close(self) -> None:
        """Close the file."""
        self._cursor.close()

    def follow(self, index: FrameIndex) -> None:
        """Take over a grown index of the same file."""
        self.index = index
        self._cursor.packets = index.packets

    def can_walk_to(self, frame: int) -> bool:
        """Whether going on from here is the shortest way to `frame`."""
        if frame < self.position:
            return False
        point = self.index.seek_point(frame)
        start = self.index.seek_frames[point] if point >= 0 else 0
        return start <= self.position + _SEEK_COST

    def start_before(self, frame: int, earlier: int = 0) -> None:
        """Go to the seek point for `frame`, or to the one `earlier` places before it."""
        point = self.index.seek_point(frame) - earlier
        if point < 0:
            self._cursor.begin()
            self.position = 0
        else:
            self._cursor.go_to(int(self.index.seek_packets[point]))
            self.position = int(self.index.seek_frames[point])

    def step(self) -> tuple[int, VideoFrame] | None:
        """Decode the next whole frame; None at the end of the file or of a growing index.

        Frames come in rising order. Passed over are those before the seek point (broken, because they lean on
        what was not decoded) and, after damage that the decoder saw, those up to the next seek point.
        """
        numbers = self.index.frame_of_packet
        while (decoded := self._cursor.next()) is not None:
            row, frame = decoded
            if row >= len(numbers):
                return None
            number = int(numbers[row])
            if number < self.position:
                continue
            # A decode pass has seen all damage already: it only goes through if there is none but at the end.
            if frame.is_corrupt and not self.index.decoded:
                self.position = self._next_start(number)
                continue
            self.position = number + 1
            return number, frame
        return None

    def _next_start(self, frame: int) -> int:
        """First frame after `frame` from which decoding could start afresh."""
        starts = self.index.seek_frames
        point = self.index.seek_point(frame) + 1
        return int(starts[point]) if point < len(starts) else self.index.frames


def unreachable(path: Path, frame: int) -> VideoError:
    """Return the error for a frame that the decoder does not put out."""
    return VideoError(
        f"Frame {frame} of {path} cannot be decoded, because the file is damaged there; {copy_advice(path)}"
    )
