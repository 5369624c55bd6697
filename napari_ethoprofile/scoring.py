"""Joins the keyboard's bout state machine to the session: presses become edits in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from psygnal import Signal

from .annotation.edits import Edit
from .annotation.edits.other_scorers import ScoringMode, make_scorer
from .annotation.edits.outcomes import (
    Canceled,
    Cleared,
    Closed,
    Grown,
    Opened,
    Outcome,
    Reason,
    Selected,
    Step,
)
from .annotation.edits.scorer import HOLD_MS, Scorer
from .annotation.ethogram import Ethogram
from .annotation.tracks import NONE, UNLABELED
from .session import Move, OpenPass, Session


class Scoring:
    """Turns key presses and moves of the playhead into edits of the open pass.

    Parameters
    ----------
    session
        The shared state.
    lead
        Returns by how many frames a bout begins before the shown frame (reaction-time compensation; 0 is
        none), and what the journal says about it.

    Attributes
    ----------
    open_changed
        Emits the extents of the open bouts (`Grown`) whenever one opens, grows or ends.
    """

    open_changed = Signal(list)

    def __init__(self, session: Session, lead: Callable[[], tuple[int, str]] = lambda: (0, "")) -> None:
        self._session = session
        self._lead = lead
        self._scorer: Scorer | None = None
        self._mode: ScoringMode = "toggle"
        self._hold_ms = HOLD_MS
        self._journaled: dict[int, Grown] = {}
        self._reason = ""
        self._reasons: dict[int, str] = {}
        #: Takes behavior keys in place of scoring, while they answer a question.
        self.answering: Callable[[int], None] | None = None
        #: Asked about a tap (label, frame) while nothing plays: returns what it does in place of scoring.
        self.tapped: Callable[[int, int], Callable[[], None] | None] | None = None
        self._tap: tuple[int, int] | None = None
        #: That of the open pass: a key press must not wait for the database.
        self._ethogram = Ethogram()
        session.ethogram_changed.connect(self._on_ethogram)
        session.opened.connect(self._on_opened)
        session.closing.connect(lambda _current: self.interrupt(Reason.CLIP))
        session.moved.connect(self._on_moved)
        session.mode_changed.connect(self._on_mode)

    @property
    def open_bouts(self) -> list[Grown]:
        """Extents of the open bouts as they are now."""
        return self._scorer.previews if self._scorer is not None else []

    def set_mode(self, mode: ScoringMode, hold_ms: float = HOLD_MS) -> None:
        """Score in another way from now on; what is open is closed."""
        self.interrupt(Reason.CLIP)
        self._mode, self._hold_ms = mode, hold_ms
        self._on_opened(self._session.current)

    def press(self, label: int, at_ms: float, *, repeat: bool = False) -> None:
        """Take the press of a label's key at the shown frame; a selected range is labeled instead."""
        scorer, session = self._scorer, self._session
        if scorer is None or not session.annotating:
            return
        if session.selection is not None and self._mode != "select":
            self.label_range(*session.selection, label)
            return
        if self.answering is not None:
            self.answering(label)
            return
        frame = session.playhead
        lead, self._reason = self._lead() if label > NONE else (0, "")
        outcomes: list[Outcome] = []
        for group in self._groups_of(label):
            outcomes += scorer.press(label, group, frame, at_ms, repeat=repeat, onset=frame - lead)
        opens = any(isinstance(outcome, Opened) for outcome in outcomes)
        self._tap = (label, frame) if opens else None
        self._act(outcomes)

    def release(self, label: int, at_ms: float, frame: int | None = None) -> None:
        """Take the release of a label's key, on `frame` when that is known better than by the playhead."""
        if self._scorer is None or not self._session.annotating:
            return
        shown = self._session.playhead
        answer = self._answer_of_tap(label, shown)
        if answer is not None:
            for group in self._groups_of(label):
                self._act(self._scorer.cancel(group))
            answer()
            return
        self._act(self._scorer.release(label, shown if frame is None else frame, at_ms))
        if self._scorer.frame != shown:
            self._act(self._scorer.advance(shown))

    def _answer_of_tap(self, label: int, frame: int) -> Callable[[], None] | None:
        """Return what a key that comes up on the frame where it opened a bout does in place of scoring."""
        tap, self._tap = self._tap, None
        if self.tapped is None or tap != (label, frame):
            return None
        return self.tapped(label, frame)

    def label_range(self, start: int, stop: int, label: int) -> None:
        """Give a range of frames one label, as one undo step, and drop the selection."""
        track = self._session.track
        if track is not None and self._session.annotating:
            groups = self._groups_of(label)
            self._session.commit([Edit.paint(track, start, stop, label, group) for group in groups])
            self._session.select(None)

    def replace(self, label: int) -> None:
        """Give the whole bout under the playhead another label."""
        track = self._session.track
        if track is None or not self._session.annotating:
            return
        if self.answering is not None:
            self.answering(label)
            return
        self.interrupt(Reason.KEY)
        frame = self._session.playhead
        answer = self.tapped(label, frame) if self.tapped is not None else None
        if answer is not None:
            answer()
            return
        self._session.commit(
            [Edit.replace_bout(track, frame, label, group) for group in self._groups_of(label)]
        )

    def interrupt(self, reason: Reason = Reason.FOCUS) -> None:
        """Close what is open at the last shown frame: focus loss, another clip, the clip's end."""
        if self._scorer is not None:
            self._act(self._scorer.interrupt(reason))

    def cancel(self) -> bool:
        """Drop what is open or selected without writing anything; tell whether there was something."""
        had = bool(self.open_bouts) or self._session.selection is not None
        if self._scorer is not None:
            self._act(self._scorer.cancel())
        self._session.select(None)
        return had

    def journal_growth(self) -> None:
        """Write how far the open bouts have grown since the last call; called once a second."""
        current = self._session.current
        if current is None:
            return
        for bout in self.open_bouts:
            if self._journaled.get(bout.group) != bout:
                current.editor.grow_bout(bout.group, bout.start, bout.stop, bout.label)
                self._journaled[bout.group] = bout

    def _groups_of(self, label: int) -> list[int]:
        return self._ethogram.groups_of(label)

    def _on_ethogram(self, ethogram: Ethogram) -> None:
        self._ethogram = ethogram

    def _on_opened(self, current: OpenPass | None) -> None:
        self._journaled = {}
        if self._session.project is not None:
            self._ethogram = self._session.project.ethogram
        if current is None:
            self._scorer = None
        else:
            self._scorer = make_scorer(self._mode, current.frames, self._hold_ms, self._session.playhead)
        self.open_changed(self.open_bouts)

    def _on_moved(self, _previous: int, frame: int, how: Move) -> None:
        if self._scorer is not None:
            self._act(self._scorer.advance(frame) if how is Move.ADVANCE else self._scorer.seek(frame))

    def _on_mode(self, annotating: bool) -> None:
        if not annotating:
            self.interrupt()

    def _act(self, outcomes: Iterable[Outcome]) -> None:
        """Do what the state machine decided; bouts that close together are one undo step."""
        session = self._session
        current, track = session.current, session.track
        if current is None or track is None:
            return
        edits: list[Edit] = []
        steps = 0
        changed = False
        for outcome in outcomes:
            match outcome:
                case Opened(group, label, start, _stop):
                    session.commit(edits)  # what a switch closes is in the journal before the next bout opens
                    edits = []
                    current.editor.open_bout(group, start, label)
                    self._journaled[group] = Grown(group, label, start, start + 1)
                    self._reasons[group] = self._reason
                    changed = True
                case Closed(group, label, start, stop, reason):
                    why = self._reasons.pop(group, "")
                    edit = Edit.paint(track, start, stop, label, group, reason=why)
                    edits.append(edit)
                    if edit.empty:
                        current.editor.drop_bout(group)
                    changed = True
                    self._tell(reason)
                case Canceled(group, _label, _start, reason):
                    current.editor.drop_bout(group)
                    changed = True
                    self._tell(reason)
                case Cleared(group, frame):
                    edits.append(Edit.replace_bout(track, frame, UNLABELED, group))
                case Selected(start, stop):
                    session.select((start, stop) if stop > start else None)
                case Step(frames):
                    steps += frames
                case Grown():
                    changed = True
        session.commit(edits)
        if changed:
            self.open_changed(self.open_bouts)
        if steps:
            session.advance(session.playhead + steps)

    def _tell(self, reason: Reason) -> None:
        if reason.sentence:
            self._session.message(reason.sentence)
