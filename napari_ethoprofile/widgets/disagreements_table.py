"""The list of disagreements: one row each, in the order of the comparison."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qtpy.QtGui import QColor

from ..annotation.adjudication import OWN, Comparison, Item, Ruling, Standing
from ..annotation.ethogram import Ethogram
from ..compare_link import KIND_COLORS, shift_text
from ..comparing import Comparing
from ..session import Session
from ..wires import Wires

_NO_PARENT = QModelIndex()


class DisagreementsModel(QAbstractTableModel):
    """The listed stretches of a comparison: time, kind, every rater's label, seconds, decision.

    Parameters
    ----------
    comparing, session
        The comparison of the window, and the ethogram's names.
    """

    def __init__(
        self, comparing: Comparing, session: Session, wires: Wires, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._comparing, self._session = comparing, session
        self._ethogram = Ethogram()
        wires.connect(comparing.list_changed, self._on_list)
        wires.connect(comparing.ruled, self._on_ruled)
        self._on_list()

    def _on_list(self) -> None:
        self.beginResetModel()
        project = self._session.project
        self._ethogram = project.ethogram if project is not None else Ethogram()
        self.endResetModel()

    def _on_ruled(self, items: Sequence[Item]) -> None:
        last, shown = self.columnCount() - 1, self._comparing.items
        if len(items) > len(shown) // 2:
            self.dataChanged.emit(self.index(0, last), self.index(len(shown) - 1, last))
            return
        for item in items:
            if item in shown:
                place = self.index(shown.index(item), last)
                self.dataChanged.emit(place, place)

    @property
    def headers(self) -> list[str]:
        """The titles of the columns."""
        comparison = self._comparing.comparison
        letters = [rater.letter for rater in comparison.raters] if comparison is not None else []
        return ["Time", "Kind", *letters, "Sec.", "Decision"]

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of stretches."""
        return 0 if parent.isValid() else len(self._comparing.items)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns: they depend on the number of raters."""
        return 0 if parent.isValid() else len(self.headers)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.headers):
            return None
        comparison = self._comparing.comparison
        if role == Qt.ItemDataRole.ToolTipRole and comparison is not None:
            names = {rater.letter: rater.name for rater in comparison.raters}
            return names.get(self.headers[section])
        return self.headers[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, color or explanation of a cell."""
        comparison = self._comparing.comparison
        if comparison is None or not index.isValid() or index.row() >= len(self._comparing.items):
            return None
        item = self._comparing.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells(item, comparison)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1 and item.kind is not None:
            return QColor(KIND_COLORS[item.kind])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(item, index.column())
        return None

    def cells(self, item: Item, comparison: Comparison) -> list[str]:
        """Return the texts of a row."""
        fps = self._session.current.fps if self._session.current is not None else comparison.fps
        return [
            short_time(item.start / fps),
            item.kind.value if item.kind is not None else "agreed",
            *(self._ethogram.label_name(label) for label in item.labels),
            f"{item.length / fps:.2f}",
            decision_text(self._comparing.ruling(item), comparison),
        ]

    def _tip(self, item: Item, column: int) -> str:
        if column == 1 and item.kind is not None:
            return " ".join(filter(None, [item.kind.sentence, shift_text(item)]))
        if column == self.columnCount() - 1:
            ruling = self._comparing.ruling(item)
            reason = ruling.verdict.reason if ruling.verdict is not None else ""
            return f"Reason: {reason}" if reason else ""
        place = column - 2
        if 0 <= place < len(item.labels):
            return self._ethogram.label_name(item.labels[place])
        return f"Frames {item.start} to {item.stop - 1} of the clip ({item.length})"


def short_time(seconds: float) -> str:
    """Return ``m:ss.f``: the clip time to a tenth of a second."""
    minutes, rest = divmod(round(seconds * 10), 600)
    return f"{minutes}:{rest / 10:04.1f}"


def decision_text(ruling: Ruling, comparison: Comparison) -> str:
    """Return where a decision stands in a word or two: ``open``, ``A``, ``own``, ``unresolved``."""
    if ruling.standing is not Standing.RESOLVED or ruling.verdict is None:
        return ruling.standing.value
    followed = {rater.record.id: letter for letter, rater in comparison.sources.items()}
    if ruling.verdict.pass_id:
        return followed.get(ruling.verdict.pass_id, ruling.verdict.by)
    return "own" if ruling.verdict.by == OWN else ruling.verdict.by
