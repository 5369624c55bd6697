"""The frozen holdout: blind labels of animals that no model learns from, by which models are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...annotation.adjudication import raters_of
from ...annotation.errors import LearnError
from ...annotation.formats.wording import counted
from ...annotation.project import Kind, Purpose
from ...annotation.project.holdouts import animal_of
from ..datasets import take_snapshot
from ..evaluation.readings import append_reading, read_log
from ..models import list_models, models_folder
from ..snapshots import Snapshot
from .held_out import learned_animals

if TYPE_CHECKING:
    from ...annotation.project import PassRecord, Project

LOG_NAME = "holdout_readings.jsonl"
#: What a holdout needs so that a comparison on it counts as verified.
LEAST_CLIPS, LEAST_SUBJECTS = 8, 4
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


@dataclass(frozen=True, slots=True)
class HoldoutState:
    """How far the holdout is.

    Attributes
    ----------
    clips, subjects
        How many clips of how many of its animals have blind labels.
    learned
        Its animals that the current model has learned from: until it is replaced, the holdout is not asked.
    sentences
        What to tell about it.
    """

    clips: int
    subjects: int
    learned: tuple[str, ...]
    sentences: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def holdout_state(project: Project, acting: str | None = None) -> HoldoutState:
    """Return how far the holdout is, without asking any model about it."""
    kept = project.kept_subjects(Purpose.CHAMPION)
    if not kept:
        return HoldoutState(0, 0, (), ("New models are compared by cross-validation, unverified.",))
    found, left_out = holdout_passes(project, acting)
    clips = {record.clip for record in found}
    animals = {project.get_video(project.get_clip(clip).video).subject for clip in clips}
    learned = _learned_by_current(project, kept)
    has = f"{counted(len(clips), 'clip', 'has', 'have')} blind labels, of {counted(len(animals), 'animal')}"
    enough = len(clips) >= LEAST_CLIPS and len(animals) >= LEAST_SUBJECTS
    needed = "" if enough else f"; {LEAST_CLIPS} clips of {LEAST_SUBJECTS} animals are needed"
    sentences = [f"{has}{needed}."]
    if learned:
        sentences.append(
            f"The current model has learned from {', '.join(learned)}; the holdout is asked once a model "
            "without them has taken its place."
        )
    return HoldoutState(len(clips), len(animals), learned, (*sentences, *left_out))


def _learned_by_current(project: Project, kept: Iterable[str]) -> tuple[str, ...]:
    current = project.current_model()
    if current is None:
        return ()
    try:
        return tuple(sorted(set(kept) & learned_animals(models_folder(project) / current.name)))
    except LearnError:  # its folder is gone
        return ()


def learned_subjects(project: Project) -> frozenset[str]:
    """Return the animals that any model of the project has learned from."""
    return frozenset(
        name for card in list_models(project) for name in (*card.subjects, *(card.backbone.subjects or ()))
    )
