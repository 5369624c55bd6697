"""What each command of the key registry does: moves, boundaries, undo, notes. No Qt here.

Commands that need a dialog ask the window through `Dialogs`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from .annotation.edits import Edit
from .annotation.edits.jumps import boundary_after, boundary_before, unlabeled_after, unlabeled_before
from .annotation.edits.outcomes import Reason
from .annotation.tracks import Bout, LabelTrack
from .keys.registry import COMMANDS
from .navigation import bout_under
from .scoring import Scoring
from .session import OpenPass, Session

if TYPE_CHECKING:
    from .annotation.project.journal import Change

#: Seconds shown before and after a looped bout.
LOOP_MARGIN = 0.5


class Transport(Protocol):
    """The player, as far as commands need it."""

    def toggle(self) -> None:
        """Play or pause."""

    def toggle_reverse(self) -> None:
        """Play backward or pause."""

    def pause(self) -> None:
        """Stand still."""

    def faster(self) -> None:
        """Double the speed."""

    def slower(self) -> None:
        """Halve the speed."""

    def normal_speed(self) -> None:
        """Play at 1x."""

    def play_loop(self, start: int, stop: int) -> None:
        """Play ``[start, stop)`` over and over."""


class Dialogs(Protocol):
    """Questions that commands ask the user; each returns None when the user gives up."""

    def ask_frame(self, current: OpenPass, frame: int) -> int | None:
        """Ask for a frame or time to go to."""

    def ask_note(self, text: str) -> str | None:
        """Ask for the note on a bout."""

    def confirm_submit(self, unlabeled: int, frames: int) -> bool:
        """Ask whether a clip that is not complete is submitted all the same."""

    def show_help(self) -> None:
        """Show all keys."""


class Commands:
    """Carries out commands on the session.

    Parameters
    ----------
    session, scoring, player
        What the commands act on.
    dialogs
        Asks the user.
    open_neighbor
        Opens the previous (-1) or next (+1) clip of the list.
    open_next
        Opens the next clip that is not submitted.
    """

    def __init__(
        self,
        session: Session,
        scoring: Scoring,
        player: Transport,
        dialogs: Dialogs,
        open_neighbor: Callable[[int], None],
        open_next: Callable[[], None],
    ) -> None:
        self._session = session
        self._scoring = scoring
        self._player = player
        self._dialogs = dialogs
        self._open_next = open_next
        self.handlers: dict[str, Callable[[], None]] = {
            "play_pause": player.toggle,
            "play_reverse": player.toggle_reverse,
            "loop_bout": self.loop_bout,
            "faster": player.faster,
            "slower": player.slower,
            "normal_speed": player.normal_speed,
            **{c.id: partial(self.step, c.frames) for c in COMMANDS if c.frames},
            "back_1s": lambda: self.step_seconds(-1),
            "forward_1s": lambda: self.step_seconds(1),
            "previous_boundary": lambda: self.jump(boundary_before),
            "next_boundary": lambda: self.jump(boundary_after),
            "previous_same_boundary": lambda: self.jump_same(boundary_before),
            "next_same_boundary": lambda: self.jump_same(boundary_after),
            "previous_item": lambda: self.jump(unlabeled_before),
            "next_item": lambda: self.jump(unlabeled_after),
            "clip_start": lambda: self.go(0),
            "clip_end": lambda: self.go(session.last_frame),
            "previous_clip": lambda: open_neighbor(-1),
            "next_clip": lambda: open_neighbor(1),
            "go_to": self.go_to,
            "set_start": lambda: self.set_boundary(Edit.set_start),
            "set_end": lambda: self.set_boundary(Edit.set_end),
            "nudge_left": lambda: self.nudge(-1),
            "nudge_right": lambda: self.nudge(1),
            "undo": self.undo,
            "redo": self.redo,
            "note": self.note,
            "uncertain": self.flag_uncertain,
            "checkpoint": self.checkpoint,
            "submit": self.submit,
            "cancel": lambda: self.cancel(),
            "help": dialogs.show_help,
        }

    def run(self, command: str) -> None:
        """Carry out a command by its id; a refusal is shown as a message."""
        handler = self.handlers.get(command)
        if handler is None:
            return
        with self._session.telling():
            handler()

    # moves

    def step(self, frames: int) -> None:
        """Step over frames; what is open is painted over them, and ends with the clip."""
        target = self._session.playhead + frames
        current = self._session.current
        self._player.pause()
        self._session.advance(target)
        if current is not None and target >= current.frames:
            self._scoring.interrupt(Reason.END)

    def step_seconds(self, seconds: float) -> None:
        """Step over a time."""
        if self._session.current is not None:
            self.step(round(seconds * self._session.current.fps))

    def go(self, frame: int) -> None:
        """Jump to a frame of the clip."""
        self._session.seek(frame)

    def jump(self, where: Callable[[LabelTrack, int], int | None]) -> None:
        """Jump to where `where` leads from the playhead."""
        track = self._session.track
        if track is None:
            return
        self._scoring.interrupt(Reason.SEEK)
        target = where(track, self._session.playhead)
        if target is None:
            self._session.message("There is nothing more in this direction.")
        else:
            self._session.seek(target)

    def jump_same(self, where: Callable[..., int | None]) -> None:
        """Jump to a boundary of the behavior under the playhead."""
        bout = self._bout_here()
        if bout is not None:
            self.jump(lambda track, frame: where(track, frame, label=bout.label))

    def go_to(self) -> None:
        """Ask for a frame or time and jump there."""
        current = self._session.current
        if current is not None:
            self._player.pause()
            frame = self._dialogs.ask_frame(current, self._session.playhead)
            if frame is not None:
                self._session.seek(frame)

    def loop_bout(self) -> None:
        """Play the bout under the playhead over and over, with a margin."""
        current, bout = self._session.current, self._bout_here()
        if current is not None and bout is not None:
            margin = round(LOOP_MARGIN * current.fps)
            self._player.play_loop(max(0, bout.start - margin), min(current.confirmed, bout.stop + margin))

    # edits

    def set_boundary(self, make: Callable[..., Edit]) -> None:
        """Set the start or end of the current or nearest bout to the playhead."""
        track = self._editable()
        if track is None:
            return
        self._scoring.interrupt(Reason.KEY)
        self._session.commit([make(track, self._session.playhead, self._group_here(track))])

    def nudge(self, frames: int) -> None:
        """Move the nearest boundary by some frames; the playhead goes with it."""
        track = self._editable()
        if track is None:
            return
        self._scoring.interrupt(Reason.KEY)
        edit = Edit.nudge_boundary(track, self._session.playhead, frames, self._group_here(track))
        self._session.commit([edit])
        self._session.seek(edit.stop if frames > 0 else edit.start)

    def move_boundary(self, group: int, frame: int, to: int) -> None:
        """Move a boundary that was dragged on the timeline."""
        track = self._editable()
        if track is not None:
            self._session.commit([Edit.move_boundary(track, frame, to, group, reason="dragged")])

    def undo(self) -> None:
        """Take the last step back; an open bout is dropped first."""
        current = self._session.current
        if self._editable() is None or current is None or self._scoring.cancel():
            return
        self._show_changes(current.editor.undo(), "There is nothing to undo.")

    def redo(self) -> None:
        """Do again what was undone."""
        current = self._session.current
        if self._editable() is not None and current is not None:
            self._scoring.interrupt(Reason.KEY)
            self._show_changes(current.editor.redo(), "There is nothing to redo.")

    def note(self) -> None:
        """Ask for a note on the bout under the playhead."""
        current, bout = self._session.current, self._bout_here()
        if self._editable() is None or current is None or bout is None:
            return
        self._player.pause()
        old = current.editor.note_at(bout.start, bout.group)
        text = self._dialogs.ask_note(old.text if old else "")
        if text is not None:
            self._annotate(current, bout, text=text)

    def flag_uncertain(self) -> None:
        """Flag the bout under the playhead as uncertain, or take the flag back."""
        current, bout = self._session.current, self._bout_here()
        if self._editable() is None or current is None or bout is None:
            return
        old = current.editor.note_at(bout.start, bout.group)
        self._annotate(current, bout, uncertain=not (old and old.uncertain))

    def _annotate(
        self, current: OpenPass, bout: Bout, text: str | None = None, uncertain: bool | None = None
    ) -> None:
        current.editor.annotate_bout(bout, text, uncertain)
        self._session.notes_changed()
        self._session.refresh_save()

    # the pass

    def checkpoint(self) -> None:
        """Make sure that everything is on disk and say so."""
        current = self._session.current
        if current is not None:
            current.editor.flush()
            self._session.refresh_save()
            self._session.message("Everything is saved; each edit is written to disk as you make it.")

    def submit(self) -> None:
        """Submit the pass and open the next clip."""
        current = self._session.current
        if self._editable() is None or current is None:
            return
        self._player.pause()
        self._scoring.interrupt(Reason.CLIP)
        unlabeled = current.editor.track.coverage().unlabeled
        if unlabeled and not self._dialogs.confirm_submit(unlabeled, current.frames):
            return
        current.editor.submit()
        self._session.close_pass()
        self._session.message("Submitted.")
        self._open_next()

    def cancel(self) -> None:
        """Drop what is open or selected, or stop playing."""
        if not self._scoring.cancel():
            self._player.pause()

    def _editable(self) -> LabelTrack | None:
        if self._session.current is not None and not self._session.annotating:
            self._session.message("This pass cannot be changed now; switch 'Keys: scoring' on first.")
        return self._session.track if self._session.annotating else None

    def _bout_here(self) -> Bout | None:
        track = self._session.track
        if track is None:
            return None
        self._scoring.interrupt(Reason.KEY)
        bout = bout_under(track, self._session.playhead)
        if bout is None:
            self._session.message("There is no bout under the playhead.")
        return bout

    def _group_here(self, track: LabelTrack) -> int:
        bout = bout_under(track, self._session.playhead)
        return bout.group if bout is not None else 0

    def _show_changes(self, changes: list[Change], nothing: str) -> None:
        if not changes:
            self._session.message(nothing)
            return
        self._session.tell_changed(changes)
        self._session.seek(min(change.start for change in changes))
