"""The confusion matrix of two raters over all their clips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ..annotation.agreement import PairReport
from ..annotation.ethogram import UNLABELED_NAME
from ..annotation.tracks import NONE, UNLABELED
from ..timeline.theme import Theme
from .confusion_matrix import ConfusionMatrix, Shown


class AgreementMatrix(QWidget):
    """Frames by the labels of both; none, and what only one has labeled, stand apart.

    Signals
    -------
    labels_clicked : (first, second)
        The codes of a cell that was clicked.
    """

    labels_clicked = Signal(int, int)

    def __init__(self, tip: Callable[[int, int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_matrix")
        self._tip = tip
        self._codes: list[int] = []
        self.matrix = ConfusionMatrix(self)
        self.shown_box = QComboBox(self)
        self.shown_box.setObjectName("agreement_matrix_shown")
        self.shown_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.shown_box.setToolTip(
            "What the cells say: frames, or shares of the first or second rater's label."
        )
        for shown in Shown:
            self.shown_box.addItem(shown.value, shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.shown_box, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.matrix, 1)
        self.shown_box.activated.connect(lambda _index: self.matrix.show_as(self.shown_box.currentData()))
        self.matrix.cell_clicked.connect(self._on_cell)

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colors."""
        self.matrix.set_theme(theme)

    def show_pair(self, pair: PairReport) -> None:
        """Show another pair of raters."""
        self._codes, counts = counts_of(pair)
        self.matrix.set_counts(
            [pair.names[code] if code != UNLABELED else UNLABELED_NAME for code in self._codes],
            counts,
            (pair.a, pair.b),
            apart=sum(code <= NONE for code in self._codes),
            tip=lambda row, column: self._tip(self._codes[row], self._codes[column]),
        )

    def cell_of(self, first: int, second: int) -> tuple[int, int]:
        """Return row and column of two labels."""
        return self._codes.index(first), self._codes.index(second)

    def _on_cell(self, row: int, column: int) -> None:
        self.labels_clicked.emit(self._codes[row], self._codes[column])


def counts_of(pair: PairReport) -> tuple[list[int], np.ndarray]:
    """Return codes, behaviors first, then none and unlabeled, and the frames of each two of them.

    Behaviors that neither used are left out. Frames that nobody has labeled stand nowhere.
    """
    confusion = pair.confusion
    size = len(confusion.labels)
    counts = np.zeros((size + 1, size + 1), np.int64)
    counts[:size, :size] = confusion.frames
    counts[:size, size] = confusion.only_a.sum(axis=0)
    counts[size, :size] = confusion.only_b.sum(axis=0)
    codes = [*confusion.labels, UNLABELED]
    used = [n for n in range(size + 1) if counts[n].any() or counts[:, n].any()]
    order = sorted(used, key=lambda n: (codes[n] <= NONE, codes[n] == UNLABELED, codes[n]))
    return [codes[n] for n in order], counts[np.ix_(order, order)]
