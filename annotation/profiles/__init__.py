"""What labels say about the animals: time budgets, bouts, transitions, day and night.

Results of a model and the labels of people are profiled alike. Unlabeled frames are never part of a share;
how many there are is always said.
"""

from .bouts import bout_statistics
from .budgets import time_budget
from .profile import totals, write_profile
from .rhythms import Cosinor, cosinor, daily_profile
from .scored import Lights, Scored, read_scored
from .transitions import transition_table

__all__ = [
    "Cosinor",
    "Lights",
    "Scored",
    "bout_statistics",
    "cosinor",
    "daily_profile",
    "read_scored",
    "time_budget",
    "totals",
    "transition_table",
    "write_profile",
]
