"""Statistics of several raters against statsmodels and the krippendorff package."""

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Resampler, Undefined
from napari_ethoprofile.annotation.agreement.raters import count_raters
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

UNLABELED = -1
ONE = Resampler(["clip"])


@st.composite
def ratings(draw: st.DrawFn, missing: bool) -> list[np.ndarray]:
    """Draw the tracks of several raters over several clips."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    raters, labels, noise = draw(st.integers(2, 5)), draw(st.integers(2, 6)), draw(st.floats(0, 1))
    clips = []
    for _ in range(draw(st.integers(1, 3))):
        frames = draw(st.integers(1, 80))
        truth = np.repeat(rng.integers(0, labels, frames), 3)[:frames]
        codes = np.where(
            rng.random((raters, frames)) < noise, rng.integers(0, labels, (raters, frames)), truth
        )
        if missing:
            codes = np.where(rng.random((raters, frames)) < 0.2, UNLABELED, codes)
        clips.append(codes.astype(np.int16))
    return clips


@settings(max_examples=200, deadline=None)
@given(ratings(missing=False))
def test_fleiss_kappa_is_that_of_statsmodels(clips: list[np.ndarray]) -> None:
    frames = np.concatenate(clips, axis=1)
    assume(np.unique(frames).size > 1)
    counts = count_raters(clips)
    expected = fleiss_kappa(aggregate_raters(frames.T)[0], method="fleiss")
    assert counts.fleiss_kappa(ONE).value == pytest.approx(expected, abs=1e-10)
    unanimous = (frames == frames[0]).all(axis=0).mean()
    assert counts.unanimous_share(ONE).value == pytest.approx(unanimous)


@settings(max_examples=200, deadline=None)
@given(ratings(missing=True))
def test_alpha_is_that_of_krippendorff_with_missing_labels(clips: list[np.ndarray]) -> None:
    frames = np.concatenate(clips, axis=1).astype(float)
    frames[frames == UNLABELED] = np.nan
    pairable = (~np.isnan(frames)).sum(axis=0) > 1
    assume(np.unique(frames[:, pairable][~np.isnan(frames[:, pairable])]).size > 1)
    counts = count_raters(clips)
    expected = krippendorff.alpha(reliability_data=frames, level_of_measurement="nominal")
    assert counts.krippendorff_alpha(ONE).value == pytest.approx(expected, abs=1e-10)
    assert counts.paired.sum() == pairable.sum()


def test_fleiss_counts_only_frames_that_all_labeled() -> None:
    codes = np.array([[1, 1, 2, 2, 1], [1, 2, 2, 2, 2], [1, 1, 2, 1, -1]], np.int16)
    complete = codes[:, :4]
    counts = count_raters([codes])
    assert counts.complete.sum() == 4
    expected = fleiss_kappa(aggregate_raters(complete.T)[0], method="fleiss")
    assert counts.fleiss_kappa(ONE).value == pytest.approx(expected)


def test_published_example_of_alpha() -> None:
    """Krippendorff 2011, Computing Krippendorff's alpha-reliability, example C: .743; 0 is missing."""
    table = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ]
    )
    codes = np.where(table == 0, UNLABELED, table).astype(np.int16)
    assert count_raters([codes]).krippendorff_alpha(ONE).value == pytest.approx(0.743, abs=5e-4)


def test_one_label_and_no_frame_are_said_in_words() -> None:
    one_label = count_raters([np.ones((3, 5), np.int16)])
    assert "one and the same label" in str(one_label.fleiss_kappa(ONE).value)
    assert "one and the same label" in str(one_label.krippendorff_alpha(ONE).value)
    apart = count_raters([np.array([[1, 1, -1, -1], [-1, -1, 1, 1]], np.int16)])
    assert isinstance(apart.fleiss_kappa(ONE).value, Undefined)
    assert "no frame was labeled by two raters" in str(apart.krippendorff_alpha(ONE).value)
