"""Lists of what to label next: chosen by a strategy, fitted to the time that somebody has, explained."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ...annotation.errors import LearnError
from ...annotation.project.queries import NewQuery, QueryRecord
from ...annotation.project.records import Kind
from ...annotation.tracks import UNLABELED
from ..fitting import Cancelled
from .candidates import SECONDS
from .doubtful import Mode
from .gain import keep_gain
from .pool import Pool, Unit, Use
from .project_pool import ProjectPool, Stages, pool_of
from .strategies import AUDIT, FEW_LABELS, MIXED, UNSURE, Pick, choose

if TYPE_CHECKING:
    from ...annotation.project import Project

DEFAULT = MIXED
#: What is on a list unless the user says otherwise, and the most.
NUMBER, MOST = 20, 500
#: Seconds around a bout or boundary that must be watched, too, before anybody can say what it is.
WATCHED = 2.0
#: Seconds of work for a second of video while nobody's pace is known.
PACE = 2.5
#: A pause between two edits that is longer counts as this long.
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that was made.

    Attributes
    ----------
    queries
        What is asked for, in order.
    seconds
        How long it will take, as far as is known.
    wrong
        Seconds of labels that the current model is expected to get wrong there: what it can learn from; None
        without a model.
    strategy
        What chose.
    mode
        What was asked for.
    left_out
        Sentences on recordings that could not be looked at.
    """

    queries: tuple[QueryRecord, ...]
    seconds: float
    wrong: float | None
    strategy: str
    mode: Mode
    left_out: tuple[str, ...]


def make_list(
    project: Project,
    annotator: str = "",
    *,
    strategy: str = DEFAULT,
    mode: Mode | str = Mode.UNIT,
    number: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    on_stage: Stages | None = None,
    cancelled: Cancelled | None = None,
) -> Listing:
    """Choose what somebody labels next, and put it on the project's list.

    The same project, labels and seed give the same list.

    Parameters
    ----------
    project
        The project.
    annotator
        Who is asked; anybody when empty.
    strategy
        Name of a strategy; see `training.queries.strategies`.
    mode
        Whether stretches, bouts or boundaries are asked for.
    number
        How many.
    minutes
        In place of it: how much time there is.
    seed
        Of chance; the number of the list counts, too.
    on_stage, cancelled
        Told and asked while recordings are looked at for the first time.

    Raises
    ------
    LearnError
        When there is nothing to ask for, no such strategy, or no model whose bouts could be asked for.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; no list can be made in it.")
    found = pool_of(project, annotator or None, mode=mode, on_stage=on_stage, cancelled=cancelled)
    pace = pace_of(project, annotator)
    batch = max((query.round for query in project.queries()), default=0)

    def chosen(number: int) -> list[Pick]:
        picks = _clear(found, choose(found.pool, strategy, number, seed, batch))
        if len(picks) == number:
            return picks
        # Where there is no room for so many, chance has its share of what there is room for.
        return _clear(found, choose(found.pool, strategy, len(picks), seed, batch))

    if minutes is None:
        picks = chosen(min(number if number is not None else NUMBER, MOST))
    else:
        picks = _fitted(chosen, lambda pick: _work(found, pick, pace), 60 * minutes, _usual(found, pace))
    if not picks:
        raise LearnError(
            f"Nothing is left that has no label; the strategy '{DEFAULT}' also asks for what people differ "
            "about."
        )
    assisted = _assisted(project, annotator)
    wanted = [_query(found, pick, strategy, pace, assisted) for pick in picks]
    made = project.add_queries(wanted, annotator)
    seconds = sum(query.seconds or 0.0 for query in wanted)
    wrong = _expected_wrong(found.pool, picks)
    keep_gain(project, annotator, made[0].round, wrong)
    return Listing(tuple(made), seconds, wrong, strategy, Mode(mode), found.left_out)


def pace_of(project: Project, annotator: str) -> float:
    """Return seconds of work for a labeled second of video, from what somebody has scored so far.

    Between two edits at most half a minute counts as work. Without ten labeled seconds it is `PACE`.
    """
    working, labeled = 0.0, 0.0
    for record in project.passes(annotator=annotator, acting=annotator) if annotator else ():
        if record.kind is Kind.MODEL or record.source or not project.door.allowed(record.id, annotator):
            continue
        stamps = [
            datetime.fromisoformat(e.at).timestamp() for e in project.door.history(record.id, annotator)
        ]
        if len(stamps) < 2:
            continue
        working += float(np.minimum(np.diff(stamps), _LONGEST_PAUSE).sum())
        fps = project.get_video(project.get_clip(record.clip).video).fps or 25.0
        codes = project.door.labels(record.id, annotator).codes
        labeled += float((codes != UNLABELED).any(axis=1).sum()) / fps
    return working / labeled if labeled >= SECONDS and working > 0 else PACE


def explain(found: ProjectPool, pick: Pick) -> str:
    """Return in a sentence why something was chosen."""
    pool, candidate = found.pool, found.candidates[pick.unit]
    unit = pool.units[pick.unit]
    if unit.use is Use.OPINION:  # what anybody thinks of it would be no independent opinion
        return f"{pick.reason}: {candidate.differing:.0%} of it"
    parts = [pick.reason]
    if candidate.doubtful is not None:
        sentence = candidate.doubtful.sentence(found.names)
        parts = [sentence] if pick.reason == UNSURE else [pick.reason, sentence]
    elif pool.probabilities is not None and not pick.audit:
        shares = np.asarray(pool.probabilities[pick.unit]).mean(axis=0)
        first, second = np.argsort(-shares)[:2]
        share = f"{shares[first] / (shares[first] + shares[second]):.0%}".rstrip("%")
        other = f"{shares[second] / (shares[first] + shares[second]):.0%}".rstrip("%")
        parts.append(f"{found.names[first]} or {found.names[second]}, {share}:{other}")
    gap = _gap(pool, unit)
    if gap and pick.reason == FEW_LABELS:  # the gap says it better
        return gap
    return "; ".join([*parts, gap] if gap else parts)


def _gap(pool: Pool, unit: Unit) -> str:
    """Return what is missing among the labels that this unit would give."""
    strain = pool.strain(unit.subject)
    if strain and not pool.labeled_strains()[strain]:
        return f"no label of the strain {strain} yet"
    if not unit.subject or pool.labeled.get((unit.subject, unit.light), 0):
        return ""
    if unit.light:
        where = "in the dark" if unit.light == "dark" else "in the light"
        return f"no label of mouse {unit.subject} {where} yet"
    return f"no label of mouse {unit.subject} yet"


def _assisted(project: Project, annotator: str) -> set[str]:
    """Return the clips that somebody was shown proposals for: no fair look at how good the model is."""
    return {
        record.clip
        for record in (project.passes(annotator=annotator, acting=annotator) if annotator else ())
        if (pinned := project.pinned_proposals(record.id, annotator)) is not None and pinned.model_pass
    }


def _query(found: ProjectPool, pick: Pick, strategy: str, pace: float, assisted: Collection[str]) -> NewQuery:
    unit, candidate = found.pool.units[pick.unit], found.candidates[pick.unit]
    audit = pick.audit and candidate.clip not in assisted
    return NewQuery(
        unit.video, unit.start, unit.stop, candidate.clip, strategy, explain(found, pick), pick.score,
        round(_work(found, pick, pace), 1), found.model, audit, candidate.home,
    )  # fmt: skip


def _work(found: ProjectPool, pick: Pick, pace: float) -> float:
    """Return how many seconds of work something is, as far as is known."""
    around = WATCHED if found.candidates[pick.unit].doubtful is not None else 0.0
    return pace * (found.pool.seconds(pick.unit) + around)


def _usual(found: ProjectPool, pace: float) -> float:
    """Return how many seconds of work a stretch is, or a bout or boundary in the mean, stretches between."""
    if all(candidate.doubtful is None for candidate in found.candidates):
        return pace * SECONDS
    own = [_work(found, Pick(n, "", 0.0), pace) for n in found.pool.for_use(Use.ANY)]
    return float((1 - AUDIT) * np.mean(own) + AUDIT * pace * SECONDS)


def _fitted(
    chosen: Callable[[int], list[Pick]], work: Callable[[Pick], float], seconds: float, usual: float
) -> list[Pick]:
    """Return as much of what is chosen as fits into a time; one thing at least.

    What is most wanted may take longer or shorter than usual, so that the number is corrected once.
    """
    number = min(MOST, max(1, int(seconds / usual)))
    picks = chosen(number)
    needed = sum(work(pick) for pick in picks)
    if picks and abs(needed - seconds) > usual:
        picks = chosen(min(MOST, max(1, int(number * seconds / needed))))
    spent = np.cumsum([work(pick) for pick in picks])
    return picks[: max(1, int((spent <= seconds + usual / 2).sum()))]


def _clear(found: ProjectPool, picks: Sequence[Pick]) -> list[Pick]:
    """Return what needs no frames that something else on the list needs, in order.

    What was drawn by chance stays: it would be no fair look if it made way for what is doubtful.
    """
    candidates, pool = found.candidates, found.pool
    kept: list[Pick] = []
    for pick in sorted(picks, key=lambda pick: not pick.audit):
        video, (start, stop) = pool.units[pick.unit].video, candidates[pick.unit].home
        others = (candidates[o.unit].home for o in kept if pool.units[o.unit].video == video)
        if all(stop <= first or last <= start for first, last in others):
            kept.append(pick)
    return [pick for pick in picks if pick in kept]


def _expected_wrong(pool: Pool, picks: Sequence[Pick]) -> float | None:
    """Return how many seconds of the chosen units a calibrated model is expected to get wrong."""
    if pool.probabilities is None:
        return None
    wrong = [
        (1 - np.asarray(pool.probabilities[pick.unit]).max(axis=1)).mean() * pool.seconds(pick.unit)
        for pick in picks
    ]
    return float(np.sum(wrong))
