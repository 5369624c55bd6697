import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from napari_ethoprofile.annotation.agreement import Kind, Undefined, disagreements, shares
from napari_ethoprofile.annotation.errors import AgreementError

tracks = hnp.arrays(np.int16, st.integers(0, 60), elements=st.integers(-1, 3))

LETTERS = {"-": -1, "n": 0, "r": 1, "g": 2, "w": 3}


def codes(text: str) -> np.ndarray:
    return np.array([LETTERS[letter] for letter in text], np.int16)


@settings(max_examples=400)
@given(tracks, st.data())
def test_every_differing_frame_belongs_to_one_disagreement_and_no_other_frame_does(
    a: np.ndarray, data: st.DataObject
) -> None:
    b = data.draw(hnp.arrays(np.int16, a.size, elements=st.integers(-1, 3)))
    times = np.zeros(a.size, int)
    last = 0
    for each in disagreements(a, b, 10):
        assert each.start >= last
        last = each.stop
        times[each.start : each.stop] += 1
        assert (a[each.start : each.stop] == each.label_a).all()
        assert (b[each.start : each.stop] == each.label_b).all()
    assert np.array_equal(times, (a != b).astype(int))


MIRRORED = {
    Kind.MISSED: Kind.SPURIOUS,
    Kind.SPURIOUS: Kind.MISSED,
    Kind.SPLIT: Kind.MERGED,
    Kind.MERGED: Kind.SPLIT,
}


@settings(max_examples=200)
@given(tracks, st.data())
def test_exchanging_the_raters_mirrors_the_kinds(a: np.ndarray, data: st.DataObject) -> None:
    b = data.draw(hnp.arrays(np.int16, a.size, elements=st.integers(-1, 3)))
    one, two = disagreements(a, b, 10), disagreements(b, a, 10)
    assert [MIRRORED.get(each.kind, each.kind) for each in one] == [each.kind for each in two]
    assert [each.shift and -each.shift for each in one] == [each.shift for each in two]


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("rrrrrgggg", "rrrgggggg", [Kind.BOUNDARY_SHIFT]),
        ("nnnngggnnn", "nnggggggnn", [Kind.BOUNDARY_SHIFT, Kind.BOUNDARY_SHIFT]),
        ("rrrggggrrr", "rrrwwwwrrr", [Kind.SUBSTITUTION]),
        ("nnnggggnnn", "nnnnnnnnnn", [Kind.MISSED]),
        ("nnnnnnnnnn", "nnnggggnnn", [Kind.SPURIOUS]),
        ("rrrggggrrr", "rrrrrrrrrr", [Kind.MISSED]),
        ("gggggggggg", "ggggnngggg", [Kind.SPLIT]),
        ("gggggggggg", "ggggrggggg", [Kind.SPLIT]),
        ("ggggnngggg", "gggggggggg", [Kind.MERGED]),
        ("rrrggggrrr", "rrrnnnnrrr", [Kind.NONE_VERSUS_BEHAVIOR]),
        ("rrrr--rrrr", "rrrrrrrr--", [Kind.UNLABELED, Kind.UNLABELED]),
        ("rrrrr", "rrrrr", []),
        ("", "", []),
    ],
)
def test_worked_cases(a: str, b: str, kinds: list[Kind]) -> None:
    found = disagreements(codes(a), codes(b), 2, pause=0.5)
    assert [each.kind for each in found] == kinds


def test_a_shift_is_signed_from_the_first_rater_to_the_second() -> None:
    earlier = disagreements(codes("rrrrrggggg"), codes("rrrggggggg"), 10)
    later = disagreements(codes("rrrrrggggg"), codes("rrrrrrrggg"), 10)
    assert [each.shift for each in earlier] == [pytest.approx(-200)]
    assert [each.shift for each in later] == [pytest.approx(200)]
    assert [(each.start, each.stop) for each in later] == [(5, 7)]


def test_a_long_interruption_by_a_behavior_is_a_bout_of_its_own() -> None:
    a, b = codes("g" * 30), codes("g" * 8 + "r" * 14 + "g" * 8)
    assert [each.kind for each in disagreements(a, b, 10)] == [Kind.SPURIOUS]
    assert [each.kind for each in disagreements(a, b, 10, pause=1.4)] == [Kind.SPLIT]


def test_shares_leave_out_what_only_one_rater_labeled() -> None:
    found = disagreements(codes("nngggnn--"), codes("nggggnnnn"), 10)
    by_kind = {row.kind: row for row in shares(found)}
    shift = by_kind[Kind.BOUNDARY_SHIFT]
    assert (shift.count, shift.seconds, shift.share) == (1, pytest.approx(0.1), pytest.approx(1))
    assert shift.median_shift == pytest.approx(-100)
    assert by_kind[Kind.UNLABELED].seconds == pytest.approx(0.2)
    assert isinstance(by_kind[Kind.UNLABELED].share, Undefined)
    assert isinstance(shares([])[0].share, Undefined)


def test_tracks_of_different_length_are_refused_in_a_sentence() -> None:
    with pytest.raises(AgreementError, match="3 frames and the other 4"):
        disagreements(codes("rrr"), codes("rrrr"), 25)
