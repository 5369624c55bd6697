"""The gate between challenger and champion: laws, another implementation, and scikit-learn's F1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.training.champions.paired import MARGIN, compare_on_clips, score_on_clips
from napari_ethoprofile.training.scores import confusion
from sklearn.metrics import f1_score

CLASSES = 3


def clips_of(seed: int, clips: int, frames: int = 60) -> tuple[list[np.ndarray], np.random.Generator]:
    """Return made-up labels of some clips, and the chance that made them."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, CLASSES, frames) for _ in range(clips)], rng


def said(targets: list[np.ndarray], rng: np.random.Generator, right: float) -> list[np.ndarray]:
    """Return what a model says that is right in a share of the frames and guesses the others."""
    return [np.where(rng.random(len(t)) < right, t, rng.integers(0, CLASSES, len(t))) for t in targets]


def counts(targets: list[np.ndarray], guesses: list[np.ndarray]) -> np.ndarray:
    return np.stack([confusion(t, g, CLASSES) for t, g in zip(targets, guesses, strict=True)])


def keys(clips: int) -> list[str]:
    return [f"clip {number:02}" for number in range(clips)]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), clips=st.integers(2, 12), right=st.floats(0, 1))
def test_a_model_takes_the_place_of_its_equal(seed: int, clips: int, right: float) -> None:
    targets, rng = clips_of(seed, clips)
    own = counts(targets, said(targets, rng, right))
    found = compare_on_clips(keys(clips), [own], [own], seed, 200)
    assert (found.difference, found.bound, found.not_worse) == (0.0, 0.0, True)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), clips=st.integers(2, 12))
def test_a_clearly_worse_model_never_does_and_a_clearly_better_one_always(seed: int, clips: int) -> None:
    targets, rng = clips_of(seed, clips)
    good, bad = (counts(targets, said(targets, rng, right)) for right in (0.95, 0.5))
    worse = compare_on_clips(keys(clips), [bad], [good], seed, 200)
    assert not worse.not_worse
    assert worse.bound is not None
    assert worse.bound <= worse.difference < -MARGIN  # type: ignore[operator]
    assert compare_on_clips(keys(clips), [good], [bad], seed, 200).not_worse


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(7)))
def test_the_order_of_the_clips_does_not_matter_and_the_seed_decides_the_draws(
    seed: int, order: list[int]
) -> None:
    targets, rng = clips_of(seed, 7)
    one, other = (counts(targets, said(targets, rng, right)) for right in (0.7, 0.72))
    found = compare_on_clips(keys(7), [one], [other], seed, 200)
    turned = compare_on_clips([keys(7)[n] for n in order], [one[order]], [other[order]], seed, 200)
    assert turned == found
    assert compare_on_clips(keys(7), [one], [other], seed, 200) == found
    assert compare_on_clips(keys(7), [one], [other], seed + 1, 200).difference == found.difference


def plain_macro_f1(target: np.ndarray, guess: np.ndarray) -> float:
    """Macro F1 over the labeled behaviors, by scikit-learn."""
    return float(f1_score(target, guess, labels=np.unique(target), average="macro", zero_division=0))


def test_the_bound_is_that_of_a_bootstrap_written_independently() -> None:
    targets, rng = clips_of(5, 9, 40)
    one, other = said(targets, rng, 0.72), said(targets, rng, 0.7)
    found = compare_on_clips(keys(9), [counts(targets, one)], [counts(targets, other)], seed=1)
    whole = [np.concatenate(arrays) for arrays in (targets, one, other)]
    assert found.challenger.value == pytest.approx(plain_macro_f1(whole[0], whole[1]))
    assert found.champion.value == pytest.approx(plain_macro_f1(whole[0], whole[2]))
    draws = np.random.default_rng(77)  # other draws than those of the product
    differences = []
    for _ in range(3000):
        chosen = draws.integers(0, 9, 9)
        target, a, b = (np.concatenate([arrays[n] for n in chosen]) for arrays in (targets, one, other))
        differences.append(_f1(target, a) - _f1(target, b))
    assert found.bound == pytest.approx(np.quantile(differences, 0.1), abs=0.006)
    low, high = np.quantile(
        [
            _f1(np.concatenate([targets[n] for n in chosen]), np.concatenate([one[n] for n in chosen]))
            for chosen in (draws.integers(0, 9, 9) for _ in range(3000))
        ],
        (0.025, 0.975),
    )
    assert (found.challenger.low, found.challenger.high) == (
        pytest.approx(low, abs=0.012),
        pytest.approx(high, abs=0.012),
    )


def _f1(target: np.ndarray, guess: np.ndarray) -> float:
    each = []
    for behavior in np.unique(target):
        right = ((target == behavior) & (guess == behavior)).sum()
        each.append(2 * right / ((target == behavior).sum() + (guess == behavior).sum()))
    return float(np.mean(each))


def test_several_groups_count_alike_and_one_without_labels_does_not_count() -> None:
    targets, rng = clips_of(3, 4)
    own = counts(targets, said(targets, rng, 0.8))
    perfect = counts(targets, targets)
    both = score_on_clips(keys(4), [own, perfect])
    alone = score_on_clips(keys(4), [own])
    assert both.value == pytest.approx((alone.value + 1) / 2)  # type: ignore[operator]
    assert score_on_clips(keys(4), [own, np.zeros_like(own)]) == alone


def test_one_clip_or_no_label_decides_nothing() -> None:
    targets, rng = clips_of(4, 1)
    own = counts(targets, said(targets, rng, 0.8))
    found = compare_on_clips(keys(1), [own], [own])
    assert (found.difference, found.bound, found.not_worse) == (0.0, None, False)
    assert found.challenger.why == "there is only one clip, so nothing can be resampled"
    nothing = compare_on_clips(keys(2), [np.zeros((2, 3, 4), int)], [np.zeros((2, 3, 4), int)])
    assert (nothing.difference, nothing.not_worse) == (None, False)
    assert nothing.challenger.why == "no frame is labeled"


def test_an_unsure_frame_counts_as_wrong() -> None:
    target = [np.array([0, 0, 1, 1])] * 2
    sure, unsure = [np.array([0, 0, 1, 1])] * 2, [np.array([0, -100, 1, 1])] * 2
    found = compare_on_clips(keys(2), [counts(target, unsure)], [counts(target, sure)])
    assert found.challenger.value == pytest.approx((2 / 3 + 1) / 2)
    assert not found.not_worse
