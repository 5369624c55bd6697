"""Edits that can be undone, and the bout state machine of the keyboard, as pure logic."""

from .edit import BOUNDARY_MOVED, TYPED, Edit
from .jumps import boundary_after, boundary_before, unlabeled_after, unlabeled_before
from .other_scorers import AdvancingScorer, ScoringMode, SelectingScorer, make_scorer
from .outcomes import Canceled, Cleared, Closed, Grown, Opened, Outcome, Reason, Selected, Step
from .reaction import ReactionTime, learned_frames, played_reason
from .scorer import HOLD_MS, Scorer

__all__ = [
    "BOUNDARY_MOVED",
    "HOLD_MS",
    "TYPED",
    "AdvancingScorer",
    "Canceled",
    "Cleared",
    "Closed",
    "Edit",
    "Grown",
    "Opened",
    "Outcome",
    "ReactionTime",
    "Reason",
    "Scorer",
    "ScoringMode",
    "Selected",
    "SelectingScorer",
    "Step",
    "boundary_after",
    "boundary_before",
    "learned_frames",
    "make_scorer",
    "played_reason",
    "unlabeled_after",
    "unlabeled_before",
]
