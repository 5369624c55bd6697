"""How much was labeled since the last training."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...annotation.project.records import Kind
from .job import list_jobs

if TYPE_CHECKING:
    from ...annotation.project import Project

_NEVER = datetime.min.replace(tzinfo=UTC)


def fresh_clips(project: Project, acting: str | None = None) -> int:
    """Return how many clips people submitted, for the first time or corrected, since the last job was made.

    Clips of animals that no model learns from do not count, nor do passes that are closed to `acting`.
    """
    jobs = list_jobs(project)
    since = _time(jobs[-1].plan.created) if jobs else _NEVER
    clips = {
        record.clip
        for record in project.passes(acting=acting)
        if record.kind is not Kind.MODEL and record.submitted_at and _time(record.submitted_at) > since
    }
    apart: dict[str, bool] = {}
    for clip in clips:
        video = project.get_clip(clip).video
        if video not in apart:
            apart[video] = bool(project.kept_apart(video))
    return sum(not apart[project.get_clip(clip).video] for clip in clips)


def _time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
