"""Small painted plots of agreement, whose marks can be clicked."""

from .base import Mark, Plot
from .clips import ClipDots
from .kinds import KindBars
from .tolerance import ToleranceCurve
from .weeks import WeekDots

__all__ = ["ClipDots", "KindBars", "Mark", "Plot", "ToleranceCurve", "WeekDots"]
