import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.tracks import NONE, Bout, LabelTrack

from napari_ethoprofile.navigation import bout_under, parse_position


@pytest.mark.parametrize(
    ("text", "frame"),
    [("120", 120), ("1:30", 2250), ("0:00:01.04", 26), ("90s", 2250), (" 12.5S ", 312), ("1:00:00", 90000)],
)
def test_positions_are_understood_as_people_type_them(text: str, frame: int) -> None:
    assert parse_position(text, 25.0) == frame


@pytest.mark.parametrize("text", ["", "abc", "1:xx", "s", "12,5"])
def test_what_is_no_position_is_told_apart(text: str) -> None:
    assert parse_position(text, 25.0) is None


@given(st.integers(0, 10**6))
def test_a_plain_number_is_a_frame_whatever_the_rate(frame: int) -> None:
    assert parse_position(str(frame), 29.97) == frame


def test_the_shortest_behavior_wins_where_groups_overlap() -> None:
    track = LabelTrack.from_bouts([Bout(0, 90, 1, 0), Bout(40, 50, 2, 1)], frames=100, groups=2)
    assert bout_under(track, 45) == Bout(40, 50, 2, 1)
    assert bout_under(track, 10) == Bout(0, 90, 1, 0)


def test_a_behavior_goes_before_an_explicit_none() -> None:
    track = LabelTrack.from_bouts([Bout(0, 100, 1, 0), Bout(40, 50, NONE, 1)], frames=100, groups=2)
    assert bout_under(track, 45) == Bout(0, 100, 1, 0)


def test_nothing_lies_under_an_unlabeled_frame() -> None:
    assert bout_under(LabelTrack.blank(10), 3) is None
