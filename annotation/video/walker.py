"""Frames in order from a `Cursor`: what may be shown, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
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

    def __init__(self, path: Path, index: FrameIndex):
        self._path = path
        self.index = index
        self._cursor = Cursor(path, index.packets)
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

        Frames come in rising order. Those before the seek point (broken, because they lean on what was not
        decoded) are passed over.
        """
        numbers = self.index.frame_of_packet
        while True:
            decoded = self._cursor.next()
            if decoded is None:
                return None
            row, frame = decoded
            number = int(numbers[row]) if row < len(numbers) else -1
            if number >= self.position:
                self.position = number + 1
                return number, frame
            if row >= len(numbers):
                return None


def unreachable(path: Path, frame: int) -> VideoError:
    """Return the error for a frame that the decoder does not put out."""
    return VideoError(
        f"Frame {frame} of {path} cannot be decoded: the file is damaged there; write a sound copy with "
        f"`ethoprofile transcode {path} OUT` and score that."
    )
