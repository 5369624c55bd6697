import numpy as np
import pytest
from labeled_stretches import snapshot, stretch
from napari_ethoprofile.annotation.tracks import UNLABELED
from napari_ethoprofile.training.evaluation.learners import Said
from napari_ethoprofile.training.evaluation.scoring import Answer, score
from napari_ethoprofile.training.scores import (
    confusion,
    macro_accuracy,
    macro_f1,
    scores_of,
    scores_of_labels,
)
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


def test_a_behavior_that_is_not_learned_is_wrong_on_the_card_as_in_an_evaluation() -> None:
    data = snapshot(stretch("01", [1, 1, 2, 2, 3]), stretch("02", [1, 2, 2, 2, 3]))
    said = {0: np.array([1, 1, 2, 1, 1], np.int16), 1: np.array([1, 2, 2, UNLABELED, 2], np.int16)}
    card = {metric.name: metric for metric in scores_of_labels(data, said, 0, "split")}
    assert card["frame accuracy"].value == pytest.approx(6 / 10)
    assert card["recall of walk"].value == 0
    assert card["macro accuracy"].value == pytest.approx((1 + 3 / 5 + 0) / 3)
    answers = [Answer("all", number, Said(codes[:, None])) for number, codes in said.items()]
    measured = {metric.name: metric for metric in score(data, answers, "split")[0].metrics}
    assert card == {name: measured[name] for name in card}
