"""The dock "Batch prediction": recordings and clips that a model labels while the window stays usable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..annotation.project import Project
from ..prediction_process import CommandLabeling, work_in_process
from ..session import Session
from ..training.queue import Item, Outcome, PredictionQueue, State, workers_for
from ..workspace import workspace_of
from .batch_choices import BatchChoices
from .batch_items import Entry, clips_in, entries_of, labels_of
from .batch_table import FILE, ROW_HEIGHT, TALL_ROW_HEIGHT, BatchTable
from .choosers import RECORDING_FILES, ask_folder
from .dropping import DropPanel
from .forms import Notice, add_action, push_button, shape_table, text_label
from .kept_panels import KeptDock
from .result_dialog import ResultDialog

if TYPE_CHECKING:
    import napari.viewer

#: Milliseconds between two looks at the queue.
LOOK_MS = 250
_PAUSE, _GO_ON = "Pause", "Go on"
_LOCKED = "This can be changed when the queue is paused and nothing runs."
_WORST_FIRST = (State.FAILED, State.PARTIAL, State.RUNNING, State.WAITING, State.CANCELED, State.DONE)


class BatchWidget(KeptDock):
    """The dock that napari opens as "Batch prediction"; it needs no project.

    Parameters
    ----------
    viewer
        The napari viewer; where the docks for annotating are open, their project is at hand.
    """

    panel: BatchPanel

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        def session() -> Session | None:
            workspace = workspace_of(viewer)
            return workspace.session if workspace is not None else None

        super().__init__("batch", viewer, lambda: BatchPanel(session), parent)


class BatchPanel(DropPanel):
    """Shows the queue, and what can be done with it; the queue ends with the window.

    While it works the choices are locked: what is shown is what is done.

    Parameters
    ----------
    session
        Returns what is open in the window; None where nothing can be open.
    """

    def __init__(self, session: Callable[[], Session | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(390)
        self._session = session
        self.queue = PredictionQueue(self._label)
        self.queue.pause()
        self.queue.start()
        self.choices = BatchChoices(self._open_project, self)
        self.notice = Notice("batch_notice", self)
        self._labeling: CommandLabeling | None = None
        self._held = False
        self._told: set[int] = set()
        self._create_table()
        self._create_buttons()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(LOOK_MS)
        self.destroyed.connect(self.queue.close)
        QApplication.instance().aboutToQuit.connect(self.let_go)
        self.refresh()

    # -- acts ---------------------------------------------------------------------------------------------

    def let_go(self) -> None:
        """End the queue; what was computed is kept."""
        self._timer.stop()
        self.queue.close()

    def add(self, paths: list[Path], entries: Callable[[Path], list[Entry]] = entries_of) -> None:
        """Put recordings, those in folders, and the clips of projects into the queue."""
        problems: list[str] = []
        for path in paths:
            try:
                for source, clip in entries(path):
                    self.queue.add(source, clip)
            except EthoprofileError as error:
                problems.append(str(error))
        self.notice.tell(" ".join(problems), problem=bool(problems))
        self.refresh()

    def add_open_project(self) -> None:
        """Put the clips of the project that is open in the window into the queue."""
        project = self._open_project()
        if project is not None:
            self.add([project.folder], clips_in)

    def start_or_pause(self) -> None:
        """Begin with the queue, or begin no further item."""
        if self.queue.paused:
            self._begin()
        else:
            self.queue.pause()
            self._held = True
            self.refresh()

    def move(self, by: int) -> None:
        """Move the selected item up (-1) or down (1)."""
        chosen = self.selected()
        if len(chosen) == 1:
            place = [item.id for item in self.queue.items].index(chosen[0].id) + by
            if 0 <= place < len(self.queue.items):
                self.queue.move(chosen[0].id, place)
                self.refresh()
                self.view.selectRow(place)

    def remove(self) -> None:
        """Take the selected items out of the queue; results stay."""
        for item in self.selected():
            self.queue.remove(item.id)
        self.refresh()

    def stop(self) -> None:
        """Stop the selected items; what was computed is kept."""
        for item in self.selected():
            self.queue.cancel(item.id)
        self.refresh()

    def retry(self) -> None:
        """Begin with the selected items that are not done, as is chosen now."""
        self._begin([item for item in self.selected() if item.state.may_go_on])

    def open_result(self) -> None:
        """Show what the model said about the selected recording or clip."""
        done = [item for item in self.selected() if item.result]
        if not done:
            self.notice.tell("Select a recording or clip that is done.", problem=True)
            return
        item = done[0]
        try:
            labels = labels_of(item, self._session())
        except EthoprofileError as error:
            self.notice.tell(str(error), problem=True)
            return
        self.notice.tell("")
        file = Path(item.result)
        name, home = (item.clip, item.source) if item.clip else (file.name, file.parent)
        self.result = ResultDialog(labels, name, home, item.sentence, self)
        self.result.show()

    def selected(self) -> list[Item]:
        """Return the selected items in the order of the queue."""
        selection = self.view.selectionModel()
        rows = sorted(index.row() for index in selection.selectedRows()) if selection is not None else []
        return [self.table.items[row] for row in rows if row < len(self.table.items)]

    def refresh(self) -> None:
        """Show how far the queue is; one that is through waits for the next start."""
        if all(item.state.ended for item in self.queue.items):
            self.queue.pause()
            self._held = False
        self._show_items()
        self._tell_passes()
        self.go.setText(_PAUSE if not self.queue.paused else _GO_ON if self._held else "Start")
        self._enable()
        self.summary.setText(_summary(self.queue.items))

    # -- inside -------------------------------------------------------------------------------------------

    def _begin(self, again: Sequence[Item] = ()) -> None:
        """Work on what waits, and on these items again; a queue that stood still works as is chosen now."""
        if self.queue.paused:
            waiting = [item for item in self.queue.items if not item.state.ended]
            try:
                # kept: threads of the queue must not ask widgets
                self._labeling = self.choices.labeling(self._of_others([*waiting, *again]))
            except EthoprofileError as error:
                self.notice.tell(str(error), problem=True)
                return
        self.notice.tell("")
        for item in again:
            self.queue.retry(item.id)
        self.queue.workers = workers_for(len(self.queue.items))
        self.queue.start()
        self.queue.resume()
        self._held = False
        self.refresh()

    def _label(self, item: Item, on_progress: object, cancelled: object) -> Outcome:
        assert self._labeling is not None
        return work_in_process(self._labeling)(item, on_progress, cancelled)  # type: ignore[arg-type]

    def _show_items(self) -> None:
        items = self.queue.items
        rows = self.view.verticalHeader()
        assert rows is not None
        rows.setDefaultSectionSize(TALL_ROW_HEIGHT if any(item.clip for item in items) else ROW_HEIGHT)
        self.table.show(items)

    def _open_project(self) -> Project | None:
        session = self._session()
        return session.project if session is not None else None

    def _of_others(self, items: Sequence[Item]) -> bool:
        """Whether clips of another project than the open one are among these items."""
        project = self._open_project()
        own = project.folder if project is not None else None
        return any(item.clip and item.source != own for item in items)

    def _tell_passes(self) -> None:
        """Let the window see the passes that its project has got since the last look."""
        session = self._session()
        new = [i for i in self.table.items if i.clip and i.result and i.id not in self._told]
        self._told.update(item.id for item in new)
        if session is not None and session.project is not None:
            folder = session.project.folder
            if any(item.source == folder for item in new):
                session.passes_changed()

    def _enable(self) -> None:
        items, chosen = self.table.items, self.selected()
        place = items.index(chosen[0]) if len(chosen) == 1 else None
        free = self.queue.paused and not any(item.state is State.RUNNING for item in items)
        self.choices.setEnabled(free)
        self.choices.setToolTip("" if free else _LOCKED)
        self.add_own.setEnabled(self._open_project() is not None)
        self.go.setEnabled(any(not item.state.ended for item in items))
        self.up.setEnabled(place is not None and place > 0)
        self.down.setEnabled(place is not None and place < len(items) - 1)
        self.take_out.setEnabled(bool(chosen))
        self.halt.setEnabled(any(not item.state.ended for item in chosen))
        self.again.setEnabled(any(item.state.may_go_on for item in chosen))
        self.open.setEnabled(any(item.result for item in chosen))
        told = sorted(
            (item for item in chosen or items if item.sentence),
            key=lambda item: _WORST_FIRST.index(item.state),
        )
        self.why.setText(f"{told[0].title}: {told[0].sentence}" if told else "")
        self.why.setVisible(bool(told))

    def _create_table(self) -> None:
        self.table = BatchTable(self)
        self.view = QTableView(self)
        self.view.setObjectName("batch_table")
        self.view.setModel(self.table)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        shape_table(self.view, FILE, ROW_HEIGHT)
        self.view.doubleClicked.connect(lambda _index: self.open_result())
        selection = self.view.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._enable())
        self.summary = QLabel(self)
        self.summary.setObjectName("batch_summary")
        self.why = text_label("batch_why", self)

    def _create_buttons(self) -> None:
        self.add_files = push_button("batch_add", "Add files…", "Add recordings.", self)
        self.add_folder = push_button(
            "batch_add_folder",
            "Add folder…",
            "Add all recordings in a folder and below it, or all clips of a project.",
            self,
        )
        menu = QMenu(self)
        self.add_own = add_action(menu, "Clips of the open project", self.add_open_project)
        add_action(menu, "Clips of a project…", self._ask_project)
        self.add_clips = push_button("batch_add_clips", "Add clips", "Add clips of a project.", self, menu)
        self.go = push_button("batch_go", "Start", "Work on the queue from top to bottom.", self)
        self.up = push_button("batch_up", "Up", "Label it earlier.", self)
        self.down = push_button("batch_down", "Down", "Label it later.", self)
        self.halt = push_button("batch_stop", "Stop", "Stop it; what was computed is kept.", self)
        self.again = push_button("batch_retry", "Retry", "Go on where it was, as is chosen above.", self)
        self.take_out = push_button("batch_remove", "Remove", "Take it out of the queue; results stay.", self)
        self.open = push_button("batch_open", "Open result", "Show what the model said.", self)
        self.add_files.clicked.connect(self._ask_files)
        self.add_folder.clicked.connect(self._ask_folder)
        self.go.clicked.connect(self.start_or_pause)
        self.up.clicked.connect(lambda: self.move(-1))
        self.down.clicked.connect(lambda: self.move(1))
        self.halt.clicked.connect(self.stop)
        self.again.clicked.connect(self.retry)
        self.take_out.clicked.connect(self.remove)
        self.open.clicked.connect(self.open_result)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self.choices)
        layout.addLayout(_row(self.add_files, self.add_folder, self.add_clips, None, self.go))
        layout.addWidget(self.notice)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.summary)
        layout.addWidget(self.why)
        layout.addLayout(_row(self.up, self.down, None, self.halt, self.again))
        layout.addLayout(_row(self.take_out, None, self.open))

    def _ask_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "Add recordings", "", RECORDING_FILES)
        self.add([Path(path) for path in paths])

    def _ask_folder(self) -> None:
        title = "Add the recordings in a folder, or the clips of a project"
        ask_folder(self, title, lambda folder: self.add([Path(folder)]))

    def _ask_project(self) -> None:
        title = "Add the clips of a project"
        ask_folder(self, title, lambda folder: self.add([Path(folder)], clips_in))


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Return widgets in a row; None stands for what takes the rest."""
    row = QHBoxLayout()
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def _summary(items: tuple[Item, ...]) -> str:
    """Return how many items are in which state, those that need a look first."""
    counts = {state: sum(item.state is state for item in items) for state in State}
    return ", ".join(f"{counts[state]} {state.value}" for state in _WORST_FIRST if counts[state])
