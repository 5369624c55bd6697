"""A table of the agreement report in a view: short cells, and every explanation as a tooltip."""

from __future__ import annotations

import re

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qtpy.QtWidgets import QHeaderView, QTableView

from ..annotation.agreement.report.tables import Table
from .forms import tooltip

_NO_PARENT = QModelIndex()
#: How report tables refer to a footnote that says why there is no number, or no interval.
_MARK = re.compile(r"\s*\(?(?:not defined|no interval) \[(\d+)\]\)?")
MISSING = "–"
_ROOM = 9


class ReportTable(QAbstractTableModel):
    """Shows a table of the report: what each column means is the tooltip of its head.

    Where there is no number a dash stands, and its tooltip says why.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = Table("", [])

    def show_table(self, table: Table) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return name and meaning of a column; long names take two lines."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        column = self._table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name.replace("Seconds", "Sec.").replace(" ", "\n", 1)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(column.meaning)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment or explanation of a cell."""
        if not index.isValid():
            return None
        cell = self._table.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(cell) if self._holds_numbers(index.column()) else cell
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._why(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self._holds_numbers(index.column())
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _holds_numbers(self, column: int) -> bool:
        return column > 0 and not self._table.columns[column].text

    def _shown(self, cell: str) -> str:
        """Return a cell without footnotes and with its interval on a line of its own."""
        return _MARK.sub("", cell).replace(" (", "\n").rstrip(")").replace("-", "−") or MISSING

    def _why(self, cell: str) -> str:
        return tooltip(*(self._table.footnotes[int(number) - 1] for number in _MARK.findall(cell)))


def fit_columns(view: QTableView) -> None:
    """Make every column after the first just as wide as its longest line of text."""
    model, header = view.model(), view.horizontalHeader()
    if model is None or header is None:
        return
    view.ensurePolished()
    metrics = view.fontMetrics()
    for column in range(1, model.columnCount()):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        texts = [model.headerData(column, Qt.Orientation.Horizontal)]
        texts += [model.index(row, column).data() for row in range(model.rowCount())]
        widest = max(metrics.horizontalAdvance(line) for text in texts for line in str(text).split("\n"))
        header.resizeSection(column, widest + _ROOM)
