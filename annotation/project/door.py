"""The one door through which labels, notes, history and statistics of a pass are read.

Nothing else in the program reads the journal. The rule of blind passes is enforced here and only here:
while an annotator has an open blind pass, every other pass on the same frames is closed to them, their own
earlier ones included; a reader who does not say who they are sees no pass that somebody else's open blind
pass overlaps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from ..errors import BlindError, ProjectError
from ..tracks import Coverage, LabelTrack
from . import schema
from .editor import EditorState
from .journal import Act, Change, Columns, Replay, steps_of
from .notes import Note
from .parts import ProjectPart
from .people import find_annotator
from .records import Kind, State
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
        What changed: an `Edit` or a `NoteEdit`.
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pass lies."""

    id: str
    annotator: str
    video: str
    start: int
    stop: int

    def overlaps(self, other: _Place) -> bool:
        """Whether two passes on one recording share frames."""
        return self.start < other.stop and other.start < self.stop


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

        Returns
        -------
        dict
            ``{"videos": [{"id", "path", "frames", "fps"}], "clips": [{"id", "video", "start", "stop",
            "passes": [{"id", "annotator", "kind", "state", "labeled", "none", "unlabeled"}]}]}``
        """
        with self._project.database.reading() as connection:
            blinds = _blinds(connection, _acting(connection, acting))
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
            for row in connection.execute(select(schema.passes).order_by(schema.passes.c.started_at)):
                clip = clips[row.clip]
                place = _Place(row.id, row.annotator, clip["video"], clip["start"], clip["stop"])
                item = {key: getattr(row, key) for key in ("id", "annotator", "kind", "state")}
                if not _hiding(place, blinds):
                    item |= {key: getattr(row, key) for key in ("labeled", "none", "unlabeled")}
                clip["passes"].append(item)
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
        frames = _place(connection, pass_id)
        replay = Replay(frames.stop - frames.start, len(columns.groups))
        replay.take_all(steps_of(_rows(connection, pass_id), columns))
        return replay, columns

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
        place = _place(connection, pass_id)
        hiding = _hiding(place, _blinds(connection, name))
        if hiding is None:
            return
        stretch = f"frames {hiding.start} to {hiding.stop} of '{hiding.video}'"
        if name is None:
            raise BlindError(
                f"A blind pass is open on {stretch}; say which annotator wants to see labels there."
            )
        raise BlindError(f"{name} has a blind pass open on {stretch}; submit it to see other labels there.")


def _acting(connection: Connection, acting: str | None) -> str | None:
    return find_annotator(connection, acting).name if acting else None


def _blinds(connection: Connection, acting: str | None) -> dict[str, list[_Place]]:
    """Return the open blind passes that restrict `acting`, by video: all of them when no one is named."""
    table = schema.passes
    query = _places().where(table.c.kind == Kind.BLIND.value, table.c.state == State.OPEN.value)
    if acting is not None:
        query = query.where(table.c.annotator == acting)
    found: dict[str, list[_Place]] = {}
    for row in connection.execute(query):
        found.setdefault(row.video, []).append(_Place(*row))
    return found


def _hiding(place: _Place, blinds: dict[str, list[_Place]]) -> _Place | None:
    """Return the blind pass that closes a pass, if any; it does not close itself."""
    on_video = blinds.get(place.video, ())
    return next((blind for blind in on_video if blind.id != place.id and blind.overlaps(place)), None)


def _places() -> Any:
    table, clips = schema.passes, schema.clips
    columns = (table.c.id, table.c.annotator, clips.c.video, clips.c.start, clips.c.stop)
    return select(*columns).join(clips, table.c.clip == clips.c.id)


def _place(connection: Connection, pass_id: str) -> _Place:
    row = connection.execute(_places().where(schema.passes.c.id == pass_id)).first()
    if row is None:
        raise ProjectError(f"The project has no pass '{pass_id}'; 'ethoprofile status' lists them.")
    return _Place(*row)


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
