"""Bouts against assignment and matching solvers, and worked cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Pair, Resampler, Undefined
from napari_ethoprofile.annotation.agreement.bout_table import BoutTable
from napari_ethoprofile.annotation.agreement.bouts import Bouts, bouts_of, match_boundaries, match_bouts
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

ONE = Resampler(["clip"])


@st.composite
def two_raters(draw: st.DrawFn) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw the tracks of two raters over some clips, with bouts that overlap in every way."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    clips = []
    for _ in range(draw(st.integers(1, 3))):
        frames = draw(st.integers(1, 120))
        length, labels = draw(st.integers(1, 6)), draw(st.integers(1, 4))
        a, b = (np.repeat(rng.integers(-1, labels, frames), length)[:frames] for _ in range(2))
        b = np.where(rng.random(frames) < draw(st.floats(0, 0.6)), b, np.roll(a, draw(st.integers(0, 2))))
        clips.append((a.astype(np.int16), b.astype(np.int16)))
    return clips


def bouts_as_tuples(bouts: Bouts) -> list[tuple[int, int, int, int]]:
    columns = (bouts.clip, bouts.start, bouts.stop, bouts.label)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def overlap(one: tuple[int, int, int, int], two: tuple[int, int, int, int]) -> float:
    if one[0] != two[0] or one[3] != two[3]:
        return 0.0
    shared = min(one[2], two[2]) - max(one[1], two[1])
    return max(shared, 0) / (one[2] - one[1] + two[2] - two[1] - shared)


@settings(max_examples=150, deadline=None)
@given(two_raters())
def test_bouts_are_those_of_the_track(clips: list[tuple[np.ndarray, np.ndarray]]) -> None:
    expected = [
        (number, bout.start, bout.stop, bout.label)
        for number, (codes, _) in enumerate(clips)
        for bout in LabelTrack(codes[:, None]).bouts()
    ]
    assert sorted(bouts_as_tuples(bouts_of([codes for codes, _ in clips]))) == sorted(expected)


@settings(max_examples=300, deadline=None)
@given(two_raters())
def test_matching_overlaps_as_much_as_the_best_assignment(clips: list[tuple[np.ndarray, np.ndarray]]) -> None:
    a, b = bouts_of([one for one, _ in clips]), bouts_of([two for _, two in clips])
    overlaps = np.array([[overlap(one, two) for two in bouts_as_tuples(b)] for one in bouts_as_tuples(a)])
    found = match_bouts(a, b)
    assert np.unique(found.a).size == found.a.size == np.unique(found.b).size == found.b.size
    best = 0.0
    if overlaps.size:
        assert np.allclose(found.iou, overlaps[found.a, found.b])
        assert (found.iou > 0).all()
        best = overlaps[linear_sum_assignment(overlaps, maximize=True)].sum()
    assert found.iou.sum() == pytest.approx(best)


@settings(max_examples=200, deadline=None)
@given(two_raters(), st.integers(0, 5))
def test_as_many_onsets_and_offsets_match_as_can(
    clips: list[tuple[np.ndarray, np.ndarray]], collar: int
) -> None:
    a, b = bouts_of([one for one, _ in clips]), bouts_of([two for _, two in clips])
    widths = np.full(len(clips), collar)
    for which, side in (("start", 1), ("stop", 2)):
        found, partner = match_boundaries(a, b, which, widths)  # type: ignore[arg-type]
        one, two = bouts_as_tuples(a), bouts_as_tuples(b)
        for i, j in zip(found.tolist(), partner.tolist(), strict=True):
            assert (one[i][0], one[i][3]) == (two[j][0], two[j][3])
            assert abs(one[i][side] - two[j][side]) <= collar
        reachable = [
            [(x[0], x[3]) == (y[0], y[3]) and abs(x[side] - y[side]) <= collar for y in two] for x in one
        ]
        graph = csr_array(np.array(reachable, np.int8).reshape(len(one), len(two)))
        assert found.size == (maximum_bipartite_matching(graph, perm_type="column") >= 0).sum()


def table_of(a: str, b: str, fps: float = 10.0, collar: float = 0.2) -> BoutTable:
    letters = {"-": UNLABELED, "n": 0, "r": 1, "g": 2}
    codes = [np.array([letters[letter] for letter in text], np.int16) for text in (a, b)]
    return BoutTable([Pair(codes[0], codes[1], clip="clip", fps=fps)], collar)


def test_flicker_leaves_frames_alone_and_ruins_bouts() -> None:
    found = table_of("g" * 40, ("g" * 9 + "n") * 4).findings(2, ONE)
    assert (found.bouts_a, found.bouts_b, found.matched) == (1, 4, 1)
    assert found.f1[0.1] == pytest.approx(2 / 5)
    assert found.f1[0.25] == 0


def test_overlap_at_the_threshold_counts() -> None:
    half = table_of("nnggggnnnn", "nnggnnnnnn").findings(2, ONE)
    assert half.f1[0.5] == 1
    assert half.f1[0.75] == 0


def test_signed_boundary_errors_of_a_late_rater() -> None:
    found = table_of("nngggggnnnnggggnnnnn", "nnnnggggnnnnngggggnn").findings(2, ONE)
    assert found.onset.bouts == found.offset.bouts == 2
    assert found.onset.median == pytest.approx(0.2)
    assert found.offset.median == pytest.approx(0.2)
    assert found.offset.quartiles == (pytest.approx(0.15), pytest.approx(0.25))
    assert (found.onset_f1, found.offset_f1) == (1, pytest.approx(0.5))


# sed_eval 0.2.1, EventBasedMetrics with evaluate_onset or evaluate_offset alone, percentage_of_length=0,
# event_matching_type="optimal", and a collar of .21 s at 10 frames a second: rounding decides nothing.
@pytest.mark.parametrize(
    ("a", "b", "onset", "offset"),
    [
        ("nggggnnnrrrrnngggnnrrnnggn", "nnggggnnnnnrrnnngggnrrnnnn", (0.8, 0.5), (0.8, 1)),
        ("nrrggrrnnggnnrrrnggggggnnrrn", "nnnrgggrrnngnnnrrrrrggggnrrn", (2 / 3, 1), (1, 0.75)),
        ("nggngnggnggggnrrrrrrrrrrrrnn", "ngggggggngngnnrrrrrnrrrrrrnn", (4 / 7, 2 / 3), (4 / 7, 2 / 3)),
    ],
)
def test_onset_and_offset_f1_are_those_of_sed_eval(
    a: str, b: str, onset: tuple[float, float], offset: tuple[float, float]
) -> None:
    table = table_of(a, b)
    found = [table.findings(label, ONE) for label in (2, 1)]
    assert [one.onset_f1 for one in found] == pytest.approx(onset)
    assert [one.offset_f1 for one in found] == pytest.approx(offset)


def test_the_edge_of_what_is_compared_is_no_boundary_of_anybody() -> None:
    found = table_of("ggggnnng", "ggggnngg").findings(2, ONE)
    assert (found.onset.bouts, found.offset.bouts) == (1, 1)
    cut = table_of("--gggnn", "nggggnn").findings(2, ONE)
    assert (cut.bouts_b, cut.onset.bouts, cut.offset.bouts) == (1, 0, 1)
    assert isinstance(cut.onset.median, Undefined)


def test_all_behaviors_together_leave_none_out() -> None:
    table = table_of("nnrrggnn", "nnrrggnn")
    assert table.findings(None, ONE).bouts_a == 2
    assert table.findings(0, ONE).bouts_a == 2
    assert table.sequences() == [([0, 1, 2, 0], [0, 1, 2, 0])]


def test_rows_by_clip_add_up() -> None:
    rng = np.random.default_rng(5)
    pairs = [
        Pair(*np.repeat(rng.integers(0, 3, (2, 40)), 4, axis=1).astype(np.int16), clip=str(number), fps=25)
        for number in range(6)
    ]
    rows = BoutTable(pairs, 0.2).f1_rows(2, 0.25)
    apart = [BoutTable([pair], 0.2).f1_rows(2, 0.25)[0] for pair in pairs]
    assert np.array_equal(rows, apart)
