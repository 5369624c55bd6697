"""The separate test set is read on request only, and every reading is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...annotation.errors import LearnError
from ...annotation.project.holdouts import Purpose
from ..datasets import take_snapshot
from ..models import models_folder
from ..snapshots import Snapshot
from .evaluation import Evaluation
from .readings import append_reading, read_log

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ...annotation.project import Project

LOG_NAME = "final_readings.jsonl"
_HEADLINES = ("frame accuracy", "macro accuracy", "macro F1")


def check_not_kept(project: Project, tested: Collection[str]) -> None:
    """See that no animal that a protocol is to test is kept apart: its labels are not read then.

    Raises
    ------
    LearnError
        When one is kept for the final test, or for comparing models.
    """
    for purpose in Purpose:
        test = purpose is Purpose.TEST
        kept = set(project.kept_subjects(purpose)) | (project.frozen_animals() if test else frozenset())
        for name in sorted(kept & set(tested)):
            instead = ", measure a trained model on it with --model and --final," if test else ""
            raise LearnError(
                f"The subject '{name}' is kept for {purpose.words}, so no protocol tests it; name another "
                f"one{instead} or change who is kept with 'ethoprofile holdout --for {purpose}'."
            )


def final_labels(project: Project, acting: str | None) -> Snapshot:
    """Return the labels of the separate test set: frozen test passes, and animals kept for the test."""
    return take_snapshot(project, acting, test=True)


def record_reading(project: Project, acting: str | None, evaluation: Evaluation) -> Path:
    """Note who read the test set, when and what came out; lines are only ever added."""
    path = models_folder(project) / LOG_NAME
    line = {
        "by": acting or "",
        "model": evaluation.learner,
        "data": evaluation.data,
        "figures": {
            f"{group.group}: {metric.name}": metric.value
            for group in evaluation.groups
            for metric in group.metrics
            if metric.name in _HEADLINES
        },
    }
    append_reading(path, line)
    return path


def readings(project: Project) -> list[dict[str, Any]]:
    """Return every reading of the test set so far, oldest first."""
    return read_log(models_folder(project) / LOG_NAME)
