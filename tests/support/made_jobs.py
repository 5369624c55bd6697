"""Folders of trainings that never ran, as they are left by those that did."""

import json
import time

from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.jobs.job import Job, Plan, jobs_folder, write_job
from napari_ethoprofile.training.jobs.standing import JobState, Standing, own_process, write_standing

DAY = 86_400.0


def made_job(
    project: Project, number: int, state: JobState, *, days: float = 30, adopted: bool = False
) -> Job:
    """Write the folder of a training that ended (or began) some days ago; `number` orders them."""
    stamp = f"2026-01-{number:02}T12:00:00.000Z"
    plan = Plan(
        f"202601{number:02}-120000-0000", f"model-{number}", "motion", {}, "subject", 0, {}, "../../cache",
        created=stamp,
    )  # fmt: skip
    job = write_job(jobs_folder(project), plan, take_snapshot(project))
    heard = time.time() - days * DAY
    facts = own_process() if state is JobState.RUNNING else {}
    if state is not JobState.PREPARED:
        write_standing(job, Standing(state, heard=heard, **facts))
    if state is JobState.DONE:
        job.result.mkdir()
        about = {"model": f"model-{number}@1", "sentence": "done", "warnings": [], "seconds": 1.0}
        (job.result / "result.json").write_text(json.dumps(about))
    if adopted:
        told = {"job": job.id, "name": plan.model, "model": "", "sentence": "", "warnings": [], "at": stamp}
        job.adopted_file.write_text(json.dumps(told))
    return job
