"""The frozen holdout: blind labels of animals that no model learns from, by which models are compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...annotation.adjudication import raters_of
from ...annotation.errors import LearnError
from ...annotation.project import Kind, Purpose
from ...annotation.project.holdouts import animal_of
from ..datasets import take_snapshot
from ..evaluation.readings import append_reading, read_log
from ..models import models_folder
from ..snapshots import Snapshot

if TYPE_CHECKING:
    from ...annotation.project import PassRecord, Project

LOG_NAME = "holdout_readings.jsonl"
#: Kinds of passes that were made without sight of other labels, or decide between such.
_BLIND = (Kind.BLIND, Kind.CONSENSUS)
#: How the provenance of labels begins that a model had a part in.
_ASSISTED = ("accepted", "edited", "model")


def holdout_passes(project: Project, acting: str | None = None) -> tuple[list[PassRecord], list[str]]:
    """Return the passes by which models are compared, and sentences about those that do not count.

    These are submitted blind and consensus passes over clips of the animals that are kept for it. A pass with
    labels that a model had a part in does not count, and neither does one that is closed to `acting`.
    """
    kept = set(project.kept_subjects(Purpose.CHAMPION))
    frozen = project.frozen_animals()
    found, left_out = [], []
    for record in project.passes(acting=acting) if kept else ():
        if record.kind not in _BLIND or not record.state.finished:
            continue
        video = project.get_video(project.get_clip(record.clip).video)
        if video.subject not in kept or animal_of(video) in frozen:
            continue
        if not project.door.allowed(record.id, acting):
            left_out.append(f"The pass {record.id} of {record.annotator} is closed by an open blind pass.")
        elif _assisted(project, record, acting):
            left_out.append(
                f"The pass {record.id} of {record.annotator} is left out of the holdout: a model had a part "
                "in its labels."
            )
        else:
            found.append(record)
    return found, left_out


def _assisted(project: Project, record: PassRecord, acting: str | None) -> bool:
    """Return whether a model had a part in the labels: as a proposal, as a rater, or as who was followed."""
    models = {p.id for p in project.passes(clip=record.clip) if p.kind is Kind.MODEL}
    if record.kind is Kind.CONSENSUS and models & set(raters_of(record)):
        return True
    return any(
        run.provenance.startswith(_ASSISTED) or any(f"({model})" in run.reason for model in models)
        for group in range(len(project.ethogram.groups))
        for run in project.door.provenance(record.id, acting, group)
    )


def holdout_snapshot(project: Project, acting: str | None = None) -> Snapshot | None:
    """Return the blind labels of the animals that are kept for comparing models; None while there are none.

    To ask a model about them is a reading of the holdout: note it with `note_reading`.
    """
    found, left_out = holdout_passes(project, acting)
    if not found:
        return None
    try:
        taken = take_snapshot(project, acting, [record.id for record in found], test=None)
    except LearnError:  # submitted without a label
        return None
    return Snapshot(taken.ethogram, taken.stretches, (*taken.left_out, *left_out))


def note_reading(
    project: Project, acting: str | None, models: Iterable[str], data: str, what: str, figures: dict[str, Any]
) -> None:
    """Note who read the holdout, when, with which models and what came out."""
    line = {"by": acting or "", "model": ", ".join(models), "data": data, "what": what, "figures": figures}
    append_reading(models_folder(project) / LOG_NAME, line)


def holdout_readings(project: Project) -> list[dict[str, Any]]:
    """Return every reading of the holdout so far, oldest first."""
    return read_log(models_folder(project) / LOG_NAME)
