"""A small timeline for tests: two groups of labels, a second annotator, everything that can be drawn."""

from __future__ import annotations

from napari_ethoprofile.annotation.ethogram import Ethogram, make_ethogram
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

from napari_ethoprofile.timeline.lanes import Lane
from napari_ethoprofile.timeline.model import TimelineModel

FRAMES = 1000
ETHOGRAM: Ethogram = make_ethogram(["eat", "groom", "rest", "walk"])


def scene(frames: int = FRAMES) -> TimelineModel:
    """Return a model with a pass of several behaviors, none and unlabeled, and with a second row.

    The pass: eat [0, 200), groom [200, 400), none [400, 500), unlabeled [500, 700), walk [700, 1000).
    The second row: rest everywhere.
    """
    model = TimelineModel(frames, 25.0)
    model.use_ethogram(ETHOGRAM)
    bouts = [Bout(0, 200, 1), Bout(200, 400, 2), Bout(400, 500, 0), Bout(700, frames, 4)]
    track = LabelTrack.from_bouts(bouts, frames)
    other = LabelTrack.from_bouts([Bout(0, frames, 3)], frames)
    model.set_lanes(
        [Lane("Ada", track, editable=True, keys=[("1", 1), ("2", 2)], height=36), Lane("Grace", other)]
    )
    return model
