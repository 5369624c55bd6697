import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from napari_ethoprofile.training.calibration import Calibration, best_threshold, fit_calibration
from napari_ethoprofile.training.snapshots import IGNORED
from scipy.special import softmax
from sklearn.metrics import f1_score, log_loss

LOGITS = arrays(
    np.float32, st.tuples(st.integers(1, 30), st.integers(2, 6)), elements=st.floats(-20, 20, width=32)
)


def sampled(true_logits: np.ndarray, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.array([chance.choice(len(p), p=p) for p in softmax(true_logits.astype(float), axis=1)])


@given(LOGITS, st.floats(0.2, 10))
def test_probabilities_sum_to_one_and_temperature_never_changes_the_order(
    logits: np.ndarray, temperature: float
) -> None:
    found = Calibration(temperature).probabilities(logits)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found, softmax(logits.astype(float) / temperature, axis=1), atol=1e-6)


def test_the_temperature_that_labels_were_drawn_at_is_found() -> None:
    true = np.random.default_rng(1).normal(0, 2, (6000, 4)).astype(np.float32)
    labels = sampled(true)
    found = fit_calibration([3 * true], [labels], [1, 1, 1, 1])
    assert found.temperature == pytest.approx(3, rel=0.08)


def test_labels_are_not_less_likely_after_calibration_than_before() -> None:
    true = np.random.default_rng(2).normal(0, 1, (800, 3)).astype(np.float32)
    labels = sampled(true, 3)
    counts = np.bincount(labels, minlength=3)
    raw = 5 * true + [0, 1, -1]
    fitted = fit_calibration([raw], [labels], counts)
    before = log_loss(labels, Calibration().probabilities(raw), labels=[0, 1, 2])
    assert log_loss(labels, fitted.probabilities(raw), labels=[0, 1, 2]) < before


def test_outputs_of_balanced_training_are_tilted_back_to_the_class_prior() -> None:
    chance, frequency = np.random.default_rng(4), np.array([0.9, 0.09, 0.01])
    labels = chance.choice(3, 5000, p=frequency)
    evidence = np.eye(3)[labels] * 1.5 + chance.normal(0, 1, (5000, 3))  # of each class as if equally common
    found = fit_calibration([evidence], [labels], 5000 * frequency)
    assert found.strength > 0.5
    said = found.probabilities(evidence)
    assert said.mean(axis=0) == pytest.approx(frequency, abs=0.02)


def test_frames_without_a_label_do_not_count() -> None:
    true = np.random.default_rng(5).normal(0, 2, (500, 3)).astype(np.float32)
    labels = sampled(true)
    masked = np.where(np.arange(500) % 2 == 0, labels, IGNORED)
    some = fit_calibration([true], [masked], [1, 1, 1])
    assert some == fit_calibration([true[::2]], [labels[::2]], [1, 1, 1])
    assert fit_calibration([true], [np.full(500, IGNORED)], [1, 1, 1]) == Calibration()


def test_a_group_of_one_behavior_gets_a_threshold_and_one_column() -> None:
    chance = np.random.default_rng(6)
    true = chance.normal(-2.5, 1.5, (4000, 1))
    happens = chance.random(4000) < 1 / (1 + np.exp(-true[:, 0]))
    logits = (2 * true).astype(np.float32)
    found = fit_calibration([logits], [happens.astype(int)], [3500, 500])
    probabilities = found.probabilities(logits)
    assert probabilities.shape == (4000, 1)
    assert probabilities.mean() == pytest.approx(happens.mean(), abs=0.02)
    assert f1_score(happens, probabilities[:, 0] >= found.threshold) >= f1_score(
        happens, probabilities[:, 0] >= 0.5
    )


@settings(max_examples=30)
@given(arrays(np.float64, 40, elements=st.floats(0, 1)), arrays(bool, 40))
def test_no_tried_threshold_has_a_better_f1(probabilities: np.ndarray, happens: np.ndarray) -> None:
    best = best_threshold(probabilities, happens)
    if not happens.any():
        assert best == 0.5
        return
    scores = [f1_score(happens, probabilities >= t, zero_division=0.0) for t in np.linspace(0.05, 0.95, 19)]
    assert f1_score(happens, probabilities >= best, zero_division=0.0) == pytest.approx(max(scores))


def test_a_calibration_comes_back_from_plain_data() -> None:
    made = Calibration(2.0, (-0.1, -2.5), 0.7, 0.35)
    assert Calibration.from_dict(made.to_dict()) == made
