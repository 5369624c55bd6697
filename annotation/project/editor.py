"""One pass that is being edited: its track in memory, its journal on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from ..edits import Edit
from ..errors import ProjectError
from ..tracks import UNLABELED, Bout, Coverage, LabelTrack, stretches_of
from .clock import now
from .journal import Act, Change, Columns, Origin, Replay, Step, rows_of
from .notes import Note, note_edit
from .proposal_edits import ProposalEdit
from .records import PassRecord
from .writer import Entry, JournalWriter, OpenBout

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: Viewed frames go to disk at most this often while a recording plays, in seconds.
VIEWED_EVERY_SECONDS = 2.0


class PassEditor:
    """Holds the track of a pass, takes its edits, and writes them to the journal.

    An edit changes the track at once and is written by the project's writer thread; `pending` tells how
    many are not on disk yet. Use from one thread. `Project.edit` makes editors.

    Signals
    -------
    saved
        The stamp of the moment when queued edits reached the disk. Emitted on the writer's thread: connect
        with ``thread="main"`` or through a queued Qt signal where that matters.
    refused
        The sentence why the disk refused. Emitted on the writer's thread, too.
    reloaded
        The track was replaced by what the journal holds now, with the columns of a changed ethogram.
    """

    saved = Signal(str)
    refused = Signal(str)
    reloaded = Signal()

    def __init__(
        self,
        record: PassRecord,
        author: str,
        load: Callable[[], EditorState],
        writer: JournalWriter | None,
        token: str,
        read_only: str,
        held_by: str,
        release: Callable[[PassEditor], None],
        submit: Callable[[PassEditor], list[Path]],
    ) -> None:
        self.record = record
        self.author = author
        #: Why nothing may be changed here, in one sentence; empty when it may.
        self.read_only = read_only
        #: Who else has the pass open for writing; empty when no one has.
        self.held_by = held_by
        #: When an edit last reached the disk in this session (UTC, ISO 8601); empty before the first.
        self.saved_at = ""
        #: Why the disk refused; empty when it did not.
        self.error = ""
        #: Bouts that a crash had left open, restored as edits with the provenance ``recovered``.
        self.recovered: list[Bout] = []
        self.closed = False
        #: Why labels are changed from now on; goes with every edit, before what the edit says by itself.
        self.reason = ""
        self.token = token
        self._load, self._release, self._submit = load, release, submit
        self._writer = writer
        self._pending = 0
        self._pending_lock = threading.Lock()
        self._open: dict[int, OpenBout] = {}
        self._viewed_at = 0.0
        self._viewed_dirty = False
        self._adopt(load())

    def _adopt(self, state: EditorState) -> None:
        self._replay = state.replay
        self._columns = state.columns
        self._coverage = self._replay.track.coverage()
        self._viewed = np.zeros(self._replay.track.frames, bool)
        for start, stop in state.viewed:
            self._viewed[start:stop] = True
        self._left_open = state.open_bouts

    # What is there

    @property
    def track(self) -> LabelTrack:
        """The labels now. Change them with `commit` only."""
        return self._replay.track

    @property
    def coverage(self) -> Coverage:
        """How many frames carry a behavior, none, or nothing yet."""
        return self._coverage

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes and flags of the pass, in order."""
        return tuple(self._replay.notes)

    @property
    def proposal_edits(self) -> tuple[ProposalEdit, ...]:
        """What the annotator rejected or moved of what is proposed, in the order of the acts."""
        return tuple(self._replay.proposal_edits)

    @property
    def viewed(self) -> NDArray[np.bool_]:
        """Which frames were on the screen at 1x or slower; a read-only view, (frames,)."""
        view = self._viewed.view()
        view.flags.writeable = False
        return view

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._replay.undoable is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone edit to redo."""
        return self._replay.redoable is not None

    @property
    def pending(self) -> int:
        """Number of steps that are not on disk yet."""
        with self._pending_lock:
            return self._pending

    @property
    def open_bouts(self) -> list[Bout]:
        """Bouts that are being scored now, as far as they were reported."""
        return [Bout(b.start, b.stop, b.label, self._columns.groups.index(g)) for g, b in self._open.items()]

    def origins(self, start: int, stop: int, group: int = 0) -> list[tuple[int, int, Origin | None]]:
        """Return where the labels of ``[start, stop)`` come from, as ``(start, stop, origin)`` in order."""
        return self._replay.origins(start, stop, group)

    def note_at(self, frame: int, group: int = 0) -> Note | None:
        """Return the note on a frame, or None."""
        return next((n for n in self.notes if n.group == group and n.start <= frame < n.stop), None)

    # Changes

    def commit(self, edit: Edit) -> None:
        """Apply one edit and queue it for the disk: one undo step.

        Raises
        ------
        TrackError
            When the edit does not fit the track; nothing is changed then.
        ProjectError
            When nothing may be changed here.
        """
        self.commit_all([edit])

    def commit_all(self, edits: Sequence[Change]) -> None:
        """Apply changes of any kind as one undo step; those that change nothing leave no trace."""
        self._check_writable()
        groups = [edit.group for edit in edits if isinstance(edit, Edit)]
        changes = tuple(self._with_reason(edit) for edit in edits if not edit.empty)
        self._step(Act.EDIT, changes, groups)

    def set_note(self, start: int, stop: int, text: str, uncertain: bool = False, group: int = 0) -> None:
        """Put a note on a stretch, in place of those that overlap it; an undo step like an edit.

        Parameters
        ----------
        start, stop
            Usually a bout.
        text, uncertain
            The note and the flag; without both the old ones are taken away.
        group
            Index of the exclusive group.
        """
        self._check_writable()
        self.track.check(start, stop, group)
        change = note_edit(self._replay.notes, Note(group, start, stop, text.strip(), uncertain))
        self._step(Act.EDIT, () if change.empty else (change,), [])

    def annotate_bout(self, bout: Bout, text: str | None = None, uncertain: bool | None = None) -> None:
        """Change the note on a bout, or its flag; what is None stays as it is."""
        old = self.note_at(bout.start, bout.group)
        text = text if text is not None else (old.text if old else "")
        uncertain = uncertain if uncertain is not None else bool(old and old.uncertain)
        self.set_note(bout.start, bout.stop, text, uncertain, bout.group)

    def undo(self) -> list[Change]:
        """Take back the last step and return the changes made, so that the playhead can follow."""
        self._check_writable()
        target = self._replay.undoable
        if target is None:
            return []
        changes = tuple(change.inverse() for change in reversed(target.changes))
        self._step(Act.UNDO, changes, [], target.number)
        return list(changes)

    def redo(self) -> list[Change]:
        """Bring back the last undone step and return the changes made."""
        self._check_writable()
        target = self._replay.redoable
        if target is None:
            return []
        self._step(Act.REDO, target.changes, [], target.number)
        return list(target.changes)

    def open_bout(self, group: int, start: int, label: int) -> None:
        """Note down at key-down that a bout begins, so that a crash does not lose it."""
        self.grow_bout(group, start, start + 1, label)

    def grow_bout(self, group: int, start: int, stop: int, label: int) -> None:
        """Note down how far an open bout reaches; to be called about once a second."""
        self._check_writable()
        self.track.check(start, stop, group)
        bout = OpenBout(self._columns.groups[group], start, stop, label, now())
        self._open[bout.group] = bout
        self._put(opened=(bout,))

    def drop_bout(self, group: int) -> None:
        """Note down that an open bout was canceled. A committed edit in its group does the same."""
        self._check_writable()
        self._put(closed=self._closing([group]))

    def mark_viewed(self, start: int, stop: int) -> None:
        """Remember that frames ``[start, stop)`` were on the screen at 1x or slower."""
        if self.read_only or self.closed:
            return
        start, stop = max(start, 0), min(stop, self.track.frames)
        if stop <= start or self._viewed[start:stop].all():
            return
        self._viewed[start:stop] = True
        self._viewed_dirty = True
        if time.monotonic() - self._viewed_at > VIEWED_EVERY_SECONDS:
            self._put_viewed()

    # The disk

    def flush(self) -> None:
        """Wait until everything is on disk.

        Raises
        ------
        ProjectError
            When the disk refuses; nothing is lost as long as the program runs, and flush can be tried again.
        """
        if self._writer is not None and not self.closed:
            self._put_viewed()
            self._writer.flush()

    def submit(self) -> list[Path]:
        """Declare the pass finished; it becomes read-only.

        Returns
        -------
        list of pathlib.Path
            The readable copies that were written: none while a blind pass is open on these frames, several
            when the last such pass was submitted.

        Raises
        ------
        ProjectError
            When a bout is still open, or the disk refuses.
        """
        self._check_writable()
        if self._open:
            raise ProjectError("A bout is still open; finish or cancel it, then submit the clip.")
        self.flush()
        return self._submit(self)

    def reload(self) -> None:
        """Read the journal again: in a read-only window, or after the ethogram has changed."""
        self.flush()
        self._adopt(self._load())
        self.reloaded.emit()

    def close(self, *, discard: bool = False) -> None:
        """Write what is pending and let the pass go.

        Parameters
        ----------
        discard
            Give up what the disk refuses to take.

        Raises
        ------
        ProjectError
            When the disk refuses; the editor stays open then.
        """
        if self.closed:
            return
        if not discard:
            self.flush()
        self._release(self)
        self.closed = True

    def __enter__(self) -> PassEditor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Listener of the writer; runs on its thread

    def entry_saved(self, entry: Entry) -> None:
        """Count what reached the disk."""
        self.error = ""
        if entry.rows:
            with self._pending_lock:
                self._pending -= 1
            self.saved_at = now()
            self.saved.emit(self.saved_at)

    def entry_refused(self, reason: str) -> None:
        """Keep why the disk refused."""
        self.error = reason
        self.refused.emit(reason)

    def entry_lost(self, entry: Entry, reason: str) -> None:
        """Stop: the pass belongs to another window."""
        self.read_only = reason
        if entry.rows:
            with self._pending_lock:
                self._pending -= 1
        self.entry_refused(f"{reason} The last {len(entry.rows)} changes made here are not saved.")

    # Helpers

    def recover(self) -> None:
        """Restore the bouts that a crash left open as ordinary edits; `Project.edit` calls this once."""
        for bout in self._left_open:
            group = self._columns.index(bout.group)
            label = UNLABELED if group is None else self._columns.label(bout.label, group)
            if group is None or (label == UNLABELED and bout.label != UNLABELED):
                self._put(closed=(bout.group,))
                continue
            stop = min(bout.stop, self.track.frames)
            reason = f"left open at {bout.at}"
            edit = Edit.paint(self.track, bout.start, stop, label, group, "recovered", reason)
            self._open[bout.group] = bout
            self.commit(edit)
            self.recovered.append(Bout(bout.start, stop, label, group))
        self._left_open = []

    def _with_reason(self, change: Change) -> Change:
        if not self.reason:
            return change
        return replace(change, reason=f"{self.reason} ({change.reason})" if change.reason else self.reason)

    def _check_writable(self) -> None:
        if self.closed:
            raise ProjectError("This pass was closed; open it again to change it.")
        if self.read_only:
            raise ProjectError(self.read_only)

    def _step(
        self, act: Act, changes: tuple[Change, ...], groups: Sequence[int], target: int | None = None
    ) -> None:
        """Carry out a step in memory, then queue it; the open bouts of its groups are over with it."""
        if not changes:
            self._put(closed=self._closing(groups))
            return
        step = Step(self._replay.last + 1, act, changes, now(), self.author, target)
        edits = [change for change in changes if isinstance(change, Edit)]
        start = min((edit.start for edit in edits), default=0)
        stop = max((edit.stop for edit in edits), default=0)
        before = LabelTrack(self.track.codes[start:stop]).coverage()
        self._replay.take(step)
        after = LabelTrack(self.track.codes[start:stop]).coverage()
        self._coverage = Coverage(
            self._coverage.labeled + after.labeled - before.labeled,
            self._coverage.none + after.none - before.none,
            self._coverage.unlabeled + after.unlabeled - before.unlabeled,
        )
        with self._pending_lock:
            self._pending += 1
        rows = rows_of(step, self.record.id, self._columns)
        self._put(rows=rows, coverage=self._coverage, closed=self._closing(groups))

    def _closing(self, groups: Sequence[int]) -> tuple[int, ...]:
        ids = {self._columns.groups[group] for group in groups}
        return tuple(group for group in ids if self._open.pop(group, None) is not None)

    def _put(self, **what: object) -> None:
        if any(what.values()) and self._writer is not None:
            self._writer.put(Entry(self.record.id, self.token, self, **what))  # type: ignore[arg-type]

    def _put_viewed(self) -> None:
        if self._viewed_dirty:
            self._viewed_dirty = False
            self._viewed_at = time.monotonic()
            self._put(viewed=stretches_of(self._viewed))


@dataclass(frozen=True)
class EditorState:
    """What an editor loads: the replayed journal, how columns translate, open bouts, viewed frames."""

    replay: Replay
    columns: Columns
    open_bouts: list[OpenBout]
    viewed: list[tuple[int, int]]
