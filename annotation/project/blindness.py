"""What is closed to whom: the rule of blind passes, as the door applies it.

Work that shall stay blind closes every other pass on its frames to its annotator, their own earlier ones
included, from the moment it is assigned or begun until it is submitted. It guards against accident, not
against someone who opens the database file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from ..errors import ProjectError
from . import schema
from .records import ClipRecord, Kind, State


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass lies, and whose it is."""

    id: str
    annotator: str
    video: str
    start: int
    stop: int

    def overlaps(self, other: Place | ClipRecord) -> bool:
        """Whether two stretches share frames."""
        return self.video == other.video and self.start < other.stop and other.start < self.stop


@dataclass(frozen=True, slots=True)
class Closure:
    """Blind work that is not submitted yet.

    Attributes
    ----------
    place
        Where and whose; the id is that of the pass, empty before it is begun.
    told
        Kind of pass that the annotator is told: a silent repeat looks like the other clips of its plan.
    silent
        Whether it serves a pass of the annotator again, of which nothing is said.
    """

    place: Place
    told: Kind
    silent: bool

    def sentence(self, acting: str | None) -> str:
        """Say why labels on these frames are closed, without telling a silent repeat from other work."""
        stretch = f"frames {self.place.start} to {self.place.stop} of '{self.place.video}'"
        begun = bool(self.place.id)
        if self.told is not Kind.BLIND:
            what = f"Work on {stretch} is assigned" + (f" to {acting}" if acting else "")
        elif acting is None:
            what = f"A blind pass is {'open' if begun else 'assigned'} on {stretch}"
        elif begun:
            what = f"{acting} has a blind pass open on {stretch}"
        else:
            what = f"A blind pass on {stretch} is assigned to {acting}"
        if acting is None:
            return f"{what}; say which annotator wants to see labels there."
        return f"{what}; submit it to see other labels there."


Closures = Mapping[str, list[Closure]]


def closures_of(connection: Connection, acting: str | None) -> Closures:
    """Return the work that restricts `acting`, by recording: everybody's when no one is named."""
    found: dict[str, list[Closure]] = {}
    for closure in _silent_and_assigned(connection, acting):
        found.setdefault(closure.place.video, []).append(closure)
    known = {closure.place.id for closures in found.values() for closure in closures}
    for row in connection.execute(_of(_open_blind(), schema.passes, acting)):
        if row.id not in known:
            found.setdefault(row.video, []).append(Closure(Place(*row), Kind.BLIND, silent=False))
    return found


def closing(place: Place | ClipRecord, closures: Closures, but: str = "") -> Closure | None:
    """Return what closes a pass (its place), or a clip; a pass never closes itself (`but`)."""
    return next(
        (
            closure
            for closure in closures.get(place.video, ())
            if closure.place.overlaps(place) and not (but and closure.place.id == but)
        ),
        None,
    )


def unlisted(places: Iterable[Place], closures: Closures) -> set[str]:
    """Return the passes that must not even be named: earlier ones that are served again unsaid."""
    return {
        place.id
        for place in places
        for closure in closures.get(place.video, ())
        if closure.silent
        and closure.place.annotator == place.annotator
        and closure.place.id != place.id
        and closure.place.overlaps(place)
    }


def place_of(connection: Connection, pass_id: str) -> Place:
    """Return where a pass lies, or raise `ProjectError`."""
    row = connection.execute(_places().where(schema.passes.c.id == pass_id)).first()
    if row is None:
        raise ProjectError(f"The project has no pass '{pass_id}'; 'ethoprofile status' lists them.")
    return Place(*row)


def places(connection: Connection) -> list[Place]:
    """Return where all passes lie."""
    return [Place(*row) for row in connection.execute(_places())]


def _places() -> Any:
    table, clips = schema.passes, schema.clips
    columns = (table.c.id, table.c.annotator, clips.c.video, clips.c.start, clips.c.stop)
    return select(*columns).join(clips, table.c.clip == clips.c.id)


def _open_blind() -> Any:
    table = schema.passes
    return _places().where(table.c.kind == Kind.BLIND.value, table.c.state == State.OPEN.value)


def _silent_and_assigned(connection: Connection, acting: str | None) -> list[Closure]:
    """Return assigned blind work, begun or not, and silent repeats."""
    table, clips, passes = schema.assignments, schema.clips, schema.passes
    query = (
        select(
            table.c["pass"], table.c.annotator, table.c.kind, table.c.repeats,
            clips.c.video, clips.c.start, clips.c.stop,
        )
        .join(clips, table.c.clip == clips.c.id)
        .outerjoin(passes, table.c["pass"] == passes.c.id)
        .where(
            table.c.withdrawn_at.is_(None),
            or_(table.c.kind == Kind.BLIND.value, table.c.repeats.is_not(None)),
            or_(table.c["pass"].is_(None), passes.c.state == State.OPEN.value),
        )
    )  # fmt: skip
    return [
        Closure(
            Place(row[0] or "", row.annotator, row.video, row.start, row.stop),
            Kind(row.kind),
            silent=row.repeats is not None,
        )
        for row in connection.execute(_of(query, table, acting))
    ]


def _of(query: Any, table: Any, acting: str | None) -> Any:
    return query if acting is None else query.where(table.c.annotator == acting)
