"""`FrameIndex`: which packet of the file holds frame k, and where decoding can start to get there.

Frame k is, always, the k-th frame that a drained decoder puts out when it decodes the file from its start.
Stamps of the container are not trusted for that (an AVI with B-frames has none that mean anything). Instead
packets are numbered in file order, and the decoder carries a packet's number through to the frame that comes
out of it, in place of the stamp. So every decoded frame says which frame it is, wherever decoding began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .packets import INTS, NO_STAMP, PacketTable

if TYPE_CHECKING:
    from .fingerprint import Fingerprint


@dataclass(frozen=True)
class Facts:
    """What holds for the whole recording.

    Attributes
    ----------
    width, height
        Pixels.
    gray
        Whether all sampled frames are gray.
    fps
        Nominal frames per second of the container; None for image stacks.
    codec, container
        FFmpeg's short names.
    time_base
        Seconds per unit of the packets' stamps, as (numerator, denominator).
    """

    width: int
    height: int
    gray: bool
    fps: float | None
    codec: str
    container: str
    time_base: tuple[int, int] = (1, 1)


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """The way to every frame of a recording.

    Attributes
    ----------
    facts
        What holds for the whole recording.
    fingerprint
        Of the file that was indexed.
    packets
        The packet table; empty for image stacks.
    packet_of_frame
        Row of the packet that holds frame k (frames,).
    signatures
        Checksums of the frames (frames,) where they were decoded one by one; empty where demuxing was enough.
    estimate
        Number of frames that the container claims.
    complete
        False while the index is still growing: then it covers the confirmed beginning of the recording.
    problem
        Why frames of this file cannot be reached exactly, in one sentence; empty if they can.
    note
        What the user should know about the file, in one sentence; may be empty.
    damaged_at
        Where the `problem` is damage in the middle: the first frame that cannot be told for certain, so that
        those before it can be read in order.
    """

    facts: Facts
    fingerprint: Fingerprint
    packets: PacketTable
    packet_of_frame: INTS
    signatures: INTS
    estimate: int
    complete: bool = True
    problem: str = ""
    note: str = ""
    damaged_at: int | None = None

    @property
    def frames(self) -> int:
        """Number of frames that are confirmed; all of them when the index is complete."""
        return len(self.packet_of_frame)

    @property
    def exact(self) -> bool:
        """Whether every frame is reached exactly, as far as the checks saw."""
        return not self.problem

    @property
    def decoded(self) -> bool:
        """Whether the index comes from a decode pass (and not from demuxing alone)."""
        return len(self.signatures) > 0

    @cached_property
    def frame_of_packet(self) -> INTS:
        """Frame number by packet row (packets,); -1 for a packet that yields no frame."""
        frames = np.full(len(self.packets), -1, np.int64)
        frames[self.packet_of_frame] = np.arange(self.frames)
        return frames

    @cached_property
    def seek_packets(self) -> INTS:
        """Rows of the packets where decoding may start, ascending, each a key packet that yields a frame."""
        rows = np.flatnonzero(self.packets.key & (self.frame_of_packet >= 0))
        firsts = self.frame_of_packet[rows]
        # A key packet that is shown before an earlier one cannot be a start for the frames after it.
        return rows[firsts >= np.maximum.accumulate(firsts)] if len(rows) else rows

    @cached_property
    def seek_frames(self) -> INTS:
        """First frame that is whole when decoding starts at each of `seek_packets`.

        Frames shown before the key frame but stored after it (an open GOP) lean on the GOP before and are
        reached from there.
        """
        return self.frame_of_packet[self.seek_packets]

    def seek_point(self, frame: int) -> int:
        """Ordinal of the last seek point from which `frame` can be decoded; -1: the beginning of the file."""
        return int(np.searchsorted(self.seek_frames, frame, side="right")) - 1

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """Seconds of every frame since the first (frames,).

        From the stamps where they rise from frame to frame (pts as they belong to the frames, else the stamps
        of decoding in their order), else frame number / fps.
        """
        numerator, denominator = self.facts.time_base
        for stamps in (self._stamps(self.packets.pts), np.sort(self._stamps(self.packets.dts))):
            if len(stamps) > 1 and NO_STAMP not in stamps[[0, -1]] and np.all(np.diff(stamps) > 0):
                return _read_only((stamps - stamps[0]) * (numerator / denominator))
        return _read_only(np.arange(self.frames) / (self.facts.fps or 1.0))

    def _stamps(self, column: INTS) -> INTS:
        if not len(column):
            return column
        stamps = column[self.packet_of_frame]
        return stamps if not np.any(stamps == NO_STAMP) else stamps[:0]


def _read_only(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.setflags(write=False)
    return values
