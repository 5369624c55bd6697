"""Intervals: the same draws as drawing clips by hand, and honest where they cannot be made."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.agreement import Interval, Resampler, Undefined, clips_needed
from napari_ethoprofile.annotation.agreement.kappa import cohen_kappa_of, raw_agreement_of
from scipy import stats


def clip_counts(clips: int, seed: int = 0) -> np.ndarray:
    """Return confusion matrices of clips that differ in how well raters agree."""
    rng = np.random.default_rng(seed)
    wrong = rng.binomial(750, rng.beta(2, 8, clips))
    right = rng.binomial(750 - wrong, 0.5)
    half = wrong // 2
    return np.stack([right, half, wrong - half, 750 - wrong - right], axis=1).reshape(clips, 2, 2)


def test_the_interval_is_the_percentile_bootstrap_of_scipy() -> None:
    rows = clip_counts(15)
    found = Resampler([str(n) for n in range(15)], resamples=20_000, seed=1).interval(rows, cohen_kappa_of)
    other = stats.bootstrap(
        (np.arange(15),),
        lambda places: float(cohen_kappa_of(rows[places].sum(axis=0))),
        vectorized=False,
        method="percentile",
        n_resamples=4000,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert found.low == pytest.approx(other.low, abs=0.01)
    assert found.high == pytest.approx(other.high, abs=0.01)
    assert found.units == 15


def test_the_same_seed_gives_the_same_interval() -> None:
    rows, names = clip_counts(8), list("abcdefgh")
    one, two, three = (Resampler(names, seed=seed).interval(rows, raw_agreement_of) for seed in (1, 1, 2))
    assert one == two != three


def test_clips_of_one_subject_are_drawn_together() -> None:
    """Five clips each of two mice that are alike within a mouse: only resampling mice shows it."""
    rows = np.repeat(np.array([[[50, 0], [0, 50]], [[30, 20], [20, 30]]]), 5, axis=0)
    by_clip = Resampler([str(n) for n in range(10)]).interval(rows, raw_agreement_of)
    by_mouse = Resampler(["one"] * 5 + ["two"] * 5, noun="subject").interval(rows, raw_agreement_of)
    assert (by_mouse.low, by_mouse.high, by_mouse.units) == (pytest.approx(0.6), pytest.approx(1), 2)
    assert by_mouse.half_width > by_clip.half_width


def test_one_clip_has_no_interval_and_says_why() -> None:
    found = Resampler(["a"]).estimate(clip_counts(1), raw_agreement_of, "")
    assert 0 < found.value < 1
    assert str(found.interval) == ("not defined because there is only one clip, so nothing can be resampled")


def test_draws_without_the_behavior_are_left_out_and_counted() -> None:
    rows = np.zeros((4, 2, 2))
    rows[:, 1, 1] = 10
    rows[0, 0, 0] = 10
    found = Resampler(list("abcd")).interval(rows, cohen_kappa_of)
    assert found.left_out == pytest.approx(2000 * 0.75**4, rel=0.1)
    assert found.low == found.high == 1


def test_a_statistic_that_exists_in_few_draws_has_no_interval() -> None:
    """A number that exists only where the first of five clips is drawn twice: in a quarter of the draws."""
    rows = np.eye(5)

    def twice(sums: np.ndarray) -> np.ndarray:
        return np.where(sums[..., 0] >= 2, 1.0, np.nan)

    found = Resampler(list("abcde")).interval(rows, twice)
    assert "not defined in most resamples of the clips" in str(found)


def test_what_is_not_defined_has_no_interval_either() -> None:
    found = Resampler(["a", "b"]).estimate(np.zeros((2, 2, 2)), cohen_kappa_of, "nobody scored it")
    assert str(found.value) == str(found.interval) == "not defined because nobody scored it"


def test_clips_needed_follows_the_square_root() -> None:
    assert clips_needed(Interval(0.6, 0.8, units=10)) == 30
    assert clips_needed(Interval(0.72, 0.78, units=10)) == 0
    assert clips_needed(Interval(0.6, 0.8, units=10), half_width=0.1) == 0
    assert isinstance(clips_needed(Undefined("there is only one clip")), Undefined)


def test_the_interval_covers_about_as_often_as_it_says() -> None:
    """95 % intervals of 20 clips from 200 simulated studies: percentile intervals are a little narrow."""
    truth = float(raw_agreement_of(clip_counts(20_000, seed=9).sum(axis=0)))
    names = [str(number) for number in range(20)]
    hits = 0
    for seed in range(200):
        found = Resampler(names, resamples=400, seed=seed).interval(clip_counts(20, seed), raw_agreement_of)
        hits += found.low <= truth <= found.high
    assert 0.86 <= hits / 200 <= 0.99
