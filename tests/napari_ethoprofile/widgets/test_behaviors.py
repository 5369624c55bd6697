"""How often and how long each behavior was scored, as the dock shows it."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.tracks import LabelTrack

from napari_ethoprofile.widgets.behaviors import counts_of


@pytest.mark.parametrize("groups", [1, 3])
def test_frames_and_bouts_are_those_of_the_runs(groups: int) -> None:
    codes = np.random.default_rng(4).integers(-1, 4, (200, groups)).repeat(3, axis=0)
    track = LabelTrack(codes)
    frames, bouts = counts_of(track)
    for label in range(1, 4):
        runs = [b for group in range(groups) for b in track.bouts(group) if b.label == label]
        assert bouts[label] == len(runs)
        assert frames[label] == sum(b.length for b in runs)
    assert frames[0] == sum(1 for row in codes if not row.any())
    assert frames[9] == bouts[9] == 0


def test_a_track_of_nothing_counts_nothing() -> None:
    frames, _bouts = counts_of(LabelTrack.blank(0, 2))
    assert not frames.total()
