"""Decoded frames kept in bounded memory: those near the playhead stay."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# Of the memory, the part for frames that were asked for ahead of a jump, far from the playhead.
_JUMP_SHARE = 8
# Frames that stay behind when traveling: turning around finds them, and memory that is used again and again
# is much faster than fresh memory.
BEHIND = 128


class FrameCache:
    """Frames by number; not for several threads at once (`Reader` holds its lock).

    Frames are kept as the decoder made them: half the size of RGB, and those that are only passed on the way
    are never converted.

    Parameters
    ----------
    limit
        Bytes; at least one frame, and one for a jump to come, are always kept.

    Attributes
    ----------
    playhead
        The frame that was asked for last.
    direction
        +1 or -1 when traveling, 0 after a jump.
    """

    def __init__(self, limit: int):
        self._limit = limit
        self._frames: dict[int, VideoFrame] = {}
        self._numbers: list[int] = []
        self._targets: OrderedDict[int, VideoFrame] = OrderedDict()
        self._frame_bytes = 0
        self.playhead = 0
        self.direction = 0

    @property
    def capacity(self) -> int:
        """How many frames fit; 1 until the first frame has shown its size."""
        return max(1, self._limit // self._frame_bytes) if self._frame_bytes else 1

    @property
    def bytes(self) -> int:
        """Memory that the kept frames hold."""
        return (len(self._frames) + len(self._targets)) * self._frame_bytes

    def __contains__(self, number: int) -> bool:
        return number in self._frames or number in self._targets

    def get(self, number: int) -> VideoFrame | None:
        """Return the frame if it is here."""
        frame = self._frames.get(number)
        return frame if frame is not None else self._targets.get(number)

    def put(self, number: int, frame: VideoFrame) -> None:
        """Keep a frame, and let go of those farthest from the playhead if memory is full."""
        self._measure(frame)
        if number not in self._frames:
            insort(self._numbers, number)
        self._frames[number] = frame
        self._shrink()

    def put_target(self, number: int, frame: VideoFrame) -> None:
        """Keep a frame for a jump to come, in a share of the memory of its own."""
        self._measure(frame)
        self._targets[number] = frame
        self._targets.move_to_end(number)
        while len(self._targets) > max(1, self.capacity // _JUMP_SHARE):
            self._targets.popitem(last=False)
        self._shrink()

    def run_end(self, start: int, direction: int, reach: int) -> int | None:
        """Return the first missing frame when going from `start` in `direction`, within `reach` frames."""
        numbers = self._frames
        for number in range(start + direction, start + direction * (reach + 1), direction):
            if number not in numbers:
                return number
        return None

    def count_between(self, start: int, stop: int) -> int:
        """How many kept frames have `start` <= number < `stop`."""
        return bisect_left(self._numbers, stop) - bisect_left(self._numbers, start)

    def clear(self) -> None:
        """Let go of everything."""
        self._frames.clear()
        self._numbers.clear()
        self._targets.clear()

    def _measure(self, frame: VideoFrame) -> None:
        if not self._frame_bytes:
            self._frame_bytes = sum(plane.buffer_size for plane in frame.planes)

    def _shrink(self) -> None:
        room = max(1, self.capacity - len(self._targets))
        while self._numbers and (len(self._numbers) > room or self._left_behind()):
            del self._frames[self._numbers.pop(self._farthest())]

    def _left_behind(self) -> bool:
        """Whether travel has left a frame far enough behind."""
        if self.direction > 0:
            return self.playhead - self._numbers[0] > BEHIND
        return self.direction < 0 and self._numbers[-1] - self.playhead > BEHIND

    def _farthest(self) -> int:
        """Place, in the sorted numbers, of the frame to let go: frames behind count as twice as far."""
        below, above = self.playhead - self._numbers[0], self._numbers[-1] - self.playhead
        if self._left_behind():
            return 0 if self.direction > 0 else -1
        if self.direction > 0:
            below *= 2
        elif self.direction < 0:
            above *= 2
        return 0 if below >= above else -1
