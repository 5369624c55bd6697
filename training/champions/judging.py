"""Whether a new model takes the place of the current one, on what evidence, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ...annotation.errors import LearnError
from ...annotation.formats.wording import counted
from ..cards import ModelCard, translation
from ..evaluation.learners import said_by
from ..fitting import Cancelled
from ..models import Model, read_card
from ..predictors import predictor_of
from ..snapshots import Snapshot
from .held_out import HeldOut, codes_of, counts_of, labeled, learned_animals, read_held_out
from .holdout import LEAST_CLIPS, LEAST_SUBJECTS
from .paired import CONFIDENCE, MARGIN, Figure, Paired, compare_on_clips, score_on_clips

HOLDOUT, CROSS_VALIDATION, FIRST, NOTHING = "holdout", "cross-validation", "first", "nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about a new model, and on which figures.

    Attributes
    ----------
    challenger, champion
        Ids of the new model and of the current one; the latter is empty where there is none.
    replaces
        Whether the new model becomes the current one.
    verified
        Whether that rests on blind labels of enough animals that neither model has learned from.
    sentence
        What to tell the user, with the figures.
    basis
        ``holdout``; ``cross-validation``: what both models said about clips before they had learned from
        them; ``first``: there was nothing to compare with; ``nothing``: it could not be compared.
    clips, subjects
        How many were compared on.
    data
        Hash of the labels that were compared on; empty where there were none.
    challenger_f1, champion_f1
        Macro F1 with 95 % interval; None where it was not measured.
    difference, bound
        Challenger - champion, and its one-sided lower bound of 90 %; None where there is none.
    margin, seed
        How far below zero the bound may lie, and the seed of the resampling.
    read_holdout
        Whether labels of the holdout were asked for this.
    """

    challenger: str
    champion: str
    replaces: bool
    verified: bool
    sentence: str
    basis: str
    clips: int = 0
    subjects: int = 0
    data: str = ""
    challenger_f1: Figure | None = None
    champion_f1: Figure | None = None
    difference: float | None = None
    bound: float | None = None
    margin: float = MARGIN
    seed: int = 0
    read_holdout: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: the inverse of `from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """Return the verdict that plain data describe."""
        figures = {
            name: None if data.get(name) is None else Figure(**data[name])
            for name in ("challenger_f1", "champion_f1")
        }
        return cls(**data | figures)


def judge(
    challenger: Path,
    champion: Path | None,
    holdout: Snapshot | None,
    cache_folder: Path,
    *,
    seed: int = 0,
    cancelled: Cancelled | None = None,
) -> Verdict:
    """Decide whether a new model takes the place of the current one.

    It does when the one-sided 90 % lower bound of the paired difference of macro F1 over clips lies above
    -0.02. The clips are those of the holdout; where it has fewer than 8 clips or 4 animals, or the current
    model has learned from one of its animals, those that both models were tested on before they learned from
    them, and the outcome is not verified. A first model becomes the current one in any case.

    Parameters
    ----------
    challenger, champion
        The model folders, with the snapshot and the held-out probabilities that training leaves there.
    holdout
        Blind labels of the animals that are kept for it; see `holdout_snapshot`.
    cache_folder
        Folder of derived data.
    seed
        Of the resampling.
    cancelled
        Asked between clips.

    Raises
    ------
    LearnError
        When an animal of the holdout is one that the challenger has learned from, or the challenger is the
        champion.
    """
    return _Case(challenger, champion, holdout, cache_folder, seed, cancelled).verdict()


@dataclass(frozen=True, eq=False)
class _Case:
    """Two models and what is known to compare them by."""

    challenger: Path
    champion: Path | None
    holdout: Snapshot | None
    cache_folder: Path
    seed: int
    cancelled: Cancelled | None

    def verdict(self) -> Verdict:
        new = read_card(self.challenger)
        self._check_apart(new)
        doubt = self._doubt(new)
        old, gone = self._old()
        if old is None:
            return self._first(new, doubt, gone)
        if old.id == new.id:
            raise LearnError(f"The model '{new.name}' is the current model already.")
        unfit = _unfit(old, self.challenger)
        if unfit:
            return self._first(new, doubt, unfit)
        doubt = doubt or self._seen_by_champion(old)
        if not doubt:
            return self._on_holdout(new, old, "")
        found = self._cross_validated(new, old, doubt)
        if found is None and self._can_be_asked(old):
            found = self._on_holdout(new, old, doubt)
        return found or Verdict(
            new.id, old.id, False, False,
            f"'{new.name}' is kept aside, because nothing says how it compares with '{old.name}': {doubt}, "
            "and there is no clip that both were tested on before they learned from it. Label clips of the "
            "holdout animals, or make it the current model yourself.",
            NOTHING, seed=self.seed,
        )  # fmt: skip

    def _check_apart(self, new: ModelCard) -> None:
        if self.holdout is None:
            return
        both = sorted(learned_animals(self.challenger) & set(self.holdout.subjects))
        if both:
            raise LearnError(
                f"The model '{new.name}' has learned from the subject '{both[0]}', which is kept for "
                "comparing models: an animal is never on both sides. Train it again without that subject."
            )

    def _doubt(self, new: ModelCard) -> str:
        """Return why a comparison on the holdout would not count as verified; empty where it would."""
        if self.holdout is None:
            return "there are no blind labels of holdout animals"
        clips = labeled(self.holdout)
        subjects = len({self.holdout.stretches[number].subject for number in clips})
        if len(clips) < LEAST_CLIPS or subjects < LEAST_SUBJECTS:
            return (
                f"the holdout has {counted(len(clips), 'clip')} of {counted(subjects, 'animal')}, and "
                f"{LEAST_CLIPS} clips of {LEAST_SUBJECTS} animals are needed"
            )
        return _unknown(new)

    def _seen_by_champion(self, old: ModelCard) -> str:
        assert self.champion is not None
        both = sorted(
            learned_animals(self.champion) & set(self.holdout.subjects if self.holdout is not None else ())
        )
        if both:
            return f"'{old.name}' has learned from {', '.join(both)}, which is kept for comparing models now"
        return _unknown(old)

    def _old(self) -> tuple[ModelCard | None, str]:
        """Return the current model, or why there is none to compare with."""
        if self.champion is None:
            return None, "it is the first model"
        try:
            return read_card(self.champion), ""
        except LearnError:
            return None, f"the folder of the current model '{self.champion.name}' is gone or damaged"

    def _first(self, new: ModelCard, doubt: str, why: str) -> Verdict:
        name = f"'{new.name}' is the current model now: {why}"
        if doubt or self.holdout is None:
            return Verdict(
                new.id, "", True, False,
                f"{name}. It is not verified, because {doubt}.", FIRST, seed=self.seed,
            )  # fmt: skip
        clips = labeled(self.holdout)
        figure = score_on_clips(
            _keys(self.holdout, clips), counts_of(self.holdout, clips, self._said(self.challenger, clips)),
            self.seed,
        )  # fmt: skip
        said = f"its macro F1 on {_extent(self.holdout, clips, 'holdout ')} is {_text(figure)}"
        return Verdict(
            new.id, "", True, True, f"{name}, and {said}.", FIRST, len(clips),
            _animals(self.holdout, clips), self.holdout.hash, figure, seed=self.seed, read_holdout=True,
        )  # fmt: skip

    def _can_be_asked(self, old: ModelCard) -> bool:
        """Return whether a holdout that is too small for a verified verdict can tell anything."""
        return self.holdout is not None and bool(labeled(self.holdout)) and not self._seen_by_champion(old)

    def _on_holdout(self, new: ModelCard, old: ModelCard, doubt: str) -> Verdict:
        assert self.holdout is not None
        assert self.champion is not None
        clips = labeled(self.holdout)
        own, other = (
            counts_of(self.holdout, clips, self._said(f, clips)) for f in (self.challenger, self.champion)
        )
        found = compare_on_clips(_keys(self.holdout, clips), own, other, self.seed)
        made = self._decided(new, old, found, self.holdout, clips, HOLDOUT, doubt)
        return replace(made, read_holdout=True)

    def _said(self, folder: Path, clips: Sequence[int]) -> list[Any]:
        assert self.holdout is not None
        predictor = predictor_of(Model.read(folder))
        said = said_by(predictor, self.holdout, clips, self.cache_folder, self.cancelled)
        return [each.codes for each in said]

    def _cross_validated(self, new: ModelCard, old: ModelCard, doubt: str) -> Verdict | None:
        assert self.champion is not None
        try:
            own, other = read_held_out(self.challenger), read_held_out(self.champion)
        except LearnError:
            return None
        data = own.snapshot
        clips = [n for n in labeled(data) if _tested(own, other, data.stretches[n].key)]
        if not clips or not own.animals_apart or not other.animals_apart:
            return None
        mine, theirs = (
            counts_of(data, clips, [codes_of(side, data.stretches[n].key, data) for n in clips])
            for side in (own, other)
        )
        found = compare_on_clips(_keys(data, clips), mine, theirs, self.seed)
        return self._decided(new, old, found, data, clips, CROSS_VALIDATION, doubt)

    def _decided(
        self, new: ModelCard, old: ModelCard, found: Paired, data: Snapshot, clips: list[int], basis: str,
        doubt: str,
    ) -> Verdict:  # fmt: skip
        return Verdict(
            challenger=new.id,
            champion=old.id,
            replaces=found.not_worse,
            verified=not doubt,
            sentence=_sentence(new, old, found, data, clips, basis, doubt),
            basis=basis,
            clips=len(clips),
            subjects=_animals(data, clips),
            data=data.select(clips).hash,
            challenger_f1=found.challenger,
            champion_f1=found.champion,
            difference=found.difference,
            bound=found.bound,
            seed=self.seed,
        )


def _tested(own: HeldOut, other: HeldOut, key: tuple[str, int, int]) -> bool:
    return key in own.said and key in other.said


def _unfit(old: ModelCard, challenger: Path) -> str:
    """Return why the current model cannot be asked any more; empty where it can."""
    try:
        ethogram = Snapshot.read(challenger).ethogram
    except LearnError:  # a model of elsewhere: asking will tell
        return ""
    try:
        translation(old, ethogram)
    except LearnError:
        return f"'{old.name}' was trained for behaviors that the ethogram does not have any more"
    return ""


def _unknown(card: ModelCard) -> str:
    if card.backbone.subjects is None:
        return f"nobody knows which animals the backbone of '{card.name}' has seen"
    return ""


def _keys(data: Snapshot, clips: Sequence[int]) -> list[str]:
    return [repr(data.stretches[number].key) for number in clips]


def _animals(data: Snapshot, clips: Sequence[int]) -> int:
    return len({data.stretches[number].subject for number in clips})


def _extent(data: Snapshot, clips: Sequence[int], which: str = "") -> str:
    return f"{counted(len(clips), 'clip')} of {counted(_animals(data, clips), f'{which}animal')}"


def _sentence(
    new: ModelCard, old: ModelCard, found: Paired, data: Snapshot, clips: list[int], basis: str, doubt: str
) -> str:
    where = (
        f"on {_extent(data, clips, 'holdout ')}"
        if basis == HOLDOUT
        else f"in cross-validation on {_extent(data, clips)}"
    )
    figures = f"macro F1 {where} is {_text(found.challenger)}, that of '{old.name}' {_text(found.champion)}"
    if found.difference is None or found.bound is None:
        why = found.challenger.why or found.champion.why or "there is too little to compare"
        reached = f"how sure the difference is cannot be told, because {why}"
    else:
        sure = f"with {100 * CONFIDENCE:.0f} % confidence"
        apart, least, limit = (_signed(value) for value in (found.difference, found.bound, -MARGIN))
        reached = (
            f"the difference of {apart} is {sure} above {least}, and the limit is {limit}"
            if found.not_worse
            else f"the difference of {apart} may ({sure}) be as low as {least}, and the limit is {limit}"
        )
    fate = "is the current model now" if found.not_worse else f"is kept aside, '{old.name}' stays"
    unverified = f" It is not verified, because {doubt}." if doubt else ""
    return f"'{new.name}' {fate}: its {figures}; {reached}.{unverified}"


def _text(figure: Figure) -> str:
    return f"not defined because {figure.why}" if figure.value is None else f"{figure.value:.3f}"


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"  # no minus before a zero
