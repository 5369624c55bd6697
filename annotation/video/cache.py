"""Decoded frames kept in bounded memory: those near the playhead stay."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# Part of the memory for each of the two decoders. They do not share: a decoder keeps the memory of the frames
# that were let go for its next ones, so what one of them has filled is never free for the other.
SHARE = 0.5
# Part of the memory for frames that were asked for ahead of a jump, far from the playhead.
TARGET_SHARE = 0.1
# Frames that stay behind when traveling: turning around finds them, and memory that is used again and again
# is much faster than fresh memory.
BEHIND = 128

Source = Literal["front", "back"]


class FrameCache:
    """Frames by number; not for several threads at once (`Reader` holds its lock).

    Frames are kept as the decoder made them: half the size of RGB, and those that are only passed on the way
    are never converted.

    Parameters
    ----------
    limit
        Bytes; at least one frame of each decoder, and one for a jump to come, are always kept.

    Attributes
    ----------
    playhead
        The frame that was asked for last.
    direction
        +1 or -1 when traveling, 0 after a jump.
    """

    def __init__(self, limit: int):
        self._limit = limit
        self._frame_bytes = 0
        self._shelves = {"front": _Shelf(), "back": _Shelf()}
        self._targets: OrderedDict[int, VideoFrame] = OrderedDict()
        self.playhead = 0
        self.direction = 0

    @property
    def bytes(self) -> int:
        """Memory that the kept frames hold."""
        shelved = sum(len(shelf.frames) for shelf in self._shelves.values())
        return (shelved + len(self._targets)) * self._frame_bytes

    def __contains__(self, number: int) -> bool:
        return self.get(number) is not None

    def get(self, number: int) -> VideoFrame | None:
        """Return the frame if it is here."""
        for frames in (self._shelves["front"].frames, self._shelves["back"].frames, self._targets):
            frame = frames.get(number)
            if frame is not None:
                return frame
        return None

    def capacity(self, source: Source) -> int:
        """How many frames of a decoder are kept; 1 until the first frame has shown its size."""
        share = SHARE if source == "front" else SHARE - TARGET_SHARE
        return self._room(share)

    def put(self, number: int, frame: VideoFrame, source: Source) -> None:
        """Keep a frame, and let go of those farthest from the playhead if the decoder's share is full."""
        self._measure(frame)
        if number in self:
            return
        shelf, capacity = self._shelves[source], self.capacity(source)
        shelf.add(number, frame)
        while len(shelf.frames) > capacity or shelf.is_left_behind(self.playhead, self.direction):
            shelf.drop_farthest(self.playhead, self.direction)

    def put_target(self, number: int, frame: VideoFrame) -> None:
        """Keep a frame for a jump to come, in a share of the memory of its own."""
        self._measure(frame)
        self._targets[number] = frame
        self._targets.move_to_end(number)
        while len(self._targets) > self._room(TARGET_SHARE):
            self._targets.popitem(last=False)

    def run_end(self, start: int, direction: int, reach: int) -> int | None:
        """Return the first missing frame when going from `start` in `direction`, within `reach` frames."""
        front, back = self._shelves["front"].frames, self._shelves["back"].frames
        for number in range(start + direction, start + direction * (reach + 1), direction):
            if number not in front and number not in back:
                return number
        return None

    def clear(self) -> None:
        """Let go of everything."""
        self._shelves = {"front": _Shelf(), "back": _Shelf()}
        self._targets.clear()

    def _measure(self, frame: VideoFrame) -> None:
        if not self._frame_bytes:
            self._frame_bytes = sum(plane.buffer_size for plane in frame.planes)

    def _room(self, share: float) -> int:
        return max(1, int(self._limit * share) // self._frame_bytes) if self._frame_bytes else 1


class _Shelf:
    """Frames of one decoder, with their numbers in order."""

    def __init__(self) -> None:
        self.frames: dict[int, VideoFrame] = {}
        self._numbers: list[int] = []

    def add(self, number: int, frame: VideoFrame) -> None:
        insort(self._numbers, number)
        self.frames[number] = frame

    def is_left_behind(self, playhead: int, direction: int) -> bool:
        """Whether travel has left a frame far enough behind."""
        if not self._numbers:
            return False
        if direction > 0:
            return playhead - self._numbers[0] > BEHIND
        return direction < 0 and self._numbers[-1] - playhead > BEHIND

    def drop_farthest(self, playhead: int, direction: int) -> None:
        """Let go of a frame: far behind first, then by distance, where behind counts twice."""
        below, above = playhead - self._numbers[0], self._numbers[-1] - playhead
        if self.is_left_behind(playhead, direction):
            lowest = direction > 0
        else:
            lowest = below * (1 + (direction > 0)) >= above * (1 + (direction < 0))
        del self.frames[self._numbers.pop(0 if lowest else -1)]
