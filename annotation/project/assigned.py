"""The rows of assigned work: what is due over a clip, and how it is tied to the pass that does it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from . import schema
from .records import ClipRecord, Kind


@dataclass(frozen=True, slots=True)
class Due:
    """A clip that is assigned and not begun.

    Attributes
    ----------
    id, clip, kind
        The assignment, its clip, and the kind of pass that the annotator is told.
    silent
        Whether it serves a pass of theirs again, of which nothing is said.
    assigned_at, assigned_by
        When and by whom.
    """

    id: str
    clip: str
    kind: Kind
    silent: bool
    assigned_at: str
    assigned_by: str

    @property
    def closes(self) -> bool:
        """Whether other passes on its frames are closed to the annotator."""
        return self.silent or self.kind is Kind.BLIND


def due_over(connection: Connection, clip: ClipRecord, annotator: str) -> list[Due]:
    """Return what is assigned to an annotator and not begun, on frames of a clip."""
    table, clips = schema.assignments, schema.clips
    query = (
        select(table)
        .join(clips, table.c.clip == clips.c.id)
        .where(
            table.c.annotator == annotator,
            table.c["pass"].is_(None),
            table.c.withdrawn_at.is_(None),
            clips.c.video == clip.video,
            clips.c.start < clip.stop,
            clips.c.stop > clip.start,
        )
    )
    return [
        Due(row.id, row.clip, Kind(row.kind), row.repeats is not None, row.assigned_at, row.assigned_by)
        for row in connection.execute(query)
    ]


def fulfil(connection: Connection, due: Due, pass_id: str) -> None:
    """Note with which pass assigned work is done."""
    table = schema.assignments
    connection.execute(update(table).where(table.c.id == due.id).values({"pass": pass_id}))
