"""Agreement of two raters on the compared clip in numbers; a click on a behavior lists its disagreements."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.adjudication import Comparison
from ..annotation.agreement import BehaviorRow, Pair, PairReport, compare, is_defined
from ..annotation.agreement.report.explanations import meaning_of
from ..annotation.agreement.undefined import Value
from ..annotation.errors import AgreementError
from ..annotation.ethogram import Ethogram
from .forms import shape_table, text_label

_CODE = Qt.ItemDataRole.UserRole
_MISSING = "–"


class AgreementNumbers(QWidget):
    """A table of the behaviors: seconds and bouts of both raters, and how well they agree.

    Signals
    -------
    behavior_clicked : (code)
        The disagreements about a behavior shall be listed.
    """

    behavior_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_numbers")
        self.overall = text_label("numbers_overall", self)
        self.table = QTableWidget(0, 0, self)
        self.table.setObjectName("numbers_table")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setMinimumHeight(60)
        self.table.cellClicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.overall)
        layout.addWidget(self.table, 1)

    def show_pair(
        self, comparison: Comparison, pair: tuple[int, int], ethogram: Ethogram, group: int
    ) -> None:
        """Compute and show the numbers of two raters, given by their places, in one group of behaviors."""
        first, second = (comparison.raters[number] for number in pair)
        names = {b.id: b.name for b in ethogram.behaviors if b.group == ethogram.groups[group]}
        try:
            one, two = first.track.codes[:, group], second.track.codes[:, group]
            both = Pair(one, two, clip=comparison.clip.id, fps=comparison.fps)
            report = compare([both], names, raters=(first.name, second.name))
        except AgreementError as error:
            self.overall.setText(str(error))
            self.table.setRowCount(0)
            return
        self.overall.setText(_overall(report))
        self._show_rows(report, f"{first.letter} / {second.letter}")

    def _show_rows(self, report: PairReport, letters: str) -> None:
        heads = [
            ("Behavior", ""),
            ("Seconds", f"{letters}: {meaning_of('seconds')}"),
            ("Bouts", f"{letters}: {meaning_of('bouts')}"),
            ("Kappa", meaning_of("kappa")),
            ("Frame F1", meaning_of("frame_f1")),
            ("Bout F1", meaning_of("bout_f1")),
        ]
        rows = [*report.behaviors, *([report.none] if report.none is not None else [])]
        shown = [row for row in rows if row.seconds_a or row.seconds_b]
        self.table.setColumnCount(len(heads))
        self.table.setRowCount(len(shown))
        for column, (title, meaning) in enumerate(heads):
            head = QTableWidgetItem(title)
            head.setToolTip(meaning)
            self.table.setHorizontalHeaderItem(column, head)
        for number, row in enumerate(shown):
            for column, (text, tip) in enumerate(_cells(row)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip)
                item.setData(_CODE, row.code)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        header = shape_table(self.table, 0, 20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _on_clicked(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self.behavior_clicked.emit(item.data(_CODE))


def _overall(report: PairReport) -> str:
    """Return the numbers of the whole clip in a sentence, which says what was left out."""
    agreement, kappa = report.agreement.value, report.kappa.value
    share = f"{agreement:.1%}" if is_defined(agreement) else str(agreement)
    chance = f"{kappa:.3f}" if is_defined(kappa) else str(kappa)
    left = report.excluded.frames
    out = f" Left out, labeled by one or by neither: {left}." if left else ""
    return f"{report.frames} frames: agreement {share}, kappa {chance}. One clip gives no interval.{out}"


def _cells(row: BehaviorRow) -> list[tuple[str, str]]:
    """Return text and tooltip of every cell of a behavior."""
    return [
        (row.name, "Click to list what the two disagree on about it."),
        (f"{row.seconds_a:.1f} / {row.seconds_b:.1f}", ""),
        (f"{row.bouts.bouts_a} / {row.bouts.bouts_b}", ""),
        _number(row.kappa.value),
        _number(row.f1.value),
        _number(row.bouts.f1_half.value),
    ]


def _number(value: Value) -> tuple[str, str]:
    if not is_defined(value):
        return _MISSING, str(value)
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−"), ""
