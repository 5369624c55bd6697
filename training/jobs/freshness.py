"""How much was labeled since the last training."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...annotation.project.queries import QueryState
from ...annotation.project.records import Kind
from .job import list_jobs

if TYPE_CHECKING:
    from ...annotation.project import Project

_NEVER = datetime.min.replace(tzinfo=UTC)


def fresh_clips(project: Project, acting: str | None = None) -> int:
    """Return how much people labeled since the last job was made.

    Clips that were submitted, for the first time or corrected, count, and so do stretches of a list that were
    answered in other clips. Clips of animals that no model learns from do not count, nor do passes that are
    closed to `acting`.
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
    answered = (
        query
        for query in project.queries(QueryState.DONE, acting=acting)
        if query.ended_at and _time(query.ended_at) > since and query.clip not in clips
    )
    return sum(not apart[project.get_clip(clip).video] for clip in clips) + sum(1 for _ in answered)


def _time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
