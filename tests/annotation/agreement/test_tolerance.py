"""Tolerances against a search frame by frame, and the size of chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Pair, Undefined
from napari_ethoprofile.annotation.agreement.tolerance import collar_kappa, tolerance_curve
from napari_ethoprofile.annotation.tracks import UNLABELED
from sklearn.metrics import cohen_kappa_score


@st.composite
def clips(draw: st.DrawFn) -> list[Pair]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pairs = []
    for number in range(draw(st.integers(1, 3))):
        frames, length = draw(st.integers(1, 100)), draw(st.integers(1, 8))
        a, b = (np.repeat(rng.integers(-1, 3, frames), length)[:frames].astype(np.int16) for _ in range(2))
        pairs.append(Pair(a, b, clip=str(number), fps=draw(st.sampled_from([10.0, 25.0, 29.97]))))
    return pairs


def found_by_looking(pair: Pair, width: int) -> int:
    known = pair.compared
    found = 0
    for one, two in ((pair.a, pair.b), (pair.b, pair.a)):
        for frame in np.flatnonzero(known):
            low, high = max(frame - width, 0), frame + width + 1
            found += bool(((two[low:high] == one[frame]) & known[low:high]).any())
    return found


@settings(max_examples=200, deadline=None)
@given(clips(), st.floats(0, 1))
def test_tolerance_agreement_is_what_a_search_around_each_frame_finds(
    pairs: list[Pair], seconds: float
) -> None:
    (found,) = tolerance_curve(pairs, [seconds], shifts=1)
    frames = sum(int(pair.compared.sum()) for pair in pairs)
    if not frames:
        assert isinstance(found.agreement, Undefined)
        return
    expected = sum(found_by_looking(pair, int(seconds * pair.fps + 1e-9)) for pair in pairs)
    assert found.agreement == pytest.approx(expected / (2 * frames))


@settings(max_examples=100, deadline=None)
@given(clips(), st.floats(0, 0.5))
def test_kappa_with_a_collar_is_that_of_the_frames_far_from_any_boundary(
    pairs: list[Pair], seconds: float
) -> None:
    kept_a, kept_b, compared = [], [], 0
    for pair in pairs:
        width = int(seconds * pair.fps + 1e-9)
        near = np.zeros(pair.a.size, bool)
        for codes in (pair.a, pair.b):
            for cut in np.flatnonzero(np.diff(codes)) + 1:
                near[max(cut - width, 0) : cut + width] = True
        kept_a.append(pair.a[pair.compared & ~near])
        kept_b.append(pair.b[pair.compared & ~near])
        compared += int(pair.compared.sum())
    a, b = np.concatenate(kept_a), np.concatenate(kept_b)
    found = collar_kappa(pairs, seconds)
    if compared:
        assert found.removed == pytest.approx(1 - a.size / compared)
    if np.unique(np.concatenate((a, b))).size > 1:
        assert found.kappa == pytest.approx(cohen_kappa_score(a, b), abs=1e-12)
    else:
        assert isinstance(found.kappa, Undefined)


def independent_raters(seed: int) -> list[Pair]:
    """Return raters of the same habits who have not seen the same animal."""
    rng = np.random.default_rng(seed)

    def track() -> np.ndarray:
        lengths = rng.integers(5, 60, 400)
        return np.repeat(rng.integers(0, 5, 400), lengths)[:9000].astype(np.int16)

    return [Pair(track(), track(), clip=str(number), fps=25) for number in range(3)]


def test_independent_raters_stay_at_chance_at_every_tolerance() -> None:
    curve = tolerance_curve(independent_raters(1), (0.0, 0.5, 1.0, 2.0))
    agreements = [point.agreement for point in curve]
    assert agreements == sorted(agreements)
    assert agreements[-1] > agreements[0] + 0.3
    for point in curve:
        assert point.corrected == pytest.approx(0, abs=0.06)
    assert collar_kappa(independent_raters(1), 0.28).kappa == pytest.approx(0, abs=0.06)


def test_small_shifts_are_forgiven() -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(rng.integers(0, 5, 150), 30).astype(np.int16)
    pair = Pair(a, np.append(np.repeat(a[0], 5), a[:-5]), clip="clip", fps=25)
    tight, loose = tolerance_curve([pair], (0.0, 0.2))
    assert tight.agreement < 0.9
    assert loose.agreement == pytest.approx(1)
    assert loose.corrected == pytest.approx(1)
    assert collar_kappa([pair], 0.2).kappa == 1
    assert 0.3 < collar_kappa([pair], 0.2).removed < 0.6


def test_the_same_seed_gives_the_same_chance() -> None:
    pairs = independent_raters(3)
    one, two = (tolerance_curve(pairs, (0.5,), seed=4) for _ in range(2))
    assert one == two
    assert one != tolerance_curve(pairs, (0.5,), seed=5)


def test_one_label_throughout_is_all_chance() -> None:
    pair = Pair(np.ones(77, int), np.ones(77, int), clip="clip", fps=10)
    (found,) = tolerance_curve([pair], (0.5,), shifts=7)
    assert (found.agreement, found.chance) == (1, 1)
    assert "chance alone" in str(found.corrected)


def test_a_collar_that_leaves_nothing_says_so() -> None:
    pair = Pair(np.array([1, 2, 1, 2]), np.array([1, 2, 1, 2]), clip="clip", fps=10)
    found = collar_kappa([pair], 1)
    assert "every frame lies within the collar" in str(found.kappa)
    assert found.removed == 1
    nobody = Pair(np.full(4, UNLABELED), np.ones(4, int), clip="clip", fps=10)
    assert isinstance(collar_kappa([nobody], 1).removed, Undefined)
