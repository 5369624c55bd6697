"""What to label next, in the window: makes lists, opens one stretch after the other, notes what was answered.

It knows neither Qt nor napari: how work is done in a thread, and how a clip is opened, is given to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from .agreeing import Runner
from .annotation.errors import EthoprofileError, ProjectError
from .annotation.project import Project
from .annotation.project.queries import QueryRecord, QueryState
from .annotation.project.records import Kind
from .annotation.tracks import UNLABELED
from .desk_work import DeskWork
from .model_desk import PADDING_SECONDS, Looper
from .session import OpenPass, Session
from .training.queries.gain import gain_of
from .training.second_look import SecondLook, second_looks

if TYPE_CHECKING:
    from .training.queries.listing import Listing


class QueryDesk(DeskWork):
    """The list of what is to be labeled in one window.

    Signals
    -------
    Those of `DeskWork`, and:

    listed
        The list is another one, or one of its queries has ended.
    current_changed
        The query that is being answered, or None.
    doubts_changed
        Other labels are doubted.

    Parameters
    ----------
    session
        The shared state.
    player
        Plays stretches in a loop.
    open_clip
        Opens the acting annotator's pass over a clip, or begins one; tells what goes wrong by itself.
    need_index
        Has a recording indexed before all others.
    run
        Does work in a thread.

    Attributes
    ----------
    queries
        The latest list of the acting annotator, ended queries included.
    gain
        Seconds of the list in which the model was expected to be wrong; None where nobody knows.
    stage
        How far the list that is being made is; empty while that is not known.
    resumed
        Whether the current query was met where its clip was left, and not served.
    current, doubts, busy
        What is told by the signals.
    """

    listed = Signal()
    current_changed = Signal(object)
    doubts_changed = Signal()

    def __init__(
        self,
        session: Session,
        player: Looper,
        open_clip: Callable[[str], object],
        need_index: Callable[[str], object],
        run: Runner,
    ) -> None:
        super().__init__(session, run)
        self._player = player
        self._open_clip, self._need_index = open_clip, need_index
        self.queries: list[QueryRecord] = []
        self.doubts: list[SecondLook] = []
        self.gain: float | None = None
        self.current: QueryRecord | None = None
        self.stage = ""
        self.resumed = False
        self._stop = False
        self._wanted: QueryRecord | None = None
        self._answered_in = self._clip = ""
        session.project_changed.connect(lambda _project: self.forget())
        session.annotator_changed.connect(lambda _name: self.forget())
        session.models_changed.connect(self.refresh_doubts)
        session.opened.connect(self._on_opened)
        session.labels_changed.connect(lambda *_: self._note_answer())

    # the list

    @property
    def open(self) -> list[QueryRecord]:
        """What of the list is still to be labeled, in order."""
        return [query for query in self.queries if query.state is QueryState.OPEN]

    @property
    def seconds_left(self) -> float:
        """How long the rest of the list will take, as far as is known."""
        return sum(query.seconds or 0.0 for query in self.open)

    def forget(self) -> None:
        """Give up what is being done: another project, or another person."""
        self._generation += 1
        self.stop()
        self._set_busy("")
        self._wanted, self._answered_in = None, ""
        self._set_current(None)
        self.refresh()
        self.refresh_doubts()

    def refresh(self) -> None:
        """Read the list again, and note what of it was answered meanwhile."""
        self._end_answered()
        self._read()

    def _end_answered(self, clip: str | None = None) -> None:
        """Note what of the list is labeled, in one clip or in all."""
        project, name = self._session.project, self._session.annotator
        may = project is not None and name and not project.read_only
        if may and self._session.require_project().end_answered_queries(name, clip):
            self._session.query_answered()

    def _read(self) -> None:
        project, name = self._session.project, self._session.annotator
        found = project.queries(acting=name or None) if project is not None else []
        latest = max((query.round for query in found), default=0)
        self.queries = [query for query in found if query.round == latest]
        self.gain = gain_of(project, name, latest) if project is not None else None
        self.listed()

    def stop(self) -> None:
        """Give up making a list; what was seen of the recordings is kept."""
        self._stop = True

    def make(
        self, strategy: str, mode: str = "unit", *, minutes: float | None = None,
        number: int | None = None, seed: int = 0,
    ) -> None:  # fmt: skip
        """Make a list in the background; it takes the place of what is open on the one before."""
        from .training.fitting import TrainingCanceledError
        from .training.queries.listing import make_list

        name = self._session.annotator
        if not name:
            self.told("Choose as whom you label first.", True)
            return

        def tell(stage: str, at: int, total: int | None) -> None:
            self.stage = f"{stage}: {at / total:.0%}" if total else stage

        def work(project: Project) -> Listing | None:
            try:
                return make_list(
                    project, name, strategy=strategy, mode=mode, minutes=minutes, number=number,
                    seed=seed, on_stage=tell, cancelled=lambda: self._stop,
                )  # fmt: skip
            except TrainingCanceledError:
                return None

        def done(made: Listing | None) -> None:
            self.refresh()
            if made is None:
                self.told("No list was made.", False)
                return
            sentence = f"{stretches(len(made.queries))}, about {made.seconds / 60:.0f} min."
            self.told(" ".join([sentence, *made.left_out]), bool(made.left_out))

        if not self.busy:
            self.stage, self._stop = "", False
            self._begin("Looking at the recordings …", work, done)

    # serving

    def serve(self, query: QueryRecord) -> None:
        """Open the annotator's pass where a query lies, or begin one, and go to where it starts."""
        opened = self._session.current
        self._wanted, self._answered_in = query, ""
        if opened is not None and self._is_own(opened) and opened.clip.id == query.clip:
            self._start(opened)
        else:
            self._open_clip(query.clip)

    def serve_next(self) -> None:
        """Serve the first query of the list that is open, other than the one that is being answered."""
        waiting = [query for query in self.open if self.current is None or query.id != self.current.id]
        if waiting:
            self.serve(waiting[0])
        elif self.current is not None:
            self.serve(self.current)
        else:
            self.told("Nothing on the list is left to label; make another list.", False)

    def skip(self, query: QueryRecord) -> None:
        """Take a query off the list unanswered."""
        if self._guarded(lambda: self._session.require_project().end_query(query.id, QueryState.SKIPPED)):
            if self.current is not None and self.current.id == query.id:
                self._set_current(None)
            self.refresh()

    def next_unlabeled(self) -> bool:
        """Go on within the list: to the next stretch of the query that has no label, or to the next query.

        Returns
        -------
        bool
            False where the open clip has nothing to do with the list.
        """
        opened, query = self._session.current, self.current
        if opened is None:
            return False
        if query is None:
            if self._answered_in != opened.clip.id or not self.open:
                return False
            self.serve_next()
            return True
        first, last = query.start - opened.clip.start, query.stop - opened.clip.start
        gap = (opened.editor.track.codes[first:last] == UNLABELED).any(axis=1)
        gaps = (gap & ~np.append(False, gap[:-1])).nonzero()[0] + first  # where each begins
        if len(gaps):
            ahead = gaps[gaps > self._session.playhead]
            self._session.seek(int(ahead[0] if len(ahead) else gaps[0]))
        return bool(len(gaps))

    def _on_opened(self, opened: OpenPass | None) -> None:
        self._set_current(None)
        left, self._clip = self._clip, opened.clip.id if opened is not None else ""
        if left != self._clip and any(query.clip == left for query in self.open):
            self._guarded(lambda: self._end_answered(left))  # answered beside the one that was served
            self._read()
        if opened is None:
            self._answered_in = ""
        elif self._wanted is not None and self._is_own(opened) and opened.clip.id == self._wanted.clip:
            self._start(opened)
        elif self._is_own(opened):
            self._resume(opened)

    def _resume(self, opened: OpenPass) -> None:
        """Take up the query on which the playhead stands in a clip that was opened in another way."""
        at = opened.clip.start + self._session.playhead
        here = (q for q in self.open if q.clip == opened.clip.id and q.start <= at < q.stop)
        self.resumed = True
        self._set_current(next(here, None))
        self._note_answer()

    def _start(self, opened: OpenPass) -> None:
        assert self._wanted is not None
        query, self._wanted = self._wanted, None
        self.resumed = False
        self._set_current(query)
        self._session.seek(query.start - opened.clip.start)
        self._note_answer()

    def _is_own(self, opened: OpenPass) -> bool:
        return opened.record.annotator == self._session.annotator and not opened.editor.read_only

    def _note_answer(self) -> None:
        """End the query that is being answered once none of its frames is undecided."""
        opened, query = self._session.current, self.current
        if opened is None or query is None:
            return
        rows = slice(query.start - opened.clip.start, query.stop - opened.clip.start)
        if (opened.editor.track.codes[rows] == UNLABELED).any():
            return
        pass_id = opened.record.id
        self._guarded(lambda: self._session.require_project().end_query(query.id, QueryState.DONE, pass_id))
        self._answered_in = opened.clip.id
        self._set_current(None)
        self._read()
        self._session.query_answered()
        left = len(self.open)
        if left:
            self.told(f"Labeled. {stretches(left)} left on the list.", False)
        else:
            self.told("Labeled: that was the last stretch of the list.", False)

    # doubted labels

    def refresh_doubts(self) -> None:
        """Read again which labels the current model doubts."""
        project = self._session.project
        self.doubts = []
        if project is not None:
            try:
                self.doubts = second_looks(project, acting=self._session.annotator or None)
            except EthoprofileError as error:
                self.told(str(error), True)
        self.doubts_changed()

    def play(self, look: SecondLook) -> None:
        """Play a doubted bout in a loop: in the pass that holds it, somebody else's for looking only."""

        def act() -> None:
            session, project = self._session, self._session.require_project()
            if not session.annotator:
                raise ProjectError("Choose as whom you look at clips first.")
            suspect, clip = look.suspect, project.get_clip(look.clip)
            if session.current is None or session.current.record.id != suspect.pass_id:
                self._need_index(suspect.video)
                record = project.get_pass(suspect.pass_id)
                own = record.annotator == session.annotator and record.kind is not Kind.CONSENSUS
                session.open_pass(suspect.pass_id, read_only=not own)
            room = round(PADDING_SECONDS * look.fps)
            start, stop = suspect.start - clip.start, suspect.stop - clip.start
            self._player.loop(max(0, start - room), min(clip.frames, stop + room))

        self._guarded(act)

    # inside

    def _set_current(self, query: QueryRecord | None) -> None:
        if query != self.current:
            self.current = query
            self.current_changed(query)


def stretches(number: int) -> str:
    """Return a number of stretches with its noun."""
    return f"{number:,} stretch" if number == 1 else f"{number:,} stretches"
