"""Who shall score which clips: assigned, looked up, withdrawn."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ..errors import ProjectError
from . import schema
from .assigned import due_over
from .blindness import Place, places
from .clips import read_clip
from .clock import now
from .pass_rows import check_no_first, open_blind_over, read_pass, read_passes
from .people import ensure_annotator, find_annotator, known_annotator
from .records import AssignmentRecord, ClipRecord, Kind, PassRecord, State
from .states import States

#: Kinds of passes that can be assigned.
ASSIGNABLE = (Kind.FIRST, Kind.BLIND)


class Assignments(States):
    """Assigned work."""

    def assign(
        self,
        annotator: str,
        clips: Sequence[str],
        kind: str = "blind",
        *,
        repeats: Mapping[str, str] | None = None,
        deadline: date | None = None,
        plan: str = "",
        acting: str = "",
    ) -> list[AssignmentRecord]:
        """Assign clips to an annotator, all or none.

        From now on, other passes on the frames of a blind one are closed to them until it is submitted.

        Parameters
        ----------
        annotator
            Name; added when unknown to the project.
        clips
            Ids of the clips.
        kind
            ``blind`` or ``first``.
        repeats
            Clips among them that the annotator has scored before, and the pass that is served again. Nothing
            tells them from the others before they are submitted; then they are blind passes based on those.
        deadline
            The last day for it.
        plan
            What to remember about how they were chosen.
        acting
            Who assigns; empty when nobody says.

        Raises
        ------
        ProjectError
            When a clip is assigned to them already, or `start_pass` would refuse such a pass.
        """
        if kind not in ASSIGNABLE:
            raise ProjectError(f"A pass is assigned as blind or first, not as '{kind}'.")
        repeats = repeats or {}
        with self.database.writing() as connection:
            name = ensure_annotator(connection, annotator).name
            author = find_annotator(connection, acting).name if acting else ""
            chosen = [read_clip(connection, clip) for clip in dict.fromkeys(clips)]
            made = []
            for clip in chosen:
                repeated = repeats.get(clip.id)
                _check_free(connection, clip, name, Kind(kind), repeated)
                values = {
                    "id": new_assignment_id(), "clip": clip.id, "annotator": name, "kind": str(kind),
                    "repeats": repeated, "deadline": deadline.isoformat() if deadline else None,
                    "plan": plan, "assigned_at": now(), "assigned_by": author,
                }  # fmt: skip
                connection.execute(insert(schema.assignments).values(values))
                made.append(values["id"])
        for clip in chosen:
            if kind == Kind.BLIND or clip.id in repeats:
                self.refresh_copies(clip)
        return [record for record in self.assignments(name) if record.id in made]

    def assignments(self, annotator: str | None = None) -> list[AssignmentRecord]:
        """Return what is assigned and was not withdrawn, to one annotator or to all, by clip.

        That a clip serves an earlier pass again is told to nobody before it is submitted.
        """
        table, passes, clips = schema.assignments, schema.passes, schema.clips
        query = (
            select(table, passes.c.state)
            .join(clips, table.c.clip == clips.c.id)
            .outerjoin(passes, table.c["pass"] == passes.c.id)
            .where(table.c.withdrawn_at.is_(None))
            .order_by(clips.c.video, clips.c.start, clips.c.stop, table.c.assigned_at)
        )
        with self.database.reading() as connection:
            if annotator is not None:
                person = known_annotator(connection, annotator)
                query = query.where(table.c.annotator == (person.name if person else annotator))
            return [_record(row) for row in connection.execute(query).mappings()]

    def withdraw_assignments(self, assignment_ids: Iterable[str], acting: str) -> list[AssignmentRecord]:
        """Take assigned work back that was not begun, all or none; it stays on record.

        Raises
        ------
        ProjectError
            When one is unknown, was withdrawn before, or was begun.
        """
        wanted = list(dict.fromkeys(assignment_ids))
        known = {record.id: record for record in self.assignments()}
        table = schema.assignments
        with self.database.writing() as connection:
            author = find_annotator(connection, acting).name
            for assignment_id in wanted:
                if assignment_id not in known:
                    raise ProjectError(
                        f"Nothing is assigned as '{assignment_id}'; 'ethoprofile assignments' lists what is."
                    )
                done = connection.execute(
                    update(table)
                    .where(table.c.id == assignment_id, table.c["pass"].is_(None))
                    .values(withdrawn_at=now(), withdrawn_by=author)
                )
                if done.rowcount == 0:
                    record = known[assignment_id]
                    raise ProjectError(
                        f"{record.annotator} has begun the clip {record.clip}, which cannot be withdrawn now."
                    )
        taken = [known[assignment_id] for assignment_id in wanted]
        for clip in dict.fromkeys(record.clip for record in taken):
            self.refresh_copies(self.get_clip(clip))
        return taken

    def assignable_clips(self, annotator: str, kind: str) -> list[ClipRecord]:
        """Return the clips that a plan may draw from, by recording and start.

        None of their frames is assigned to the annotator or scored by them. For blind passes, somebody else
        must have scored the clip, or have it assigned.
        """
        clips = self.clips()
        with self.database.reading() as connection:
            person = known_annotator(connection, annotator)
            name = person.name if person else annotator
            people = [record for record in read_passes(connection) if record.kind is not Kind.MODEL]
            own = [record for record in people if record.annotator == name]
            in_the_way = [record for record in own if kind != Kind.FIRST or record.kind is Kind.FIRST]
            taken = _own_places(connection, name, in_the_way)
        others = {record.clip for record in people if record.annotator != name}
        others |= {record.clip for record in self.assignments() if record.annotator != name}
        return [
            clip
            for clip in clips
            if not any(place.overlaps(clip) for place in taken.get(clip.video, ()))
            and (kind != Kind.BLIND or clip.id in others)
        ]

    def repeatable_passes(self, annotator: str) -> dict[str, str]:
        """Return clips that the annotator has submitted and could score again, with their (first) pass.

        Those that were served again before, or are assigned or open again, are left out.
        """
        table = schema.assignments
        with self.database.reading() as connection:
            person = known_annotator(connection, annotator)
            if person is None:
                return {}
            again = set(connection.scalars(select(table.c.repeats).where(table.c.repeats.is_not(None))))
            own = [record for record in read_passes(connection) if record.annotator == person.name]
            begun = [record for record in own if record.state is State.OPEN]
            busy = _own_places(connection, person.name, begun)
        clips = {clip.id: clip for clip in self.clips()}
        found: dict[str, str] = {}
        for record in own:
            clip = clips[record.clip]
            free = not any(place.overlaps(clip) for place in busy.get(clip.video, ()))
            new = record.based_on is None and record.id not in again
            if free and new and record.state.finished and record.kind in ASSIGNABLE:
                found.setdefault(record.clip, record.id)
        return found


def new_assignment_id() -> str:
    """Return an id that no assignment on any computer has."""
    return "a" + secrets.token_hex(6)


def _check_free(
    connection: Connection, clip: ClipRecord, annotator: str, kind: Kind, repeated: str | None
) -> None:
    due = due_over(connection, clip, annotator)
    if due:
        raise ProjectError(
            f"Frames of the clip {clip.id} are assigned to {annotator} already (clip {due[0].clip}); "
            "nothing was assigned."
        )
    if repeated is not None:
        earlier = read_pass(connection, repeated)
        if (earlier.clip, earlier.annotator) != (clip.id, annotator) or not earlier.state.finished:
            raise ProjectError(
                f"The pass {repeated} is not one that {annotator} has submitted on the clip {clip.id}; "
                "nothing was assigned."
            )
    if kind is Kind.FIRST and repeated is None:
        check_no_first(connection, clip, annotator)
    elif open_blind_over(connection, clip, annotator) is not None:
        raise ProjectError(
            f"{annotator} has a blind pass open on frames of the clip {clip.id}; nothing was assigned."
        )


def _own_places(connection: Connection, annotator: str, passes: list[PassRecord]) -> dict[str, list[Place]]:
    """Return where these passes of an annotator lie, and what else is assigned to them, by recording."""
    ids = {record.id for record in passes}
    found = [place for place in places(connection) if place.id in ids]
    table, clips = schema.assignments, schema.clips
    query = (
        select(clips.c.video, clips.c.start, clips.c.stop)
        .select_from(table)
        .join(clips, table.c.clip == clips.c.id)
        .where(table.c.annotator == annotator, table.c["pass"].is_(None), table.c.withdrawn_at.is_(None))
    )
    found += [Place("", annotator, *row) for row in connection.execute(query)]
    by_video: dict[str, list[Place]] = {}
    for place in found:
        by_video.setdefault(place.video, []).append(place)
    return by_video


def _record(row: Mapping[Any, Any]) -> AssignmentRecord:
    state = State(row["state"]) if row["state"] else State.ASSIGNED
    return AssignmentRecord(
        row["id"], row["clip"], row["annotator"], Kind(row["kind"]), state, row["pass"] or "",
        (row["repeats"] or "") if state.finished else "",
        date.fromisoformat(row["deadline"]) if row["deadline"] else None,
        row["plan"], row["assigned_at"], row["assigned_by"],
    )  # fmt: skip
