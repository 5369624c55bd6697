"""The tab "Train" of the dock "Learn from labels": start, watch and stop trainings."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QItemSelectionModel, Qt, QTimer
from qtpy.QtGui import QFontDatabase
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..jobs.learning import Learning
from ..jobs.status import RunState
from ..session import Session
from ..timeline.theme import Theme
from ..training.jobs.adopting import is_adopted, warnings_of
from ..training.jobs.job import Job
from ..training.jobs.preparing import next_name
from ..training.jobs.standing import Standing
from ..wires import Wires
from .forms import Notice, push_button, shape_table
from .jobs_table import JobsTable
from .prune_jobs import PruneJobsDialog
from .start_rule import StartRuleLine
from .train_dialog import TrainDialog
from .train_form import TrainForm
from .training_curve import TrainingCurve, metrics_in

#: Milliseconds between two looks at the curve and the log of a training that runs.
_LOOK_MS = 1000
#: Lines of a log that are shown.
_LOG_LINES = 400
_THOUSAND = 1000


class TrainPanel(QWidget):
    """Shows the training that runs, and one of those before.

    Parameters
    ----------
    learning
        What trains.
    session
        Whose project it is for.
    wires
        Connections that are cut when the dock goes.
    dialog
        Trains other kinds of models, also when the dock goes; None for a new one.
    """

    def __init__(
        self,
        learning: Learning,
        session: Session,
        wires: Wires,
        dialog: TrainDialog | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._learning, self._session = learning, session
        self.form = TrainForm(self)
        self.rule = StartRuleLine(self)
        self.start = push_button("train_start", "Train", "Train a model on the labels as they are now.", self)
        self.stop = push_button(
            "train_stop",
            "Stop",
            "Stop the training; what is finished of it is kept and can be resumed.",
            self,
        )
        self.resume = push_button(
            "train_resume", "Resume", "Go on with the training that is selected below.", self
        )
        self.other = push_button(
            "train_other",
            "Other…",
            "Train a model of another kind, on chosen labels, on a part of the picture; it is not compared "
            "with the current one.",
            self,
        )
        self.dialog = dialog or TrainDialog(session)
        self.dialog.setParent(self, Qt.WindowType.Dialog)
        self.prune = push_button(
            "train_prune",
            "Remove old…",
            "Asks which old trainings are removed, and says how much room that makes. Models stay.",
            self,
        )
        self.stage = QLabel(self)
        self.stage.setObjectName("train_stage")
        self.left = QLabel(self)
        self.left.setObjectName("train_left")
        self.bar = QProgressBar(self)
        self.bar.setObjectName("train_bar")
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(10)
        self.notice = Notice("train_notice", self)
        self._create_views()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)
        self._connect(wires)
        self.refresh()

    def _create_views(self) -> None:
        self.table = JobsTable(self)
        self.view = QTableView(self)
        self.view.setObjectName("train_runs")
        self.view.setModel(self.table)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        shape_table(self.view, 3, 22)
        self.curve = TrainingCurve(self)
        self.log = QPlainTextEdit(self)
        self.log.setObjectName("train_log")
        self.log.setReadOnly(True)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.views = QTabWidget(self)
        self.views.setObjectName("train_views")
        for widget, name in ((self.view, "Trainings"), (self.curve, "Curve"), (self.log, "Log")):
            self.views.addTab(widget, name)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.start, self.stop, self.resume):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.other)
        state = QHBoxLayout()
        state.addWidget(self.stage, 1)
        state.addWidget(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 6, 4, 4)
        column.addWidget(self.form)
        column.addWidget(self.rule)
        column.addLayout(buttons)
        column.addLayout(state)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addWidget(self.views, 1)
        column.addWidget(self.prune, 0, Qt.AlignmentFlag.AlignRight)  # below the list that it shortens

    def _connect(self, wires: Wires) -> None:
        learning, status = self._learning, self._learning.status
        self.start.clicked.connect(lambda: self._guarded(lambda: learning.want(self.form.wish())))
        self.stop.clicked.connect(learning.stop)
        self.resume.clicked.connect(lambda: self._guarded(self._resume))
        self.other.clicked.connect(self._show_dialog)
        self.prune.clicked.connect(lambda: PruneJobsDialog(learning, self.window()).exec())
        self.rule.changed.connect(learning.set_rule)
        self._selection.currentRowChanged.connect(lambda _now, _before: self._show_selected())
        for signal in (status.events.fraction, status.events.seconds_left):
            wires.connect(signal, self._show_status)
        for signal in (status.events.state, status.events.stage):
            wires.connect(signal, self.refresh)
        wires.connect(learning.jobs_changed, self.refresh)
        wires.connect(learning.busy_changed, self._show_status)

    @property
    def _selection(self) -> QItemSelectionModel:
        selection = self.view.selectionModel()
        assert selection is not None
        return selection

    @property
    def selected(self) -> tuple[Job, Standing] | None:
        """The training that is looked at, with how far it is."""
        row = self._selection.currentIndex().row()
        return self.table.rows[row] if 0 <= row < len(self.table.rows) else None

    def set_theme(self, theme: Theme) -> None:
        """Draw the curve in these colors."""
        self.curve.set_theme(theme)

    def refresh(self) -> None:
        """Show the trainings of the open project; the newest is looked at when there is a new one."""
        before, known = self.selected, {job.id for job, _ in self.table.rows}
        jobs = self._learning.jobs()
        self.table.show_jobs(jobs)
        row = self.table.row_of(before[0].id) if before is not None else 0
        if jobs and jobs[0].id not in known:
            row = 0
        if 0 <= row < len(jobs):
            self.view.selectRow(row)
        project = self._session.project
        if project is not None:
            self.form.show_next_name(next_name(project))
        self.rule.show_rule(self._learning.rule)
        self._show_status()
        self._show_selected()

    def _show_status(self) -> None:
        status, busy = self._learning.status, self._learning.busy
        project = self._session.project
        self.start.setEnabled(project is not None and not project.read_only and not busy)
        self.other.setEnabled(project is not None and not project.read_only)
        self.prune.setEnabled(project is not None and not project.read_only and len(self.table.rows) > 1)
        self.stop.setEnabled(status.state is RunState.RUNNING)
        self._show_resume()
        self.bar.setVisible(busy)
        self.bar.setRange(0, 0 if status.fraction is None else _THOUSAND)
        self.bar.setValue(round(_THOUSAND * (status.fraction or 0)))
        self.stage.setVisible(busy)
        self.left.setVisible(busy and status.seconds_left is not None)
        if not busy:
            return
        words = {RunState.RUNNING: status.stage or "starting", RunState.STOPPING: "stopping"}
        doing = words.get(status.state, self._learning.doing)
        self.stage.setText(f"{status.model}: {doing}" if status.state.live else doing)
        if status.seconds_left is not None:
            self.left.setText(f"about {_duration(status.seconds_left)}")
            self.left.setToolTip("Until this stage ends, at its pace so far.")

    def _show_resume(self) -> None:
        chosen = self.selected
        can = chosen is not None and chosen[1].state.can_resume and not self._learning.busy
        self.resume.setEnabled(can)
        self.resume.setVisible(chosen is not None and chosen[1].state.can_resume)

    def _show_selected(self) -> None:
        chosen = self.selected
        self._show_resume()
        if chosen is None:
            self.curve.show_metrics([])
            self.log.setPlainText("")
            self.notice.tell("")
            return
        job, standing = chosen
        self._show_files(job)
        sentence = standing.sentence
        if is_adopted(job):
            sentence = " ".join([sentence, *warnings_of(job)])
        self.notice.tell(sentence, problem=standing.state.failed)

    def _show_files(self, job: Job) -> None:
        self.curve.show_metrics(metrics_in(job.metrics_file))
        try:
            lines = job.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        text = "\n".join(lines[-_LOG_LINES:])
        if text != self.log.toPlainText():
            self.log.setPlainText(text)
            bar = self.log.verticalScrollBar()
            if bar is not None:
                bar.setValue(bar.maximum())

    def _look(self) -> None:
        """Follow the training that runs, while somebody looks."""
        chosen = self.selected
        status = self._learning.status
        if chosen is not None and self.isVisible() and status.state.live and chosen[0].id == status.job:
            self._show_files(chosen[0])

    def _show_dialog(self) -> None:
        self.dialog.show_project()
        self.dialog.show()
        self.dialog.raise_()

    def _resume(self) -> None:
        chosen = self.selected
        if chosen is not None:
            self._learning.resume(chosen[0].id)

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except EthoprofileError as error:
            self.notice.tell(str(error), problem=True)


def _duration(seconds: float) -> str:
    """Return a duration in words, as exact as it is known."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left"
