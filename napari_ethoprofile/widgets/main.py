"""The main dock: start page, or clips, behaviors and the open pass of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QObject, Qt, QTimer
from qtpy.QtGui import QCloseEvent, QShowEvent
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..annotation.errors import EthoprofileError
from ..keys.focus import main_window_of
from ..workspace import MAIN_NAME, Workspace
from .behaviors import BehaviorsPanel
from .clips import ClipsPanel
from .pass_panel import PassPanel
from .project_menu import ProjectMenu
from .proposals import ProposalsPanel
from .side_dock import SharedPlace
from .start_page import StartPage

if TYPE_CHECKING:
    import napari.viewer

    from ..annotation.project import Project

ADD_ANNOTATOR = "Add annotator…"
MESSAGE_SECONDS = 12
#: When a page that was hidden has been laid out, with the rows of its ethogram.
LAYOUT_SETTLED_MS = 150


class MainWidget(SharedPlace):
    """The dock that napari opens as "Annotate behavior".

    Parameters
    ----------
    viewer
        The napari viewer.
    """

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attached = False
        self.setObjectName(MAIN_NAME)
        self.setMinimumWidth(330)
        # else napari gives part of the height to an empty stretch, the more docks were opened before
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.workspace = Workspace(viewer, self)
        session = self.workspace.session
        self.start = StartPage(self)
        self.clips = ClipsPanel(session, self)
        self.behaviors = BehaviorsPanel(session, self)
        self.passes = PassPanel(session, self)
        self.proposals = ProposalsPanel(self.workspace.proposing, session, self)
        self._create_header()
        self._create_message()
        self._lay_out()
        self._connect()

    def _create_header(self) -> None:
        self.title = QLabel(self)
        self.title.setObjectName("project_title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.annotator_box = QComboBox(self)
        self.annotator_box.setObjectName("annotator_box")
        self.annotator_box.setToolTip("Who scores. Passes and edits carry this name.")
        self.annotator_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.menu_button = QPushButton("Project", self)
        self.menu_button.setObjectName("project_menu")
        self.menu_button.setToolTip("Recordings, clips, ethogram, keys, import and export.")
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.menu_button.setMenu(ProjectMenu(self))

    def _create_message(self) -> None:
        self.message = QLabel(self)
        self.message.setObjectName("message")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.hide()
        self._message_timer = QTimer(self)
        self._message_timer.setSingleShot(True)
        self._message_timer.timeout.connect(self.message.hide)
        self.indexing = QLabel(self)
        self.indexing.setObjectName("indexing")
        self.indexing.setWordWrap(True)
        self.indexing.hide()

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.addWidget(self.title, 1)
        header.addWidget(self.annotator_box)
        header.addWidget(self.menu_button)
        scoring = QWidget(self)
        column = QVBoxLayout(scoring)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.behaviors)
        column.addWidget(self.passes)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setObjectName("scoring_area")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(scoring)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("main_splitter")
        splitter.addWidget(self.clips)
        splitter.addWidget(scroll)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        self._splitter, self._scoring_area = splitter, scoring
        self._user_shares = False
        splitter.installEventFilter(self)
        splitter.splitterMoved.connect(self._on_splitter_moved)
        work = QWidget(self)
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(header)
        column.addWidget(self.indexing)
        column.addWidget(splitter, 1)
        column.addWidget(self.proposals)
        column.addWidget(self.passes.footer)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.start)
        self.pages.addWidget(work)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.message)

    def _connect(self) -> None:
        workspace, session = self.workspace, self.workspace.session
        self.start.new_requested.connect(lambda: self.guarded(workspace.ask.new_project))
        self.start.open_requested.connect(self._choose_project)
        self.start.sample_requested.connect(self._open_sample)
        self.start.recent_requested.connect(
            lambda folder: self.guarded(lambda: workspace.open_project(Path(folder)))
        )
        self.start.show_recent(workspace.desk_state.recent_projects())
        self.clips.clip_requested.connect(workspace.open_clip)
        self.clips.next_requested.connect(workspace.open_next)
        self.behaviors.behavior_clicked.connect(workspace.keyboard.tap)
        self.passes.command_requested.connect(workspace.commands.run)
        self.passes.mode_requested.connect(session.set_annotating)
        self.show_keys()
        self.annotator_box.activated.connect(self._on_annotator_chosen)
        session.project_changed.connect(self._show_project)
        session.opened.connect(lambda _current: QTimer.singleShot(LAYOUT_SETTLED_MS, self._share_height))
        session.annotator_changed.connect(lambda _name: self._show_annotators())
        workspace.keyboard.keys_changed.connect(self.show_keys)
        workspace.indexing.state_changed.connect(self._show_indexing)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Join the main window the first time the dock is shown in it."""
        super().showEvent(event)
        window = main_window_of(self)
        if window is not None and not self._attached:
            self._attached = True
            self.workspace.attach(window)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Share the height anew when it changes; finish everything when the window closes.

        The user may still refuse that the window closes: the clip can be opened again then.
        """
        if watched is self._splitter:
            if event is not None and event.type() == QEvent.Type.Resize:
                QTimer.singleShot(0, self._share_height)
        elif event is not None and event.type() == QEvent.Type.Close:
            if not (self.workspace.learning.may_close() and self.workspace.may_close_pass()):
                event.ignore()
                return True
            self.workspace.desk_state.save()
            QTimer.singleShot(0, self._close_with_window)
        return super().eventFilter(watched, event)

    def _close_with_window(self) -> None:
        window = self.window()
        if window is None or not window.isVisible():
            self.workspace.close()

    def _on_closed(self, window: QMainWindow) -> None:
        """Let the viewer go."""
        self.workspace.leave()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Write everything and let the viewer go."""
        self.workspace.close()
        super().closeEvent(event)

    def guarded(self, act: object) -> None:
        """Carry out what a button asks for; an error becomes a sentence in the dock."""
        try:
            act()  # type: ignore[operator]
        except EthoprofileError as error:
            self.show_message(str(error))

    def show_message(self, text: str) -> None:
        """Show a sentence at the bottom of the dock for a while."""
        self.message.setText(text)
        self.message.show()
        self._message_timer.start(MESSAGE_SECONDS * 1000)

    def clear_message(self) -> None:
        """Take away what was said before."""
        self._message_timer.stop()
        self.message.hide()

    def show_keys(self) -> None:
        """Show the keys of the present key map on behaviors and buttons."""
        keyboard, project = self.workspace.keyboard, self.workspace.session.project
        self.passes.show_tooltips(keyboard.tooltips())
        if project is not None:
            keys: dict[int, tuple[str, ...]] = {}
            for key, label in keyboard.keymap.label_keys(project.ethogram).items():
                keys[label] = (*keys.get(label, ()), key)
            self.behaviors.show_keys(keys)

    def ask_annotator(self) -> str:
        """Ask who scores; empty when the user gives up."""
        name, ok = QInputDialog.getText(self, "Annotator", "Your name (your labels carry it):")
        return name.strip() if ok else ""

    def _show_project(self, project: Project | None) -> None:
        self.pages.setCurrentIndex(0 if project is None else 1)
        self.title.setText(project.name if project is not None else "")
        self.title.setToolTip(str(project.folder) if project is not None else "")
        if project is None:
            self.start.show_recent(self.workspace.desk_state.recent_projects())
            return
        self._show_annotators()
        QTimer.singleShot(LAYOUT_SETTLED_MS, self._share_height)

    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        self._user_shares = True

    def _share_height(self) -> None:
        """Give scoring all the height it needs; on a low screen the list of clips gives way first."""
        if self._user_shares:
            return
        height = self._splitter.height()
        wanted = self._scoring_area.sizeHint().height() + 4
        clips = max(self.clips.minimumSizeHint().height(), height - wanted)
        self._splitter.setSizes([clips, height - clips])

    def _show_annotators(self) -> None:
        project, name = self.workspace.session.project, self.workspace.session.annotator
        self.annotator_box.clear()
        names = [person.name for person in project.annotators()] if project is not None else []
        self.annotator_box.addItems([*names, ADD_ANNOTATOR])
        self.annotator_box.setCurrentIndex(names.index(name) if name in names else -1)

    def _on_annotator_chosen(self, index: int) -> None:
        name = self.annotator_box.itemText(index)
        chosen = self.ask_annotator() if name == ADD_ANNOTATOR else name
        if chosen:
            self.guarded(lambda: self.workspace.act_as(chosen))
        self._show_annotators()

    def _show_indexing(self, text: str) -> None:
        self.indexing.setText(text)
        self.indexing.setVisible(bool(text))

    def _choose_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open project folder")
        if folder:
            self.guarded(lambda: self.workspace.open_project(Path(folder)))

    def _open_sample(self) -> None:
        from .._sample_data import make_sample_project, open_in

        self.show_message("Generating synthetic recordings; this takes some seconds.")
        QTimer.singleShot(50, lambda: self.guarded(lambda: open_in(self.workspace, make_sample_project())))
