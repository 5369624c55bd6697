"""The packets of a recording in file order, and how they are collected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.packet import Packet

INTS = NDArray[np.int64]
NO_STAMP = int(np.iinfo(np.int64).min)

# Position, size, pts, dts, key.
Row = tuple[int, int, int, int, bool]


@dataclass(frozen=True, eq=False)
class PacketTable:
    """The packets of the picture stream in file order.

    Attributes
    ----------
    position
        Byte offset in the file (packets,); -1 where the container does not say.
    size
        Bytes (packets,).
    pts, dts
        Stamps of presentation and decoding (packets,); `NO_STAMP` where there is none.
    key
        Whether decoding may start at the packet (packets,).
    """

    position: INTS
    size: INTS
    pts: INTS
    dts: INTS
    key: NDArray[np.bool_]

    @classmethod
    def of(cls, values: INTS) -> PacketTable:
        """Return the table of numbers (packets, 5)."""
        position, size, pts, dts, key = (np.ascontiguousarray(column) for column in values.T)
        return cls(position, size, pts, dts, key.astype(np.bool_))

    @classmethod
    def empty(cls) -> PacketTable:
        """Return a table without packets."""
        return cls.of(np.zeros((0, 5), np.int64))

    @property
    def values(self) -> INTS:
        """All columns as numbers (packets, 5)."""
        return np.stack([self.position, self.size, self.pts, self.dts, self.key.astype(np.int64)], axis=1)

    def __len__(self) -> int:
        return len(self.position)

    def is_row(self, row: int, packet: Packet) -> bool:
        """Whether `packet` is the one of this row."""
        return _offset(packet) == self.position[row] and packet.size == self.size[row]

    def row_of(self, packet: Packet) -> int | None:
        """Find the row of a packet that was read after a jump in the file; None if it cannot be told."""
        order, sorted_positions = self._by_position
        offset = _offset(packet)
        first, last = np.searchsorted(sorted_positions, [offset, offset + 1])
        rows = order[first:last]
        rows = rows[self.size[rows] == packet.size]
        if len(rows) > 1 and packet.pts is not None:
            rows = rows[self.pts[rows] == packet.pts]
        return int(rows[0]) if len(rows) == 1 else None

    @cached_property
    def _by_position(self) -> tuple[INTS, INTS]:
        if np.all(np.diff(self.position) > 0):
            return np.arange(len(self)), self.position
        order = np.argsort(self.position, kind="stable")
        return order, self.position[order]


class PacketRows:
    """A packet table under construction."""

    def __init__(self, known: PacketTable | None = None):
        self._blocks = [] if known is None else [known.values]
        self._pending: list[Row] = []
        self._count = 0 if known is None else len(known)

    def __len__(self) -> int:
        return self._count

    def add(self, packet: Packet) -> None:
        """Append one packet."""
        self._pending.append(row_of(packet))
        self._count += 1

    def extend(self, rows: list[Row]) -> None:
        """Append the rows of many packets."""
        self._blocks.append(np.array(rows, np.int64).reshape(-1, 5))
        self._count += len(rows)

    def table(self) -> PacketTable:
        """Return what was collected so far."""
        parts = [*self._blocks, np.array(self._pending, np.int64).reshape(-1, 5)]
        self._blocks, self._pending = [np.concatenate(parts)], []
        return PacketTable.of(self._blocks[0])


def row_of(packet: Packet) -> Row:
    """Return what a table holds of a packet."""
    position, pts, dts = packet.pos, packet.pts, packet.dts
    return (
        -1 if position is None else position,
        packet.size,
        NO_STAMP if pts is None else pts,
        NO_STAMP if dts is None else dts,
        packet.is_keyframe,
    )


def _offset(packet: Packet) -> int:
    position = packet.pos
    return -1 if position is None else position
