"""The passes of a project: begun by a person, or with labels that come from elsewhere."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, insert

from ..clips import Stretch
from ..errors import BlindError, ProjectError
from ..tracks import LabelTrack
from . import schema
from .assigned import Due, due_over, fulfil
from .clips import clip_id, read_clip
from .clock import now
from .journal import COPIED, Step, first_step, rows_of
from .label_copies import LabelCopies
from .pass_rows import check_no_first, note_state, open_blind_over, read_pass, read_passes
from .people import ensure_annotator, find_annotator, known_annotator
from .records import ClipRecord, Kind, PassRecord, State
from .writer import write_coverage

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Passes(LabelCopies):
    """Passes. Their labels are read through `door`."""

    def start_pass(
        self, clip: str, annotator: str, kind: str = "first", based_on: str | None = None
    ) -> PassRecord:
        """Start a pass over a clip. One that is assigned to the annotator is started as assigned.

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
            open blind one or other frames that are assigned, or a review has nothing to begin from.
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
            made = self._insert(connection, record, name, wanted, based_on, "", track, COPIED, reason)
        if made.kind is Kind.BLIND:
            self.refresh_copies(record)
        return made

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
            made = self._insert(connection, record, name, wanted, based_on, source, track, provenance, reason)
        if made.kind is Kind.BLIND:
            self.refresh_copies(record)
        return made

    def passes(
        self,
        clip: str | None = None,
        annotator: str | None = None,
        video: str | None = None,
        *,
        acting: str | None = None,
    ) -> list[PassRecord]:
        """Return passes, oldest first: of a clip, of an annotator, on a recording, or all.

        Those of which `acting` must not know, or nobody must who does not say who they are, are left out; see
        `Door.listed`.
        """
        with self.database.reading() as connection:
            found = read_passes(connection, clip, video)
            person = known_annotator(connection, annotator) if annotator is not None else None
        name = person.name if person is not None else annotator
        own = [record for record in found if name is None or record.annotator == name]
        return self.door.listed(own, acting)

    def discarded_passes(self, acting: str | None = None) -> list[PassRecord]:
        """Return the passes that were discarded and can be restored, oldest first."""
        with self.database.reading() as connection:
            found = read_passes(connection, discarded=True)
        return self.door.listed(found, acting)

    def get_pass(self, pass_id: str) -> PassRecord:
        """Return a pass, or raise `ProjectError`."""
        with self.database.reading() as connection:
            return read_pass(connection, pass_id)

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
        due = self._may_begin(connection, clip, annotator, kind) if kind in (Kind.FIRST, Kind.BLIND) else None
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
        if due is not None:
            fulfil(connection, due, pass_id)
            note_state(connection, pass_id, State.ASSIGNED, due.assigned_by, due.assigned_at)
        note_state(connection, pass_id, State.OPEN, annotator, at)
        if track is not None:
            self._write_step(connection, pass_id, first_step(track, provenance, reason, annotator, at))
            write_coverage(connection, pass_id, track.coverage())
        return read_pass(connection, pass_id)

    @staticmethod
    def _may_begin(connection: Connection, clip: ClipRecord, annotator: str, kind: Kind) -> Due | None:
        """Return the assigned work that a pass would be; raise when it would overlap what is there."""
        due = due_over(connection, clip, annotator)
        own = next((item for item in due if item.clip == clip.id and item.kind == kind), None)
        blind = next((item for item in due if item is not own and item.closes), None)
        if blind is not None:
            raise BlindError(
                f"The clip {blind.clip} is assigned to {annotator} as a {blind.kind} pass; "
                "score it before other work on the same frames."
            )
        if own is not None and own.silent:
            return own
        if kind is Kind.FIRST:
            check_no_first(connection, clip, annotator)
        elif (other := open_blind_over(connection, clip, annotator)) is not None:
            raise BlindError(
                f"{annotator} has a blind pass open on frames {other.start} to {other.stop} of "
                f"'{clip.video}' already; submit it first."
            )
        return own

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


def _check_base(connection: Connection, based_on: str, clip: ClipRecord) -> None:
    base = read_pass(connection, based_on)
    if base.clip != clip.id:
        raise ProjectError(f"The pass {based_on} lies on the clip {base.clip}, not on {clip.id}.")
    if base.state is State.DISCARDED:
        raise ProjectError(f"The pass {based_on} was discarded; restore it to build on it.")


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError as error:
        raise ProjectError(
            f"There is no kind of pass '{kind}'; the kinds are {', '.join(item.value for item in Kind)}."
        ) from error
