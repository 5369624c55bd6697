"""Taking the result of a job over into its project; doing it twice changes nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...annotation.errors import EthoprofileError, LearnError
from ...annotation.files import write_whole
from ...annotation.project.model_events import ModelAct
from ..champions.history import settle
from ..models import CARD_NAME, model_folder, models_folder, read_card
from ..origin import now
from ..proposing import adopt_proposals
from .job import Job, list_jobs
from .result import Result
from .running import MODEL_NAME, PROPOSALS_NAME, read_verdict
from .standing import JobState, standing_of

if TYPE_CHECKING:
    from ...annotation.project import Project


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a job's result; ``adopted.json``.

    Attributes
    ----------
    job
        Id of the job.
    name, model
        Name and id of the model.
    sentence
        What came out, with figures.
    warnings
        Sentences for the user.
    at
        When it was taken over: UTC stamp, ISO 8601.
    """

    job: str
    name: str
    model: str
    sentence: str
    warnings: tuple[str, ...]
    at: str


def is_adopted(job: Job) -> bool:
    """Return whether the result of a job was taken over."""
    return job.adopted_file.is_file()


def warnings_of(job: Job) -> tuple[str, ...]:
    """Return what the user should know about the model of a job that was taken over."""
    return _read(job).warnings


def adopt(project: Project, job: Job) -> Adopted:
    """Move the model of a finished job to ``models/NAME`` and note what became of it.

    Every step can be cut off and done again, also by two programs at once.

    Parameters
    ----------
    project
        The project that the job belongs to.
    job
        A job that is done.

    Raises
    ------
    LearnError
        When it is not done, its model's name was taken meanwhile, or the project is only read.
    """
    if is_adopted(job):
        return _read(job)
    if project.read_only:
        raise LearnError("The project is open for reading only; a trained model cannot be taken over.")
    if standing_of(job).state is not JobState.DONE:
        raise LearnError(f"The training {job.id} is not done; there is nothing to take over.")
    result = Result.read(job)
    _move_model(project, job, result)
    sentence = _settle(project, job, result)
    _take_proposals(project, job, result)
    adopted = Adopted(job.id, job.plan.model, result.model, sentence, result.warnings, now())
    write_whole(job.adopted_file, json.dumps(asdict(adopted), indent=1, ensure_ascii=False) + "\n")
    shutil.rmtree(job.checkpoints, ignore_errors=True)
    return adopted


def waiting_jobs(project: Project) -> list[Job]:
    """Return the finished jobs that nobody took over, oldest first."""
    return [
        job for job in list_jobs(project) if not is_adopted(job) and standing_of(job).state is JobState.DONE
    ]


def adopt_finished(project: Project) -> tuple[list[Adopted], list[str]]:
    """Take over every finished job that nobody took over, oldest first: those that outlived their window.

    Returns
    -------
    tuple
        What was taken over, and a sentence for each that could not be.
    """
    taken, refused = [], []
    for job in waiting_jobs(project):
        try:
            taken.append(adopt(project, job))
        except EthoprofileError as error:
            refused.append(str(error))
        except OSError as error:
            refused.append(
                f"The model of the training {job.id} could not be taken over ({error.strerror or error}, "
                f"{error.filename or project.folder}); mend that, then open the project again."
            )
    return taken, refused


def _move_model(project: Project, job: Job, result: Result) -> None:
    """Move the model where it belongs, if it is not there."""
    source, target = job.result / MODEL_NAME, model_folder(project, job.plan.model)
    if target.exists():
        if (target / CARD_NAME).is_file() and read_card(target).id == result.model:
            return
        raise LearnError(
            f"The training {job.id} made a model '{job.plan.model}', but the project has another one of this "
            f"name by now; move {target} away, then open the project again."
        )
    models_folder(project).mkdir(exist_ok=True)
    try:
        os.rename(source, target)
    except FileNotFoundError:
        # Another program took it over at this moment.
        if not (target / CARD_NAME).is_file():
            raise LearnError(f"The model of the training {job.id} is gone; train again.") from None
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_whole(source, target)


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a folder from another disk; the copy appears at once, or not at all."""
    fresh = Path(tempfile.mkdtemp(prefix=".tmp-", dir=target.parent))
    try:
        os.rename(shutil.copytree(source, fresh / source.name), target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _settle(project: Project, job: Job, result: Result) -> str:
    """Note in the history of models what was decided, and return what to tell the user.

    A model that was compared with another one than the current one, because that changed while it was
    trained, is kept aside.
    """
    if any(e.model == result.model and e.act is not ModelAct.TRAINED for e in project.model_events()):
        return result.sentence  # by an earlier call that was cut off
    verdict, current = read_verdict(job), project.current_model()
    now_current = current.model if current is not None else ""
    sentence = result.sentence
    if verdict.replaces and job.plan.current != now_current:
        other = now_current.partition("@")[0]
        sentence = (
            f"'{job.plan.model}' is kept aside: while it was trained, '{other}' became the current model. "
            "Compare the two with 'ethoprofile champion', or make it the current model yourself."
        )
        verdict = replace(verdict, replaces=False, sentence=sentence)
    settle(project, job.plan.model, verdict, job.plan.author or None)
    return sentence


def _take_proposals(project: Project, job: Job, result: Result) -> None:
    """Take over what the model said about the next clips, when it is the current one."""
    current, folder = project.current_model(), job.result / PROPOSALS_NAME
    if current is not None and current.model == result.model and folder.is_dir():
        adopt_proposals(project, folder)


def _read(job: Job) -> Adopted:
    data = json.loads(job.adopted_file.read_text(encoding="utf-8"))
    return Adopted(**data | {"warnings": tuple(data["warnings"])})
