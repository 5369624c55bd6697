"""Learning a file by demuxing alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .checks import beginning_holds, holds, seek_holds
from .containers import open_container, video_stream
from .index import Facts, FrameIndex
from .order import is_plain_picture, is_stamped, reordering_matters, shown_order
from .packets import INTS, PacketRows, PacketTable, Row, row_of

if TYPE_CHECKING:
    from av.packet import Packet

# Packets read at a time, and seconds after which what is read so far is checked and given out.
BLOCK = 4096
CHECKPOINT = 3.0

# Called with (frames so far, estimated number of frames); raises to stop.
Report = Callable[[int, int], None]
Grow = Callable[[FrameIndex], None]


class DemuxPass:
    """Learns a file by demuxing it.

    Parameters
    ----------
    path
        The video file.
    draft
        An empty index with its facts.
    """

    def __init__(self, path: Path, draft: FrameIndex):
        self._path = path
        self._draft = draft
        self._rows = PacketRows()

    def run(self, report: Report, grow: Grow) -> FrameIndex | None:
        """Demux to the end.

        Parameters
        ----------
        report, grow
            Told of progress and, every few seconds, given the beginning, if it stands its checks.

        Returns
        -------
        FrameIndex
            Complete and checked; None where the stamps turn out not to be sound.
        """
        checkpoint = time.monotonic() + CHECKPOINT
        for sound in self._read():
            if not sound:
                return None
            report(len(self._rows), self._draft.estimate)
            if time.monotonic() > checkpoint:
                self._offer_beginning(grow)
                checkpoint = time.monotonic() + CHECKPOINT
        packets = self._rows.table()
        order = shown_order(self._draft.facts, packets)
        if order is None:
            return None
        index = replace(self._draft, packets=packets, packet_of_frame=order, complete=True)
        return index if holds(self._path, index) else None

    def _read(self) -> Iterator[bool]:
        """Read block by block, and yield whether every packet so far is beyond doubt."""
        # FFmpeg's parser only adds what is not needed here, at half the cost of reading.
        plain = is_stamped(self._draft.facts)
        with open_container(self._path, parse=not plain) as container:
            packets = container.demux(video_stream(container, self._path))
            rows = _sound_rows(packets, self._draft.facts)
            while block := list(islice(rows, BLOCK)):
                if block[-1] is None:
                    yield False
                    return
                self._rows.extend(block)
                yield True

    def _offer_beginning(self, grow: Grow) -> None:
        packets = self._rows.table()
        order = shown_order(self._draft.facts, packets)
        if order is None:
            return
        prefix = replace(self._draft, packets=packets, packet_of_frame=self._certain(packets, order))
        if not prefix.frames:
            return
        point = len(prefix.seek_packets) - 2
        if beginning_holds(self._path, prefix) and (point < 1 or seek_holds(self._path, prefix, point)):
            grow(prefix)

    def _certain(self, packets: PacketTable, order: INTS) -> INTS:
        """Keep the frames whose place is certain.

        What follows the last key packet in the file is shown after the key packet before it.
        """
        if reordering_matters(self._draft.facts):
            return order
        keys = np.flatnonzero(packets.key)
        place = np.flatnonzero(order == keys[-2]) if len(keys) > 1 else np.zeros(1, np.int64)
        return order[: int(place[0])]


def _sound_rows(packets: Iterator[Packet], facts: Facts) -> Iterator[Row | None]:
    """Yield the rows of the packets up to the end of what can be read; None, the last, at a doubtful one."""
    import av

    must_be_plain = reordering_matters(facts)
    try:
        for packet in packets:
            if not packet.size:
                continue
            plain = not must_be_plain or is_plain_picture(facts, packet)
            if packet.is_discard or packet.is_corrupt or not plain:
                yield None
                return
            yield row_of(packet)
    except av.error.InvalidDataError:
        return
