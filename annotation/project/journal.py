"""The journal of one pass as pure logic: steps, their replay, undo and redo.

Nothing here touches the database. A step is what one undo takes back: one or several changes. The journal
only grows: undoing is a further step whose changes are the inverse of those of its target.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..edits import Edit
from ..errors import ProjectError, TrackError
from ..tracks import NONE, UNLABELED, LabelTrack, Runs, codes_of, runs_of
from .notes import Note, NoteEdit, dump_notes, load_notes
from .proposal_edits import ProposalEdit

Change = Edit | NoteEdit | ProposalEdit

#: Provenance of labels that a review began with: those of the pass that it corrects.
COPIED = "copied"


class Act(StrEnum):
    """What a step of the journal is."""

    START = "start"  # what a pass began with: imported labels, or those that a review copied
    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"
    ETHOGRAM = "ethogram"  # labels that changed with the ethogram


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a journal.

    Attributes
    ----------
    number
        Counts from 1 within the pass.
    act
        What it is.
    changes
        Its changes in order, in columns of the present ethogram.
    at, author
        When (UTC, ISO 8601) and who.
    target
        Number of the step that an undo or redo concerns.
    """

    number: int
    act: Act
    changes: tuple[Change, ...]
    at: str
    author: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the labels of a stretch come from."""

    provenance: str
    reason: str
    author: str
    at: str
    step: int


@dataclass(frozen=True)
class Columns:
    """How the journal's stable group ids and behavior ids translate to the present ethogram.

    Attributes
    ----------
    groups
        Stable group ids in the order of the track's columns.
    members
        The behavior ids of each group.
    merged
        Behavior ids that were merged, and the one that stands for each now.
    """

    groups: tuple[int, ...]
    members: tuple[frozenset[int], ...]
    merged: Mapping[int, int] = field(default_factory=dict)

    def index(self, group: int) -> int | None:
        """Return the column of a stable group id; None when the group is gone."""
        return self.groups.index(group) if group in self.groups else None

    def label(self, label: int, column: int) -> int:
        """Return what a stored label of a column is now.

        A behavior that was removed, or has left the group, was in use nowhere then: only undone edits and
        edits that were painted over still hold it, and there it is nobody's decision any more.
        """
        now = self.merged.get(label, label)
        return now if now <= NONE or now in self.members[column] else UNLABELED

    def translate(self, runs: Sequence[Sequence[int]], column: int) -> Runs:
        """Return stored runs of a column in present labels."""
        return tuple((length, self.label(label, column)) for length, label in runs)


def dump_runs(runs: Runs) -> str:
    """Return runs as the journal holds them."""
    return json.dumps(runs, separators=(",", ":"))


def rows_of(step: Step, pass_id: str, columns: Columns) -> list[dict[str, Any]]:
    """Return a step as rows of the table ``edits``."""
    rows = []
    for part, change in enumerate(step.changes):
        before, after = _sides(change)
        rows.append(
            {
                "pass": pass_id,
                "step": step.number,
                "part": part,
                "at": step.at,
                "author": step.author,
                "act": step.act.value,
                "target": step.target,
                "what": change.what,
                "group": columns.groups[change.group],
                "start": change.start,
                "before": before,
                "after": after,
                "provenance": change.provenance,
                "reason": change.reason,
                "model_pass": change.model_pass if isinstance(change, ProposalEdit) else None,
            }
        )
    return rows


def steps_of(rows: Iterable[Mapping[str, Any]], columns: Columns) -> list[Step]:
    """Return the steps that rows of the table ``edits`` (ordered by id) stand for: the inverse of `rows_of`.

    Changes in groups that the present ethogram does not have are left out.
    """
    steps: list[Step] = []
    for row in rows:
        if not steps or steps[-1].number != row["step"]:
            steps.append(Step(row["step"], Act(row["act"]), (), row["at"], row["author"], row["target"]))
        group = columns.index(row["group"])
        if group is not None:
            steps[-1] = replace(steps[-1], changes=(*steps[-1].changes, _change(row, group, columns)))
    return steps


def _change(row: Mapping[str, Any], group: int, columns: Columns) -> Change:
    if row["what"] == NoteEdit.what:
        before, after = load_notes(row["before"], group), load_notes(row["after"], group)
        notes = (*before, *after)
        start, stop = min(n.start for n in notes), max(n.stop for n in notes)
        return NoteEdit(group, start, stop, before, after, row["reason"], row["provenance"])
    before_runs, after_runs = (
        columns.translate(json.loads(row[side]), group) for side in ("before", "after")
    )
    if row["what"] == ProposalEdit.what:
        return ProposalEdit(
            group, row["start"], before_runs, after_runs, row["provenance"], row["model_pass"] or "",
            row["reason"],
        )  # fmt: skip
    return Edit(group, row["start"], before_runs, after_runs, row["provenance"], row["reason"])


def _sides(change: Change) -> tuple[str, str]:
    if isinstance(change, NoteEdit):
        return dump_notes(change.before), dump_notes(change.after)
    return dump_runs(change.before), dump_runs(change.after)


class Replay:
    """What the steps of a journal add up to.

    Parameters
    ----------
    frames, groups
        Size of the track.

    Attributes
    ----------
    track
        The labels now.
    notes
        The notes now, in order.
    proposal_edits
        What the person made of proposals without labeling, in the order in which they did.
    last
        Number of the last step.
    """

    def __init__(self, frames: int, groups: int) -> None:
        self.track = LabelTrack.blank(frames, groups)
        self.notes: list[Note] = []
        self.proposal_edits: list[ProposalEdit] = []
        self.last = 0
        self._origins: list[Origin] = []
        self._origin_of: NDArray[np.int32] = np.full((frames, groups), -1, np.int32)
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._covered: dict[int, list[NDArray[np.int32]]] = {}

    @property
    def undoable(self) -> Step | None:
        """The step that undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def redoable(self) -> Step | None:
        """The step that redo would bring back."""
        return self._undone[-1] if self._undone else None

    def take(self, step: Step) -> None:
        """Carry out one step.

        Raises
        ------
        TrackError, ProjectError
            When the step does not fit what is there; nothing is changed then.
        """
        if step.act is Act.UNDO or step.act is Act.REDO:
            self._turn(step)
        else:
            self._apply(step)
            if step.act is Act.EDIT:
                self._undone.clear()
                # Empty ones are those whose labels became one and the same with a change of the ethogram.
                if not all(change.empty for change in step.changes):
                    self._done.append(step)
        self.last = step.number

    def take_all(self, steps: Iterable[Step]) -> None:
        """Carry out the steps of a stored journal.

        Raises
        ------
        ProjectError
            When they contradict each other.
        """
        for step in steps:
            try:
                self.take(step)
            except TrackError as error:
                raise ProjectError(
                    f"The journal contradicts itself at step {step.number}; "
                    "restore the project from a backup."
                ) from error

    def _apply(self, step: Step) -> None:
        applied: list[Change] = []
        try:
            for change in step.changes:
                self._write(change)
                applied.append(change)
        except (TrackError, ProjectError):
            for change in reversed(applied):
                self._take_back(change)
            raise
        covered = []
        for change in step.changes:
            if isinstance(change, Edit):
                stretch = self._origin_of[change.start : change.stop, change.group]
                covered.append(stretch.copy())
                self._origins.append(
                    Origin(change.provenance, change.reason, step.author, step.at, step.number)
                )
                stretch[:] = len(self._origins) - 1
        self._covered[step.number] = covered

    def _write(self, change: Change) -> None:
        if isinstance(change, Edit):
            change.apply(self.track)
        elif isinstance(change, NoteEdit):
            change.apply(self.notes)
        elif not change.empty:
            self.proposal_edits.append(change)

    def _take_back(self, change: Change) -> None:
        """Take back a change that nothing was built on since: undo goes backward."""
        if not isinstance(change, ProposalEdit):
            self._write(change.inverse())
        elif not change.empty:
            self.proposal_edits.pop()

    def _turn(self, step: Step) -> None:
        """Undo or redo the target, if it is the one whose turn it is.

        It is not when its changes became empty with a change of the ethogram; then there is nothing to do.
        """
        stack, other = (self._done, self._undone) if step.act is Act.UNDO else (self._undone, self._done)
        if not stack or stack[-1].number != step.target:
            return
        target = stack[-1]
        if step.act is Act.UNDO:
            for change in reversed(target.changes):
                self._take_back(change)
            self._uncover(target)
        else:
            self._apply(target)
        other.append(stack.pop())

    def _uncover(self, target: Step) -> None:
        edits = [change for change in target.changes if isinstance(change, Edit)]
        for edit, covered in zip(reversed(edits), reversed(self._covered[target.number]), strict=True):
            self._origin_of[edit.start : edit.stop, edit.group] = covered

    def origins(self, start: int, stop: int, group: int) -> list[tuple[int, int, Origin | None]]:
        """Return where the labels of ``[start, stop)`` come from, as ``(start, stop, origin)`` in order.

        The origin of unlabeled frames is None.
        """
        self.track.check(start, stop, group)
        numbers = self._origin_of[start:stop, group].copy()
        numbers[self.track.codes[start:stop, group] == UNLABELED] = -1
        found, at = [], start
        for length, number in runs_of(numbers):
            found.append((at, at + length, self._origins[number] if number >= 0 else None))
            at += length
        return found


def first_step(track: LabelTrack, provenance: str, reason: str, author: str, at: str) -> Step:
    """Return the step with which a pass begins that already has labels: one change a group."""
    changes = []
    for group in range(track.groups):
        after = track.runs(group=group)
        if np.any(codes_of(after) != UNLABELED):
            changes.append(Edit(group, 0, ((track.frames, UNLABELED),), after, provenance, reason))
    return Step(1, Act.START, tuple(changes), at, author)
