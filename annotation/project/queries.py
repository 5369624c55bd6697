"""Queries: stretches that somebody is asked to label. Work items within passes, never labels themselves."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from ..clips import Stretch
from ..errors import ProjectError
from . import schema
from .assignments import Assignments
from .blindness import closing, closures_of
from .clips import clip_id, read_clip
from .clock import now
from .holdouts import Holdouts
from .people import find_annotator
from .records import ClipRecord, PassRecord, State


class QueryState(StrEnum):
    """How far a query has come."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class NewQuery:
    """A stretch to ask for.

    Attributes
    ----------
    video, start, stop
        Frames ``[start, stop)`` of a recording.
    clip
        The clip that holds it; empty where the stretch becomes a clip of its own.
    strategy, reason
        What chose it, and why in a sentence.
    score
        What it was chosen by; None where nothing was measured.
    seconds
        How long it will take somebody, as far as is known.
    model
        Id of the model that was asked; empty without one.
    audit
        Whether it was drawn by chance, and goes without proposals.
    home
        Frames ``[start, stop)`` of the clip that is made where none holds it; just its own where None.
    """

    video: str
    start: int
    stop: int
    clip: str = ""
    strategy: str = ""
    reason: str = ""
    score: float | None = None
    seconds: float | None = None
    model: str = ""
    audit: bool = False
    home: tuple[int, int] | None = None

    @property
    def own_clip(self) -> Stretch:
        """The clip that is made where none holds it."""
        return Stretch(self.video, *(self.home or (self.start, self.stop)))


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """A stretch that somebody is asked to label, as the project keeps it.

    Attributes
    ----------
    id
        Unique across computers.
    clip, video, start, stop
        Where it lies: a clip, and frames ``[start, stop)`` of its recording.
    annotator
        Who is asked; empty where anybody may take it.
    round, position
        The list that it is on, from 1, and its place there.
    strategy, reason, score, seconds, model, audit
        As in `NewQuery`. The reason is empty for those to whom labels on the clip are closed now.
    state
        ``open``, ``done`` or ``skipped``.
    pass_id
        The pass with which it was answered; empty until then.
    added_at, ended_at
        UTC stamps in ISO 8601; `ended_at` is None while it is open.
    """

    id: str
    clip: str
    video: str
    start: int
    stop: int
    annotator: str
    round: int
    position: int
    strategy: str
    reason: str
    score: float | None
    seconds: float | None
    model: str
    audit: bool
    state: QueryState
    pass_id: str
    added_at: str
    ended_at: str | None


class Queries(Assignments, Holdouts):
    """What people are asked to label."""

    def add_queries(self, wanted: Sequence[NewQuery], annotator: str = "") -> list[QueryRecord]:
        """Put stretches on a list, all or none; those without a clip become clips.

        Queries of earlier lists that are still open are skipped: there is one list at a time.

        Parameters
        ----------
        wanted
            The stretches, in the order in which they are asked for.
        annotator
            Who is asked; empty where anybody may take them.

        Raises
        ------
        ProjectError
            When a stretch does not lie on its clip or recording, its animal is kept apart, or the annotator
            is unknown.
        """
        loose = [query.own_clip for query in wanted if not query.clip]
        table, at = schema.queries, now()
        for video in dict.fromkeys(query.video for query in wanted):
            if self.kept_apart(video):
                raise ProjectError(
                    f"The animal of '{video}' is kept apart to test models; nobody is asked to label it here."
                )
        with self.database.writing() as connection:
            name = find_annotator(connection, annotator).name if annotator else ""
            self._insert_clips(connection, loose, "query")
            round_ = int(connection.scalar(select(func.max(table.c.round))) or 0) + 1
            earlier = (table.c.state == QueryState.OPEN.value, table.c.annotator == name)
            connection.execute(update(table).where(*earlier).values(state="skipped", ended_at=at))
            rows = []
            for position, query in enumerate(wanted, start=1):
                clip = read_clip(connection, query.clip or clip_id(query.own_clip))
                _check_within(query, clip)
                rows.append({
                    "id": "q" + secrets.token_hex(6), "clip": clip.id, "start": query.start,
                    "stop": query.stop, "annotator": name, "round": round_, "position": position,
                    "strategy": query.strategy, "reason": query.reason, "score": query.score,
                    "seconds": query.seconds, "model": query.model, "audit": query.audit,
                    "state": QueryState.OPEN.value, "added_at": at,
                })  # fmt: skip
            if rows:
                connection.execute(insert(table), rows)
        return [record for record in self.queries(acting=annotator or None) if record.round == round_]

    def queries(
        self, state: QueryState | str | None = None, *, acting: str | None = None
    ) -> list[QueryRecord]:
        """Return queries by list and place: those of anybody and of `acting`, of all where no one is named.

        Parameters
        ----------
        state
            Only those in this state.
        acting
            Who will see them: reasons tell what a model thinks, and are left out where labels are closed.
        """
        table, clips = schema.queries, schema.clips
        query = (
            select(table, clips.c.video)
            .join(clips, table.c.clip == clips.c.id)
            .order_by(table.c.round, table.c.position)
        )
        if state is not None:
            query = query.where(table.c.state == QueryState(state).value)
        with self.database.reading() as connection:
            name = find_annotator(connection, acting).name if acting else None
            if name is not None:
                query = query.where(or_(table.c.annotator == "", table.c.annotator == name))
            closures = closures_of(connection, name)
            known = {
                row.id: ClipRecord(row.id, row.video, row.start, row.stop)
                for row in connection.execute(select(clips.c.id, clips.c.video, clips.c.start, clips.c.stop))
            }
            return [
                _record(row, hidden=closing(known[row.clip], closures) is not None)
                for row in connection.execute(query)
            ]

    def end_query(self, query_id: str, state: QueryState | str, pass_id: str = "") -> None:
        """Note that a query was answered or skipped; one that has ended stays as it is.

        Raises
        ------
        ProjectError
            When there is no such query, or `state` is no end.
        """
        end = QueryState(state)
        if end is QueryState.OPEN:
            raise ProjectError("A query ends as done or skipped.")
        table = schema.queries
        with self.database.writing() as connection:
            if connection.execute(select(table.c.id).where(table.c.id == query_id)).first() is None:
                raise ProjectError(f"There is no query '{query_id}'; 'ethoprofile queue --show' lists them.")
            connection.execute(
                update(table)
                .where(table.c.id == query_id, table.c.state == QueryState.OPEN.value)
                .values({"state": end.value, "pass": pass_id or None, "ended_at": now()})
            )

    def answered_queries(
        self, acting: str | None = None, clip: str | None = None
    ) -> list[tuple[QueryRecord, PassRecord]]:
        """Return open queries that are labeled from end to end, with the pass that does so.

        A query counts as labeled where a pass over its clip leaves none of its frames undecided: of the one
        who is asked, or of anybody where nobody in particular is.

        Parameters
        ----------
        acting
            Only queries that this person may answer, and only with passes of theirs; everybody's when None.
        clip
            Only those within this clip.
        """
        found = []
        for query in self.queries(QueryState.OPEN, acting=acting):
            if clip is not None and query.clip != clip:
                continue
            asked = acting or query.annotator
            names = [asked] if asked else [person.name for person in self.annotators()]
            answers = (self._answer(query, name) for name in names)
            record = next((answer for answer in answers if answer is not None), None)
            if record is not None:
                found.append((query, record))
        return found

    def end_answered_queries(self, acting: str | None = None, clip: str | None = None) -> list[QueryRecord]:
        """Note as done what `answered_queries` finds; return it."""
        answered = self.answered_queries(acting, clip)
        for query, record in answered:
            self.end_query(query.id, QueryState.DONE, record.id)
        return [query for query, _ in answered]

    def audit_stretches(self, clip: str, acting: str | None) -> list[tuple[int, int]]:
        """Return the frames ``[start, stop)`` of a clip that were drawn by chance, to be scored unaided.

        Parameters
        ----------
        clip
            The clip, whose frames are counted from its start.
        acting
            Who is asked, by name or as anybody; everybody when None.
        """
        first, table = self.get_clip(clip).start, schema.queries
        drawn = (table.c.clip == clip, table.c.audit.is_(True), table.c.state != QueryState.SKIPPED.value)
        query = select(table.c.start, table.c.stop).where(*drawn).order_by(table.c.start)
        with self.database.reading() as connection:
            if acting is not None:
                query = query.where(table.c.annotator.in_(("", find_annotator(connection, acting).name)))
            return [(row.start - first, row.stop - first) for row in connection.execute(query)]

    def _answer(self, query: QueryRecord, acting: str) -> PassRecord | None:
        first = self.get_clip(query.clip).start
        for record in self.passes(clip=query.clip, annotator=acting, acting=acting):
            if record.source or record.state is State.DISCARDED or not self.door.allowed(record.id, acting):
                continue
            codes = self.door.labels(record.id, acting).codes[query.start - first : query.stop - first]
            if (codes >= 0).all():
                return record
        return None


def _check_within(query: NewQuery, clip: ClipRecord) -> None:
    if clip.video != query.video or not clip.start <= query.start < query.stop <= clip.stop:
        raise ProjectError(
            f"Frames {query.start} to {query.stop} of '{query.video}' do not lie within the clip {clip.id}."
        )


def _record(row: Row[Any], *, hidden: bool) -> QueryRecord:
    return QueryRecord(
        row.id, row.clip, row.video, row.start, row.stop, row.annotator, row.round, row.position,
        row.strategy, "" if hidden else row.reason, None if hidden else row.score, row.seconds,
        row.model, bool(row.audit),
        QueryState(row.state), row._mapping["pass"] or "", row.added_at, row.ended_at,
    )  # fmt: skip
