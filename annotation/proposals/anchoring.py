"""Whether proposals help, or are waved through: work with them beside work without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ..edits import Edit
from ..project.journal import Act
from ..project.proposals import PROPOSED_TO
from ..project.records import Kind, PassRecord, State
from ..project.standing import standing_edits
from ..tracks import UNLABELED
from .bouts import ACCEPTED, EDITED, accepted_at_once
from .deciding import decided

if TYPE_CHECKING:
    from ..project import Project

#: A longer pause between two edits counts as this: nobody knows whether it was work.
LONGEST_PAUSE = 30.0
#: From these on a warning is given: share of proposals accepted unchanged, seconds from one to the next,
#: how much more often people agree with a model whose proposals they see.
UNCHANGED, HASTE, PULL = 0.97, 0.6, 0.10
#: The same for the share of proposals that were accepted together, with nobody looking at each.
UNSEEN = 0.5
#: Fewer proposals, or seconds of labels, tell nothing.
LEAST_PROPOSALS, LEAST_SECONDS = 20, 60.0


@dataclass(frozen=True, slots=True)
class Work:
    """What was done on some passes.

    Attributes
    ----------
    passes, bouts
        How many.
    seconds
        Seconds of video with a label.
    working
        Seconds of work as the stamps of the journal tell, pauses cut.
    accepted, edited, rejected
        Proposals accepted unchanged, changed and rejected.
    at_once
        How many of them were accepted together, from some confidence on.
    haste
        Median seconds from one accepted proposal to the next; None with fewer than two.
    equal, compared
        Labeled frames on which the model says the same, and those that were compared.
    """

    passes: int = 0
    bouts: int = 0
    seconds: float = 0.0
    working: float = 0.0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    at_once: int = 0
    haste: float | None = None
    equal: int = 0
    compared: int = 0

    @property
    def seconds_a_bout(self) -> float | None:
        """Working seconds for a bout; None without bouts."""
        return self.working / self.bouts if self.bouts else None

    @property
    def decisions(self) -> int:
        """How many proposals were decided."""
        return self.accepted + self.edited + self.rejected

    @property
    def unchanged(self) -> float | None:
        """Share of decided proposals that were accepted as they were; None without any."""
        total = self.decisions
        return self.accepted / total if total else None

    @property
    def agreement(self) -> float | None:
        """Share of labeled frames on which the model says the same; None where nothing was compared."""
        return self.equal / self.compared if self.compared else None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison.

    Attributes
    ----------
    name
        What was measured.
    shown, without
        How it is with proposals and without, as text; empty where it is not defined.
    why
        Why it is not defined, where that is so.
    """

    name: str
    shown: str
    without: str
    why: str


@dataclass(frozen=True, slots=True)
class AnchoringAudit:
    """Work with proposals beside work without.

    Attributes
    ----------
    shown, without
        The work on passes that were shown proposals, and on those that were not.
    drawn
        Whether those without were drawn at random; else the clips may differ in more than that.
    warnings
        Sentences on signs that proposals are waved through.
    """

    shown: Work
    without: Work
    drawn: bool
    warnings: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> list[Row]:
        """The comparison line by line."""
        return [
            Row(name, form(getattr(self.shown, key)), form(getattr(self.without, key)), why)
            for name, key, form, why in _ROWS
        ]

    @property
    def sentences(self) -> list[str]:
        """What the comparison means, in words: warnings, or why there is none."""
        found = list(self.warnings)
        if self.shown.decisions < LEAST_PROPOSALS:
            found.append(
                f"In submitted passes {self.shown.decisions} proposals were decided; from {LEAST_PROPOSALS} "
                "on it is told whether they are waved through."
            )
        elif not found:
            found.append("Nothing tells that proposals are waved through.")
        if not self._comparable:
            found.append(
                "Whether people agree with the model more often where they see its proposals is told from "
                f"{LEAST_SECONDS:.0f} s of labels on both sides on, on clips that the model has looked at."
            )
        if self.without.passes and not self.drawn:
            found.append(
                "The clips without proposals were not drawn at random: they may differ in more than that."
            )
        return found

    @property
    def _comparable(self) -> bool:
        """Whether there is enough on both sides to compare how far people agree with the model."""
        sides = (self.shown, self.without)
        return all(side.seconds >= LEAST_SECONDS and side.agreement is not None for side in sides)


def audit_anchoring(project: Project, acting: str | None = None) -> AnchoringAudit:
    """Compare submitted passes that were shown proposals with those that were not.

    Parameters
    ----------
    project
        The project, read through its door.
    acting
        Who asks: what is closed to them is left out.
    """
    shown: list[_Scored] = []
    drawn: list[_Scored] = []
    others: list[_Scored] = []
    for record in project.passes(acting=acting):
        if (
            record.kind not in PROPOSED_TO
            or not _counts(record)
            or not project.door.allowed(record.id, acting)
        ):
            continue
        pinned = project.pinned_proposals(record.id, acting)
        scored = _read(project, record, pinned.model_pass if pinned is not None else "", acting)
        if pinned is not None and pinned.model_pass:
            shown.append(scored)
        elif pinned is not None:
            drawn.append(scored)
        else:
            others.append(scored)
    with_, without = _sum(shown), _sum(drawn or others)
    return AnchoringAudit(with_, without, bool(drawn), tuple(_warnings(with_, without)))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else f"{value}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


_ROWS: tuple[tuple[str, str, Callable[[float | None], str], str], ...] = (
    ("passes", "passes", _number, ""),
    ("bouts", "bouts", _number, ""),
    ("seconds of work for a bout", "seconds_a_bout", _number, "there is no bout"),
    ("proposals accepted unchanged", "unchanged", _share, "no proposal was decided"),
    ("proposals accepted together, from a confidence on", "at_once", _number, ""),
    (
        "seconds from one accepted to the next (median)", "haste", _number,
        "fewer than two were accepted one by one",
    ),
    ("frames as the model says", "agreement", _share, "the model has said nothing about such a clip"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scored:
    work: Work
    intervals: tuple[float, ...]


def _counts(record: PassRecord) -> bool:
    return record.state.finished and record.state is not State.TEST and not record.source


def _read(project: Project, record: PassRecord, model_pass: str, acting: str | None) -> _Scored:
    history = project.door.history(record.id, acting)
    stamps = [datetime.fromisoformat(entry.at).timestamp() for entry in history]
    edits = standing_edits(history)
    track = project.door.labels(record.id, acting)
    rate = project.get_video(project.get_clip(record.clip).video).fps or 25.0
    accepts = [
        datetime.fromisoformat(entry.at).timestamp()
        for entry in history
        if entry.act is Act.EDIT and isinstance(entry.change, Edit) and entry.change.provenance == ACCEPTED
    ]
    equal, compared = _agreement(project, record, model_pass, track.codes, acting)
    bouts = sum(len(track.bouts(group)) for group in range(track.groups))
    work = Work(
        passes=1,
        bouts=bouts,
        seconds=float((track.codes > UNLABELED).any(axis=1).sum()) / rate,
        working=float(np.minimum(np.diff(stamps), LONGEST_PAUSE).sum()) if len(stamps) > 1 else 0.0,
        accepted=sum(edit.provenance == ACCEPTED for edit in edits),
        edited=sum(edit.provenance == EDITED for edit in edits),
        rejected=sum(edit.rejects for edit in project.door.proposal_edits(record.id, acting)),
        at_once=sum(accepted_at_once(edit) for edit in edits),
        equal=equal,
        compared=compared,
    )
    # Those that were accepted at once have one stamp: they say nothing about haste.
    return _Scored(work, tuple(gap for gap in np.diff(accepts).tolist() if gap > 0.01))


def _agreement(
    project: Project, record: PassRecord, model_pass: str, codes: np.ndarray, acting: str | None
) -> tuple[int, int]:
    """Return frames on which a pass and the model agree, and frames compared."""
    said = model_pass or _earlier_model_pass(project, record, acting)
    if not said or not project.door.allowed(said, acting):
        return 0, 0
    theirs = project.door.labels(said, acting).codes
    known = decided(codes, project.ethogram)
    return int((codes == theirs)[known].sum()), int(known.sum())


def _earlier_model_pass(project: Project, record: PassRecord, acting: str | None) -> str:
    """Return the last pass of a model that was there before `record` was submitted: it has not learned it."""
    end = record.submitted_at or ""
    made = project.passes(clip=record.clip, acting=acting)
    earlier = [other.id for other in made if other.kind is Kind.MODEL and other.started_at < end]
    return earlier[-1] if earlier else ""


def _sum(scored: Iterable[_Scored]) -> Work:
    parts = list(scored)
    gaps = [gap for part in parts for gap in part.intervals]
    names = (
        "passes", "bouts", "seconds", "working", "accepted", "edited", "rejected", "at_once", "equal",
        "compared",
    )  # fmt: skip
    totals = {name: sum(getattr(part.work, name) for part in parts) for name in names}
    return Work(**totals, haste=float(np.median(gaps)) if gaps else None)


def _warnings(shown: Work, without: Work) -> Iterable[str]:
    if shown.decisions < LEAST_PROPOSALS:
        return
    unchanged = shown.unchanged or 0.0
    if unchanged >= UNCHANGED and shown.haste is not None and shown.haste < HASTE:
        yield (
            f"{unchanged:.0%} of the proposals were accepted unchanged, one every {shown.haste:.1f} s "
            "(median): that is faster than anybody can look; score some of these clips again without "
            "proposals."
        )
    if shown.at_once >= UNSEEN * shown.decisions:
        yield (
            f"{shown.at_once} of {shown.decisions} proposals were accepted together from a confidence on, "
            "without a look at each: such labels teach a model what it says already."
        )
    enough = min(shown.seconds, without.seconds) >= LEAST_SECONDS
    if enough and shown.agreement is not None and without.agreement is not None:
        pull = shown.agreement - without.agreement
        if pull > PULL:
            yield (
                f"People agree with the model in {shown.agreement:.0%} of the frames where they see its "
                f"proposals, and in {without.agreement:.0%} where they do not: "
                "its mistakes may be waved through."
            )
