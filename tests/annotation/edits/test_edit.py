"""Edits: invertible, local, and honest about what they were made on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack


@st.composite
def tracks(draw: st.DrawFn) -> LabelTrack:
    groups = draw(st.integers(1, 3))
    rows = st.lists(st.integers(-1, 3), min_size=groups, max_size=groups)
    return LabelTrack(np.array(draw(st.lists(rows, min_size=1, max_size=30))))


@st.composite
def tracks_and_edits(draw: st.DrawFn) -> tuple[LabelTrack, Edit]:
    """Draw a track and any edit that the classmethods make on it."""
    track = draw(tracks())
    group = draw(st.integers(0, track.groups - 1))
    start, stop = sorted(draw(st.tuples(*[st.integers(0, track.frames)] * 2)))
    frame = draw(st.integers(0, track.frames - 1))
    label = draw(st.integers(-1, 3))
    edges = [0, *track.boundaries(group).tolist(), track.frames]
    makers = [
        lambda: Edit.paint(track, start, stop, label, group),
        lambda: Edit.replace_bout(track, frame, label, group),
        lambda: Edit.move_boundary(track, draw(st.sampled_from(edges)), draw(st.integers(-2, 32)), group),
    ]
    labeled = np.flatnonzero(track.codes[:, group] != UNLABELED)
    if labeled.size:
        makers.append(lambda: Edit.set_start(track, min(frame, int(labeled[-1])), group))
        makers.append(lambda: Edit.set_end(track, max(frame, int(labeled[0])), group))
    return track, draw(st.sampled_from(makers))()


@given(tracks_and_edits())
def test_an_edit_and_its_inverse_change_nothing(case):
    track, edit = case
    original = track.copy()
    edit.apply(track)
    edit.inverse().apply(track)
    assert track == original
    assert edit.inverse().inverse() == edit


@given(tracks_and_edits())
def test_an_edit_touches_only_its_stretch_and_group(case):
    track, edit = case
    original = track.copy()
    edit.apply(track)
    changed = track.codes != original.codes
    changed[edit.start : edit.stop, edit.group] = False
    assert not changed.any()
    assert edit.empty == (track == original)


@given(tracks_and_edits())
def test_an_edit_refuses_a_track_that_has_changed(case):
    track, edit = case
    if edit.start == edit.stop:
        return
    track.codes[edit.start, edit.group] = 4
    changed = track.copy()
    with pytest.raises(TrackError, match="have changed"):
        edit.apply(track)
    assert track == changed


def codes(text: str) -> LabelTrack:
    """Return a one-group track: digits are labels, a dot is unlabeled."""
    return LabelTrack(np.array([[UNLABELED if c == "." else int(c)] for c in text]))


def shown(track: LabelTrack) -> str:
    return "".join("." if c == UNLABELED else str(c) for c in track.codes[:, 0])


def applied(text: str, make, *args) -> str:
    track = codes(text)
    make(track, *args).apply(track)
    return shown(track)


@pytest.mark.parametrize(
    ("before", "frame", "to", "after"),
    [
        ("..111..", 2, 1, ".1111.."),
        ("..111..", 2, 4, "....1.."),
        ("..111..", 2, 5, "......."),  # the bout is gone, and undo brings it back
        ("..111..", 2, 7, "......."),  # never past its far end
        ("..111222", 5, 4, "..112222"),
        ("..111222", 5, 0, "..222222"),
        ("111....", 0, 2, "..1...."),  # the edge of the clip moved inward
        ("...1111", 7, 5, "...11.."),
        ("...1111", 7, 9, "...1111"),
    ],
)
def test_boundaries_move(before, frame, to, after):
    assert applied(before, Edit.move_boundary, frame, to) == after


def test_only_a_boundary_can_be_moved():
    with pytest.raises(TrackError, match="No bout begins or ends at frame 3"):
        Edit.move_boundary(codes("..111.."), 3, 4)


@pytest.mark.parametrize(
    ("before", "playhead", "start_set", "end_set"),
    [
        ("..1111..22", 3, "...111..22", "..11....22"),
        ("..1111..22", 6, "..11112222", "..11111.22"),
        ("11112222", 5, "11111222", "111122.."),
        ("1111", 2, "..11", "111."),
    ],
)
def test_the_shown_frame_becomes_the_first_or_last_of_a_bout(before, playhead, start_set, end_set):
    assert applied(before, Edit.set_start, playhead) == start_set
    assert applied(before, Edit.set_end, playhead) == end_set


@pytest.mark.parametrize(
    ("before", "playhead", "by", "after"),
    [("..111..", 3, 1, "...11.."), ("..111..", 4, -1, "..11..."), ("..1..", 4, -1, ".....")],
)
def test_the_nearest_boundary_is_nudged(before, playhead, by, after):
    assert applied(before, Edit.nudge_boundary, playhead, by) == after


def test_nothing_to_nudge():
    with pytest.raises(TrackError, match="no boundary"):
        Edit.nudge_boundary(codes("...."), 2, 1)


def test_setting_an_end_needs_a_bout():
    with pytest.raises(TrackError, match="no bout at frame 1 or before"):
        Edit.set_end(codes("...11"), 1)
    with pytest.raises(TrackError, match="no bout at frame 4 or after"):
        Edit.set_start(codes("11..."), 4)


def test_replacing_takes_the_whole_run():
    assert applied("..111.2", Edit.replace_bout, 3, 2) == "..222.2"
    assert applied("..111.2", Edit.replace_bout, 3, UNLABELED) == "......2"


def test_malformed_edits_are_refused():
    with pytest.raises(TrackError, match="must keep their number"):
        Edit(0, 3, ((2, 1),), ((3, 1),))
    with pytest.raises(TrackError, match="malformed"):
        Edit(0, -1, (), ())
    with pytest.raises(TrackError, match="code -2"):
        Edit.paint(codes("..."), 0, 1, -2)
