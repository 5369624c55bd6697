"""Edits that can be undone, and the bout state machine of the keyboard, as pure logic."""

from .edit import TYPED, Edit
from .other_scorers import AdvancingScorer, ScoringMode, SelectingScorer, make_scorer
from .outcomes import Canceled, Cleared, Closed, Grown, Opened, Outcome, Reason, Selected, Step
from .scorer import HOLD_MS, Scorer

__all__ = [
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
    "Reason",
    "Scorer",
    "ScoringMode",
    "Selected",
    "SelectingScorer",
    "Step",
    "make_scorer",
]
