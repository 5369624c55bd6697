"""How a disagreement is decided, and how the decision is read back from the consensus pass.

Nothing is stored beside the journal. What decides a stretch is an edit with the provenance ``adjudicated``
whose reason says whose label was taken; what leaves it unresolved is a note. So undo takes decisions back,
and they travel with the pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..edits import Edit
from ..errors import ProjectError
from ..project import Change, Note, NoteEdit, Origin
from ..tracks import UNLABELED, LabelTrack, Runs
from .items import Item

#: Provenance of labels that a consensus begins with, and of those that an adjudicator decided.
AGREED, ADJUDICATED = "agreed", "adjudicated"

#: The own answer of the adjudicator, as a verdict names it.
OWN = "own answer"
_LEFT = "left unresolved"
_TAKEN = re.compile(r"label of (?P<name>.*?) \((?P<id>p[a-z0-9]{10})\)")


class Standing(StrEnum):
    """Where the decision on a stretch stands."""

    AGREED = "agreed"
    """All raters had the same label and nobody changed it."""
    OPEN = "open"
    """Nobody has decided yet."""
    RESOLVED = "resolved"
    """It has a label that the adjudicator decided on."""
    LEFT = "unresolved"
    """The adjudicator looked and left it unresolved."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reason of a deciding edit says.

    Attributes
    ----------
    by
        What was followed: ``label of NAME (PASS)``, ``own answer``, or the rule that proposed the label.
    reason
        The adjudicator's own words; may be empty.
    """

    by: str
    reason: str = ""

    @classmethod
    def of_pass(cls, name: str, pass_id: str, reason: str = "") -> Verdict:
        """Return the verdict that follows a pass."""
        return cls(f"label of {name} ({pass_id})", reason)

    @property
    def pass_id(self) -> str:
        """Id of the pass that was followed; empty where none was."""
        found = _TAKEN.fullmatch(self.by)
        return found["id"] if found else ""

    def text(self) -> str:
        """Return the verdict as the journal keeps it."""
        return f"{self.by}: {self.reason}" if self.reason else self.by

    @classmethod
    def read(cls, text: str) -> Verdict:
        """Return the verdict that a reason in the journal stands for: the inverse of `text`."""
        taken = _TAKEN.match(text)
        if taken:
            return cls(taken[0], text[taken.end() :].removeprefix(": "))
        by, _, reason = text.partition(": ")
        return cls(by, reason)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Where the decision on one stretch stands, and what it was."""

    standing: Standing
    label: int | None = None
    verdict: Verdict | None = None
    author: str = ""
    at: str = ""


class ConsensusState(Protocol):
    """What is read of a consensus pass: an open `PassEditor`, or a replayed pass."""

    @property
    def track(self) -> LabelTrack:
        """The labels now."""

    @property
    def notes(self) -> Sequence[Note]:
        """The notes now."""

    def origins(self, start: int, stop: int, group: int) -> list[tuple[int, int, Origin | None]]:
        """Where the labels of a stretch come from."""


def ruling_on(item: Item, consensus: ConsensusState) -> Ruling:
    """Return where the decision on a stretch stands, from the labels and notes of the consensus pass.

    A stretch is decided when all its frames have a label that does not stem from an agreement of the raters;
    it is left unresolved when a mark says so and some frame has no label. Otherwise it is open.
    """
    origins = [origin for _start, _stop, origin in consensus.origins(item.start, item.stop, item.group)]
    known = [origin for origin in origins if origin is not None]
    if len(known) == len(origins):
        if any(origin.provenance == AGREED for origin in known):
            return Ruling(Standing.AGREED if item.agreed else Standing.OPEN)
        labels = {label for _, label in consensus.track.runs(item.start, item.stop, item.group)}
        verdicts = {_verdict_of(origin) for origin in known}
        last = max(known, key=lambda origin: origin.step)
        return Ruling(
            Standing.RESOLVED,
            labels.pop() if len(labels) == 1 else None,
            verdicts.pop() if len(verdicts) == 1 else Verdict(OWN),
            last.author,
            last.at,
        )
    marks = _marks(consensus.notes, item)
    if any(note.start <= item.start and item.stop <= note.stop for note in marks):
        return Ruling(Standing.LEFT, verdict=Verdict.read(marks[0].text))
    return Ruling(Standing.OPEN)


def take(item: Item, consensus: ConsensusState, source: LabelTrack, verdict: Verdict) -> list[Change]:
    """Return the changes, one undo step, that give a stretch the labels that another pass has there.

    Raises
    ------
    ProjectError
        When the other pass has frames there that it did not label.
    """
    after = source.runs(item.start, item.stop, item.group)
    if any(label == UNLABELED for _, label in after):
        rater = _TAKEN.fullmatch(verdict.by)
        who = rater["name"] if rater else verdict.by
        raise ProjectError(
            f"{who} has no label for all of frames {item.start} to {item.stop}; take another one, "
            "give your own, or leave it unresolved."
        )
    return _decide(item, consensus, after, verdict.text())


def answer(item: Item, consensus: ConsensusState, label: int, verdict: Verdict) -> list[Change]:
    """Return the changes, one undo step, that give a stretch one label."""
    if label == UNLABELED:
        raise ProjectError("'Unlabeled' decides nothing; leave the stretch unresolved instead.")
    return _decide(item, consensus, ((item.length, label),), verdict.text())


def leave(item: Item, consensus: ConsensusState, reason: str = "") -> list[Change]:
    """Return the changes, one undo step, that leave a stretch unresolved: no label, and a mark."""
    mark = Note(item.group, item.start, item.stop, Verdict(_LEFT, reason).text(), uncertain=True)
    return [*_unlabel(item, consensus, mark.text), *_mark(item, consensus, mark)]


def reopen(item: Item, consensus: ConsensusState) -> list[Change]:
    """Return the changes, one undo step, that take a decision back."""
    return [*_unlabel(item, consensus, "decision taken back"), *_mark(item, consensus, None)]


def _decide(item: Item, consensus: ConsensusState, after: Runs, text: str) -> list[Change]:
    before = consensus.track.runs(item.start, item.stop, item.group)
    edit = Edit(item.group, item.start, before, after, ADJUDICATED, text)
    if not edit.empty:
        return [edit, *_mark(item, consensus, None)]
    origins = [origin for _start, _stop, origin in consensus.origins(item.start, item.stop, item.group)]
    if all(o is not None and (o.provenance, o.reason) == (ADJUDICATED, text) for o in origins):
        return []
    # The label is there, but by another decision: taking it away first leaves a trace of this one.
    blank: Runs = ((item.length, UNLABELED),)
    return [
        Edit(item.group, item.start, before, blank, ADJUDICATED, text),
        Edit(item.group, item.start, blank, after, ADJUDICATED, text),
        *_mark(item, consensus, None),
    ]


def _unlabel(item: Item, consensus: ConsensusState, text: str) -> list[Change]:
    edit = Edit.paint(
        consensus.track, item.start, item.stop, UNLABELED, item.group, ADJUDICATED, text
    )  # fmt: skip
    return [] if edit.empty else [edit]


def _mark(item: Item, consensus: ConsensusState, new: Note | None) -> list[Change]:
    """Return the change that puts a mark on a stretch in place of older marks; other notes stay."""
    before = tuple(_marks(consensus.notes, item))
    after = () if new is None else (new,)
    if before == after:
        return []
    touched = (*before, *after)
    start, stop = min(note.start for note in touched), max(note.stop for note in touched)
    return [NoteEdit(item.group, start, stop, before, after, provenance=ADJUDICATED)]


def _marks(notes: Sequence[Note], item: Item) -> list[Note]:
    return [
        note
        for note in notes
        if note.group == item.group
        and note.start < item.stop
        and item.start < note.stop
        and Verdict.read(note.text).by == _LEFT
    ]


def _verdict_of(origin: Origin) -> Verdict:
    return Verdict.read(origin.reason) if origin.provenance == ADJUDICATED else Verdict(OWN)
