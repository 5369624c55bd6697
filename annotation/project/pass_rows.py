"""The rows of passes and of their states: read, added to, and moved from one state to the next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..errors import ProjectError
from . import schema
from .clock import now
from .people import find_annotator
from .records import ClipRecord, Kind, PassRecord, State


def read_pass(connection: Connection, pass_id: str) -> PassRecord:
    """Return a pass, or raise `ProjectError`."""
    row = connection.execute(select(schema.passes).where(schema.passes.c.id == pass_id)).first()
    if row is None:
        raise ProjectError(f"The project has no pass '{pass_id}'; 'ethoprofile status' lists them.")
    return _record(row)


def read_passes(
    connection: Connection, clip: str | None = None, video: str | None = None, *, discarded: bool = False
) -> list[PassRecord]:
    """Return the passes over a clip, on a recording or all, oldest first, whoever asks.

    Either those that count, or those that were discarded.
    """
    table = schema.passes
    mark = State.DISCARDED.value
    query = select(table).order_by(table.c.started_at, table.c.id)
    query = query.where(table.c.state == mark if discarded else table.c.state != mark)
    if clip is not None:
        query = query.where(table.c.clip == clip)
    if video is not None:
        query = query.join(schema.clips, table.c.clip == schema.clips.c.id).where(
            schema.clips.c.video == video
        )
    return [_record(row) for row in connection.execute(query)]


def check_owner(connection: Connection, record: PassRecord, acting: str) -> None:
    """Raise `ProjectError` unless `acting` is the annotator whose pass it is."""
    if find_annotator(connection, acting).name != record.annotator:
        raise ProjectError(
            f"This is the pass of {record.annotator}, which {acting} cannot change; "
            "start a review based on it instead."
        )


def check_no_first(connection: Connection, clip: ClipRecord, annotator: str, but: str = "") -> None:
    """Raise `ProjectError` when a first pass over a clip would overlap another one of the annotator."""
    other = _overlapping(connection, clip, annotator, Kind.FIRST, but)
    if other is not None:
        raise ProjectError(
            f"{annotator} has a first pass over frames {other.start} to {other.stop} of '{clip.video}' "
            f"already ({other.id}, {other.state}); continue that one, or start a blind or review pass."
        )


def open_blind_over(connection: Connection, clip: ClipRecord, annotator: str) -> Any:
    """Return an open blind pass of the annotator over a clip with its ``start`` and ``stop``, or None."""
    return _overlapping(connection, clip, annotator, Kind.BLIND, state=State.OPEN)


def set_state(connection: Connection, pass_id: str, state: State, author: str) -> None:
    """Change the state of a pass and note it in its history.

    A pass that served an earlier one again unsaid becomes what it is when it is submitted: a blind one.
    """
    at = now()
    values: dict[str, Any] = {"state": state.value}
    if state is State.OPEN:
        values["submitted_at"] = None
    elif state is State.SUBMITTED:
        values["submitted_at"] = at
        table = schema.assignments
        repeats = connection.scalar(select(table.c.repeats).where(table.c["pass"] == pass_id))
        if repeats is not None:
            values |= {"kind": Kind.BLIND.value, "based_on": repeats}
    connection.execute(update(schema.passes).where(schema.passes.c.id == pass_id).values(**values))
    note_state(connection, pass_id, state, author, at)


def note_state(connection: Connection, pass_id: str, state: State, author: str, at: str) -> None:
    """Add to the history of a pass that it came into a state."""
    values = {"pass": pass_id, "state": state.value, "at": at, "author": author}
    connection.execute(insert(schema.pass_states).values(values))


def _overlapping(
    connection: Connection,
    clip: ClipRecord,
    annotator: str,
    kind: Kind,
    but: str = "",
    state: State | None = None,
) -> Any:
    table, clips = schema.passes, schema.clips
    query = (
        select(table.c.id, table.c.state, clips.c.start, clips.c.stop)
        .join(clips, table.c.clip == clips.c.id)
        .where(
            table.c.annotator == annotator,
            table.c.kind == kind.value,
            table.c.id != but,
            clips.c.video == clip.video,
            clips.c.start < clip.stop,
            clips.c.stop > clip.start,
            table.c.state != State.DISCARDED.value,
        )
    )
    if state is not None:
        query = query.where(table.c.state == state.value)
    return connection.execute(query).first()


def _record(row: Row[Any]) -> PassRecord:
    return PassRecord(
        row.id, row.clip, row.annotator, Kind(row.kind), row.based_on, row.source, State(row.state),
        row.started_at, row.submitted_at,
    )  # fmt: skip
