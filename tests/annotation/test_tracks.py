from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.tracks import (
    NONE,
    UNLABELED,
    Bout,
    Coverage,
    LabelTrack,
    codes_of,
    runs_of,
)

codes = st.integers(-1, 4)
columns = hnp.arrays(np.int16, st.integers(0, 40), elements=codes)
tracks = hnp.arrays(np.int16, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=codes).map(
    LabelTrack
)


@given(columns)
def test_runs_hold_everything(column: np.ndarray) -> None:
    runs = runs_of(column)
    back = codes_of(runs)
    assert np.array_equal(back, column)
    assert back.dtype == np.int16
    assert all(length > 0 for length, _ in runs)
    assert all(one[1] != two[1] for one, two in pairwise(runs))


@given(tracks, st.data())
def test_runs_of_a_stretch_write_back(track: LabelTrack, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, track.frames))
    stop = data.draw(st.integers(start, track.frames))
    group = data.draw(st.integers(0, track.groups - 1))
    runs = track.runs(start, stop, group)
    other = LabelTrack.blank(track.frames, track.groups)
    other.write_runs(start, runs, group)
    expected = np.full_like(track.codes, UNLABELED)
    expected[start:stop, group] = track.codes[start:stop, group]
    assert np.array_equal(other.codes, expected)


@given(tracks)
def test_bouts_rebuild_the_track(track: LabelTrack) -> None:
    bouts = [bout for group in range(track.groups) for bout in track.bouts(group)]
    assert LabelTrack.from_bouts(bouts, track.frames, track.groups) == track
    everything = [bout for group in range(track.groups) for bout in track.bouts(group, unlabeled=True)]
    assert sum(bout.length for bout in everything) == track.frames * track.groups


@given(tracks, st.data())
def test_the_run_under_a_frame_is_one_of_the_runs(track: LabelTrack, data: st.DataObject) -> None:
    frame = data.draw(st.integers(0, track.frames - 1))
    group = data.draw(st.integers(0, track.groups - 1))
    bout = track.bout_at(frame, group)
    assert bout in track.bouts(group, unlabeled=True)
    assert bout.start <= frame < bout.stop


@given(tracks)
def test_boundaries_are_where_labels_change(track: LabelTrack) -> None:
    for group in range(track.groups):
        starts = [bout.start for bout in track.bouts(group, unlabeled=True)]
        assert track.boundaries(group).tolist() == starts[1:]
    union = {frame for group in range(track.groups) for frame in track.boundaries(group).tolist()}
    assert track.boundaries().tolist() == sorted(union)


@given(tracks)
def test_coverage_counts_every_frame_once(track: LabelTrack) -> None:
    coverage = track.coverage()
    rows = track.codes.tolist()
    assert coverage.frames == track.frames
    assert coverage.labeled == sum(any(code > NONE for code in row) for row in rows)
    assert coverage.none == sum(all(code == NONE for code in row) for row in rows)


@given(tracks)
def test_copies_are_independent(track: LabelTrack) -> None:
    copy = track.copy()
    assert copy == track
    copy.fill(0, 1, 9)
    assert copy != track


def test_coverage_of_two_groups() -> None:
    track = LabelTrack(np.array([[1, -1], [0, 0], [0, -1], [-1, -1], [2, 0]]))
    assert track.coverage() == Coverage(labeled=2, none=1, unlabeled=2)


def test_later_bouts_win() -> None:
    track = LabelTrack.from_bouts([Bout(0, 6, 1), Bout(4, 8, 2)], 10)
    assert track.bouts() == [Bout(0, 4, 1), Bout(4, 8, 2)]


@pytest.mark.parametrize(
    "use",
    [
        lambda track: track.fill(5, 11, 1),
        lambda track: track.fill(-1, 3, 1),
        lambda track: track.fill(6, 5, 1),
        lambda track: track.fill(0, 1, 1, group=1),
        lambda track: track.write_runs(8, ((3, 1),)),
        lambda track: track.bout_at(10),
        lambda track: track.runs(0, 11),
    ],
)
def test_what_lies_outside_is_refused_and_changes_nothing(use) -> None:  # type: ignore[no-untyped-def]
    track = LabelTrack.blank(10)
    with pytest.raises(TrackError):
        use(track)
    assert track == LabelTrack.blank(10)


@pytest.mark.parametrize("shape", [(5,), (5, 0), (5, 1, 1)])
def test_tracks_have_frames_and_groups(shape: tuple[int, ...]) -> None:
    with pytest.raises(TrackError, match="must have the shape"):
        LabelTrack(np.zeros(shape, int))


def test_a_track_is_not_mistaken_for_something_else() -> None:
    assert LabelTrack.blank(3) != "track"
    assert repr(LabelTrack.blank(3, 2)) == "LabelTrack(3 frames, 2 groups)"
    with pytest.raises(TypeError):
        hash(LabelTrack.blank(3))
