"""The strip below the canvas: lanes of labels over time, and the row of controls above it.

`lanes` and `model` hold what is shown and know no Qt; `view` paints it and turns mouse gestures into signals;
`panel` adds the controls. Nothing here knows the session: whoever owns both joins them.
"""

from .lanes import CodeStyle, Ghost, Lane, Marker, OpenBout, Phase, key_caps, provenance_from_runs
from .model import FOLLOW_MODES, TimelineModel
from .panel import TimelinePanel
from .view import TimelineStrip

__all__ = [
    "FOLLOW_MODES",
    "CodeStyle",
    "Ghost",
    "Lane",
    "Marker",
    "OpenBout",
    "Phase",
    "TimelineModel",
    "TimelinePanel",
    "TimelineStrip",
    "key_caps",
    "provenance_from_runs",
]
