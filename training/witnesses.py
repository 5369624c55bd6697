"""How often people who saw no proposals say what a model says: counted once a pass, and kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..annotation.errors import BlindError
from ..annotation.files import write_whole
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


def latest_witnesses(project: Project, card: ModelCard, acting: str, enough: float) -> Witnesses:
    """Count on how many frames a model agrees with people who saw no proposals, the latest passes first.

    A pass that is submitted does not change: its counts are kept with the derived data, and the next clip
    opens without a look at everything that was ever scored. What is closed to `acting` is left out each time.

    Parameters
    ----------
    project
        The project.
    card
        Of the model.
    acting
        Who asks.
    enough
        Seconds after which no further pass is looked at.
    """
    path = _kept(project, card)
    version = project.ethogram_state().current.version
    kept = _read(path)
    rates = {video.id: video.fps or 25.0 for video in project.videos()}
    videos = {clip.id: clip.video for clip in project.clips()}
    right, frames, seconds, more = 0, 0, 0.0, False
    for said, theirs in _unassisted(project, card, acting):
        mark = f"{said.id} {theirs.id} {theirs.submitted_at} {version}"
        if mark not in kept:
            counted = _counted(project, said, theirs, acting)
            if counted is None:
                continue
            kept[mark], more = counted, True
        equal, known = kept[mark]
        right, frames, seconds = right + equal, frames + known, seconds + known / rates[videos[theirs.clip]]
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


def _unassisted(project: Project, card: ModelCard, acting: str) -> list[tuple[PassRecord, PassRecord]]:
    """Return a model's passes beside those of people who saw none: one a clip, the last submitted first."""
    records = project.door.open_to(project.passes(acting=acting), acting)
    said = {
        record.clip: record for record in records if record.kind is Kind.MODEL and record.source == card.id
    }
    own = {
        record.clip: record
        for record in sorted(records, key=lambda record: record.submitted_at or "")
        if record.kind in (Kind.FIRST, Kind.BLIND)
        and record.state.finished
        and record.state is not State.TEST
        and record.clip in said
        and _after(record.submitted_at, card.created)
    }
    latest = sorted(own.values(), key=lambda record: record.submitted_at or "", reverse=True)
    return [(said[record.clip], record) for record in latest]


def _counted(project: Project, said: PassRecord, theirs: PassRecord, acting: str) -> tuple[int, int] | None:
    """Return frames on which a model and a person agree, and frames compared; None where that is closed."""
    try:
        if proposals_took_part(project, theirs, acting):
            return 0, 0
        codes = project.door.labels(theirs.id, acting).codes
        models = project.door.labels(said.id, acting).codes
    except BlindError:
        return None
    known = decided(codes, project.ethogram)
    return int((codes == models)[known].sum()), int(known.sum())


def _after(submitted: str | None, trained: str) -> bool:
    """Return whether a pass was submitted after a model was trained; both are stamps in ISO 8601."""
    if not submitted or not trained:
        return False
    return datetime.fromisoformat(submitted) > datetime.fromisoformat(trained)


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
