"""How far a model agrees with people, next to how far people agree with each other, on the same clips."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import Pair, Settings, compare
from ...annotation.errors import AgreementError, LearnError, ProjectError
from ...annotation.project import Purpose
from ...annotation.tracks import NONE, UNLABELED
from ...annotation.video import index_video
from ..decisions import label_track
from ..evaluation.humans import figures_of, independent_pairs
from ..fitting import Cancelled
from ..models import Model, find_model, read_card
from ..predictors import Predictor, predictor_of
from .held_out import HeldOut, learned_animals, read_held_out
from .holdout import note_reading
from .paired import Figure

if TYPE_CHECKING:
    from ...annotation.agreement.sources.material import Coding, SharedClip
    from ...annotation.ethogram import Ethogram
    from ...annotation.project import Project

Figures = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """One exclusive group.

    Attributes
    ----------
    group
        Its name.
    people, model
        Agreement of two people, and of the model with each of them: frame accuracy, macro accuracy and kappa
        with their intervals by resampling animals, as ``{name: {"value", "low", "high", "why"}}``.
    """

    group: str
    people: Figures
    model: Figures


@dataclass(frozen=True)
class Ceiling:
    """A model next to people.

    Attributes
    ----------
    model
        Its id.
    rows
        One a group; empty where nothing can be compared.
    clips, animals
        How many clips two people scored independently that the model could be asked about fairly.
    blind
        Whether every pair of people holds a blind pass; otherwise they scored separately, but not blind.
    holdout
        How many of the clips are of holdout animals; asking about them is on record.
    why
        Why there is nothing; empty where there is.
    """

    model: str
    rows: tuple[CeilingRow, ...] = ()
    clips: int = 0
    animals: int = 0
    blind: bool = False
    holdout: int = 0
    why: str = ""

    @property
    def sentence(self) -> str:
        """What to tell about it."""
        if not self.rows:
            return f"There is no ceiling to show: {self.why}"
        kind = "blind" if self.blind else "separately scored"
        parts = []
        for row in self.rows:
            group = f" ({row.group})" if len(self.rows) > 1 else ""
            parts.append(
                f"two people agree on {_share(row.people)} of the frames{group}, "
                f"the model and a person on {_share(row.model)}"
            )
        clips = f"{self.clips} {kind} clip{'s' if self.clips > 1 else ''}"
        return f"On the same {clips}: {'; '.join(parts)}."

    def table(self) -> list[tuple[str, str, str, str]]:
        """Return a row a figure: group, name, agreement of two people, of the model and a person."""
        return [
            (row.group, name, _text(row.people[name]), _text(row.model[name]))
            for row in self.rows
            for name in row.people
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self) | {"rows": [asdict(row) for row in self.rows], "sentence": self.sentence}


def ceiling(
    project: Project, name: str, acting: str | None = None, cancelled: Cancelled | None = None
) -> Ceiling:
    """Compare a model with people on the clips that two people scored independently.

    The model is asked about clips of animals that it has not learned from; of the others, what it said before
    it had learned from them counts. Frames that a person called none are left out on both sides, as no model
    says that, and a frame about which the model says nothing counts as a disagreement. Clips of the final
    test are not touched. Where pairs with a blind pass exist, only these count.

    Raises
    ------
    LearnError
        When there is no such model, or it does not fit the ethogram.
    """
    folder = find_model(name, project)
    card = read_card(folder)
    material, pairs, why = independent_pairs(project, acting)
    blind = [pair for pair in pairs if pair[0].origin(pair[1]) == "blind"]
    witness = _Witness(project, folder, cancelled)
    asked = [(one, other, clip, codes) for one, other, clip in blind or pairs
             if (codes := witness.says(clip)) is not None]  # fmt: skip
    if material is None or not asked:
        return Ceiling(
            card.id, why=why or f"'{card.name}' has learned from every clip that two people scored."
        )  # fmt: skip
    try:
        rows = tuple(
            _row(material.ethogram, column, asked) for column in range(len(material.ethogram.groups))
        )  # fmt: skip
    except AgreementError as error:
        return Ceiling(card.id, why=str(error))
    held = {clip.id for _, _, clip, _ in asked if project.kept_apart(clip.recording) == Purpose.CHAMPION}
    if held:
        figures = {f"{row.group}: {key}": value["value"] for row in rows for key, value in row.model.items()}
        note_reading(project, acting, [card.id], "", "model and people", figures)
    return Ceiling(
        card.id,
        rows,
        clips=len({clip.id for _, _, clip, _ in asked}),
        animals=len({clip.subject or clip.recording for _, _, clip, _ in asked}),
        blind=bool(blind),
        holdout=len(held),
    )


class _Witness:
    """What a model says about clips without having learned from them."""

    def __init__(self, project: Project, folder: Path, cancelled: Cancelled | None) -> None:
        self._project, self._folder, self._cancelled = project, folder, cancelled
        self._learned = learned_animals(folder)
        self._predictor: Predictor | None = None
        self._said: dict[str, NDArray[np.int16] | None] = {}
        self._tested: HeldOut | None
        try:
            tested = read_held_out(folder)
            self._tested = tested if tested.animals_apart else None
        except LearnError:
            self._tested = None

    def says(self, clip: SharedClip) -> NDArray[np.int16] | None:
        """Return the labels int16 (frames, groups) in the project's codes; None where it cannot be asked."""
        if clip.id not in self._said:
            self._said[clip.id] = self._ask(clip)
        return self._said[clip.id]

    def _ask(self, clip: SharedClip) -> NDArray[np.int16] | None:
        project = self._project
        apart = project.kept_apart(clip.recording)
        if apart == Purpose.TEST or (apart and project.read_only):  # a reading that cannot be noted
            return None
        if clip.subject and clip.subject not in self._learned:
            return self._predict(clip)
        return self._remember(clip)

    def _remember(self, clip: SharedClip) -> NDArray[np.int16] | None:
        """Return what it said about the clip before it had learned from it."""
        tested = self._tested
        for stretch in tested.snapshot.stretches if tested is not None else ():
            inside = stretch.start <= clip.start and clip.stop <= stretch.stop
            if (
                tested is not None
                and stretch.video == clip.recording
                and inside
                and stretch.key in tested.said
            ):
                codes = label_track(tested.said[stretch.key], tested.card, self._project.ethogram).codes
                return codes[clip.start - stretch.start : clip.stop - stretch.start]
        return None

    def _predict(self, clip: SharedClip) -> NDArray[np.int16]:
        if self._predictor is None:
            self._predictor = predictor_of(Model.read(self._folder))
        project, path = self._project, self._project.video_path(clip.recording)
        if not path.exists():
            raise ProjectError(f"The recording {path} is not there; find it again with 'ethoprofile relink'.")
        index = index_video(path, project.cache_folder, cancelled=self._cancelled)
        said = self._predictor.clip(
            project.cache_folder, path, index, clip.fps, (clip.start, clip.stop), self._cancelled
        )
        return label_track(said, self._predictor.card, project.ethogram).codes


def _row(
    ethogram: Ethogram, column: int, asked: list[tuple[Coding, Coding, SharedClip, NDArray[np.int16]]]
) -> CeilingRow:
    group = ethogram.groups[column]
    names = {b.id: b.name for b in ethogram.behaviors if b.group == group}
    people, model = [], []
    for one, other, clip, codes in asked:
        labels = [one.codes[:, column], other.codes[:, column]]
        counted = np.all([side != UNLABELED for side in labels], axis=0)
        if len(names) > 1:
            counted &= np.all([side != NONE for side in labels], axis=0)
        first, second = (np.where(counted, side, UNLABELED).astype(np.int16) for side in labels)
        said = codes[:, column]
        said = np.where(said == UNLABELED, NONE, said)  # unsure is no agreement
        said = np.where(counted, said, UNLABELED).astype(np.int16)
        animal = clip.subject or clip.recording
        between = f"{clip.id}: {one.rater}, {other.rater}"
        people.append(Pair(clip=between, fps=clip.fps, subject=animal, a=first, b=second))
        model += [
            Pair(clip=f"{between}, {rater}", fps=clip.fps, subject=animal, a=side, b=said)
            for rater, side in ((one.rater, first), (other.rater, second))
        ]
    by_animal = Settings(unit="subject")  # two pairs of one clip are drawn together
    return CeilingRow(
        group,
        figures_of(compare(people, names, raters=("person", "other"), group=group, settings=by_animal)),
        figures_of(compare(model, names, raters=("person", "model"), group=group, settings=by_animal)),
    )


def _share(figures: Figures) -> str:
    value = figures["frame accuracy"]["value"]
    return "an unknown share" if value is None else f"{value:.3f}"


def _text(figure: dict[str, Any]) -> str:
    return Figure(figure["value"], figure["low"], figure["high"], figure["why"]).text
