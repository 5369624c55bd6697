"""The one evented model that everything in the window shares: project, pass, playhead, mode, selection.

It knows neither Qt nor napari. Widgets ask it for changes and watch its signals; they never talk to each
other. Frames here are *track frames*: 0 is the first frame of the clip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from psygnal import Signal

from .annotation.edits import Edit
from .annotation.errors import EthoprofileError, ProjectError

if TYPE_CHECKING:
    from .annotation.project import Change, ClipRecord, PassEditor, PassRecord, Project, VideoRecord
    from .annotation.tracks import LabelTrack
    from .annotation.video import Video


class Move(Enum):
    """How the playhead moved: by playing or stepping over the frames between, or by a jump."""

    ADVANCE = "advance"
    SEEK = "seek"


@dataclass
class OpenPass:
    """A pass that is open in the window, with the recording it lies on.

    Attributes
    ----------
    clip, record, source
        The clip, the pass and the recording as the project has them.
    editor
        Holds the track and writes the journal.
    video
        The recording; frame 0 of the track is its frame ``clip.start``.
    """

    clip: ClipRecord
    record: PassRecord
    source: VideoRecord
    editor: PassEditor
    video: Video

    @property
    def frames(self) -> int:
        """Number of frames of the clip."""
        return self.clip.stop - self.clip.start

    @property
    def confirmed(self) -> int:
        """Number of frames from the clip's start that may be shown and labeled."""
        return max(0, min(self.frames, self.video.confirmed - self.clip.start))

    @property
    def fps(self) -> float:
        """Frames per second of the recording; 25 where the files do not say."""
        return self.video.fps or self.source.fps or 25.0


@dataclass(frozen=True)
class SaveState:
    """What the user is told about the journal."""

    pending: int = 0
    saved_at: str = ""
    error: str = ""


@dataclass
class Session:
    """Shared state of one window.

    Signals carry the new value; `labels_changed` carries ``(group, start, stop)`` and `moved` carries
    ``(previous, frame, Move)``. `proposals_changed` tells that some were rejected or moved, or that this was
    taken back; `models_changed` that a model came, or another is the current one. `settled` comes after
    `opened`, once the playhead stands where work on the pass goes on; `query_answered` tells that a stretch
    of the list is labeled.
    """

    project_changed = Signal(object)
    annotator_changed = Signal(str)
    opened = Signal(object)
    settled = Signal()
    closing = Signal(object)
    moved = Signal(int, int, object)
    labels_changed = Signal(int, int, int)
    notes_changed = Signal()
    proposals_changed = Signal()
    passes_changed = Signal()
    models_changed = Signal()
    query_answered = Signal()
    ethogram_changed = Signal(object)
    mode_changed = Signal(bool)
    selection_changed = Signal(object)
    save_changed = Signal(object)
    message = Signal(str)

    project: Project | None = None
    annotator: str = ""
    current: OpenPass | None = None
    playhead: int = 0
    annotating: bool = False
    selection: tuple[int, int] | None = None
    save: SaveState = field(default_factory=SaveState)
    #: Whether the pass that closes makes room for another: what shows it may wait for that one.
    switching: bool = False
    #: How a recording is opened; the window replaces it to show what is confirmed while indexing goes on.
    open_video: Callable[[Project, VideoRecord], Video] = field(
        default=lambda project, source: project.open_video(source.id), repr=False
    )

    def set_project(self, project: Project | None) -> None:
        """Show another project; the open pass and the old project are closed first, see `close_pass`."""
        self.close_pass()
        if self.project is not None:
            self.project.close()
        self.project = project
        self.project_changed(project)
        if project is not None:
            self.ethogram_changed(project.ethogram)
            for warning in project.warnings:
                self.message(warning)

    def set_annotator(self, name: str) -> None:
        """Act as another annotator from now on; an open pass of the former one is closed."""
        if name == self.annotator:
            return
        self.close_pass()
        self.annotator = name
        self.annotator_changed(name)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn an error inside the block into a message."""
        try:
            yield
        except EthoprofileError as error:
            self.message(str(error))

    def require_project(self) -> Project:
        """Return the open project or raise `ProjectError`."""
        if self.project is None:
            raise ProjectError("No project is open; open one or make a new one first.")
        return self.project

    def open_pass(self, pass_id: str, *, read_only: bool = False) -> OpenPass:
        """Open a pass for scoring; another open pass is closed first.

        Parameters
        ----------
        pass_id
            The pass.
        read_only
            Open it for looking only, somebody else's too.

        Raises
        ------
        EthoprofileError
            When the recording or the pass cannot be opened; nothing is open then. When the disk refuses what
            was changed in the pass before; that one stays open.
        """
        project = self.require_project()
        self.switching = self.current is not None
        try:
            self.close_pass()
            current = self._opened(project, pass_id, read_only)
        except BaseException:
            if self.switching:
                self.switching = False
                if self.current is None:
                    self.opened(None)
                self.passes_changed()
            raise
        self.switching = False
        editor, record = current.editor, current.record
        self.current = current
        self.playhead = 0
        self.selection = None
        try:
            self.opened(self.current)
        finally:
            self.settled()
        self.refresh_save()
        self.set_annotating(not editor.read_only and record.state == "open")
        return current

    def _opened(self, project: Project, pass_id: str, read_only: bool) -> OpenPass:
        record = project.get_pass(pass_id)
        clip = project.get_clip(record.clip)
        source = project.get_video(clip.video)
        video = self.open_video(project, source)
        try:
            editor = project.edit(record.id, acting=self.annotator, read_only=read_only)
        except EthoprofileError:
            video.close()
            raise
        return OpenPass(clip, record, source, editor, video)

    def close_pass(self, *, discard: bool = False) -> None:
        """Close the open pass, if any; what is open is finished and everything is flushed to disk.

        Parameters
        ----------
        discard
            Give up what the disk refuses to take.

        Raises
        ------
        ProjectError
            When the disk refuses; the pass stays open then, with all that was changed.
        """
        if self.current is None:
            return
        current = self.current
        self.closing(current)
        if not discard:
            current.editor.flush()
        self.set_annotating(False)
        self.current = None
        try:
            current.editor.close(discard=discard)
        finally:
            current.video.close()
        self.opened(None)
        self.passes_changed()

    def set_annotating(self, on: bool) -> None:
        """Enter or leave annotation mode; outside it the keys belong to napari."""
        on = on and self.current is not None
        if on != self.annotating:
            self.annotating = on
            self.mode_changed(on)

    @property
    def track(self) -> LabelTrack | None:
        """The labels of the open pass."""
        return self.current.editor.track if self.current else None

    @property
    def last_frame(self) -> int:
        """The last frame that may be shown now."""
        return max(0, self.current.confirmed - 1) if self.current else 0

    def seek(self, frame: int) -> None:
        """Jump: an open bout is finished where it was."""
        self._move(frame, Move.SEEK)

    def advance(self, frame: int) -> None:
        """Move over the frames between by play or by steps: an open bout grows over them."""
        self._move(frame, Move.ADVANCE)

    def _move(self, frame: int, how: Move) -> None:
        if self.current is None:
            return
        target = min(max(frame, 0), self.last_frame)
        if frame > self.last_frame and self.current.confirmed < self.current.frames:
            self.message(
                f"The index of this recording is not finished: only the first {self.current.confirmed} "
                "frames of the clip can be shown and labeled yet."
            )
        if target != self.playhead:
            previous, self.playhead = self.playhead, target
            self.moved(previous, target, how)

    def select(self, selection: tuple[int, int] | None) -> None:
        """Select ``[start, stop)``, or nothing."""
        if selection != self.selection:
            self.selection = selection
            self.selection_changed(selection)

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply changes as one undo step, write them to the journal, and tell what changed."""
        changes = [change for change in changes if not change.empty]
        if self.current is None or not changes:
            return
        self.current.editor.commit_all(changes)
        self.tell_changed(changes)

    def tell_changed(self, changes: Sequence[Change]) -> None:
        """Emit `labels_changed` for every edit, and one signal each for notes, proposals, and the journal."""
        for change in changes:
            if isinstance(change, Edit):
                self.labels_changed(change.group, change.start, change.stop)
        kinds = {change.what for change in changes}
        if "notes" in kinds:
            self.notes_changed()
        if "proposals" in kinds:
            self.proposals_changed()
        self.refresh_save()

    def refresh_save(self) -> None:
        """Ask the journal how far it is and tell when that changed."""
        editor = self.current.editor if self.current else None
        state = (
            SaveState(editor.pending, editor.saved_at or "", str(editor.error or ""))
            if editor
            else SaveState()
        )
        if state != self.save:
            self.save = state
            self.save_changed(state)
