"""Commands of the loop's training: train as a job, list jobs, take finished ones over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..annotation.errors import EthoprofileError
from .common import (
    AsJson,
    CropTo,
    LabelsOf,
    ProjectFolder,
    counted,
    crop_from,
    note,
    opened,
    print_table,
    say,
    say_json,
)
from .recipes import BACKBONE, BackboneOf, WeightsOf, options_of
from .stopping import stoppable

if TYPE_CHECKING:
    from pathlib import Path

    from ..annotation.project import Project
    from ..training.fitting import Cancelled
    from ..training.jobs.job import Job
    from ..training.jobs.standing import Standing
    from ..training.jobs.telling import Event, Listener


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(retrain)
    app.command()(jobs)


def retrain(
    project: ProjectFolder,
    model: Annotated[
        str, typer.Option(metavar="NAME", help="What to call the model; the next free number when not given.")
    ] = "",
    backbone: BackboneOf = None,
    weights: WeightsOf = "",
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    labels: LabelsOf = None,
    crop: CropTo = "",
    clips: Annotated[
        int, typer.Option(metavar="N", help="How many of the next clips the new model looks at.")
    ] = 60,
    resume: Annotated[
        str, typer.Option(metavar="JOB", help="Go on with a job that was stopped, cut off or failed.")
    ] = "",
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|local", help="Train on a dask scheduler that sees the files."),
    ] = None,
    acting: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Train a new model on the labels as they are now, and take it over into the project.

    Everything happens in a job of its own in the folder jobs: when it is stopped, killed or breaks, the
    models and labels of the project are as they were, and --resume goes on from what was finished.

    Example: ethoprofile retrain my-project
    """
    from ..training.jobs.adopting import adopt
    from ..training.jobs.standing import JobState

    asked = {
        "--model": model, "--backbone": backbone, "--weights": weights, "--seed": seed, "--labels": labels,
        "--crop": crop,
    }  # fmt: skip
    foreign = [option for option, value in asked.items() if value]
    if resume and foreign:
        raise typer.BadParameter(
            f"--resume goes on with a job as it was asked for; leave {foreign[0]} out, or begin another one."
        )
    backbone = backbone or BACKBONE
    options = options_of(backbone, weights, crop_from(crop) if crop else None)
    with opened(project) as store:
        job = _job(store, model, backbone, options, seed, labels or (), clips, acting, resume)
        note(f"Training job {job.id}.")
        with _shown() as listen, stoppable() as cancelled:
            standing = _run(job, listen, cancelled, scheduler)
        if standing.state is not JobState.DONE:
            raise EthoprofileError(
                f"{standing.sentence} To go on: ethoprofile retrain {project} --resume {job.id}"
            )
        adopted = adopt(store, job)
    for sentence in adopted.warnings:
        note(sentence)
    if as_json:
        say_json(_plain(job) | {"warnings": list(adopted.warnings)})
    else:
        say(adopted.sentence)


def jobs(
    project: ProjectFolder,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the folders of old ones, and say what goes.")
    ] = False,
    days: Annotated[
        float, typer.Option(min=0, metavar="N", help="With --prune: old are those that ended N days ago.")
    ] = 14,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --prune: only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the training jobs of a project and how far they are; finished ones are taken over.

    With --prune, the folders of those are removed that ended with a model that was taken over, or without
    one: never one that runs, never one whose model is not in the project, and not the newest. Models stay.

    Example: ethoprofile jobs my-project --prune --dry-run
    """
    from ..training.jobs.adopting import adopt_finished
    from ..training.jobs.job import list_jobs

    if prune:
        _prune(project, days, dry_run=dry_run, as_json=as_json)
        return
    with opened(project) as store:
        if not store.read_only:
            taken, refused = adopt_finished(store)
            for sentence in [*(f"Taken over: {adopted.sentence}" for adopted in taken), *refused]:
                note(sentence)
        rows = [_plain(job) for job in list_jobs(store)]
    if as_json:
        say_json(rows)
        return
    shown = [[row["job"], row["model"], row["state"], _stage(row), row["reason"]] for row in rows]
    print_table(counted(len(rows), "training job"), ["job", "model", "state", "stage", "why"], shown)
    for row in rows:
        if row["sentence"]:
            say(f"{row['job']}: {row['sentence']}")


def _prune(project: Path, days: float, *, dry_run: bool, as_json: bool) -> None:
    from ..training.jobs.pruning import old_jobs, remove_jobs, size_text

    with opened(project, read_only=dry_run) as store:
        old = old_jobs(store, days)
        going = old if dry_run else remove_jobs(store, old)
    size = sum(item.size for item in going)
    if as_json:
        rows = [{"job": i.job.id, "model": i.job.plan.model, "why": i.why, "bytes": i.size} for i in going]
        say_json({"jobs": rows, "bytes": size, "removed": not dry_run})
        return
    shown = [[i.job.id, i.job.plan.model, i.why, size_text(i.size)] for i in going]
    many = counted(len(going), "training job")
    print_table(f"{many} {'would go' if dry_run else 'removed'}", ["job", "model", "why", "size"], shown)
    say(f"{size_text(size)} {'would be' if dry_run else 'are'} free; models and labels stay.")


def _job(
    store: Project, model: str, backbone: str, options: dict[str, Any], seed: int, labels: Sequence[str],
    clips: int, author: str, resume: str,
) -> Job:  # fmt: skip
    from ..training.datasets import passes_named
    from ..training.jobs.job import find_job
    from ..training.jobs.preparing import prepare_job
    from ..training.jobs.standing import JobState, standing_of

    if not resume:
        passes = passes_named(store, labels, author or None)
        return prepare_job(
            store, model=model, backbone=backbone, options=options, seed=seed, passes=passes, clips=clips,
            author=author,
        )  # fmt: skip
    job = find_job(store, resume)
    if standing_of(job).state is JobState.RUNNING:
        raise EthoprofileError(f"The training {job.id} runs already; 'ethoprofile jobs' shows how far it is.")
    return job


def _run(job: Job, listen: Listener, cancelled: Cancelled, scheduler: str | None) -> Standing:
    if scheduler is not None:
        from ..training.cluster import run_job_on_cluster

        return run_job_on_cluster(job, listen, cancelled, address=scheduler)
    from ..training.jobs.running import run_job
    from ..training.jobs.stopping import Stop, forget_stop

    forget_stop(job)
    stop = Stop(job)  # the window of somebody who watches it may ask, too
    return run_job(job, listen, lambda: cancelled() or stop())


@contextmanager
def _shown() -> Iterator[Callable[[Event], None]]:
    """Yield what shows the events of a job as a progress bar."""
    from .progress import stages

    with stages() as tell:

        def show(event: dict[str, Any]) -> None:
            if event["event"] == "progress":
                tell(event["stage"], event["done"], event["total"])

        yield show


def _plain(job: Job) -> dict[str, Any]:
    """Return a job as plain data."""
    from ..training.jobs.adopting import is_adopted
    from ..training.jobs.standing import standing_of
    from ..training.jobs.telling import facts_of

    plan = job.plan
    facts = {"job": job.id, "model": plan.model, "backbone": plan.backbone, "seed": plan.seed}
    facts |= {
        "created": plan.created,
        "author": plan.author,
        "reason": plan.reason,
        "folder": str(job.folder),
    }
    return facts | facts_of(standing_of(job)) | {"adopted": is_adopted(job)}


def _stage(row: dict[str, Any]) -> str:
    """Return what is being done and how far that is."""
    if row["fraction"] is None:
        return str(row["stage"])
    return f"{row['stage']} {row['fraction']:.0%}"
