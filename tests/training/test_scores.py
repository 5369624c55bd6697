import numpy as np
import pytest
from napari_ethoprofile.training.scores import confusion, macro_accuracy, macro_f1, scores_of
from napari_ethoprofile.training.snapshots import IGNORED
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score


def test_figures_are_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(0)
    targets = [chance.integers(0, 3, 200) for _ in range(5)]
    said = [np.where(chance.random(200) < 0.7, t, chance.integers(0, 3, 200)) for t in targets]
    found = {m.name: m for m in scores_of(targets, said, ["a", "b", "c"], "split", "group")}
    all_targets, all_said = np.concatenate(targets), np.concatenate(said)
    assert found["frame accuracy"].value == pytest.approx(accuracy_score(all_targets, all_said))
    assert found["macro accuracy"].value == pytest.approx(balanced_accuracy_score(all_targets, all_said))
    assert found["macro F1"].value == pytest.approx(f1_score(all_targets, all_said, average="macro"))
    low, high = found["frame accuracy"].low, found["frame accuracy"].high
    assert low is not None
    assert high is not None
    assert low < accuracy_score(all_targets, all_said) < high


def test_unsure_is_wrong_and_unlabeled_does_not_count() -> None:
    counts = confusion(np.array([0, 0, 1, IGNORED]), np.array([0, IGNORED, 1, 1]), 2)
    assert counts.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert macro_accuracy(counts.astype(float)) == pytest.approx(0.75)
    assert macro_f1(counts.astype(float)) == pytest.approx((2 / 3 + 1) / 2)


def test_what_cannot_be_told_says_why() -> None:
    targets, said = [np.zeros(10, int)], [np.zeros(10, int)]
    found = {m.name: m for m in scores_of(targets, said, ["a", "b"], "split", "group")}
    assert found["recall of b"].value is None
    assert found["recall of b"].why == "no frame is labeled b"
    assert found["frame accuracy"].value == 1
    assert found["frame accuracy"].low is None  # one clip cannot be resampled
