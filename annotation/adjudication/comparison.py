"""Passes over one clip side by side, read on behalf of an annotator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase

import numpy as np

from ..errors import ProjectError
from ..project import ClipRecord, Kind, Note, PassRecord, Project
from ..tracks import UNLABELED, LabelTrack
from .items import Item, items_of
from .rulings import Verdict

#: The letter of the model among the sources that can be followed.
MODEL = "model"


@dataclass(frozen=True)
class Rater:
    """One of the compared passes.

    Attributes
    ----------
    letter
        ``A``, ``B``, ... in the order in which the passes were given, or ``model``.
    record
        The pass.
    track, notes
        Its labels and its notes.
    """

    letter: str
    record: PassRecord
    track: LabelTrack
    notes: tuple[Note, ...]

    @property
    def name(self) -> str:
        """Whose pass it is."""
        return self.record.annotator

    def verdict(self, reason: str = "") -> Verdict:
        """Return the verdict that follows this pass."""
        return Verdict.of_pass(self.name, self.record.id, reason)


@dataclass(frozen=True)
class Comparison:
    """Passes over one clip, side by side.

    Attributes
    ----------
    clip, fps
        What was labeled.
    raters
        Two or more passes.
    model
        A model's pass that can be followed but does not vote; None when there is none.
    """

    clip: ClipRecord
    fps: float
    raters: tuple[Rater, ...]
    model: Rater | None = None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All stretches, those where everybody agrees too, in time order."""
        return tuple(items_of([rater.track for rater in self.raters], self.fps))

    @cached_property
    def disagreements(self) -> tuple[Item, ...]:
        """The stretches on which the raters do not all agree, in time order."""
        return tuple(item for item in self.items if not item.agreed)

    @property
    def sources(self) -> dict[str, Rater]:
        """What can be followed, by letter."""
        model = (self.model,) if self.model is not None else ()
        return {rater.letter: rater for rater in (*self.raters, *model)}

    def agreed_track(self) -> LabelTrack:
        """Return the labels that all raters share; the rest is unlabeled."""
        codes = np.stack([rater.track.codes for rater in self.raters])
        return LabelTrack(np.where((codes == codes[0]).all(axis=0), codes[0], UNLABELED))

    def confusion(self, first: int = 0, second: int = 1) -> dict[tuple[int, int], int]:
        """Return how many frames carry each pair of labels of two raters, unlabeled ones included."""
        counts: dict[tuple[int, int], int] = {}
        for item in self.items:
            pair = item.labels[first], item.labels[second]
            counts[pair] = counts.get(pair, 0) + item.length
        return counts


def compare_passes(project: Project, passes: Sequence[str], acting: str | None) -> Comparison:
    """Read passes over one clip through the door, side by side.

    Parameters
    ----------
    project
        The project.
    passes
        Ids of two or more passes. A model's pass does not vote where two others are given.
    acting
        The annotator who will see them; the rule of blind passes holds for them.

    Raises
    ------
    BlindError
        When `acting` may not see one of the passes now.
    ProjectError
        When there are fewer than two passes, they lie on different clips, one is not finished, or one is a
        model's over an animal that is kept apart.
    """
    records = [project.get_pass(pass_id) for pass_id in dict.fromkeys(passes)]
    for record in records:
        project.door.check(record.id, acting)
    _check(records)
    _check_models(project, records)
    people = [record for record in records if record.kind is not Kind.MODEL]
    voting = people if len(people) > 1 else records
    clip = project.get_clip(records[0].clip)
    fps = project.get_video(clip.video).fps or 25.0
    raters = [
        _rater(project, letter, record, acting)
        for letter, record in zip(ascii_uppercase, voting, strict=False)
    ]
    model = next((record for record in records if record not in voting), None)
    return Comparison(clip, fps, tuple(raters), _rater(project, MODEL, model, acting) if model else None)


def _check(records: Sequence[PassRecord]) -> None:
    if len(records) < 2:
        raise ProjectError("Comparing takes two or more passes; name them by their ids.")
    if len(records) > len(ascii_uppercase):
        raise ProjectError(f"At most {len(ascii_uppercase)} passes can be compared at once.")
    other = next((record for record in records if record.clip != records[0].clip), None)
    if other is not None:
        raise ProjectError(
            f"The passes lie on different clips ({records[0].clip} and {other.clip}); "
            "compare passes over one clip."
        )
    for record in records:
        if not is_finished(record):
            raise ProjectError(
                f"The pass {record.id} of {record.annotator} is not submitted yet and may still change; "
                "compare it once it is submitted."
            )
        if record.kind is Kind.CONSENSUS:
            raise ProjectError(f"The pass {record.id} is a consensus; compare the passes that it came from.")


def _check_models(project: Project, records: Sequence[PassRecord]) -> None:
    """Refuse to show what a model says where people's decisions are what models are measured by."""
    models = [record for record in records if record.kind is Kind.MODEL]
    if models and project.kept_apart(project.get_clip(models[0].clip).video):
        raise ProjectError(
            f"The pass {models[0].id} is a model's, and the animal of this clip is kept apart to test "
            "models: compare the passes of people only."
        )


def comparable(records: Iterable[PassRecord]) -> dict[str, list[PassRecord]]:
    """Return, by clip, the passes that can be compared: of clips that have two finished ones or more."""
    found: dict[str, list[PassRecord]] = {}
    for record in records:
        if is_finished(record) and record.kind is not Kind.CONSENSUS:
            found.setdefault(record.clip, []).append(record)
    return {clip: passes for clip, passes in found.items() if len(passes) > 1}


def is_finished(record: PassRecord) -> bool:
    """Whether the labels of a pass will not change any more: submitted, imported from a file, a model's."""
    return record.state.finished or bool(record.source) or record.kind is Kind.MODEL


def _rater(project: Project, letter: str, record: PassRecord, acting: str | None) -> Rater:
    labels, notes = project.door.labels(record.id, acting), project.door.notes(record.id, acting)
    return Rater(letter, record, labels, tuple(notes))
