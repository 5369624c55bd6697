"""Folders of trainings that nobody needs any more: which, how large, and their removal on request."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...annotation.errors import LearnError
from ..models import CARD_NAME, model_folder, read_card
from .adopting import is_adopted
from .job import Job, jobs_folder, list_jobs
from .result import Result
from .running import MODEL_NAME
from .standing import JobState, Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...annotation.project import Project

#: Trainings that ended so many days ago are old, unless another number is given.
DAYS = 14
_SECONDS_A_DAY = 86_400.0
#: How the name of a folder begins that is being removed; one that was cut off is removed the next time.
_GOING = ".going-"
_WHY = {
    JobState.DONE: "its model was taken over",
    JobState.FAILED: "it failed",
    JobState.STOPPED: "it was stopped",
    JobState.INTERRUPTED: "it was cut off",
    JobState.PREPARED: "it never began",
}


@dataclass(frozen=True, slots=True)
class OldJob:
    """A training whose folder may go.

    Attributes
    ----------
    job
        The training.
    why
        What became of it.
    size
        Bytes that its folder takes.
    """

    job: Job
    why: str
    size: int


def old_jobs(project: Project, days: float = DAYS) -> list[OldJob]:
    """Return the trainings whose folders nobody needs any more, oldest first.

    Those that ended some days ago: with a model that was taken over, or without one. Never one that runs, one
    whose model is not in the project yet, nor the newest, which tells what was labeled since.

    Parameters
    ----------
    project
        The project.
    days
        How long ago they must have ended; 0 for any time.
    """
    before = time.time() - days * _SECONDS_A_DAY
    found = []
    for job in list_jobs(project)[:-1]:
        standing = standing_of(job)
        if _is_over(project, job, standing) and _ended(job, standing) <= before:
            found.append(OldJob(job, _WHY[standing.state], size_of(job.folder)))
    return found


def remove_jobs(project: Project, old: Iterable[OldJob]) -> list[OldJob]:
    """Remove folders of trainings; models and labels stay. One that runs again by now stays, too.

    Parameters
    ----------
    project
        The project.
    old
        As `old_jobs` returns them.

    Returns
    -------
    list of OldJob
        Those that were removed.

    Raises
    ------
    LearnError
        When the project is open for reading only, or the disk refuses.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; its trainings stay.")
    removed = []
    home = jobs_folder(project)
    try:
        for item in old:
            if not _is_over(project, item.job, standing_of(item.job)):
                continue
            os.rename(item.job.folder, home / f"{_GOING}{item.job.id}")  # it is there whole, or not at all
            removed.append(item)
        for folder in home.glob(f"{_GOING}*"):
            shutil.rmtree(folder)
    except OSError as error:
        raise LearnError(
            f"A training could not be removed from {home}: {error.strerror or error}; what is left of it "
            "goes the next time."
        ) from error
    return removed


def size_of(folder: Path) -> int:
    """Return how many bytes the files in a folder take."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def size_text(size: int) -> str:
    """Return a number of bytes for people, as disks count them.

    Examples
    --------
    >>> size_text(1_234_567)
    '1.2 MB'
    """
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit != "MB" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _is_over(project: Project, job: Job, standing: Standing) -> bool:
    """Return whether nothing of a training is still to come, or to be had only here."""
    if standing.state is JobState.RUNNING:
        return False
    if standing.state is not JobState.DONE:
        return True
    return is_adopted(job) and (not (job.result / MODEL_NAME).exists() or _is_in_project(project, job))


def _is_in_project(project: Project, job: Job) -> bool:
    try:
        folder = model_folder(project, job.plan.model)
        return (folder / CARD_NAME).is_file() and read_card(folder).id == Result.read(job).model
    except LearnError:
        return False


def _ended(job: Job, standing: Standing) -> float:
    """Return when something was heard of a training last, seconds since 1970."""
    return standing.heard or datetime.fromisoformat(job.plan.created).timestamp()
