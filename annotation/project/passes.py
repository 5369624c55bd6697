"""The passes of a project: started, edited, submitted, reopened, imported."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..clips import Stretch
from ..errors import BlindError, ProjectError
from ..tracks import LabelTrack
from . import schema
from .clips import Clips, clip_id, read_clip
from .clock import now
from .door import Door
from .journal import Step, first_step, rows_of
from .people import ensure_annotator, find_annotator
from .records import ClipRecord, Kind, PassRecord, State, StateChange
from .writer import write_coverage

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Passes(Clips):
    """Passes. Their labels are read through `door`."""

    door: Door

    def start_pass(
        self, clip: str, annotator: str, kind: str = "first", based_on: str | None = None
    ) -> PassRecord:
        """Start a pass over a clip.

        Parameters
        ----------
        clip
            Id of the clip.
        annotator
            Name of the annotator, who must be known to the project.
        kind
            ``first``, ``blind`` (nobody else's labels are visible to the annotator on these frames until it
            is submitted), ``review`` (begins as a copy of `based_on`), ``consensus`` or ``model``.
        based_on
            Id of the pass that it reviews or repeats.

        Raises
        ------
        BlindError
            When the annotator may not see what a review would copy.
        ProjectError
            When a first pass would overlap another first pass of the same annotator, a blind pass another
            open blind one, or a review has nothing to begin from.
        """
        wanted = _kind(kind)
        record = self.get_clip(clip)
        track, reason = None, ""
        if wanted is Kind.REVIEW:
            if based_on is None:
                raise ProjectError("A review needs a pass to begin from; say which one it is based on.")
            track, reason = self.door.labels(based_on, acting=annotator), f"copied from {based_on}"
        with self.database.writing() as connection:
            name = find_annotator(connection, annotator).name
            if based_on is not None:
                _check_base(connection, based_on, record)
            return self._insert(connection, record, name, wanted, based_on, "", track, "copied", reason)

    def import_track(
        self,
        place: str | Stretch,
        annotator: str,
        track: LabelTrack,
        kind: str = "first",
        *,
        provenance: str = "imported",
        reason: str = "",
        source: str = "",
        based_on: str | None = None,
    ) -> PassRecord:
        """Start a pass with labels that come from elsewhere.

        Parameters
        ----------
        place
            Id of a clip, or a stretch of a recording, which becomes a clip.
        annotator
            Whose labels they are; added when unknown to the project.
        track
            The labels, in the columns of the project's ethogram.
        kind
            As for `start_pass`.
        provenance, reason
            Kept with every label: by default ``imported``, and for instance the file's name.
        source
            The file or model version that the whole pass comes from.
        based_on
            Id of the pass that these labels review or repeat.

        Raises
        ------
        ProjectError
            When the labels do not fit the clip or the ethogram, or `start_pass` would refuse.
        """
        wanted = _kind(kind)
        with self.database.writing() as connection:
            if isinstance(place, Stretch):
                self._insert_clips(connection, [place])
                place = clip_id(place)
            record = read_clip(connection, place)
            self._check_fits(track, record)
            name = ensure_annotator(connection, annotator).name
            if based_on is not None:
                _check_base(connection, based_on, record)
            return self._insert(connection, record, name, wanted, based_on, source, track, provenance, reason)

    def passes(
        self, clip: str | None = None, annotator: str | None = None, video: str | None = None
    ) -> list[PassRecord]:
        """Return passes, oldest first: of a clip, of an annotator, on a recording, or all."""
        table = schema.passes
        query = select(table).order_by(table.c.started_at, table.c.id)
        if clip is not None:
            query = query.where(table.c.clip == clip)
        if video is not None:
            query = query.join(schema.clips, table.c.clip == schema.clips.c.id).where(
                schema.clips.c.video == video
            )
        with self.database.reading() as connection:
            found = [_record(row) for row in connection.execute(query)]
        wanted = annotator.strip().casefold() if annotator is not None else None
        return [record for record in found if wanted is None or record.annotator.casefold() == wanted]

    def get_pass(self, pass_id: str) -> PassRecord:
        """Return a pass, or raise `ProjectError`."""
        with self.database.reading() as connection:
            return read_pass(connection, pass_id)

    def pass_states(self, pass_id: str) -> list[StateChange]:
        """Return when and by whom a pass was opened, submitted and reopened."""
        table = schema.pass_states
        query = select(table).where(table.c["pass"] == pass_id).order_by(table.c.id)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [StateChange(State(row.state), row.at, row.author) for row in rows]

    def reopen_pass(self, pass_id: str, acting: str) -> PassRecord:
        """Open a submitted pass again, for the one whose pass it is.

        Raises
        ------
        ProjectError
            When it is somebody else's, is open, or was blind: after it was submitted its author could see
            the others, so that it would not be blind any more.
        """
        clip = self.get_clip(self.get_pass(pass_id).clip)
        with self.database.writing() as connection:
            record = read_pass(connection, pass_id)
            check_owner(connection, record, acting)
            if record.state is State.OPEN:
                raise ProjectError("This pass is open; there is nothing to reopen.")
            if record.kind is Kind.BLIND:
                raise ProjectError(
                    "A blind pass stays as it was submitted; start a review based on it to change labels."
                )
            if record.kind is Kind.FIRST:
                _check_no_overlap(connection, clip, record.annotator, record.kind, record.id)
            set_state(connection, pass_id, State.OPEN, record.annotator)
        return self.get_pass(pass_id)

    def status(self, acting: str | None = None) -> dict[str, Any]:
        """Return recordings, clips and passes as plain data; see `Door.status`."""
        return self.door.status(acting)

    def _insert(
        self,
        connection: Connection,
        clip: ClipRecord,
        annotator: str,
        kind: Kind,
        based_on: str | None,
        source: str,
        track: LabelTrack | None,
        provenance: str,
        reason: str,
    ) -> PassRecord:
        """Insert a pass with the labels it begins with, inside the caller's transaction."""
        if kind in (Kind.FIRST, Kind.BLIND):
            _check_no_overlap(connection, clip, annotator, kind)
        at = now()
        pass_id = "p" + "".join(secrets.choice(_LETTERS) for _ in range(10))
        connection.execute(
            insert(schema.passes).values(
                id=pass_id,
                clip=clip.id,
                annotator=annotator,
                kind=kind.value,
                based_on=based_on,
                source=source,
                state=State.OPEN.value,
                started_at=at,
                labeled=0,
                none=0,
                unlabeled=clip.frames,
            )
        )
        _note_state(connection, pass_id, State.OPEN, annotator, at)
        if track is not None:
            self._write_step(connection, pass_id, first_step(track, provenance, reason, annotator, at))
            write_coverage(connection, pass_id, track.coverage())
        return read_pass(connection, pass_id)

    def _write_step(self, connection: Connection, pass_id: str, step: Step) -> None:
        rows = rows_of(step, pass_id, self.ethogram_state().columns)
        if rows:
            connection.execute(insert(schema.edits), rows)

    def _check_fits(self, track: LabelTrack, clip: ClipRecord) -> None:
        ethogram = self.ethogram_state().current.ethogram
        if track.frames != clip.frames:
            raise ProjectError(
                f"The labels have {track.frames} frames, but the clip {clip.id} has {clip.frames}; "
                "nothing was imported."
            )
        if track.groups != len(ethogram.groups):
            raise ProjectError(
                f"The labels have {track.groups} groups, but the ethogram has {len(ethogram.groups)}; "
                "nothing was imported."
            )
        for group in range(track.groups):
            own = {b.id for b in ethogram.behaviors if b.group == ethogram.groups[group]}
            strange = {label for _, label in track.runs(group=group) if label > 0} - own
            if strange:
                raise ProjectError(
                    f"The labels hold the code {min(strange)}, which the ethogram does not have in the group "
                    f"'{ethogram.groups[group]}'; nothing was imported."
                )


def read_pass(connection: Connection, pass_id: str) -> PassRecord:
    """Return a pass, or raise `ProjectError`."""
    row = connection.execute(select(schema.passes).where(schema.passes.c.id == pass_id)).first()
    if row is None:
        raise ProjectError(f"The project has no pass '{pass_id}'; 'ethoprofile status' lists them.")
    return _record(row)


def check_owner(connection: Connection, record: PassRecord, acting: str) -> None:
    """Raise `ProjectError` unless `acting` is the annotator whose pass it is."""
    if find_annotator(connection, acting).name != record.annotator:
        raise ProjectError(
            f"This is the pass of {record.annotator}, which {acting} cannot change; "
            "start a review based on it instead."
        )


def set_state(connection: Connection, pass_id: str, state: State, author: str) -> None:
    """Change the state of a pass and note it in its history."""
    at = now()
    values = {"state": state.value, "submitted_at": at if state is State.SUBMITTED else None}
    connection.execute(update(schema.passes).where(schema.passes.c.id == pass_id).values(**values))
    _note_state(connection, pass_id, state, author, at)


def _note_state(connection: Connection, pass_id: str, state: State, author: str, at: str) -> None:
    values = {"pass": pass_id, "state": state.value, "at": at, "author": author}
    connection.execute(insert(schema.pass_states).values(values))


def _check_base(connection: Connection, based_on: str, clip: ClipRecord) -> None:
    base = read_pass(connection, based_on)
    if base.clip != clip.id:
        raise ProjectError(f"The pass {based_on} lies on the clip {base.clip}, not on {clip.id}.")


def _check_no_overlap(
    connection: Connection, clip: ClipRecord, annotator: str, kind: Kind, but: str = ""
) -> None:
    """First passes of one annotator never overlap, nor do their open blind passes."""
    table, clips = schema.passes, schema.clips
    query = (
        select(table.c.id, table.c.state, clips.c.id.label("clip"), clips.c.start, clips.c.stop)
        .join(clips, table.c.clip == clips.c.id)
        .where(
            table.c.annotator == annotator,
            table.c.kind == kind.value,
            table.c.id != but,
            clips.c.video == clip.video,
            clips.c.start < clip.stop,
            clips.c.stop > clip.start,
        )
    )
    if kind is Kind.BLIND:
        query = query.where(table.c.state == State.OPEN.value)
    other = connection.execute(query).first()
    if other is None:
        return
    if kind is Kind.BLIND:
        raise BlindError(
            f"{annotator} has a blind pass open on frames {other.start} to {other.stop} of '{clip.video}' "
            "already; submit it first."
        )
    raise ProjectError(
        f"{annotator} has a first pass over frames {other.start} to {other.stop} of '{clip.video}' already "
        f"({other.id}, {other.state}); continue that one, or start a blind or review pass."
    )


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError as error:
        raise ProjectError(
            f"There is no kind of pass '{kind}'; the kinds are {', '.join(item.value for item in Kind)}."
        ) from error


def _record(row: Row[Any]) -> PassRecord:
    return PassRecord(
        row.id, row.clip, row.annotator, Kind(row.kind), row.based_on, row.source, State(row.state),
        row.started_at, row.submitted_at,
    )  # fmt: skip
