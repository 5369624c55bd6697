"""What a person makes of proposals before anything is labeled: stretches rejected, boundaries moved.

These are steps of the journal of their pass like labels and notes, and undone in order with them. They change
what is proposed, never a label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ..edits import Edit
from ..tracks import UNLABELED, Runs, codes_of

#: How what is proposed was changed; stands as the provenance of the change.
REJECTED, MOVED = "rejected", "moved"


@dataclass(frozen=True, slots=True)
class ProposalEdit:
    """A change of what is proposed on a stretch of a pass.

    It has the outline of an `Edit` (group, start, stop, inverse), so that undo treats both alike.

    Attributes
    ----------
    group
        Index of the exclusive group.
    start
        First frame of the stretch, in frames of the track.
    before, after
        Run-length labels that are proposed on the stretch; both cover the same number of frames.
    provenance
        `REJECTED` or `MOVED`.
    model_pass
        Id of the model's pass whose proposals they are; empty where that is not on record.
    reason
        The model and how sure it was, for the history.
    """

    group: int
    start: int
    before: Runs
    after: Runs
    provenance: str
    model_pass: str = ""
    reason: str = ""

    what: ClassVar[str] = "proposals"

    @property
    def edit(self) -> Edit:
        """The same change as one of a track of proposals."""
        return Edit(self.group, self.start, self.before, self.after, self.provenance, self.reason)

    @property
    def stop(self) -> int:
        """End of the stretch (exclusive)."""
        return self.edit.stop

    @property
    def empty(self) -> bool:
        """True when nothing else is proposed than before."""
        return self.edit.empty

    @property
    def rejects(self) -> bool:
        """Whether the stretch was rejected, rather than a boundary moved."""
        return self.provenance == REJECTED

    @property
    def rejected(self) -> int:
        """What was proposed on a stretch that was rejected: none, or a behavior id."""
        return int(codes_of(self.before)[0])

    def inverse(self) -> ProposalEdit:
        """Return the change that takes this one back."""
        return replace(self, before=self.after, after=self.before)


def rejection(group: int, start: int, stop: int, label: int, model_pass: str, reason: str) -> ProposalEdit:
    """Return the change with which nothing is proposed on ``[start, stop)`` any more.

    Parameters
    ----------
    group, start, stop
        The stretch, in frames of the track.
    label
        What is proposed there.
    model_pass, reason
        As on `ProposalEdit`.
    """
    length = stop - start
    before, after = ((length, label),), ((length, UNLABELED),)
    return ProposalEdit(group, start, before, after, REJECTED, model_pass, reason)


def move(edit: Edit, model_pass: str, reason: str) -> ProposalEdit:
    """Return the change with which a proposed bout begins or ends elsewhere.

    Parameters
    ----------
    edit
        What it does to the track of proposals.
    model_pass, reason
        As on `ProposalEdit`.
    """
    return ProposalEdit(edit.group, edit.start, edit.before, edit.after, MOVED, model_pass, reason)
