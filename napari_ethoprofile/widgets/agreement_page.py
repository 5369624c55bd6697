"""A report on two raters or more in the window: tables, matrix and plots, whose marks play stretches."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from ..agreeing import Agreeing
from ..annotation.agreement import PairReport
from ..annotation.agreement.kinds import Kind
from ..annotation.agreement.report import AgreementReport, Part, tables
from ..annotation.agreement.report.explanations import meaning_of
from ..plots import ClipDots, KindBars, ToleranceCurve, WeekDots
from ..timeline.theme import Theme
from ..wires import Wires
from .agreement_matrix import AgreementMatrix
from .agreement_tables import AgreementTables, report_view
from .forms import push_button, text_label, tooltip
from .report_table import ReportTable, fit_columns

PLAYED = "A click on a behavior, a cell, a bar or a dot plays its stretches, to be decided there."
NOT_PLAYED = "Label files without a project: numbers only, there is no recording to play."


class AgreementPage(QWidget):
    """Shows the report of the window.

    Signals
    -------
    part_clicked : (part)
        The stretches behind a cell, a bar, a dot or a row shall be played.
    report_requested
        The report shall be written into files.
    others_requested
        Others shall be compared.
    """

    part_clicked = Signal(object)
    report_requested = Signal()
    others_requested = Signal()

    def __init__(self, agreeing: Agreeing, wires: Wires, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreement_page")
        self._agreeing = agreeing
        self._create_head()
        self._create_parts()
        self._lay_out()
        self._connect()
        wires.connect(agreeing.report_changed, self._show_report)
        wires.connect(agreeing.pair_changed, self._show_pair)
        self._show_report(agreeing.report)
        self._show_pair(agreeing.pair)

    def _create_head(self) -> None:
        self.pair_box = QComboBox(self)
        self.pair_box.setObjectName("agreement_pair")
        self.pair_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pair_box.setToolTip(tooltip(meaning_of("pair")))
        self.pair_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.report_button = push_button(
            "agreement_report", "Report…", "Write page, table, numbers and figures into files.", self
        )
        self.others = push_button("agreement_others", "Other raters…", "Choose whom to compare.", self)
        for button in (self.report_button, self.others):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _create_parts(self) -> None:
        self.tables = AgreementTables(self)
        self.matrix = AgreementMatrix(
            lambda first, second: self._agreeing.sentence(Part(labels=(first, second))), self
        )
        self.curve = ToleranceCurve(self)
        self.kinds = KindBars(self)
        self.clips = ClipDots(self)
        self.weeks = WeekDots(self)
        self.hint = text_label("agreement_click_hint", self)
        self.apart = ReportTable(self)
        self.apart_view = report_view("agreement_apart", self.apart, self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.pair_box, 1)
        head.addWidget(self.report_button)
        head.addWidget(self.others)
        scroll = QScrollArea(self)
        scroll.setObjectName("clip_dots_area")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.clips)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("agreement_tabs")
        for widget, title, meaning in (
            (self.tables, "Numbers", ""),
            (self.matrix, "Matrix", "Frames by the labels of both."),
            (self.kinds, "Kinds", meaning_of("kinds")),
            (scroll, "Clips", "Kappa and agreement of every clip, the lowest kappa on top."),
            (self.curve, "Timing", meaning_of("tolerance")),
            (self.weeks, "Weeks", "Kappa by the week in which the later of the two scored."),
            (self.apart_view, "Apart", "The numbers by subject, strain, phase or week."),
        ):
            place = self.tabs.addTab(widget, title)
            self.tabs.setTabToolTip(place, tooltip(meaning))
        bar = self.tabs.tabBar()
        assert bar is not None
        bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar.setUsesScrollButtons(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.hint)

    def _connect(self) -> None:
        agreeing, clicked = self._agreeing, self.part_clicked
        self.report_button.clicked.connect(lambda _checked=False: self.report_requested.emit())
        self.others.clicked.connect(lambda _checked=False: self.others_requested.emit())
        self.pair_box.activated.connect(self._on_pair)
        self.tables.behavior_clicked.connect(lambda code: clicked.emit(Part(behavior=code)))
        self.matrix.labels_clicked.connect(lambda *labels: clicked.emit(Part(labels=labels)))
        self.kinds.explain = lambda kind: agreeing.sentence(Part(kind=Kind(kind)))
        self.kinds.clicked.connect(lambda kind: clicked.emit(Part(kind=Kind(kind))))
        self.clips.explain = lambda clip: agreeing.sentence(Part(clips=frozenset({clip})))
        self.clips.clicked.connect(lambda clip: clicked.emit(Part(clips=frozenset({clip}))))
        self.weeks.explain = lambda week: agreeing.sentence(agreeing.week(week))
        self.weeks.clicked.connect(lambda week: clicked.emit(agreeing.week(week)))

    def set_theme(self, theme: Theme) -> None:
        """Paint matrix and plots in these colors."""
        for plot in (self.matrix, self.curve, self.kinds, self.clips, self.weeks):
            plot.set_theme(theme)

    def _on_pair(self, place: int) -> None:
        report = self._agreeing.report
        if report is not None:
            self._agreeing.show_pair(report.pairs[place])

    def _show_report(self, report: AgreementReport | None) -> None:
        self.pair_box.clear()
        if report is not None:
            self.pair_box.addItems([tables.title_of(pair, report) for pair in report.pairs])

    def _show_pair(self, pair: PairReport | None) -> None:
        report = self._agreeing.report
        if report is None or pair is None:
            return
        self.tables.show_pair(report, pair)
        self.matrix.show_pair(pair)
        self.curve.show_curve(pair.tolerance_curve, pair.settings.tolerance)
        self.kinds.show_kinds(pair.kinds)
        self.clips.show_clips(pair.clip_rows)
        self.weeks.show_weeks([row for row in report.weeks if row.pair is pair])
        apart = tables.groupings(pair, report)
        self.apart.show_table(apart or tables.Table("", []))
        fit_columns(self.apart_view)
        self.hint.setText(PLAYED if self._agreeing.plays else NOT_PLAYED)
        self.tabs.setTabVisible(self.tabs.indexOf(self.apart_view), apart is not None)
