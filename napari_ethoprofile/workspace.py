"""One viewer's scoring desk: builds the parts, joins them, and carries out what the docks ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from psygnal import Signal
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication, QMainWindow

from .annotation.assigning import pass_to_score
from .annotation.errors import EthoprofileError, ProjectError
from .annotation.project import Project
from .annotation.project.people import LAST_ANNOTATOR
from .background import Background
from .commands import Commands
from .compare_link import CompareLink
from .comparing import Comparing
from .desk_dialogs import DeskDialogs
from .desk_state import DeskState
from .display import Display, async_slicing_is_on
from .indexing import Indexing
from .jobs.learning import Learning
from .key_log import KeyLog
from .keyboard import Keyboard
from .overlay import BehaviorOverlay
from .playlist import Playlist
from .proposing import Proposing
from .proposing_link import ProposingLink
from .query_desk import QueryDesk
from .query_link import QueryLink
from .scoring import Scoring
from .session import OpenPass, Session
from .timeline import TimelineModel, TimelinePanel
from .timeline_link import TimelineLink
from .transport import Transport
from .viewed import ViewedRecorder
from .warming import warm_up
from .widgets.clip_table import in_order_of_work
from .widgets.dialogs import Unsaved, WindowDialogs

if TYPE_CHECKING:
    import napari

    from .widgets.main import MainWidget

PLUGIN, WIDGET, COMPARE_WIDGET = "napari-ethoprofile", "Annotate behavior", "Compare behavior labels"
#: Object name of the dock for annotating.
MAIN_NAME = "ethoprofile_main"

#: How often the state of the journal is shown, and how often an open bout's growth is written.
SAVE_SHOWN_MS, GROWTH_WRITTEN_MS, INDEX_POLLED_MS = 200, 1000, 250

_workspaces: dict[int, Workspace] = {}


def workspace_of(viewer: napari.Viewer) -> Workspace | None:
    """Return the workspace of a viewer, or None when its docks were never opened."""
    return _workspaces.get(identity_of(viewer))


def show_workspace(viewer: napari.Viewer) -> Workspace:
    """Return the workspace of a viewer; its docks are opened when they are not there."""
    found = workspace_of(viewer)
    if found is None:
        _dock, widget = viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)
        found = widget.workspace
    return found


def identity_of(viewer: Any) -> int:
    """Plugins get a proxy around the viewer; both mean the same window."""
    return id(getattr(viewer, "__wrapped__", viewer))


class Workspace:
    """Everything that belongs to scoring in one napari viewer.

    Parameters
    ----------
    viewer
        The napari viewer.
    dock
        Our main dock; it shows the session and asks this object.

    Attributes
    ----------
    dock, session, scoring, transport, commands, keyboard, key_log, timeline, comparing, playlist, learning,
    queries
        The parts, for scripts and tests.
    left
        Emitted when the main dock was closed in a window that stays open.
    ask
        Opens the dialogs that the menus ask for.
    """

    left = Signal()

    def __init__(self, viewer: napari.Viewer, dock: MainWidget) -> None:
        self._viewer = viewer
        self.dock = dock
        self.session = Session()
        self.display = Display(viewer, self.session)
        self.scoring = Scoring(self.session, lambda: self.keyboard.lead())
        self.transport = Transport(self.session, self.scoring)
        self.comparing = Comparing(self.session, self.transport)
        self.playlist = Playlist(self.comparing, self.session)
        self.ask = DeskDialogs(self)
        self.dialogs = WindowDialogs(dock, lambda: self.keyboard.show_help())
        self.commands = Commands(
            self.session, self.scoring, self.transport, self.dialogs, self.open_neighbor, self.open_next
        )
        self.keyboard = Keyboard(self.session, self.scoring, self.commands, self.transport)
        self.key_log = KeyLog(self.session, self.keyboard)
        self.timeline = TimelinePanel(TimelineModel())
        self.link = TimelineLink(
            self.session, self.scoring, self.transport, self.commands, self.keyboard, self.timeline
        )
        self.compare_link = CompareLink(
            self.comparing, self.session, self.scoring, self.commands, self.keyboard, self.link,
            self.timeline.model,
        )  # fmt: skip
        self.proposing = Proposing(self.session)
        self.overlay = BehaviorOverlay(viewer, self.session, self.scoring, self.proposing)
        self.proposing_link = ProposingLink(
            self.proposing, self.session, self.scoring, self.transport, self.commands, self.keyboard,
            self.link, self.timeline.model, lambda: self.dock.proposals.ask_sure(),
        )  # fmt: skip
        self.viewed = ViewedRecorder(self.session, lambda: self.transport.speed)
        self.indexing = Indexing(self.session, self.transport)
        self.desk_state = DeskState(self.session, self.transport, self.timeline.model)
        self.learning = Learning(self.session, self.dialogs.ask_at_close, dock)
        self.learning.said.connect(self.tell)
        self.session.message.connect(self.tell)
        self.session.opened.connect(self._on_opened)
        self.queries = QueryDesk(
            self.session, self.transport, self.open_clip, self.indexing.need, Background(dock)
        )
        self.query_link = QueryLink(
            self.queries, self.session, self.commands, self.proposing, self.timeline.model
        )
        self.indexing.progressed.connect(self._open_awaited)
        self._awaited = ""
        self._timers = [
            self._every(SAVE_SHOWN_MS, self.session.refresh_save),
            self._every(GROWTH_WRITTEN_MS, self._write_growth),
            self._every(INDEX_POLLED_MS, self.indexing.poll),
        ]
        QApplication.instance().aboutToQuit.connect(self.close)
        _workspaces[identity_of(viewer)] = self

    def attach(self, main_window: QMainWindow) -> None:
        """Take the keyboard of the main window and add the timeline below the canvas."""
        self.show_timeline()
        self.keyboard.attach(main_window)
        self.desk_state.attach(main_window)
        self._follow_theme()
        self._viewer.events.theme.connect(self._follow_theme)
        warm_up(self.dock)

    def show_timeline(self) -> None:
        """Put the timeline below the canvas: at first, and when its dock was closed or hidden."""
        dock = self.timeline.parentWidget()
        if dock is None:
            self._viewer.window.add_dock_widget(
                self.timeline, name="Behavior timeline", area="bottom", add_vertical_stretch=False
            )
            self.timeline.show()  # what was taken out of a dock stays hidden
        else:
            dock.show()

    def show_compare(self) -> None:
        """Bring the dock for comparing to the front; it is opened when it is not there."""
        dock, _widget = self._viewer.window.add_plugin_dock_widget(PLUGIN, COMPARE_WIDGET)
        dock.show()
        dock.raise_()

    def leave(self) -> None:
        """Close, and take the timeline out of a window that stays open."""
        self.close()
        if self.timeline.parentWidget() is not None:
            self._viewer.window.remove_dock_widget(self.timeline)
        self.left()

    def may_close_pass(self, *, for_good: bool = False) -> bool:
        """Close the open pass before the window goes; what the disk refuses is lost only if the user says so.

        Parameters
        ----------
        for_good
            Whether the window goes whatever the user says.

        Returns
        -------
        bool
            Whether the window may close.
        """
        while True:
            try:
                self.session.close_pass()
            except ProjectError as error:
                answer = self.dialogs.ask_unsaved(str(error), may_stay=not for_good)
                if answer is Unsaved.LOSE:
                    self.session.close_pass(discard=True)
                elif answer is Unsaved.STAY:
                    return False
            else:
                return True

    def close(self) -> None:
        """Finish what is open, write everything, and stop watching the viewer; a second call does nothing."""
        if _workspaces.pop(identity_of(self._viewer), None) is None:
            return
        QApplication.instance().aboutToQuit.disconnect(self.close)
        for timer in self._timers:
            timer.stop()
        self.desk_state.save()
        self.may_close_pass(for_good=True)
        self.session.set_project(None)
        self.learning.close()
        self.indexing.close()
        self.keyboard.close()
        self.display.close()
        self._viewer.events.theme.disconnect(self._follow_theme)
        self.timeline.cleanup()

    def _every(self, milliseconds: int, call: Any) -> QTimer:
        timer = QTimer(self.dock)
        timer.timeout.connect(call)
        timer.start(milliseconds)
        return timer

    def _write_growth(self) -> None:
        self.scoring.journal_growth()
        self.viewed.flush()
        self.key_log.flush()

    def _follow_theme(self, _event: object = None) -> None:
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        self.timeline.set_theme(theme.background.as_hex(), theme.text.as_hex(), theme.current.as_hex())

    def tell(self, text: str) -> None:
        """Show a sentence in the dock."""
        self.dock.show_message(text)

    # projects

    def open_project(self, folder: Path, annotator: str = "") -> None:
        """Open a project and act as `annotator`; asks for the name when it is not known.

        Raises
        ------
        EthoprofileError
            When the folder is no project that can be opened.
        """
        project = Project.open(folder)
        self._remove_previews()
        self.desk_state.save()
        try:
            self.session.set_annotator("")
            self.session.set_project(project)
        except ProjectError:  # the former one has changes that its disk refuses
            project.close()
            raise
        self.desk_state.remember_project(project.folder)
        self.act_as(annotator or self._known_annotator(project) or self.dock.ask_annotator())
        self.indexing.start()
        self._open_last_clip(project)
        if async_slicing_is_on():
            show_info(
                "napari's asynchronous slicing is on: the picture can lag the frame number while you score. "
                "Switch it off in the preferences (Experimental)."
            )

    def _open_last_clip(self, project: Project) -> None:
        """Go on with the clip that was open last, if it is not submitted."""
        clip, name = project.settings.get("last_clip"), self.session.annotator
        if (
            clip
            and name
            and any(p.state == "open" for p in project.passes(clip=clip, annotator=name, acting=name))
        ):
            self.open_clip(clip)

    def _known_annotator(self, project: Project) -> str:
        names = [person.name for person in project.annotators()]
        last = str(project.settings.get(LAST_ANNOTATOR) or "")
        if last in names:
            return last
        return names[0] if len(names) == 1 else ""

    def act_as(self, name: str) -> None:
        """Score as this person from now on; a new name joins the project."""
        project = self.session.require_project()
        name = name.strip()
        if name and not project.read_only:
            if name not in [person.name for person in project.annotators()]:
                project.add_annotator(name)
            project.settings.set(LAST_ANNOTATOR, name)
        self.session.set_annotator(name)

    def add_videos(self, paths: list[Path]) -> None:
        """Add recordings to the open project; their frames are indexed in the background."""
        project = self.session.require_project()
        for path in paths:
            try:
                project.add_video(path)
            except EthoprofileError as error:
                self.tell(str(error))
        self.indexing.start()
        self.session.passes_changed()

    def _remove_previews(self) -> None:
        from ._sample_data import PREVIEW

        for layer in [layer for layer in self._viewer.layers if layer.metadata.get(PREVIEW)]:
            self._viewer.layers.remove(layer)

    # clips

    def open_clip(self, clip: str) -> None:
        """Open the acting annotator's pass over a clip; what is assigned, or a first pass, is begun."""
        project, name = self.session.require_project(), self.session.annotator
        if not name:
            self.act_as(self.dock.ask_annotator())
            name = self.session.annotator
            if not name:
                return
        try:
            chosen = pass_to_score(project, clip, name)
            if self.comparing.open_consensus(chosen):
                return
            self.indexing.need(project.get_clip(clip).video)
            self._awaited = clip
            self.session.open_pass(chosen.id)
            self._awaited = ""
        except EthoprofileError as error:
            self.tell(str(error))

    def _open_awaited(self, video: str) -> None:
        """Open the clip that could not be shown before, once frames of its recording are confirmed."""
        clip, project = self._awaited, self.session.project
        if not clip or project is None or self.session.current is not None:
            return
        if project.get_clip(clip).video == video:
            self.open_clip(clip)

    def open_next(self) -> None:
        """Open what to score next: assigned clips, what the list asks for, other clips not submitted."""
        rows = self.dock.clips.model.rows
        current = self.session.current
        waiting = [row for row in in_order_of_work(rows) if not current or row.clip != current.clip.id]
        clips = {row.clip for row in waiting}
        asked = next((query for query in self.queries.open if query.clip in clips), None)
        if asked is not None and not waiting[0].assigned:
            self.queries.serve(asked)
        elif waiting:
            self.open_clip(waiting[0].clip)
        elif rows and current is None:
            self.tell("Every clip of this project is submitted.")

    def open_neighbor(self, step: int) -> None:
        """Open the clip before or after the open one in the list."""
        ids = self.dock.clips.shown_clips()
        current = self.session.current
        if not ids:
            return
        at = ids.index(current.clip.id) + step if current and current.clip.id in ids else 0
        if 0 <= at < len(ids):
            self.open_clip(ids[at])
        else:
            self.tell("There is no further clip in this direction.")

    def reopen(self) -> None:
        """Take back the submission of the open pass."""
        current = self.session.current
        if current is not None:
            pass_id = current.record.id
            self.session.close_pass()
            record = self.session.require_project().reopen_pass(pass_id, self.session.annotator)
            if not self.comparing.open_consensus(record):
                self.session.open_pass(pass_id)

    def _on_opened(self, current: OpenPass | None) -> None:
        self.dock.clear_message()
        if current is None:
            return
        if current.video.note:
            self.tell(current.video.note)
        if current.editor.read_only:
            self.tell(current.editor.read_only)
        for bout in current.editor.recovered:
            name = self.session.require_project().ethogram.label_name(bout.label)
            self.tell(
                f"A bout of {name} that was open when the program ended was restored: frames {bout.start} to "
                f"{bout.stop}."
            )
        self.desk_state.restore_position()
