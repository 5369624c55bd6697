"""Lists of what to label next: chosen by a strategy, fitted to the time that somebody has, explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ...annotation.errors import LearnError
from ...annotation.project.queries import NewQuery, QueryRecord
from ...annotation.project.records import Kind
from ...annotation.tracks import UNLABELED
from ..fitting import Cancelled
from .pool import Pool, Unit
from .project_pool import SECONDS, ProjectPool, Stages, pool_of
from .strategies import FEW_LABELS, Pick, choose

if TYPE_CHECKING:
    from ...annotation.project import Project

DEFAULT = "clip_entropy_v1"
#: Units on a list unless the user says otherwise, and the most.
NUMBER, MOST = 20, 500
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
    left_out
        Sentences on recordings that could not be looked at.
    """

    queries: tuple[QueryRecord, ...]
    seconds: float
    wrong: float | None
    strategy: str
    left_out: tuple[str, ...]


def make_list(
    project: Project,
    annotator: str = "",
    *,
    strategy: str = DEFAULT,
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
    number
        How many stretches.
    minutes
        In place of it: how much time there is.
    seed
        Of chance; the number of the list counts, too.
    on_stage, cancelled
        Told and asked while recordings are looked at for the first time.

    Raises
    ------
    LearnError
        When there is nothing to ask for, or no such strategy.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; no list can be made in it.")
    found = pool_of(project, annotator or None, on_stage=on_stage, cancelled=cancelled)
    pace = pace_of(project, annotator)
    wanted = number if number is not None else NUMBER
    if minutes is not None:
        wanted = max(1, int(minutes * 60 / (pace * SECONDS)))
    before = project.queries()
    batch = max((query.round for query in before), default=0)
    picks = choose(found.pool, strategy, min(wanted, MOST), seed, batch)
    chosen = [_query(found, pick, strategy, pace) for pick in picks]
    made = project.add_queries(chosen, annotator)
    seconds = sum(query.seconds or 0.0 for query in chosen)
    return Listing(tuple(made), seconds, _expected_wrong(found.pool, picks), strategy, found.left_out)


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


def explain(pool: Pool, pick: Pick, names: Sequence[str]) -> str:
    """Return in a sentence why a unit was chosen.

    Parameters
    ----------
    pool
        What it was chosen from.
    pick
        The unit.
    names
        Of the columns of the probabilities.
    """
    parts = [pick.reason]
    if pool.probabilities is not None and not pick.audit:
        shares = np.asarray(pool.probabilities[pick.unit]).mean(axis=0)
        first, second = np.argsort(-shares)[:2]
        whole = shares[first] + shares[second]
        parts.append(
            f"{names[first]} or {names[second]}, {shares[first] / whole:.0%}".rstrip("%")
            + f":{shares[second] / whole:.0%}".rstrip("%")
        )
    gap = _gap(pool, pool.units[pick.unit])
    if gap and pick.reason == FEW_LABELS:  # the gap says it better
        return gap
    return "; ".join([*parts, gap] if gap else parts)


def _gap(pool: Pool, unit: Unit) -> str:
    """Return what is missing among the labels that this unit would give."""
    if not unit.subject or pool.labeled.get((unit.subject, unit.light), 0):
        return ""
    if unit.light:
        where = "in the dark" if unit.light == "dark" else "in the light"
        return f"no label of mouse {unit.subject} {where} yet"
    return f"no label of mouse {unit.subject} yet"


def _query(found: ProjectPool, pick: Pick, strategy: str, pace: float) -> NewQuery:
    unit = found.pool.units[pick.unit]
    length = (unit.stop - unit.start) / found.pool.fps.get(unit.video, 25.0)
    return NewQuery(
        unit.video, unit.start, unit.stop, found.clips[pick.unit], strategy,
        explain(found.pool, pick, found.names), pick.score, round(length * pace, 1), found.model, pick.audit,
    )  # fmt: skip


def _expected_wrong(pool: Pool, picks: Sequence[Pick]) -> float | None:
    """Return how many seconds of the chosen units a calibrated model is expected to get wrong."""
    if pool.probabilities is None:
        return None
    wrong = [
        (1 - np.asarray(pool.probabilities[pick.unit]).max(axis=1)).mean()
        * (pool.units[pick.unit].stop - pool.units[pick.unit].start)
        / pool.fps.get(pool.units[pick.unit].video, 25.0)
        for pick in picks
    ]
    return float(np.sum(wrong))
