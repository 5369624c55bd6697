"""Learning a file by demuxing alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from .checks import beginning_holds, holds, seek_holds
from .containers import open_container, video_stream
from .index import FrameIndex
from .order import is_plain_picture, is_stamped, reordering_matters, shown_order
from .packets import INTS, NO_STAMP, PacketRows, PacketTable, Row

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
        """Read packets, and yield now and then whether they are all beyond doubt so far."""
        import av

        # FFmpeg's parser only adds what is not needed here, at half the cost of reading.
        parse = not is_stamped(self._draft.facts)
        facts, plain = self._draft.facts, reordering_matters(self._draft.facts)
        rows: list[Row] = []
        # Data that cannot be read are the end of what can.
        with open_container(self._path, parse) as container, contextlib.suppress(av.error.InvalidDataError):
            for packet in container.demux(video_stream(container, self._path)):
                size = packet.size
                if not size:
                    continue
                if packet.is_discard or packet.is_corrupt or (plain and not is_plain_picture(facts, packet)):
                    yield False
                    return
                # As `row_of`: calling it for each of 540,000 packets would take a tenth of the whole time.
                position, pts, dts = packet.pos, packet.pts, packet.dts
                rows.append(
                    (
                        -1 if position is None else position,
                        size,
                        NO_STAMP if pts is None else pts,
                        NO_STAMP if dts is None else dts,
                        packet.is_keyframe,
                    )
                )
                if len(rows) == BLOCK:
                    self._rows.extend(rows)
                    rows.clear()
                    yield True
        self._rows.extend(rows)

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
