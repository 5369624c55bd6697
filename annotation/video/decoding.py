"""Learning a file by decoding it once from end to end, where its stamps are not sound."""

from __future__ import annotations

import contextlib
import time
from array import array
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import VideoError
from .checks import seek_holds
from .containers import copy_advice
from .cursor import Cursor
from .demuxing import CHECKPOINT, Grow, Report
from .index import FrameIndex
from .packets import PacketRows
from .pixels import signature

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_STRIDE = 32


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
        self._rows = PacketRows(draft.packets)
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
                if len(self._packet_of_frame) % _STRIDE:
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

    def _ends_damaged(self, index: FrameIndex) -> bool:
        """Whether the last picture is damaged: with frame threads most passes flag it, not all."""
        point = index.seek_point(index.frames - 1)
        cursor = Cursor(self._path, index.packets, threads=1)
        if point >= 0:
            cursor.go_to(int(index.seek_packets[point]))
        last = int(index.packet_of_frame[-1])
        damaged = False
        with contextlib.suppress(VideoError):
            while (step := cursor.next()) is not None and not damaged:
                damaged = step[0] == last and step[1].is_corrupt
        cursor.close()
        return damaged

    def _finished(self, cursor: Cursor) -> FrameIndex:
        cursor.close()
        index = self._index(complete=True)
        if index.frames and self._ends_damaged(index):
            self._signatures[-1] = -1
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
        return replace(index, problem=problem + copy_advice(self._path), damaged_at=frame)
