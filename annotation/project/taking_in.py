"""Finished passes of another computer become passes here: all in one transaction, nothing is overwritten."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ..clips import Stretch
from ..errors import ProjectError, TrackError
from ..tracks import LabelTrack
from . import schema
from .clips import clip_id, read_clip
from .pass_rows import check_no_first, read_pass
from .people import ensure_annotator
from .reconciling import Translation, translation
from .records import ClipRecord, Kind, PassRecord, State
from .taking_out import DETAILS, WORK_FORMAT, TakingOut
from .writer import write_coverage

#: Columns of the journal that come along; the pass and the row's number here are added.
_JOURNAL = (
    "step", "part", "at", "author", "act", "target", "what", "group", "start", "before", "after",
    "provenance", "reason", "model_pass",
)  # fmt: skip
#: What ids of passes look like; they become parts of file names.
_ID = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass
class Merged:
    """What merging has done.

    Attributes
    ----------
    brought
        The new passes.
    known
        Number of passes that were here already.
    left
        A sentence about every pass that did not come.
    """

    brought: list[PassRecord] = field(default_factory=list)
    known: int = 0
    left: list[str] = field(default_factory=list)


class TakingIn(TakingOut):
    """Work that comes back."""

    def take_in(self, work: Mapping[str, Any], source: str) -> Merged:
        """Add finished passes of another computer to this project.

        A pass that is here already is left as it is, so that merging twice changes nothing. When anything
        goes wrong, the project stays as it was.

        Parameters
        ----------
        work
            As `finished_work` returns it.
        source
            What to call it in an error: its file or folder.

        Raises
        ------
        ProjectError
            When it is damaged, of another project or a newer program, or labels have no place here.
        """
        try:
            self._check_work(work, source)
            merged = Merged(left=[str(sentence) for sentence in work["left"]])
            with self.database.writing() as connection:
                words = translation(work["ethograms"], self.ethogram_state())
                initials = {row["name"]: row["initials"] for row in work["annotators"]}
                clips = {item["id"]: item for item in work["clips"]}
                for item in sorted(work["passes"], key=lambda p: (p["started_at"], p["id"])):
                    self._take_pass(connection, item, clips[item["clip"]], words, initials, merged)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise ProjectError(
                f"{source} is damaged or was not written by this program; write the bundle again."
            ) from error
        self._write_copies(merged.brought)
        for clip in dict.fromkeys(record.clip for record in merged.brought):
            self.refresh_copies(self.get_clip(clip))
        return merged

    def _check_work(self, work: Mapping[str, Any], source: str) -> None:
        if int(work["format"]) > WORK_FORMAT:
            raise ProjectError(f"{source} was written by a newer napari-ethoprofile; update this one.")
        if work["kind"] != "finished":
            raise ProjectError(
                f"{source} holds assigned clips and no finished passes; open it with "
                "'ethoprofile open-bundle', and merge what was scored there."
            )
        if work["project"]["id"] != self.id:
            raise ProjectError(
                f"{source} belongs to the project '{work['project']['name']}', not to '{self.name}'; "
                "nothing was merged."
            )

    def _take_pass(
        self,
        connection: Connection,
        item: Mapping[str, Any],
        place: Mapping[str, Any],
        words: Translation,
        initials: Mapping[str, str],
        merged: Merged,
    ) -> None:
        """Take one pass in, or note why it stays where it is."""
        named = f"The {item['kind']} pass {item['id']} of {item['annotator']} over {place['id']}"
        if self._is_known(connection, item["id"]):
            merged.known += 1
            if self.door.journal_length(connection, item["id"]) < len(item["edits"]):
                merged.left.append(
                    f"{named} is here already, and was changed there since; it stays as it is."
                )
            return
        missing = words.missing(item["bouts"])
        if missing:
            raise ProjectError(
                f"{named} uses {missing}, which this project does not have there; add it to the ethogram "
                "here, then merge again. Nothing was merged."
            )
        base = item["based_on"]
        if base is not None and not self._is_known(connection, base):
            merged.left.append(
                f"{named} is based on the pass {base}, which is not here; merge that one first."
            )
            return
        clip = self._clip_here(connection, place)
        annotator = ensure_annotator(connection, item["annotator"], initials.get(item["annotator"], "")).name
        kind, assignment = Kind(item["kind"]), self._assignment(connection, item["assignment"], annotator)
        if assignment is not None and assignment["repeats"] is not None:
            kind, base = Kind.BLIND, assignment["repeats"]
        due = assignment is not None and assignment["withdrawn_at"] is None and assignment["pass"] is None
        if kind is Kind.FIRST:
            try:
                check_no_first(connection, clip, annotator)
            except ProjectError as error:
                merged.left.append(f"{named} stays where it is: {error}")
                return
        self._insert_pass(connection, item, clip, annotator, kind, base, words)
        if due:
            table = schema.assignments
            connection.execute(
                update(table).where(table.c.id == assignment["id"]).values({"pass": item["id"]})
            )
        self._check_labels(connection, item, clip, words, named)
        merged.brought.append(read_pass(connection, item["id"]))

    @staticmethod
    def _is_known(connection: Connection, pass_id: str) -> bool:
        query = select(schema.passes.c.id).where(schema.passes.c.id == pass_id)
        return connection.scalar(query) is not None

    def _clip_here(self, connection: Connection, place: Mapping[str, Any]) -> ClipRecord:
        stretch = Stretch(place["video"], int(place["start"]), int(place["stop"]))
        self._insert_clips(connection, [stretch], place["plan"])
        return read_clip(connection, clip_id(stretch))

    @staticmethod
    def _assignment(connection: Connection, assignment_id: str | None, annotator: str) -> Any:
        """Return the assigned work that a pass does; it may have been done here or taken back meanwhile."""
        table = schema.assignments
        query = select(table).where(table.c.id == assignment_id, table.c.annotator == annotator)
        return connection.execute(query).mappings().first()

    @staticmethod
    def _insert_pass(
        connection: Connection,
        item: Mapping[str, Any],
        clip: ClipRecord,
        annotator: str,
        kind: Kind,
        base: str | None,
        words: Translation,
    ) -> None:
        """Insert a pass with its history; it gets its state last, as nothing is added to a frozen one."""
        state = State(item["state"])
        if not state.finished or not _ID.fullmatch(item["id"]):
            raise ValueError("no finished pass")
        values = {
            "id": str(item["id"]), "clip": clip.id, "annotator": annotator, "kind": kind.value,
            "based_on": base, "source": str(item["source"]), "state": State.OPEN.value,
            "started_at": str(item["started_at"]), "submitted_at": item["submitted_at"],
            "labeled": 0, "none": 0, "unlabeled": clip.frames,
        }  # fmt: skip
        connection.execute(insert(schema.passes).values(values))
        old = {"model_pass": None}  # bundles of the first format do not have it
        rows = [old | row for row in map(words.row, item["edits"]) if row is not None]
        if rows:
            journal = [{"pass": item["id"], **{name: row[name] for name in _JOURNAL}} for row in rows]
            connection.execute(insert(schema.edits), journal)
        if item["viewed"]:
            stretches = json.dumps([[int(start), int(stop)] for start, stop in item["viewed"]])
            connection.execute(insert(schema.viewed).values({"pass": item["id"], "stretches": stretches}))
        if item["details"]:
            key = DETAILS.format(pass_id=item["id"])
            connection.execute(insert(schema.settings).values(key=key, value=json.dumps(item["details"])))
        states = [
            {"pass": item["id"], "state": State(change["state"]).value, "at": str(change["at"]),
             "author": str(change["author"])}
            for change in item["states"]
        ]  # fmt: skip
        connection.execute(insert(schema.pass_states), states)
        table = schema.passes
        connection.execute(update(table).where(table.c.id == item["id"]).values(state=state.value))

    def _check_labels(
        self,
        connection: Connection,
        item: Mapping[str, Any],
        clip: ClipRecord,
        words: Translation,
        named: str,
    ) -> None:
        """Replay the history as it is here; its labels must be those that were submitted there."""
        try:
            replay, columns = self.door.load_unchecked(connection, item["id"])
            expected = LabelTrack.blank(clip.frames, len(columns.groups))
            for group, start, stop, label in item["bouts"]:
                column = columns.groups.index(words.groups[group])
                expected.fill(start, stop, columns.label(words.label(label), column), column)
            fits = replay.track == expected
        except (ProjectError, TrackError):
            fits = False
        if not fits:
            raise ProjectError(
                f"{named} has a history that does not lead to its labels here; nothing was merged."
            )
        write_coverage(connection, item["id"], replay.track.coverage())
