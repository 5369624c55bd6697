"""Running a job: one function for the command line, a process beside the window, a worker of a cluster."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...annotation.errors import EthoprofileError, LearnError
from ...annotation.files import write_whole
from ..champions.judging import Verdict, judge
from ..checkpoints import Checkpoints
from ..fitting import Cancelled
from ..interactive import train_interactive
from ..models import Model
from ..project_training import write_beside
from ..proposing import ClipToPropose, propose
from .endings import what_happened
from .job import Job
from .result import RESULT_NAME, Result
from .standing import JobState, Standing, standing_of
from .telling import Listener, Teller

_log = logging.getLogger(__name__)

MODEL_NAME = "model"
VERDICT_NAME = "verdict.json"
PROPOSALS_NAME = "proposals"
#: Figures of the new model that are told at the end.
_HEADLINES = ("frame accuracy", "macro accuracy", "macro F1")


def run_job(job: Job, listen: Listener, cancelled: Cancelled) -> Standing:
    """Run a job to its end, and return how it ended; what an earlier run finished is taken up again.

    Nothing outside of the job's folder and the folder of derived data is written. The result appears at once,
    or not at all.

    Parameters
    ----------
    job
        The job.
    listen
        Called with every event; see `telling.Event`.
    cancelled
        Asked often.

    Raises
    ------
    LearnError
        When it is running already.
    """
    before = standing_of(job)
    if before.state is JobState.RUNNING and not before.own:
        raise LearnError(f"The training {job.id} runs already (process {before.pid} on {before.host}).")
    teller = Teller(job, listen)
    teller.ready()
    try:
        result = Result.read(job) if before.state is JobState.DONE else _work(job, teller, cancelled)
    except (EthoprofileError, KeyboardInterrupt) as error:
        return teller.ended(*what_happened(error, teller.standing.stage, job))
    except Exception as error:  # noqa: BLE001  # whatever broke, the user gets a sentence and the log the rest
        _log.exception("The training %s broke.", job.id)
        return teller.ended(*what_happened(error, teller.standing.stage, job))
    return teller.ended(JobState.DONE, result.sentence, model=result.model)


def _work(job: Job, teller: Teller, cancelled: Cancelled) -> Result:
    """Do everything in a folder beside the result's place, and put it there when it is whole."""
    began = time.monotonic()
    teller.progress("reading the labels")
    snapshot = job.snapshot()
    trained = train_interactive(
        snapshot,
        job.plan.recipe,
        job.cache_folder,
        teller.progress,
        cancelled,
        checkpoints=Checkpoints(job.checkpoints, teller.checkpoint),
        on_figure=teller.metric,
    )
    teller.progress("writing the model")
    fresh = job.folder / ".tmp-result"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        model = trained.model.write(
            fresh / MODEL_NAME, beside=lambda home: write_beside(home, snapshot, trained)
        )
        _tell_figures(model, teller)
        teller.progress("comparing it with the current model")
        verdict = judge(
            fresh / MODEL_NAME, job.champion, job.holdout(), job.cache_folder,
            seed=job.plan.seed, cancelled=cancelled,
        )  # fmt: skip
        _write_json(fresh / VERDICT_NAME, verdict.to_dict())
        unproposed: tuple[str, ...] = ()
        if verdict.replaces:
            clips = [ClipToPropose(**clip) for clip in job.plan.clips]
            unproposed = propose(
                fresh / MODEL_NAME,
                clips,
                job.cache_folder,
                fresh / PROPOSALS_NAME,
                teller.progress,
                cancelled,
            )
        result = Result(
            model.card.id,
            f"{_sentence(model)} {verdict.sentence}",
            (*trained.warnings, *snapshot.left_out, *unproposed),
            round(time.monotonic() - began, 1),
        )
        _write_json(fresh / RESULT_NAME, asdict(result))
        os.rename(fresh, job.result)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return result


def read_verdict(job: Job) -> Verdict:
    """Return how the model of a finished job compares with the current one, or raise `LearnError`."""
    try:
        return Verdict.from_dict(json.loads((job.result / VERDICT_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LearnError(f"The result of the training {job.id} cannot be read; train again.") from error


def _write_json(path: Path, data: Any) -> None:
    write_whole(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _tell_figures(model: Model, teller: Teller) -> None:
    for metric in model.card.metrics:
        if metric.name in _HEADLINES and metric.value is not None:
            teller.metric(" ".join(filter(None, (metric.name, metric.group))), 0, metric.value)


def _sentence(model: Model) -> str:
    """Return the headline figures of a model with the split that they are of."""
    card, several = model.card, len(model.card.groups) > 1
    figures = [
        f"{metric.name}{f' of {metric.group}' if several else ''} {metric.value:.2f}"
        for metric in card.metrics
        if metric.name in _HEADLINES[1:] and metric.value is not None
    ]
    told = ", ".join(figures) or "no figure is defined"
    minutes = card.data_summary["labeled minutes"]
    return f"'{card.name}' is trained on {minutes:g} min of labels: {told}, measured by {card.split}."
