"""The history of a bout: who changed these frames, when, from what to what."""

from __future__ import annotations

from qtpy.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.ethogram import Ethogram
from ..annotation.project import HistoryEntry, NoteEdit, ProposalEdit
from ..annotation.tracks import Bout, Runs
from .forms import shape_table

COLUMNS = ("When (UTC)", "Who", "What", "Frames", "Before", "After", "How")


class HistoryDialog(QDialog):
    """Shows every change that touched a bout, undone ones included.

    Parameters
    ----------
    bout
        The bout.
    entries
        Its history, oldest first.
    ethogram
        Names the labels.
    """

    def __init__(
        self, bout: Bout, entries: list[HistoryEntry], ethogram: Ethogram, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("history_dialog")
        self.setWindowTitle("History of this bout")
        self.resize(820, 360)
        title = QLabel(f"{ethogram.label_name(bout.label)}, frames {bout.start} to {bout.stop}", self)
        self.table = QTableWidget(len(entries), len(COLUMNS), self)
        self.table.setObjectName("history_table")
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for row, entry in enumerate(entries):
            for column, text in enumerate(history_cells(entry, ethogram)):
                self.table.setItem(row, column, QTableWidgetItem(text))
        shape_table(self.table, len(COLUMNS) - 1, 22)
        layout = QVBoxLayout(self)
        layout.addWidget(title)
        layout.addWidget(self.table, 1)


def history_cells(entry: HistoryEntry, ethogram: Ethogram) -> tuple[str, ...]:
    """Return one change in words: when, who, what, which frames, before, after, how."""
    change = entry.change
    when = entry.at[:19].replace("T", " ")
    frames = f"{change.start} to {change.stop}"
    if isinstance(change, NoteEdit):
        before, after = (
            "; ".join(note.text or "uncertain" for note in notes) for notes in (change.before, change.after)
        )
        how = "note"
    else:
        before, after = _named(change.before, ethogram), _named(change.after, ethogram)
        what = "proposal " if isinstance(change, ProposalEdit) else ""
        how = ", ".join(filter(None, [f"{what}{change.provenance}", change.reason]))
    return when, entry.author, entry.act.value, frames, before, after, how


def _named(runs: Runs, ethogram: Ethogram) -> str:
    names = list(dict.fromkeys(ethogram.label_name(label) for _length, label in runs))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
