"""The stretches into which several tracks cut a clip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from napari_ethoprofile.annotation.adjudication import items_of
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack

tracks = st.lists(
    arrays(np.int16, (40, 2), elements=st.integers(-1, 3)).map(LabelTrack), min_size=2, max_size=4
)


@given(tracks)
def test_items_hold_every_rater_s_labels_and_cover_all_that_somebody_labeled(given_tracks):
    rebuilt = [LabelTrack.blank(40, 2) for _ in given_tracks]
    for item in items_of(given_tracks, 25.0):
        for track, label in zip(rebuilt, item.labels, strict=True):
            assert (track.codes[item.start : item.stop, item.group] == UNLABELED).all()
            track.fill(item.start, item.stop, label, item.group)
    assert rebuilt == given_tracks


@given(tracks)
def test_only_what_differs_has_a_kind(given_tracks):
    for item in items_of(given_tracks, 25.0):
        assert bool(item.kind) is not item.agreed


def test_neighboring_items_differ_in_somebody_s_label():
    one = LabelTrack(np.array([[1], [1], [2], [2], [2]]))
    other = LabelTrack(np.array([[1], [1], [1], [2], [-1]]))
    found = [(item.start, item.stop, item.labels) for item in items_of([one, other], 25.0)]
    assert found == [(0, 2, (1, 1)), (2, 3, (2, 1)), (3, 4, (2, 2)), (4, 5, (2, -1))]


def test_tracks_of_different_length_are_refused():
    with pytest.raises(TrackError, match="same frames"):
        items_of([LabelTrack.blank(4), LabelTrack.blank(5)], 25.0)
