"""The models of a project, and what changed between two of them, as tables."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt
from qtpy.QtGui import QFont

from ..annotation.ethogram import Ethogram
from ..annotation.formats.wording import counted
from ..training.champions.changed import Changes, Flip
from ..training.champions.history import CURRENT, UNJUDGED, ModelRow
from ..training.champions.paired import Figure
from .forms import tooltip

MISSING = "–"
_NO_PARENT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ModelsTable(QAbstractTableModel):
    """One row a model, the newest first; the current one is marked and bold."""

    HEADERS = (
        ("Model", "Its name, and below how many labeled clips it learned from."),
        ("Trained", "When it was trained, in universal time."),
        ("Own test", "Macro F1 on its own labels, before it had learned from them, with its 95 % interval."),
        ("Holdout", "Macro F1 on blind labels of holdout animals, with its 95 % interval."),
        ("Verdict", "Whether it is the current model (●), and whether that was verified on a holdout."),
    )
    NAME, TRAINED, OWN, HELD, VERDICT = range(len(HEADERS))

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: list[ModelRow] = []

    def show(self, rows: list[ModelRow]) -> None:
        """Show these models."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of models."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return name and meaning of a column."""
        return _head(self.HEADERS, section, orientation, role)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows or explains."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return model_cells(row)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            facts = f"Id {row.id}, parent {row.parent_name or 'none'}, labels {row.data[:12]}."
            return tooltip(row.sentence, facts, *_why(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (self.OWN, self.HELD):
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole and row.fate == CURRENT:
            font = QFont()
            font.setBold(True)
            return font
        return None


class ChangesTable(QAbstractTableModel):
    """One row a stretch that two models call differently, the surest first."""

    HEADERS = (
        ("Subject", "Whose recording it is; a click plays it."),
        ("At", "Where it begins in the recording."),
        ("Sec.", "How long it is, in seconds."),
        ("Before", "What the older model calls it."),
        ("After", "What the newer model calls it."),
        ("Sure", "How sure the newer model is: the mean probability of its bout."),
        ("People", "What people labeled; a dash where they did not."),
    )
    SUBJECT, AT, LENGTH, BEFORE, AFTER, SURE, PEOPLE = range(len(HEADERS))

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.flips: tuple[Flip, ...] = ()
        self._ethogram: Ethogram | None = None

    def show(self, changes: Changes | None, ethogram: Ethogram | None) -> None:
        """Show these changes; labels are named by the ethogram."""
        self.beginResetModel()
        self.flips = changes.flips if changes is not None else ()
        self._ethogram = ethogram
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of stretches."""
        return 0 if parent.isValid() else len(self.flips)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return name and meaning of a column."""
        return _head(self.HEADERS, section, orientation, role)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows or explains."""
        if not index.isValid() or self._ethogram is None:
            return None
        flip, column = self.flips[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return change_cells(flip, self._ethogram)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            cells = change_cells(flip, self._ethogram)
            return tooltip(
                f"{flip.video}, frames {flip.start} to {flip.stop}, subject {flip.subject}.",
                f"{cells[3]} ({flip.confidence_before:.2f}) became {cells[4]} ({flip.confidence:.2f}).",
            )
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (self.AT, self.LENGTH, self.SURE):
            return _RIGHT
        return None


def model_cells(row: ModelRow) -> tuple[str, ...]:
    """Return what the table shows of a model."""
    verdict, fate = row.verdict, f"● {row.fate}" if row.fate == CURRENT else row.fate
    if verdict is not None and row.fate != UNJUDGED:
        fate = f"{fate}\n{'verified' if verdict.verified else 'unverified'}"
    if not row.present:
        fate = f"{fate}\nfolder gone"
    return (
        row.name if row.clips is None else f"{row.name}\n{counted(row.clips, 'clip')}",
        row.at[5:16].replace("T", "\n"),
        _two_lines(row.macro_f1),
        _two_lines(held_out_figure(row)),
        fate,
    )


def held_out_figure(row: ModelRow) -> Figure:
    """Return the macro F1 of a model on the holdout."""
    verdict = row.verdict
    if verdict is None or verdict.challenger_f1 is None or not verdict.read_holdout:
        return Figure(None, why="it was not asked about a holdout")
    return verdict.challenger_f1


def change_cells(flip: Flip, ethogram: Ethogram) -> tuple[str, ...]:
    """Return what the table shows of a stretch."""
    seconds = flip.start / flip.fps
    return (
        flip.subject,
        f"{int(seconds // 60)}:{seconds % 60:04.1f}",
        f"{(flip.stop - flip.start) / flip.fps:.1f}",
        label_text(flip.before, ethogram, "not sure"),
        label_text(flip.after, ethogram, "not sure"),
        f"{flip.confidence:.2f}",
        label_text(flip.people, ethogram, MISSING),
    )


def label_text(code: int, ethogram: Ethogram, unlabeled: str) -> str:
    """Return the name of a label, and a word of one's own for unlabeled."""
    return unlabeled if code < 0 else ethogram.label_name(code)


def _why(row: ModelRow, column: int) -> list[str]:
    """Return why a figure is missing."""
    figures = {ModelsTable.OWN: row.macro_f1, ModelsTable.HELD: held_out_figure(row)}
    figure = figures.get(column)
    return [] if figure is None else [f"Macro F1 {figure.text}."]


def _two_lines(figure: Figure) -> str:
    if figure.value is None:
        return MISSING
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f}\n{figure.low:.2f}–{figure.high:.2f}"


def _head(
    headers: tuple[tuple[str, str], ...], section: int, orientation: Qt.Orientation, role: int
) -> object:
    if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(headers):
        return None
    if role == Qt.ItemDataRole.DisplayRole:
        return headers[section][0]
    return tooltip(headers[section][1]) if role == Qt.ItemDataRole.ToolTipRole else None
