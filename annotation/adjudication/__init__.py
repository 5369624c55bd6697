"""Comparing passes over one clip, and deciding their disagreements in a consensus pass."""

from .comparison import Comparison, Rater, begin_consensus, compare_passes, find_consensus
from .items import Item, items_of
from .rulings import AGREED, Ruling, Standing, Verdict, answer, leave, reopen, ruling_on, take

__all__ = [
    "AGREED",
    "Comparison",
    "Item",
    "Rater",
    "Ruling",
    "Standing",
    "Verdict",
    "answer",
    "begin_consensus",
    "compare_passes",
    "find_consensus",
    "items_of",
    "leave",
    "reopen",
    "ruling_on",
    "take",
]
