"""Assigning clips by a plan: what the window and the command line share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .errors import ProjectError
from .project import AssignmentRecord, ClipRecord, Kind, PassRecord, Project, Purpose, State
from .review_plans import Candidate, clips_from_table, draw


@dataclass(frozen=True)
class AssignmentRequest:
    """What shall be assigned to whom.

    Attributes
    ----------
    annotator
        Name; a new one is added when the plan is carried out.
    kind
        ``blind`` or ``first``.
    share, count, table
        How clips are chosen: a share of those that can be drawn, a number of them, or a list in a CSV file.
    by
        Layers of the draw, see `annotation.review_plans.draw`.
    repeat
        Share of the clips the annotator has submitted that are served again, mixed with the others.
    seed
        Of the draw.
    deadline
        The last day for it, or None.
    """

    annotator: str
    kind: str = Kind.BLIND.value
    share: float | None = None
    count: int | None = None
    table: Path | None = None
    by: tuple[str, ...] = ()
    repeat: float | None = None
    seed: int = 0
    deadline: date | None = None

    def text(self) -> str:
        """Say how the clips were chosen; nothing about those that are served again."""
        if self.table is not None:
            return f"list {self.table.name}"
        how = f"{self.count} clips" if self.count is not None else f"{self.share or 0:.0%}"
        layers = f" by {', '.join(self.by)}" if self.by else ""
        return f"{how}{layers}, seed {self.seed}" if self.share or self.count else f"seed {self.seed}"


@dataclass(frozen=True)
class AssignmentPlan:
    """The clips that a request comes to.

    Attributes
    ----------
    request
        What was asked for.
    clips
        The clips in the order of recording and start, those that are served again among them.
    repeats
        Clips that are served again, with the pass of the annotator; for the program only.
    candidates
        Number of clips that could be drawn.
    """

    request: AssignmentRequest
    clips: tuple[ClipRecord, ...]
    repeats: Mapping[str, str] = field(default_factory=dict, repr=False)
    candidates: int = 0


def plan_assignment(project: Project, request: AssignmentRequest) -> AssignmentPlan:
    """Work out what a request comes to, and change nothing.

    Raises
    ------
    ProjectError
        When nothing can be assigned so.
    """
    if not request.annotator.strip():
        raise ProjectError("Say to whom the clips are assigned.")
    ways = [request.share is not None, request.count is not None, request.table is not None]
    if sum(ways) > 1:
        raise ProjectError("Clips are chosen by a share, by a number or by a list; give one of them.")
    if not any(ways) and request.repeat is None:
        raise ProjectError("Say which clips: a share of them, a number or a list.")
    known = {clip.id: clip for clip in project.clips()}
    chosen, candidates = _chosen(project, request, known) if any(ways) else ([], 0)
    repeats = _repeats(project, request, known)
    wanted = {*chosen, *repeats}
    clips = tuple(clip for name, clip in known.items() if name in wanted)
    return AssignmentPlan(request, clips, repeats, candidates)


def assign_plan(project: Project, plan: AssignmentPlan, acting: str = "") -> list[AssignmentRecord]:
    """Assign the clips of a plan, all or none; `acting` is on record as who assigned them."""
    request = plan.request
    return project.assign(
        request.annotator,
        [clip.id for clip in plan.clips],
        request.kind,
        repeats=plan.repeats,
        deadline=request.deadline,
        plan=request.text(),
        acting=acting,
    )


def pass_to_score(project: Project, clip: str, annotator: str) -> PassRecord:
    """Return the pass with which an annotator goes on over a clip; it is begun when there is none.

    What is assigned to them comes first, then an open pass, then the last one of theirs; else a first pass
    begins, or a blind one on a clip of an animal that is kept for comparing models: only that counts there.

    Raises
    ------
    ProjectError
        When no pass can be begun there.
    """
    due = [record for record in project.assignments(annotator) if record.clip == clip]
    task = next((record for record in due if not record.state.finished), None)
    if task is not None:
        return (
            project.get_pass(task.pass_id)
            if task.pass_id
            else project.start_pass(clip, annotator, task.kind.value)
        )
    own = [
        record
        for record in project.passes(clip=clip, annotator=annotator, acting=annotator)
        if record.kind is not Kind.MODEL
    ]
    begun = next((record for record in own if record.state is State.OPEN), own[-1] if own else None)
    compares = project.kept_apart(project.get_clip(clip).video) == Purpose.CHAMPION
    return begun or project.start_pass(clip, annotator, Kind.BLIND if compares else Kind.FIRST)


def candidates_of(project: Project, clips: Sequence[ClipRecord], by: Sequence[str]) -> list[Candidate]:
    """Return clips with the layers that a draw needs; the phase is that of the clip's middle."""
    subjects = {video.id: video.subject for video in project.videos()}
    strains = {subject.id: subject.strain for subject in project.subjects()}
    phases = _phases(project, clips) if "phase" in by else {}
    return [
        Candidate(
            clip=clip.id,
            subject=subjects.get(clip.video, ""),
            strain=strains.get(subjects.get(clip.video, ""), ""),
            phase=phases.get(clip.id, ""),
        )
        for clip in clips
    ]


def _phases(project: Project, clips: Sequence[ClipRecord]) -> dict[str, str]:
    """Return the light phase in the middle of each clip, where it is known."""
    ends: dict[str, int] = {}
    for clip in clips:
        ends[clip.video] = max(ends.get(clip.video, 0), clip.stop)
    by_video = {video: project.phases(video, 0, stop) for video, stop in ends.items()}
    return {
        clip.id: phase
        for clip in clips
        for start, stop, phase in by_video[clip.video]
        if start <= (clip.start + clip.stop) // 2 < stop
    }


def _chosen(
    project: Project, request: AssignmentRequest, known: Mapping[str, ClipRecord]
) -> tuple[list[str], int]:
    """Return the clips of the list or of the draw, and how many there were to draw from."""
    if request.table is not None:
        listed = clips_from_table(known.values(), request.table)
        return listed, len(listed)
    free = project.assignable_clips(request.annotator, request.kind)
    if not free:
        raise ProjectError(_nothing_to_draw(request))
    candidates = candidates_of(project, free, request.by)
    drawn = draw(candidates, share=request.share, count=request.count, by=request.by, seed=request.seed)
    return drawn, len(candidates)


def _repeats(project: Project, request: AssignmentRequest, known: Mapping[str, ClipRecord]) -> dict[str, str]:
    if request.repeat is None:
        return {}
    own = project.repeatable_passes(request.annotator)
    if not own:
        raise ProjectError(
            f"{request.annotator} has submitted no clip that could be served again; leave out the repeats."
        )
    candidates = candidates_of(project, [known[clip] for clip in own], request.by)
    again = draw(candidates, share=request.repeat, by=request.by, seed=request.seed)
    return {clip: own[clip] for clip in again}


def _nothing_to_draw(request: AssignmentRequest) -> str:
    if request.kind == Kind.BLIND:
        return (
            f"There is no clip that somebody else scores and that {request.annotator} has not scored yet; "
            "begin with first passes, or choose clips by list."
        )
    return f"Every clip is scored by {request.annotator} or assigned to them already."
