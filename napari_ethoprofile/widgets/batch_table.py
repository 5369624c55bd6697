"""The queue of recordings and clips as a table: how far each is, how fast, how long still."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt

from ..training.queue import Item, State
from .clip_table import clock

FILE, STATE, PROGRESS, SPEED, REMAINING = range(5)
#: Of recordings, and where clips stand with their project on a second line.
ROW_HEIGHT, TALL_ROW_HEIGHT = 24, 36
HEADERS = ("Recording, clip", "State", "Done", "Frames/s", "Left")


class BatchTable(QAbstractTableModel):
    """Table model over the items of a queue."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.items: tuple[Item, ...] = ()

    def show(self, items: tuple[Item, ...]) -> None:
        """Show these items; where only their progress changed the selection stays."""
        if [item.id for item in items] == [item.id for item in self.items]:
            self.items = items
            if items:
                self.dataChanged.emit(self.index(0, 0), self.index(len(items) - 1, len(HEADERS) - 1))
            return
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of items."""
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the column titles."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADERS[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows or explains."""
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cells_of(item)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, [*_origin_of(item), item.sentence, _result_of(item)]))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= PROGRESS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def cells_of(item: Item) -> tuple[str, str, str, str, str]:
    """Return what the table shows of an item."""
    # Never "100 %" before it is done: the last frames can be the longest. Where a recording breaks, only a
    # part of it has been counted.
    share = f"{min(item.done / item.total, 0.99):.0%}" if item.total else ""
    share = f"{item.done:,} frames" if item.state is State.PARTIAL else share
    running = item.state is State.RUNNING
    return (
        f"{item.title}\nof {item.source.name}" if item.clip else item.title,
        item.state.value,
        "100%" if item.state is State.DONE else share,
        f"{item.speed:.0f}" if running and item.speed else "",
        clock(item.remaining) if item.remaining is not None else "",
    )


def _origin_of(item: Item) -> tuple[str, ...]:
    return (item.clip, f"of the project {item.source}") if item.clip else (str(item.source),)


def _result_of(item: Item) -> str:
    return f"pass {item.result}" if item.clip and item.result else item.result
