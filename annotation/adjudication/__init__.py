"""Comparing passes over one clip, and deciding their disagreements in a consensus pass."""

from .comparison import MODEL, Comparison, Rater, comparable, compare_passes, is_finished
from .consensus import begin_consensus, find_consensus, finish_consensus, raters_of
from .items import Item, items_of
from .proposals import RULES, Proposal, propose
from .rulings import AGREED, OWN, Ruling, Standing, Verdict, answer, leave, reopen, ruling_on, take

__all__ = [
    "AGREED",
    "MODEL",
    "OWN",
    "RULES",
    "Comparison",
    "Item",
    "Proposal",
    "Rater",
    "Ruling",
    "Standing",
    "Verdict",
    "answer",
    "begin_consensus",
    "comparable",
    "compare_passes",
    "find_consensus",
    "finish_consensus",
    "is_finished",
    "items_of",
    "leave",
    "propose",
    "raters_of",
    "reopen",
    "ruling_on",
    "take",
]
