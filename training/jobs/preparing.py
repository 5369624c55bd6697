"""Making a job of the labels of a project as they are now."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.errors import LearnError
from ...annotation.project.clock import now
from ..champions.history import champion_folder
from ..champions.holdout import holdout_snapshot
from ..datasets import take_snapshot
from ..features.registry import entry_of
from ..fitting import HeadFit
from ..models import list_models, model_folder
from ..proposing import clips_to_propose
from .job import Job, Plan, jobs_folder, list_jobs, new_id, write_job

if TYPE_CHECKING:
    from ...annotation.project import Project

#: Clips that a new model looks at: an hour, of clips of one minute.
CLIPS = 60
_NUMBERED = re.compile(r"model-(\d+)")


def prepare_job(
    project: Project,
    *,
    model: str = "",
    backbone: str = "motion",
    options: dict[str, Any] | None = None,
    unit: str = "subject",
    seed: int = 0,
    head: HeadFit | None = None,
    passes: Collection[str] | None = None,
    clips: int = CLIPS,
    author: str = "",
    reason: str = "by hand",
) -> Job:
    """Write the folder of a job that trains a model on the labels of a project.

    Parameters
    ----------
    project
        The project; its labels are only read, through its door.
    model
        What to call the model; the next free number by default.
    backbone, options, unit, seed, head
        As for `training.interactive.Recipe`.
    passes
        Ids of the passes to learn from; see `training.datasets.take_snapshot`.
    clips
        How many of the next clips the new model looks at when it becomes the current one.
    author
        Who asks: what a blind pass closes to them is not learned from.
    reason
        Why, for the history of jobs.

    Raises
    ------
    LearnError
        When there is nothing to learn from, or the name is taken; nothing is written then.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; a model cannot be trained in it.")
    entry_of(backbone)
    name = model or next_name(project)
    if model_folder(project, name).exists():
        raise LearnError(f"The project has a model '{name}' already; give another name.")
    planned = _planned(project)
    if name in planned:
        raise LearnError(
            f"The training {planned[name]} is to make a model '{name}' already; resume it, or give another "
            "name."
        )
    stamp = now()  # before the labels are read: what comes in meanwhile is fresh for the next training
    snapshot = take_snapshot(project, author or None, passes)
    holdout = holdout_snapshot(project, author or None)
    project.end_answered_queries(author or None)  # what is answered needs no proposals
    champion, current = champion_folder(project), project.current_model()
    plan = Plan(
        id=new_id(stamp),
        model=name,
        backbone=backbone,
        options=options or {},
        unit=unit,
        seed=seed,
        head=asdict(head or HeadFit()),
        cache=_from_job(project, project.cache_folder),
        champion=_from_job(project, champion) if champion is not None else "",
        current=current.model if current is not None else "",
        clips=tuple(asdict(clip) for clip in clips_to_propose(project, clips, author or None)),
        reason=reason,
        author=author,
        created=stamp,
    )
    return write_job(jobs_folder(project), plan, snapshot, holdout)


def next_name(project: Project) -> str:
    """Return ``model-N`` with the next number that no model and no job has."""
    names = [*(card.name for card in list_models(project)), *_planned(project)]
    numbers = [int(found[1]) for name in names if (found := _NUMBERED.fullmatch(name))]
    return f"model-{max(numbers, default=0) + 1}"


def _from_job(project: Project, folder: Path) -> str:
    """Return the way from the folder of a job to another one of its project."""
    return f"../../{folder.relative_to(project.folder).as_posix()}"


def _planned(project: Project) -> dict[str, str]:
    """Return the names of the models that jobs make, with the ids of these jobs."""
    return {job.plan.model: job.id for job in list_jobs(project)}
