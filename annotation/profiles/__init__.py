"""What labels say about the animals: time budgets, bouts, transitions, day and night.

Results of a model and the labels of people are profiled alike. Unlabeled frames are never part of a share;
how many there are is always said.
"""

from .bouts import bout_statistics
from .budgets import time_budget
from .profile import totals, write_profile
from .rasters import MOST_STRETCHES
from .reading import read_scored, same_animal
from .rhythms import Cosinor, cosinor, daily_profile
from .scored import Lights, Scored
from .transitions import transition_table

__all__ = [
    "MOST_STRETCHES",
    "Cosinor",
    "Lights",
    "Scored",
    "bout_statistics",
    "cosinor",
    "daily_profile",
    "read_scored",
    "same_animal",
    "time_budget",
    "totals",
    "transition_table",
    "write_profile",
]
