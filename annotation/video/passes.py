"""The two ways to learn a file: demuxing it, or decoding it once from end to end."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import VideoError
from .checks import beginning_holds, seek_holds
from .containers import copy_advice, open_container, video_stream
from .cursor import Cursor
from .index import INTS, NO_STAMP, FrameIndex, PacketTable
from .order import is_plain_picture, reordering_matters, shown_order
from .pixels import signature

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame

# Seconds between two checkpoints.
CHECKPOINT = 3.0
_DEMUX_STRIDE, _DECODE_STRIDE = 4096, 32

# Called with (frames so far, estimated number of frames); raises to stop.
Report = Callable[[int, int], None]
Grow = Callable[[FrameIndex], None]


class Rows:
    """A packet table under construction."""

    def __init__(self, known: PacketTable | None = None):
        self._columns = [array("q") for _ in range(5)]
        if known is not None:
            for column, values in zip(self._columns, self._arrays(known), strict=True):
                column.frombytes(values.astype(np.int64).tobytes())

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, packet: Packet) -> None:
        """Append a packet."""
        position, size, pts, dts, key = self._columns
        position.append(-1 if packet.pos is None else packet.pos)
        size.append(packet.size)
        stamp = packet.pts
        pts.append(NO_STAMP if stamp is None else stamp)
        stamp = packet.dts
        dts.append(NO_STAMP if stamp is None else stamp)
        key.append(packet.is_keyframe)

    def table(self) -> PacketTable:
        """Return what was collected so far."""
        position, size, pts, dts, key = (np.array(column, np.int64) for column in self._columns)
        return PacketTable(position, size, pts, dts, key.astype(np.bool_))

    @staticmethod
    def _arrays(table: PacketTable) -> tuple[INTS, ...]:
        return table.position, table.size, table.pts, table.dts, table.key.astype(np.int64)


def demux_pass(path: Path, draft: FrameIndex, report: Report, grow: Grow) -> FrameIndex | None:
    """Learn a file by demuxing it; None where its stamps turn out not to be sound.

    Parameters
    ----------
    path
        The video file.
    draft
        An empty index with its facts.
    report, grow
        Told of progress and, every few seconds, given the index so far (checked by decoding).
    """
    rows, facts = Rows(), draft.facts
    must_be_plain = reordering_matters(facts)
    checkpoint = time.monotonic() + CHECKPOINT
    with open_container(path) as container:
        for packet in _packets(container.demux(video_stream(container, path))):
            if (
                packet.is_discard
                or packet.is_corrupt
                or (must_be_plain and not is_plain_picture(facts, packet))
            ):
                return None
            rows.add(packet)
            if len(rows) % _DEMUX_STRIDE:
                continue
            report(len(rows), draft.estimate)
            if time.monotonic() > checkpoint:
                _offer_prefix(path, draft, rows, grow)
                checkpoint = time.monotonic() + CHECKPOINT
    packets = rows.table()
    order = shown_order(facts, packets)
    return None if order is None else replace(draft, packets=packets, packet_of_frame=order, complete=True)


def _packets(packets: Iterator[Packet]) -> Iterator[Packet]:
    """Pass on packets up to the end of what can be read."""
    import av

    try:
        yield from (packet for packet in packets if packet.size)
    except av.error.InvalidDataError:
        return


def _offer_prefix(path: Path, draft: FrameIndex, rows: Rows, grow: Grow) -> None:
    """Give out the frames whose place is certain: nothing new is shown before the last decoding stamp."""
    packets = rows.table()
    order = shown_order(draft.facts, packets)
    if order is None or packets.dts[-1] == NO_STAMP:
        return
    shown = packets.pts[order] if not reordering_matters(draft.facts) else packets.dts[order]
    certain = order[: int(np.searchsorted(shown, packets.dts[-1]))]
    prefix = replace(draft, packets=packets, packet_of_frame=certain)
    last = len(prefix.seek_packets) - 1
    if beginning_holds(path, prefix) and (last < 1 or seek_holds(path, prefix, last)):
        grow(prefix)


class DecodePass:
    """Learns a file by decoding it from end to end; goes on from a checkpoint.

    Parameters
    ----------
    path
        The video file.
    draft
        An empty index with its facts, or a stored checkpoint of an earlier pass.
    """

    def __init__(self, path: Path, draft: FrameIndex):
        self._path = path
        self._draft = draft
        self._rows = Rows(draft.packets)
        self._packet_of_frame = array("q", draft.packet_of_frame.tolist())
        self._signatures = array("q", draft.signatures.tolist())
        self._with_frame = set(self._packet_of_frame)
        self._damaged: list[int] = []
        self._problem = ""

    def run(self, report: Report, grow: Grow) -> FrameIndex | None:
        """Decode to the end.

        Returns
        -------
        FrameIndex
            Complete, but for the checks; with its `problem` where decoding showed one. None if the file does
            not go on from the checkpoint as it did before: then it must be learned from its beginning.
        """
        cursor = Cursor(self._path, self._draft.packets, self._rows.add)
        try:
            if not self._resume(cursor):
                return None
            checkpoint = time.monotonic() + CHECKPOINT
            while not self._problem and (step := cursor.next()) is not None:
                self._add(*step)
                if len(self._packet_of_frame) % _DECODE_STRIDE:
                    continue
                report(len(self._packet_of_frame), self._draft.estimate)
                if time.monotonic() > checkpoint:
                    self._offer(grow)
                    checkpoint = time.monotonic() + CHECKPOINT
        except VideoError as error:
            if not self._packet_of_frame:
                raise
            self._problem = str(error)
        return self._finished(cursor)

    def _resume(self, cursor: Cursor) -> bool:
        """Decode from the last seek point of the checkpoint up to its last frame, and compare on the way."""
        known = self._draft
        if not known.frames:
            return True
        point = known.seek_point(known.frames - 1)
        if point < 0:
            return False
        expected = first = int(known.seek_frames[point])
        cursor.go_to(int(known.seek_packets[point]))
        while expected < known.frames:
            step = cursor.next()
            if step is None or step[0] >= len(known.packets):
                return False
            number = int(known.frame_of_packet[step[0]])
            if 0 <= number < first and expected == first:
                continue
            if number != expected or signature(step[1]) != known.signatures[number]:
                return False
            expected += 1
        return True

    def _add(self, row: int, frame: VideoFrame) -> None:
        if row in self._with_frame:
            self._problem = (
                f"{self._path} stores several pictures in one packet, so that its frames cannot be told "
                f"apart after a jump; {copy_advice(self._path)}"
            )
            return
        self._with_frame.add(row)
        self._packet_of_frame.append(row)
        self._signatures.append(signature(frame))
        if frame.is_corrupt:
            self._damaged.append(row)

    def _offer(self, grow: Grow) -> None:
        prefix = self._index(complete=False)
        last = len(prefix.seek_packets) - 1
        if last < 1 or seek_holds(self._path, prefix, last):
            grow(prefix)

    def _index(self, complete: bool) -> FrameIndex:
        return replace(
            self._draft,
            packets=self._rows.table(),
            packet_of_frame=np.array(self._packet_of_frame, np.int64),
            signatures=np.array(self._signatures, np.int64),
            complete=complete,
            problem=self._problem,
        )

    def _finished(self, cursor: Cursor) -> FrameIndex:
        cursor.close()
        index = self._index(complete=True)
        last = int(index.packet_of_frame[-1]) if index.frames else -1
        # Damage at the very end is just where the file was cut.
        damage = [row for row in (*cursor.damaged, *self._damaged) if row < last]
        if not damage or not index.exact:
            return index
        frame = int(np.count_nonzero(index.packet_of_frame < min(damage)))
        problem = (
            f"{self._path} is damaged near frame {frame}, so that later ones cannot be told for certain; "
        )
        return replace(index, problem=problem + copy_advice(self._path))
