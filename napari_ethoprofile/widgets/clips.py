"""The dock's clip list: filters, progress, an estimate of the time left, and the next clip."""

from __future__ import annotations

import time

from qtpy.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from superqt.utils import qthrottled

from ..session import OpenPass, Session
from .clip_table import (
    ASSIGNED,
    DUE,
    IN_PROGRESS,
    SUBJECT,
    SUBMITTED,
    TO_DO,
    ClipFilter,
    ClipRow,
    ClipTableModel,
    clip_rows,
)

#: Columns are as wide as these rows need: a look at each of thousands holds up the clip that opens.
MEASURED_ROWS = 100


class ClipsPanel(QWidget):
    """Lists the clips for the acting annotator.

    Attributes
    ----------
    clip_requested
        Emits the id of a clip that the user wants to open.
    next_requested
        Emitted when the user wants the next clip that is not submitted.
    """

    clip_requested = Signal(str)
    next_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clips_panel")
        self._session = session
        self._pace = PaceMeter()
        self.model = ClipTableModel(self)
        self.filter = ClipFilter(self)
        self.filter.setSourceModel(self.model)
        self._create_filters()
        self._create_table()
        self._create_footer()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._filters)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._footer)
        self._refresh_open_soon = qthrottled(self._refresh_open, timeout=500, leading=False)
        session.project_changed.connect(lambda _project: self.refresh())
        session.annotator_changed.connect(lambda _name: self.refresh())
        session.passes_changed.connect(self._on_passes)
        session.opened.connect(self._on_opened)
        session.labels_changed.connect(lambda _g, _a, _b: self._refresh_open_soon())
        self.refresh()

    def _create_filters(self) -> None:
        self.state_box = QComboBox(self)
        self.state_box.setObjectName("clip_state_filter")
        for text, state in (
            ("All", ""),
            ("Assigned to me", ASSIGNED),
            ("To do", TO_DO),
            ("In progress", IN_PROGRESS),
            ("Submitted", SUBMITTED),
        ):
            self.state_box.addItem(text, state)
        self.state_box.setToolTip("Show only clips in this state.")
        self.search = QLineEdit(self)
        self.search.setObjectName("clip_search")
        self.search.setPlaceholderText("Find recording or subject")
        self.search.setToolTip("Show only clips whose recording, subject or start holds this text.")
        self.search.setClearButtonEnabled(True)
        self._filters = QHBoxLayout()
        self._filters.addWidget(self.state_box)
        self._filters.addWidget(self.search, 1)
        self.state_box.currentIndexChanged.connect(lambda _index: self._restrict())
        self.search.textChanged.connect(lambda _text: self._restrict())

    def _create_table(self) -> None:
        self.table = QTableView(self)
        self.table.setObjectName("clip_table")
        self.table.setModel(self.filter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(22)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        header.setResizeContentsPrecision(MEASURED_ROWS)
        header.setHighlightSections(False)
        self.table.setMinimumHeight(72)
        self.table.doubleClicked.connect(self._on_chosen)
        self.table.viewport().installEventFilter(self)
        self._soon = QTimer(self)  # when the list has the room that it gets
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show_selected)

    def _create_footer(self) -> None:
        self.summary = QLabel(self)
        self.summary.setObjectName("clip_summary")
        self.summary.setWordWrap(True)
        self.next_button = QPushButton("Next clip", self)
        self.next_button.setObjectName("next_clip_button")
        self.next_button.setToolTip("Open the next clip that is not submitted; assigned ones come first.")
        self.next_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.next_button.clicked.connect(lambda _checked=False: self.next_requested.emit())
        self._footer = QHBoxLayout()
        self._footer.addWidget(self.summary, 1)
        self._footer.addWidget(self.next_button)

    def shown_clips(self) -> list[str]:
        """Return the ids of the clips in the order in which they are listed."""
        shown = (
            self.filter.mapToSource(self.filter.index(n, 0)).row() for n in range(self.filter.rowCount())
        )
        return [self.model.rows[row].clip for row in shown]

    def refresh(self) -> None:
        """Read the clips from the project again."""
        project = self._session.project
        self.model.show(clip_rows(project, self._session.annotator) if project is not None else [])
        self.table.setColumnHidden(SUBJECT, not any(row.subject for row in self.model.rows))
        self.table.setColumnHidden(DUE, not any(row.deadline for row in self.model.rows))
        self._select_open()
        self._summarize()

    def _restrict(self) -> None:
        self.filter.restrict(self.state_box.currentData() or "", self.search.text())

    def _on_chosen(self, index: QModelIndex) -> None:
        self.clip_requested.emit(self.model.rows[self.filter.mapToSource(index).row()].clip)

    def _on_passes(self) -> None:
        if not self._session.switching:  # the clip that comes is one reason to read the project, not two
            self.refresh()

    def _on_opened(self, current: OpenPass | None) -> None:
        self._pace.pause()
        if current is not None:
            self.refresh()
            self._pace.start(current.editor.track.coverage().unlabeled)

    def _refresh_open(self) -> None:
        current, track = self._session.current, self._session.track
        if current is None or track is None:
            return
        unlabeled = track.coverage().unlabeled
        self._pace.tell(unlabeled)
        self.model.update_scored(current.record.id, 1 - unlabeled / max(1, current.frames))
        self._summarize()

    def _select_open(self) -> None:
        current = self._session.current
        for number, row in enumerate(self.model.rows):
            if current is not None and row.clip == current.clip.id:
                shown = self.filter.mapFromSource(self.model.index(number, 0)).row()
                if shown >= 0:
                    self.table.selectRow(shown)
                else:
                    self.table.clearSelection()
        self._soon.start()

    def _show_selected(self) -> None:
        """Scroll to the selected clip."""
        chosen = self.table.currentIndex()
        if chosen.isValid():
            self.table.scrollTo(chosen)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep the selected clip in sight when the list gets less room: an open clip takes some of it."""
        if isinstance(event, QResizeEvent):
            place = self.table.visualRect(self.table.currentIndex())
            in_sight = 0 <= place.top() < event.oldSize().height()  # else somebody has scrolled away from it
            if in_sight or self._soon.isActive():
                self._soon.start()
        return super().eventFilter(watched, event)

    def _summarize(self) -> None:
        rows = self.model.rows
        done = sum(row.state == SUBMITTED for row in rows)
        text = f"{done} of {len(rows)} clips submitted" if rows else "No clips yet"
        assigned, late = sum(bool(row.assigned) for row in rows), sum(row.late for row in rows)
        if assigned:
            text += f", {assigned} assigned to you"
        if late:
            text += f" ({late} overdue)"
        left = self._pace.seconds_for(frames_left(rows))
        if left is not None and done < len(rows):
            text += f", about {rough_duration(left)} left"
        self.summary.setText(text)
        self.next_button.setEnabled(done < len(rows))


class PaceMeter:
    """Measures how fast frames get decided while a clip is open, pauses of over a minute left out."""

    LONGEST_PAUSE = 60.0

    def __init__(self) -> None:
        self.seconds = 0.0
        self.frames = 0
        self._since: float | None = None
        self._unlabeled = 0

    def start(self, unlabeled: int, now: float | None = None) -> None:
        """Begin with a clip that has `unlabeled` frames."""
        self._since = time.monotonic() if now is None else now
        self._unlabeled = unlabeled

    def pause(self) -> None:
        """No clip is open."""
        self._since = None

    def tell(self, unlabeled: int, now: float | None = None) -> None:
        """Tell that `unlabeled` frames are left on the open clip."""
        moment = time.monotonic() if now is None else now
        if self._since is not None:
            self.seconds += min(moment - self._since, self.LONGEST_PAUSE)
            self.frames += self._unlabeled - unlabeled
        self.start(unlabeled, moment)

    def seconds_for(self, frames: int) -> float | None:
        """Return the seconds that `frames` will take at the pace so far; None before there is one."""
        if self.frames < 250 or self.seconds < 10:
            return None
        return frames * self.seconds / self.frames


def frames_left(rows: list[ClipRow]) -> int:
    """Return the frames that are still to be decided on clips that are not submitted."""
    return round(sum(row.frames * (1 - row.scored) for row in rows if row.state != SUBMITTED))


def rough_duration(seconds: float) -> str:
    """Return a duration as people say it: ``5 min`` or ``3 h 20 min``."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"
