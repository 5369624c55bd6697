"""How often people who saw no proposals say what a model says: counted once a pass, and kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..annotation.errors import BlindError
from ..annotation.files import write_whole
from ..annotation.project.queries import QueryState
from ..annotation.project.records import Kind, PassRecord, State
from ..annotation.project.standing import standing_edits
from ..annotation.proposals import ACCEPTED, EDITED
from ..annotation.proposals.deciding import decided
from .cards import ModelCard
from .proposal_store import FOLDER_NAME

if TYPE_CHECKING:
    from ..annotation.project import Project


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What was counted on passes that were scored without proposals.

    Attributes
    ----------
    right, frames
        Frames on which a model and people agree, and frames compared.
    seconds
        How long the frames are that were compared.
    """

    right: int
    frames: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Look:
    """Something that a person scored with nothing proposed: a pass, or a stretch that was drawn by chance."""

    said: PassRecord
    theirs: PassRecord
    at: str
    rows: tuple[int, int] | None = None

    @property
    def mark(self) -> str:
        """What its counts are kept under: what is submitted or answered does not change."""
        where = "" if self.rows is None else f" {self.rows[0]}-{self.rows[1]}"
        return f"{self.said.id} {self.theirs.id} {self.at}{where}"


def latest_witnesses(project: Project, card: ModelCard, acting: str, enough: float) -> Witnesses:
    """Count on how many frames a model agrees with people who saw no proposals, what is latest first.

    These are passes that were submitted without proposals, and stretches that were drawn by chance and are
    answered, whatever becomes of the rest of their clip. Counts are kept with the derived data, and the next
    clip opens without a look at everything that was ever scored. What is closed to `acting` is left out each
    time.

    Parameters
    ----------
    project
        The project.
    card
        Of the model.
    acting
        Who asks.
    enough
        Seconds after which nothing further is looked at.
    """
    path = _kept(project, card)
    version = project.ethogram_state().current.version
    kept = _read(path)
    rates = {video.id: video.fps or 25.0 for video in project.videos()}
    videos = {clip.id: clip.video for clip in project.clips()}
    right, frames, seconds, more = 0, 0, 0.0, False
    whole: set[str] = set()
    for look in _unassisted(project, card, acting):
        if look.theirs.id in whole:
            continue
        mark = f"{look.mark} {version}"
        if mark not in kept:
            counted = _counted(project, look, acting)
            if counted is None:
                continue
            kept[mark], more = counted, True
        equal, known = kept[mark]
        if known and look.rows is None:
            whole.add(look.theirs.id)
        clip = look.theirs.clip
        right, frames, seconds = right + equal, frames + known, seconds + known / rates[videos[clip]]
        if seconds >= enough:
            break
    if more and not project.read_only:
        with contextlib.suppress(OSError):  # where the disk refuses, it is counted again next time
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(kept))
    return Witnesses(right, frames, seconds)


def proposals_took_part(project: Project, record: PassRecord, acting: str | None) -> bool:
    """Return whether the annotator of a pass was shown proposals, here or where the pass comes from."""
    pinned = project.pinned_proposals(record.id, acting)
    if pinned is not None and pinned.model_pass:
        return True
    edits = standing_edits(project.door.history(record.id, acting))
    return any(edit.provenance in (ACCEPTED, EDITED) for edit in edits)


def _unassisted(project: Project, card: ModelCard, acting: str) -> list[_Look]:
    """Return what people may have scored without proposals after a model was trained, the latest first.

    Of finished passes one a clip, the one that was submitted last.
    """
    records = project.door.open_to(project.passes(acting=acting), acting)
    said = {
        record.clip: record for record in records if record.kind is Kind.MODEL and record.source == card.id
    }
    scored = {
        record.id: record
        for record in sorted(records, key=lambda record: record.submitted_at or "")
        if record.kind in (Kind.FIRST, Kind.BLIND)
        and record.state not in (State.TEST, State.DISCARDED)
        and record.clip in said
    }
    finished = {
        record.clip: record
        for record in scored.values()
        if record.state.finished and _after(record.submitted_at, card.created)
    }
    at = {one.id: one.submitted_at or "" for one in finished.values()}
    found = [_Look(said[one.clip], one, at[one.id]) for one in finished.values()]
    starts = {clip.id: clip.start for clip in project.clips()}
    for query in project.queries(QueryState.DONE):
        theirs = scored.get(query.pass_id)
        if query.audit and theirs is not None and _after(query.ended_at, card.created):
            rows = query.start - starts[query.clip], query.stop - starts[query.clip]
            found.append(_Look(said[query.clip], theirs, at.get(theirs.id, query.ended_at or ""), rows))
    # Of one time the pass first: it has all that a stretch of it has.
    return sorted(found, key=lambda look: (_time(look.at), look.rows is None), reverse=True)


def _counted(project: Project, look: _Look, acting: str) -> tuple[int, int] | None:
    """Return frames on which a model and a person agree, and frames compared; None where that is closed."""
    try:
        if look.rows is None:
            helped, rows = proposals_took_part(project, look.theirs, acting), slice(None)
        else:
            rows = slice(*look.rows)
            history = project.door.history(look.theirs.id, acting)
            helped = any(
                edit.provenance in (ACCEPTED, EDITED) and edit.start < rows.stop and rows.start < edit.stop
                for edit in standing_edits(history)
            )
        if helped:
            return 0, 0
        codes = project.door.labels(look.theirs.id, acting).codes[rows]
        models = project.door.labels(look.said.id, acting).codes[rows]
    except BlindError:
        return None
    known = decided(codes, project.ethogram)
    return int((codes == models)[known].sum()), int(known.sum())


def _after(scored: str | None, trained: str) -> bool:
    """Return whether something was scored after a model was trained; both are stamps in ISO 8601."""
    return bool(scored and trained) and _time(scored) > _time(trained)


def _time(stamp: str | None) -> datetime:
    return datetime.fromisoformat(stamp) if stamp else datetime.min.replace(tzinfo=UTC)


def _kept(project: Project, card: ModelCard) -> Path:
    mark = hashlib.blake2b(card.id.encode(), digest_size=6).hexdigest()
    return project.cache_folder / FOLDER_NAME / f"witnesses.{mark}.json"


def _read(path: Path) -> dict[str, tuple[int, int]]:
    """Return the kept counts; nothing where there are none, or they cannot be read."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        return {str(mark): (int(equal), int(known)) for mark, (equal, known) in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
