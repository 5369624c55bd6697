"""The behaviors of two raters in a table, all of them in a sentence, and how their passes came about."""

from __future__ import annotations

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget
from superqt import QElidingLabel

from ..annotation.agreement import PairReport, is_defined
from ..annotation.agreement.report import AgreementReport, PartRow, exclusions, tables
from ..annotation.agreement.report.explanations import meaning_of, name_of
from ..annotation.agreement.resampling import Estimate
from ..annotation.agreement.sources.material import DEPENDENT, ORIGINS
from ..annotation.agreement.undefined import Undefined
from ..annotation.formats.wording import counted
from .forms import shape_table, text_label, tooltip
from .report_table import ReportTable, fit_columns

#: Numbers have their interval on a second line.
ROW_HEIGHT = 32


class AgreementTables(QWidget):
    """Numbers of the shown pair in a sentence and in a table.

    Signals
    -------
    behavior_clicked : (code)
        A row of the table was clicked.
    """

    behavior_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_tables")
        self._codes: list[int] = []
        self.overall = text_label("agreement_overall", self)
        self.overall.setToolTip(tooltip(*(f"{name_of(key)}: {meaning_of(key)}" for key in _TOLD)))
        self.model = ReportTable(self)
        self.view = report_view("agreement_table", self.model, self)
        self.view.setCursor(Qt.CursorShape.PointingHandCursor)
        self.view.clicked.connect(self._on_clicked)
        self.audit = text_label("agreement_audit", self)
        self.odd = QElidingLabel(self)
        self.odd.setObjectName("agreement_odd")
        self.odd.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.overall)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.audit)
        layout.addWidget(self.odd)

    def show_pair(self, report: AgreementReport, pair: PairReport) -> None:
        """Show another pair of raters."""
        rows = (*pair.behaviors, *([pair.none] if pair.none is not None else []))
        self._codes = [row.code for row in rows]
        self.model.show_table(tables.behaviors(pair, report))
        fit_columns(self.view)
        self.overall.setText(overall_sentence(pair))
        own = [row for row in report.origins if row.pair is pair]
        self.audit.setText(audit_sentence(own))
        self.audit.setToolTip(tooltip(*(f"{row.name}: {ORIGINS[row.name]}." for row in own)))
        odd = [*(f"Left out: {phrase}." for phrase in exclusions(report)), *report.material.notes]
        more = f"{len(odd)} remarks: " if len(odd) > 1 else ""
        self.odd.setText(f"{more}{odd[0]}" if odd else "")
        self.odd.setToolTip(tooltip(*odd))
        self.odd.setVisible(bool(odd))

    def _on_clicked(self, place: QModelIndex) -> None:
        self.behavior_clicked.emit(self._codes[place.row()])


#: What the sentence about all behaviors tells.
_TOLD = ("agreement", "macro", "kappa", "ac1", "needed")


def report_view(name: str, model: ReportTable, parent: QWidget) -> QTableView:
    """Return a view of a table of the report."""
    view = QTableView(parent)
    view.setObjectName(name)
    view.setModel(model)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setMinimumHeight(80)
    header = shape_table(view, 0, ROW_HEIGHT)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    header.setMinimumSectionSize(20)
    view.setStyleSheet("QHeaderView::section { padding: 2px 3px; }")
    return view


def overall_sentence(pair: PairReport) -> str:
    """Return the numbers of all behaviors together in a sentence."""
    more = pair.clips_needed
    needed = "" if isinstance(more, Undefined) else f" For kappa ± 0.05: {more:,} more {pair.settings.unit}s."
    return (
        f"{counted(pair.frames, 'frame')} of {counted(len(pair.clip_rows), 'clip')}: agreement "
        f"{_percent(pair.agreement)}, macro {_percent(pair.macro_agreement)}, kappa {_number(pair.kappa)}, "
        f"AC1 {_number(pair.ac1)}.{needed}"
    )


def audit_sentence(rows: list[PartRow]) -> str:
    """Return agreement by how the passes came about, independent ones first."""
    if not rows:
        return ""
    ordered = sorted(rows, key=lambda row: (row.name in DEPENDENT, list(ORIGINS).index(row.name)))
    said = []
    for row in ordered:
        warning = ", high by construction" if row.name in DEPENDENT else ""
        numbers = f"{_percent(row.agreement)}, kappa {_number(row.kappa)}"
        said.append(f"{row.name} ({counted(row.clips, 'clip')}{warning}): {numbers}")
    return f"Anchoring: {'; '.join(said)}."


def _percent(estimate: Estimate) -> str:
    return f"{100 * estimate.value:.1f}\u00a0%" if is_defined(estimate.value) else str(estimate.value)


def _number(estimate: Estimate) -> str:
    if not is_defined(estimate.value):
        return str(estimate.value)
    text = f"{estimate.value:.3f}"
    if not isinstance(estimate.interval, Undefined):
        text += f" ({estimate.interval.low:.3f}–{estimate.interval.high:.3f})"
    return text.replace("-", "−")
