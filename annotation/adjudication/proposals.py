"""What three raters or more would decide by themselves: a vote, or one weighed by how reliable each seems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..agreement.consensus import dawid_skene, majority
from ..errors import ProjectError
from ..tracks import UNLABELED, LabelTrack
from .comparison import Comparison
from .rulings import Verdict

#: The rules, and how texts call them.
RULES = {"majority": "Majority", "dawid-skene": "Dawid-Skene"}


@dataclass(frozen=True)
class Proposal:
    """Labels that a rule proposes; a person takes them, stretch by stretch, or does not.

    Attributes
    ----------
    rule
        One of `RULES`.
    track
        The proposed labels; unlabeled where the rule cannot tell.
    by
        What verdicts that follow it say, such as ``majority of Ada, Ben, Cora``.
    """

    rule: str
    track: LabelTrack
    by: str

    def verdict(self, reason: str = "") -> Verdict:
        """Return the verdict that follows this proposal."""
        return Verdict(self.by, reason)


def propose(comparison: Comparison, rule: str) -> Proposal:
    """Return the labels that a rule proposes for the compared clip.

    Parameters
    ----------
    comparison
        Three raters or more; the model does not vote.
    rule
        ``majority`` or ``dawid-skene`` (Dawid & Skene 1979), estimated from this clip alone.

    Raises
    ------
    ProjectError
        When there are only two raters, whom nothing outvotes, or there is no such rule.
    """
    if rule not in RULES:
        raise ProjectError(f"There is no proposal '{rule}'; there are {' and '.join(RULES)}.")
    raters = comparison.raters
    if len(raters) < 3:
        raise ProjectError("A proposal needs three raters or more: between two of them nothing decides.")
    estimate = majority if rule == "majority" else dawid_skene
    codes = np.stack([rater.track.codes for rater in raters])
    track = LabelTrack.blank(*codes.shape[1:])
    for group in range(track.groups):
        if (codes[:, :, group] != UNLABELED).any():
            track.codes[:, group] = estimate([codes[:, :, group]]).codes[0]
    names = ", ".join(rater.name for rater in raters)
    return Proposal(rule, track, f"{RULES[rule]} of {names}")
