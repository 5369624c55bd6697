"""Jumps between boundaries and unlabeled stretches."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.edits import (
    boundary_after,
    boundary_before,
    unlabeled_after,
    unlabeled_before,
)
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack


def track(*groups: str) -> LabelTrack:
    """Return a track with a string a group: digits are labels, a dot is unlabeled."""
    return LabelTrack(np.array([[UNLABELED if c == "." else int(c) for c in group] for group in groups]).T)


@pytest.mark.parametrize(
    ("frame", "before", "after"), [(0, None, 2), (2, None, 4), (3, 2, 4), (4, 2, 8), (9, 8, None)]
)
def test_boundaries(frame, before, after):
    labels = track("..11222200")
    assert boundary_before(labels, frame) == before
    assert boundary_after(labels, frame) == after


def test_boundaries_of_one_group_or_one_label():
    labels = track("11..22..11", ".....3333.")
    assert boundary_after(labels, 4) == 5
    assert boundary_after(labels, 4, group=0) == 6
    assert boundary_after(labels, 4, label=1) == 8
    assert boundary_before(labels, 8, group=0, label=1) == 2
    assert boundary_after(labels, 0, group=0, label=3) is None


def test_unlabeled_stretches():
    labels = track("..11..0.22")
    assert [unlabeled_after(labels, f) for f in (0, 3, 4, 7)] == [4, 4, 7, None]
    assert [unlabeled_before(labels, f) for f in (9, 7, 4, 0)] == [7, 4, 0, None]


def test_a_behavior_in_any_group_decides_a_frame():
    assert unlabeled_after(track("1111..", "...2.."), 0) == 4
    assert unlabeled_after(track("0000", "...."), 0) is None  # the stretch at frame 0 is where we are
    assert unlabeled_before(track("0000", "...."), 3) == 0
