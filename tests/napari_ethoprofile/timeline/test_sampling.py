"""From labels per frame to labels per pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_ethoprofile.timeline.sampling import color_table, pixel_runs, sample_codes, sample_share
from napari_ethoprofile.timeline.window import Window

LONG = 90_000


@pytest.mark.parametrize("frame", [0, 44_444, LONG - 1])
@pytest.mark.parametrize("width", [300, 1210, 3700])
def test_a_single_frame_stays_visible_in_a_whole_pass(frame, width):
    codes = np.full(LONG, 1)
    codes[frame] = 2
    columns = sample_codes(codes, Window(LONG), width)
    assert (columns == 2).sum() == 2
    assert abs(int(np.argmax(columns == 2)) - frame / LONG * width) <= 2


def test_a_single_unlabeled_frame_stays_visible():
    codes = np.full(LONG, 3)
    codes[50_000] = -1
    assert -1 in sample_codes(codes, Window(LONG), 1000)


def test_where_short_runs_meet_a_behavior_beats_a_gap_and_a_gap_beats_none():
    codes = np.full(10_000, 1)
    codes[5000:5003] = (0, -1, 2)
    assert 2 in sample_codes(codes, Window(10_000), 100)
    codes[5002] = 0
    assert -1 in sample_codes(codes, Window(10_000), 100)


def test_the_shortest_bout_wins_the_pixels():
    codes = np.full(10_000, 1)
    codes[5000:5040] = 2
    codes[5020] = 3
    columns = sample_codes(codes, Window(10_000), 100)
    assert 3 in columns


def test_a_long_bout_cut_by_the_edge_of_the_window_is_not_taken_for_a_short_one():
    codes = np.full(10_000, 1)
    codes[:5001] = 2
    columns = sample_codes(codes, Window(10_000, 5000.0, 9000.0), 100)
    assert (columns == 2).sum() == 0


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(-1, 4)), min_size=1, max_size=40),
    st.integers(2, 60),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_zoomed_in_every_column_shows_the_frame_under_its_middle(runs, pixels_per_frame, one, other):
    codes = np.repeat([label for _length, label in runs], [length for length, _label in runs])
    window = Window(codes.size).showing(min(one, other) * codes.size, max(one, other) * codes.size)
    width = int(window.span * pixels_per_frame) + 1
    columns = sample_codes(codes, window, width)
    middles = [window.frame_at(x + 0.5, width) for x in range(width)]
    assert columns.tolist() == codes[middles].tolist()


@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(-1, 4)), min_size=1, max_size=60),
    st.integers(10, 500),
    st.integers(2, 4),
)
def test_long_bouts_are_all_visible_and_no_code_is_made_up(runs, width, least):
    codes = np.repeat([label for _length, label in runs], [length for length, _label in runs])
    window = Window(codes.size)
    columns = sample_codes(codes, window, width, least)
    assert columns.shape == (width,)
    assert set(columns.tolist()) <= set(codes.tolist())


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.integers(1, 300))
def test_the_share_of_a_column_is_that_of_its_frames(flags, width):
    seen = np.array(flags)
    share = sample_share(seen, Window(seen.size), width)
    for column in range(width):
        low = int(np.floor(column * seen.size / width + 1e-9))
        high = max(low + 1, int(np.ceil((column + 1) * seen.size / width - 1e-9)))
        mean = seen[low:high].mean()
        if mean in (0.0, 1.0) and high - low > 1:
            assert share[column] == pytest.approx(mean, abs=0.5)
        assert 0 <= share[column] <= 1
    assert share.min() == 1 if seen.all() else share.min() < 1
    assert (share.max() > 0) == seen.any()


def test_nothing_to_sample():
    assert sample_codes(np.empty(0, int), Window(0), 10).tolist() == [-1] * 10
    assert sample_share(np.empty(0, bool), Window(0), 10).tolist() == [0.0] * 10
    assert sample_codes(np.array([1, 2]), Window(2), 0).size == 0


def test_pixel_runs_are_the_stretches_of_equal_columns():
    assert pixel_runs(np.array([1, 1, -1, 3], np.int16)) == [(0, 2, 1), (2, 3, -1), (3, 4, 3)]
    assert pixel_runs(np.empty(0, np.int16)) == []


def test_the_color_table_is_asked_once_for_every_code_that_occurs():
    asked = []
    table = color_table(lambda code: asked.append(code) or 100 + code, np.array([5, -1, 5, 0]))
    assert asked == [-1, 0, 5]
    assert (table[0], table[1], table[6]) == (99, 100, 105)
