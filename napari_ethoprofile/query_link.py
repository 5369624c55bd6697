"""Joins the list of what to label to timeline and keyboard: the stretch in question, and the way onward."""

from __future__ import annotations

from .annotation.project.queries import QueryRecord
from .commands import Commands
from .proposing import Proposing
from .query_desk import QueryDesk
from .session import Session
from .timeline import TimelineModel

#: Seconds of the timeline that are shown before and after a query.
AROUND_SECONDS = 5.0


class QueryLink:
    """Shows the query that is being answered on the timeline, and lets the keys that lead on stay in it.

    Parameters
    ----------
    desk
        The list of the window.
    session, commands, proposing, model
        The window's parts.
    """

    def __init__(
        self,
        desk: QueryDesk,
        session: Session,
        commands: Commands,
        proposing: Proposing,
        model: TimelineModel,
    ) -> None:
        self._desk, self._session = desk, session
        self._proposing, self._model = proposing, model
        others = commands.handlers["next_item"]
        commands.handlers["next_item"] = lambda: None if desk.next_unlabeled() else others()
        proposing.onward = desk.next_unlabeled
        desk.current_changed.connect(self._show)
        desk.listed.connect(proposing.look_again)

    def _show(self, query: QueryRecord | None) -> None:
        model, opened = self._model, self._session.current
        if query is None or opened is None:
            model.focus = self._proposing.within = None
            return
        start, stop = query.start - opened.clip.start, query.stop - opened.clip.start
        room = AROUND_SECONDS * model.fps
        if not self._desk.resumed:  # else the clip is shown as it was left
            model.set_window(start - room, stop + room)
        chance = "without proposals" if query.audit else ""
        model.ask((start, stop), "; ".join(filter(None, (query.reason, chance))))
        self._proposing.within = range(start, stop)
