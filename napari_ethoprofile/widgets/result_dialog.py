"""What a model said about a recording or a clip, at a glance: time and bouts of every behavior."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.formats import Labels
from ..annotation.formats.names import same_as
from ..annotation.tracks import UNLABELED
from .clip_table import clock
from .forms import push_button, shape_table, text_label

HEADERS = ("Behavior", "Time", "Share", "Bouts")


class ResultDialog(QDialog):
    """Shows the labels of a result file, or of a model's pass.

    Parameters
    ----------
    labels
        As read from the file or the pass.
    name
        What the result is called.
    home
        The folder that holds it.
    remark
        Why it does not cover the recording; empty where it does.
    """

    def __init__(
        self, labels: Labels, name: str, home: Path, remark: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("result_dialog")
        self.setWindowTitle(f"Result: {name}")
        self.resize(460, 380)
        rows = budget_of(labels)
        self.table = QTableWidget(len(rows), len(HEADERS), self)
        self.table.setObjectName("result_table")
        self.table.setHorizontalHeaderLabels(list(HEADERS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        shape_table(self.table, 0, 24)
        folder = push_button("show_folder", "Show folder", "Open the folder that holds the files.", self)
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(home))))
        close = push_button("close_result", "Close", "Close this window.", self)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(folder)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        labeled = int((labels.track.codes != UNLABELED).any(axis=1).sum())
        all_of_them = f"All {labels.frames:,} frames are labeled."
        some = f"{labeled:,} of {labels.frames:,} frames are labeled; of the others the model is not sure."
        summary = all_of_them if labeled == labels.frames else some
        layout.addWidget(text_label("result_summary", self, f"{summary} {remark}"))
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)


def budget_of(labels: Labels) -> list[tuple[str, str, str, str]]:
    """Return (behavior, time, share, number of bouts) for every behavior, the longest first."""
    found: dict[str, tuple[int, int]] = {}
    for group in range(labels.track.groups):
        for bout in labels.track.bouts(group):
            if bout.label != UNLABELED:
                name = _usual(labels.ethogram.label_name(bout.label))
                frames, bouts = found.get(name, (0, 0))
                found[name] = (frames + bout.length, bouts + 1)
    fps = labels.fps or 25.0
    return [
        (name, clock(frames / fps), f"{frames / labels.frames:.1%}", f"{bouts:,}")
        for name, (frames, bouts) in sorted(found.items(), key=lambda item: -item[1][0])
    ]


def _usual(name: str) -> str:
    """Return the name that people know, where files write it in their own way, such as mm."""
    same = same_as(name)
    return name if same == name.strip().casefold() else same
