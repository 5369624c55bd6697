"""The one door through which labels, notes, history and statistics of a pass are read.

Nothing else in the program reads the journal. The rule of blind passes (`blindness`) is enforced here and
only here: while an annotator has a blind pass assigned or open, every other pass on the same frames is closed
to them, their own earlier ones included; a reader who does not say who they are sees no pass on which
somebody's blind work lies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from ..errors import BlindError
from ..tracks import Coverage, LabelTrack
from . import schema
from .blindness import Place, closing, closures_of, place_of, places, unlisted
from .editor import EditorState
from .journal import Act, Change, Columns, Replay, dump_runs, steps_of
from .notes import Note, NoteEdit
from .parts import ProjectPart
from .people import find_annotator
from .proposal_edits import ProposalEdit
from .records import PassRecord, State
from .writer import OpenBout


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change in the history of a pass.

    Attributes
    ----------
    step, act, target
        Number of the step, what it is, and the step that an undo or redo concerns.
    at, author
        When (UTC, ISO 8601) and who.
    change
        What changed: an `Edit`, a `NoteEdit` or a `ProposalEdit`.
    """

    step: int
    act: Act
    target: int | None
    at: str
    author: str
    change: Change


@dataclass(frozen=True, slots=True)
class SourceRun:
    """A stretch whose labels have one provenance; an empty one where nothing is labeled."""

    start: int
    stop: int
    provenance: str
    reason: str = ""
    author: str = ""


class Door:
    """Reads passes on behalf of the acting annotator.

    In every method, `acting` is the name of the annotator who will see the result, or None when no one is
    named. `BlindError` is raised where the rule of blind passes forbids it, `ProjectError` for an unknown
    pass or annotator.
    """

    def __init__(self, project: ProjectPart) -> None:
        self._project = project

    def check(self, pass_id: str, acting: str | None) -> None:
        """Raise `BlindError` when `acting` may not see this pass now."""
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)

    def allowed(self, pass_id: str, acting: str | None) -> bool:
        """Return whether `acting` may see this pass now."""
        try:
            self.check(pass_id, acting)
        except BlindError:
            return False
        return True

    def open_to(self, records: Iterable[PassRecord], acting: str | None) -> list[PassRecord]:
        """Return those passes that `acting` may see now: what `allowed` says, of many at once."""
        with self._project.database.reading() as connection:
            closures = closures_of(connection, _acting(connection, acting))
            where = {place.id: place for place in places(connection)} if closures else {}
        if not closures:
            return list(records)
        return [record for record in records if closing(where[record.id], closures, but=record.id) is None]

    def listed(self, records: Iterable[PassRecord], acting: str | None) -> list[PassRecord]:
        """Return those passes that `acting` may know of.

        The others are earlier ones of an annotator who scores the same frames again without being told; they
        are listed again once that is submitted.
        """
        with self._project.database.reading() as connection:
            closures = closures_of(connection, _acting(connection, acting))
            unsaid = unlisted(places(connection), closures) if closures else set()
        return [record for record in records if record.id not in unsaid]

    def labels(self, pass_id: str, acting: str | None) -> LabelTrack:
        """Return the labels of a pass as a track of its own."""
        return self._replay(pass_id, acting).track

    def provenance(self, pass_id: str, acting: str | None, group: int = 0) -> list[SourceRun]:
        """Return where the labels of one group come from, as runs over the whole track."""
        replay = self._replay(pass_id, acting)
        return [
            SourceRun(start, stop, origin.provenance, origin.reason, origin.author)
            if origin
            else SourceRun(start, stop, "")
            for start, stop, origin in replay.origins(0, replay.track.frames, group)
        ]

    def notes(
        self, pass_id: str, acting: str | None, start: int = 0, stop: int | None = None,
        group: int | None = None,
    ) -> list[Note]:  # fmt: skip
        """Return the notes that touch ``[start, stop)``, in one group or in any."""
        found = self._replay(pass_id, acting).notes
        return [n for n in found if _touches(n.start, n.stop, start, stop) and group in (None, n.group)]

    def proposal_edits(self, pass_id: str, acting: str | None) -> list[ProposalEdit]:
        """Return what the annotator rejected or moved of what is proposed, oldest first."""
        return self._replay(pass_id, acting).proposal_edits

    def history(
        self, pass_id: str, acting: str | None, start: int = 0, stop: int | None = None,
        group: int | None = None,
    ) -> list[HistoryEntry]:  # fmt: skip
        """Return every change that touched ``[start, stop)``, oldest first, undone ones included."""
        columns = self._project.ethogram_state().columns
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)
            steps = steps_of(_rows(connection, pass_id), columns)
        return [
            HistoryEntry(step.number, step.act, step.target, step.at, step.author, change)
            for step in steps
            for change in step.changes
            if _touches(change.start, change.stop, start, stop) and group in (None, change.group)
        ]

    def coverage(self, pass_id: str, acting: str | None) -> Coverage:
        """Return how many frames carry a behavior, none, or nothing yet; without replaying the journal."""
        table = schema.passes
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)
            row = connection.execute(
                select(table.c.labeled, table.c.none, table.c.unlabeled).where(table.c.id == pass_id)
            ).one()
        return Coverage(*row)

    def viewed(self, pass_id: str, acting: str | None) -> list[tuple[int, int]]:
        """Return the frames that were on the screen at 1x or slower, as stretches of the track."""
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)
            return _viewed(connection, pass_id)

    def status(self, acting: str | None = None) -> dict[str, Any]:
        """Return recordings, clips and passes as plain data; passes that stay blind come without counts.

        What `listed` leaves out is left out here, too.

        Returns
        -------
        dict
            ``{"videos": [{"id", "path", "frames", "fps"}], "clips": [{"id", "video", "start", "stop",
            "passes": [{"id", "annotator", "kind", "state", "labeled", "none", "unlabeled"}]}]}``
        """
        with self._project.database.reading() as connection:
            closures = closures_of(connection, _acting(connection, acting))
            videos = connection.execute(
                select(*(schema.videos.c[name] for name in ("id", "path", "frames", "fps")))
            ).mappings()
            found = {"videos": [dict(row) for row in videos]}
            clips = {
                row.id: {**row._mapping, "passes": []}
                for row in connection.execute(
                    select(*(schema.clips.c[name] for name in ("id", "video", "start", "stop"))).order_by(
                        schema.clips.c.video, schema.clips.c.start, schema.clips.c.stop
                    )
                )
            }
            table = schema.passes
            counting = select(table).where(table.c.state != State.DISCARDED.value)
            rows = connection.execute(counting.order_by(table.c.started_at)).all()
            where = {
                row.id: Place(
                    row.id, row.annotator, *(clips[row.clip][k] for k in ("video", "start", "stop"))
                )
                for row in rows
            }
            unsaid = unlisted(where.values(), closures)
            for row in rows:
                if row.id in unsaid:
                    continue
                item = {key: getattr(row, key) for key in ("id", "annotator", "kind", "state")}
                if closing(where[row.id], closures, but=row.id) is None:
                    item |= {key: getattr(row, key) for key in ("labeled", "none", "unlabeled")}
                clips[row.clip]["passes"].append(item)
        return {**found, "clips": list(clips.values())}

    # For this package only

    def passes_with(self, connection: Connection, labels: set[int], groups: set[int]) -> list[str]:
        """Return passes whose journal mentions any of these labels or (stable) groups."""
        table = schema.edits
        mentions = [table.c.after.like(f"%,{label}]%") for label in labels]
        query = select(table.c["pass"]).distinct().where(or_(table.c.group.in_(groups), *mentions))
        return list(connection.scalars(query))

    def passes_with_labels(self, connection: Connection) -> list[str]:
        """Return passes that have a journal."""
        return list(connection.scalars(select(schema.edits.c["pass"]).distinct()))

    def load_unchecked(
        self, connection: Connection, pass_id: str, columns: Columns | None = None
    ) -> tuple[Replay, Columns]:
        """Return the replayed journal of a pass, whoever asks; never to be shown to a reader."""
        columns = columns or self._project.ethogram_state().columns
        place = place_of(connection, pass_id)
        replay = Replay(place.stop - place.start, len(columns.groups))
        replay.take_all(steps_of(_rows(connection, pass_id), columns))
        return replay, columns

    def journal_of(self, connection: Connection, pass_id: str, columns: Columns) -> list[dict[str, Any]]:
        """Return the journal of a pass as plain rows in present labels, for another computer.

        Labels that were merged since are those that they were merged into; stable ids of groups stay.
        """
        table = schema.edits
        wanted = [column for column in table.c if column.name not in ("id", "pass")]
        query = select(*wanted).where(table.c["pass"] == pass_id).order_by(table.c.id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        for row in rows:
            column = columns.index(row["group"])
            if row["what"] != NoteEdit.what and column is not None:
                for side in ("before", "after"):
                    row[side] = dump_runs(columns.translate(json.loads(row[side]), column))
        return rows

    def journal_length(self, connection: Connection, pass_id: str) -> int:
        """Return the number of rows of a journal."""
        table = schema.edits
        query = select(func.count()).select_from(table).where(table.c["pass"] == pass_id)
        return int(connection.scalar(query) or 0)

    def viewed_unchecked(self, connection: Connection, pass_id: str) -> list[tuple[int, int]]:
        """Return the frames that were on the screen, whoever asks; for another computer."""
        return _viewed(connection, pass_id)

    def load_editor(self, pass_id: str, acting: str | None) -> EditorState:
        """Return what an editor of the pass starts from."""
        table = schema.open_bouts
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)
            replay, columns = self.load_unchecked(connection, pass_id)
            rows = connection.execute(select(table).where(table.c["pass"] == pass_id)).all()
            bouts = [OpenBout(row.group, row.start, row.stop, row.label, row.at) for row in rows]
            return EditorState(replay, columns, bouts, _viewed(connection, pass_id))

    def _replay(self, pass_id: str, acting: str | None) -> Replay:
        with self._project.database.reading() as connection:
            self._check(connection, pass_id, acting)
            return self.load_unchecked(connection, pass_id)[0]

    def _check(self, connection: Connection, pass_id: str, acting: str | None) -> None:
        name = _acting(connection, acting)
        place = place_of(connection, pass_id)
        closure = closing(place, closures_of(connection, name), but=pass_id)
        if closure is not None:
            raise BlindError(closure.sentence(name))


def _acting(connection: Connection, acting: str | None) -> str | None:
    return find_annotator(connection, acting).name if acting else None


def _rows(connection: Connection, pass_id: str) -> Iterable[Any]:
    table = schema.edits
    query = select(table).where(table.c["pass"] == pass_id).order_by(table.c.id)
    return connection.execute(query).mappings().all()


def _viewed(connection: Connection, pass_id: str) -> list[tuple[int, int]]:
    table = schema.viewed
    text = connection.scalar(select(table.c.stretches).where(table.c["pass"] == pass_id))
    return [(start, stop) for start, stop in json.loads(text)] if text else []


def _touches(start: int, stop: int, first: int, last: int | None) -> bool:
    return stop > first and (last is None or start < last)
