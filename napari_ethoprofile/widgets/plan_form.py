"""The form of a clip plan, with a live preview of what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QValidator
from qtpy.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..annotation.clips import Source, Stretch
from ..annotation.errors import EthoprofileError
from .clip_plan import (
    SECONDS_PER_HOUR,
    ClipPlan,
    PlanKind,
    RecordingShare,
    counted,
    duration_text,
    parse_duration,
    shares_of,
    spoken_duration,
)
from .forms import Notice, push_button, shape_table, text_label

RECORDING, SUBJECT, CLIPS, TO_SCORE, LENGTH = range(5)
NO_RECORDINGS = "There are no recordings yet; clips can be planned when there are."
HEADERS = ("Recording", "Subject", "Clips", "To score", "Length")


class PlanForm(QWidget):
    """Chooses a clip plan and shows what it comes to.

    Parameters
    ----------
    remark
        Returns what to say about the plan as it is now, such as how many clips are there already.

    Attributes
    ----------
    changed
        Emitted when the plan or the recordings changed; `problem` and `stretches` are up to date then.
    problem
        Why the plan cannot be carried out; empty when it can.
    stretches
        The clips that the plan makes.
    uncertain
        Those of them that exact frame counts may change.
    """

    changed = Signal()

    def __init__(self, remark: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_form")
        self._remark = remark
        self._sources: list[Source] = []
        self._estimated: set[str] = set()
        self.problem = ""
        self.stretches: list[Stretch] = []
        self.uncertain: list[Stretch] = []
        self._create_fields()
        self._create_choices()
        self._create_preview()
        self._lay_out()
        self.refresh()

    # fields

    def _create_fields(self) -> None:
        self.length = DurationBox("clip_length", 300, "Length of a clip.", self)
        self.every = DurationBox(
            "clip_every", 1800, "From the start of a clip to the start of the next.", self
        )
        self.count = _number("clip_count", 10, 1, 10_000, "Number of random clips per subject.", self)
        self.seed = _number("clip_seed", 0, 0, 999_999, "The same seed draws the same clips again.", self)
        self.table = QLineEdit(self)
        self.table.setObjectName("clip_table_file")
        self.table.setPlaceholderText("CSV file")
        self.table.setToolTip(
            "A table with the columns video, start and stop in frames, or start_s and stop_s in seconds."
        )
        self.browse = push_button("browse_clip_table", "Browse…", "Choose the CSV file.", self)
        self.browse.clicked.connect(lambda _checked=False: self._ask_table())
        for box in (self.length, self.every, self.count, self.seed):
            box.valueChanged.connect(lambda _value: self.refresh())
        self.table.textChanged.connect(lambda _text: self.refresh())

    def _create_choices(self) -> None:
        self._group = QButtonGroup(self)
        self.choices: dict[PlanKind, QRadioButton] = {}
        texts = {
            PlanKind.EVERY: ("One clip at the start of every", "Samples the whole day at regular times."),
            PlanKind.CUT: ("Everything, cut into clips of this length", "Every frame is scored."),
            PlanKind.WHOLE: ("Everything, one clip per recording", "Every frame is scored."),
            PlanKind.RANDOM: ("Random clips per subject", "At random places that do not overlap."),
            PlanKind.TABLE: ("Clips from a list", "A CSV file says where each clip starts and stops."),
        }
        for number, (kind, (text, tooltip)) in enumerate(texts.items()):
            button = QRadioButton(text, self)
            button.setObjectName(f"plan_{kind.value}")
            button.setToolTip(tooltip)
            self._group.addButton(button, number)
            self.choices[kind] = button
        self.choices[PlanKind.EVERY].setChecked(True)
        self._group.buttonToggled.connect(lambda _button, on: self.refresh() if on else None)

    def _create_preview(self) -> None:
        self.total = text_label("plan_total", self, bold=True)
        self.notice = Notice("plan_notice", self)
        self.shares = QTableWidget(0, len(HEADERS), self)
        self.shares.setObjectName("plan_shares")
        self.shares.setHorizontalHeaderLabels(HEADERS)
        self.shares.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.shares.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.shares.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.shares.setToolTip("What the plan takes of each recording.")
        shape_table(self.shares, RECORDING, 24)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.addWidget(QLabel("Length of a clip", self), 0, 0)
        grid.addLayout(_row(self.length), 0, 1)
        fields = {
            PlanKind.EVERY: _row(self.every),
            PlanKind.RANDOM: _row(self.count, QLabel("seed", self), self.seed),
            PlanKind.TABLE: _row(self.table, self.browse, stretch=False),
        }
        for number, (kind, button) in enumerate(self.choices.items(), start=1):
            if kind in fields:
                grid.addWidget(button, number, 0)
                grid.addLayout(fields[kind], number, 1)
            else:
                grid.addWidget(button, number, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addSpacing(6)
        layout.addWidget(self.total)
        layout.addWidget(self.notice)
        layout.addWidget(self.shares, 1)

    def _ask_table(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "List of clips", "", "Tables (*.csv *.tsv *.txt)")
        if file:
            self.table.setText(file)
            self.choices[PlanKind.TABLE].setChecked(True)

    # the plan

    @property
    def plan(self) -> ClipPlan:
        """What is chosen now."""
        text = self.table.text().strip()
        return ClipPlan(
            next(kind for kind, button in self.choices.items() if button.isChecked()),
            self.length.value(),
            self.every.value(),
            self.count.value(),
            self.seed.value(),
            Path(text).expanduser() if text else None,
        )

    @property
    def to_count(self) -> set[str]:
        """Ids of the recordings whose frames must be counted before the plan is carried out."""
        return set() if self.problem else self.plan.to_count(self._sources, self._estimated)

    def show_sources(self, sources: Sequence[Source], estimated: set[str]) -> None:
        """Plan for these recordings; `estimated` are the ids of those whose frames are not counted yet."""
        self._sources, self._estimated = list(sources), estimated
        self.refresh()

    def refresh(self) -> None:
        """Work the plan out again and show what it comes to."""
        plan = self.plan
        self.length.setEnabled(plan.kind in (PlanKind.EVERY, PlanKind.CUT, PlanKind.RANDOM))
        self.every.setEnabled(plan.kind is PlanKind.EVERY)
        for field in (self.count, self.seed):
            field.setEnabled(plan.kind is PlanKind.RANDOM)
        self.problem, self.stretches = "", []
        try:
            self.stretches = plan.stretches(self._sources)
        except EthoprofileError as error:
            self.problem = str(error)
        self.uncertain = plan.uncertain(self._sources, self.stretches, self._estimated)
        self._show(shares_of(self._sources, self.stretches))
        self.changed.emit()

    def _show(self, shares: list[RecordingShare]) -> None:
        if self.problem:
            self.total.setText("")
            self.notice.tell(self.problem, problem=True)
        else:
            clips, seconds = sum(s.clips for s in shares), sum(s.seconds for s in shares)
            whole = sum(share.length for share in shares)
            self.total.setText(
                f"{counted(clips, 'clip')}, {spoken_duration(seconds)} of {spoken_duration(whole)}"
                f"{' (estimated)' if self._estimated else ''}"
            )
            self.notice.tell(self._remark() if self._sources else NO_RECORDINGS)
        self.shares.setRowCount(len(shares))
        for row, share in enumerate(shares):
            texts = (
                share.video, share.subject, f"{share.clips:,}",
                spoken_duration(share.seconds), spoken_duration(share.length),
            )  # fmt: skip
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column in (CLIPS, TO_SCORE, LENGTH):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(text)
                self.shares.setItem(row, column, item)


class DurationBox(QDoubleSpinBox):
    """A duration; its value is in seconds, and it is typed as ``5 min``, ``30 s`` or ``1.5 h``."""

    def __init__(self, name: str, seconds: float, tooltip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setDecimals(2)
        self.setRange(0.1, 24 * SECONDS_PER_HOUR)
        self.setValue(seconds)
        self.setToolTip(f"{tooltip} Type 5 min, 30 s or 1.5 h; a bare number is minutes.")
        self.setMinimumWidth(110)

    def textFromValue(self, value: float) -> str:
        """Return the duration as it is shown."""
        return duration_text(round(value, 2), " ")

    def valueFromText(self, text: str | None) -> float:
        """Return the seconds that were typed."""
        return parse_duration(text or "") or self.value()

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        """Accept durations, and let everything else be typed on."""
        text = text or ""
        seconds = parse_duration(text)
        fits = seconds is not None and self.minimum() <= seconds <= self.maximum()
        return (QValidator.State.Acceptable if fits else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        """Step by minutes, below one minute by 5 seconds."""
        size = 60 if self.value() + steps >= 60 else 5
        self.setValue(max(size, self.value() + steps * size))


def _number(name: str, value: int, least: int, most: int, tooltip: str, parent: QWidget) -> QSpinBox:
    box = QSpinBox(parent)
    box.setObjectName(name)
    box.setRange(least, most)
    box.setValue(value)
    box.setToolTip(tooltip)
    box.setMinimumWidth(90)
    return box


def _row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    if stretch:
        row.addStretch(1)
    return row
