import json
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, runs_of
from napari_ethoprofile.training.smoothing import (
    BOUT_RATIO,
    MOST_UNSURE,
    Smoothing,
    both_sides,
    codes_of_classes,
    count_bouts,
    fit_smoothing,
    least_bouts,
    transitions_of,
    viterbi,
    without_short_bouts,
)
from napari_ethoprofile.training.snapshots import IGNORED

FINITE = st.floats(-5, 0)


def made_bouts(chance: np.random.Generator, steps: int, classes: int = 3) -> np.ndarray:
    labels: list[int] = []
    while len(labels) < steps:
        labels += [int(chance.integers(classes))] * int(chance.integers(8, 40))
    return np.array(labels[:steps])


def noisy(labels: np.ndarray, chance: np.random.Generator, sharpness: float = 1.0) -> np.ndarray:
    scores = sharpness * np.eye(3)[labels] + chance.normal(0, 1, (len(labels), 3))
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def weakly(labels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """What a model says that takes two of five steps for the next class."""
    return noisy(np.where(chance.random(len(labels)) < 0.6, labels, (labels + 1) % 3), chance)


@given(st.data(), st.integers(1, 5), st.integers(1, 3))
def test_viterbi_finds_what_trying_everything_finds(data: st.DataObject, steps: int, classes: int) -> None:
    emissions = data.draw(arrays(float, (steps, classes), elements=FINITE))
    transitions = data.draw(arrays(float, (classes, classes), elements=FINITE))
    start = data.draw(arrays(float, classes, elements=FINITE))

    def score(path: tuple[int, ...]) -> float:
        value = start[path[0]] + sum(emissions[step, label] for step, label in enumerate(path))
        return value + sum(transitions[a, b] for a, b in pairwise(path))

    best = max(score(path) for path in product(range(classes), repeat=steps))
    assert score(tuple(viterbi(emissions, transitions, start).tolist())) == pytest.approx(best)


def test_without_preferences_viterbi_is_the_argmax() -> None:
    emissions = np.random.default_rng(0).normal(size=(50, 4))
    assert viterbi(emissions, np.zeros((4, 4)), np.zeros(4)).tolist() == emissions.argmax(axis=1).tolist()


def test_transitions_are_counted_and_gaps_break_them() -> None:
    pairs, start = transitions_of([np.array([0, 0, 0, IGNORED, 1, 0])], 2)
    assert pairs[0].tolist() == pytest.approx([2.1 / 2.2, 0.1 / 2.2])
    assert pairs[1].tolist() == pytest.approx([1.1 / 1.2, 0.1 / 1.2])
    assert start.tolist() == pytest.approx([5 / 7, 2 / 7])


@given(st.lists(arrays(int, st.integers(1, 30), elements=st.integers(0, 2)), max_size=4))
def test_rows_of_transitions_sum_to_one_and_nothing_is_impossible(targets: list[np.ndarray]) -> None:
    pairs, start = transitions_of(targets, 3)
    assert pairs.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    assert start.sum() == pytest.approx(1)
    assert (pairs > 0).all()


def test_least_bouts_leave_out_those_whose_end_nobody_saw() -> None:
    target = np.array([0] * 2 + [1] * 5 + [0] * 7 + [1] * 9 + [0] * 3)
    assert least_bouts([target], 3) == (7, 5, 1)


@given(arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 2)), st.data())
def test_no_bout_is_shorter_than_it_may_be_unless_it_is_the_only_one(
    path: np.ndarray, data: st.DataObject
) -> None:
    least = data.draw(st.tuples(*[st.integers(1, 8)] * 3))
    logs = data.draw(arrays(float, (len(path), 3), elements=FINITE))
    found = without_short_bouts(path, least, logs)
    assert len(found) == len(path)
    runs = runs_of(found)
    assert len(runs) == 1 or all(length >= least[label] for length, label in runs)
    assert without_short_bouts(found, least, logs).tolist() == found.tolist()


def test_a_short_bout_goes_to_the_neighbor_that_fits_it_better() -> None:
    path = np.array([0] * 5 + [1] * 2 + [2] * 5)
    logs = np.zeros((12, 3))
    logs[5:7, 0] = -1
    assert without_short_bouts(path, (1, 3, 1), logs).tolist() == [0] * 5 + [2] * 7


def test_smoothed_labels_have_as_many_bouts_as_those_of_people() -> None:
    chance = np.random.default_rng(7)
    targets = [made_bouts(chance, 1500) for _ in range(3)]
    probabilities = [noisy(target, chance) for target in targets]
    found = fit_smoothing(probabilities, targets, targets)
    assert found.bout_ratio is not None
    assert BOUT_RATIO[0] <= found.bout_ratio <= BOUT_RATIO[1]
    raw = sum(count_bouts(p.argmax(axis=1), t) for p, t in zip(probabilities, targets, strict=True))
    assert raw > 3 * sum(count_bouts(t, t) for t in targets)
    fresh = made_bouts(chance, 1500)
    values = noisy(fresh, chance)
    said, _ = found.decide(values)
    assert (said == fresh).mean() > (values.argmax(axis=1) == fresh).mean() + 0.1


def test_a_model_that_guesses_abstains() -> None:
    chance = np.random.default_rng(8)
    targets = [made_bouts(chance, 2000)]
    guesses = [np.full((2000, 3), 1 / 3) + chance.normal(0, 0.01, (2000, 3))]
    found = fit_smoothing(guesses, targets, targets)
    classes, confidence = found.decide(np.full((20, 3), 1 / 3))
    assert (confidence < found.abstain).all()
    assert (classes == IGNORED).all()


def test_a_weak_model_that_knows_something_is_silent_about_little() -> None:
    chance = np.random.default_rng(9)
    targets = [made_bouts(chance, 3000) for _ in range(2)]
    weak = [weakly(target, chance) for target in targets]
    found = fit_smoothing(weak, targets, targets)
    decided = np.concatenate([found.decide(values)[0] for values in weak])
    assert (decided == IGNORED).mean() <= MOST_UNSURE


def test_without_labels_there_is_nothing_to_fit_and_no_ratio() -> None:
    found = fit_smoothing([np.full((5, 2), 0.5)], [np.full(5, IGNORED)], [np.array([0, 1])])
    assert (found.scale, found.bout_ratio) == (1.0, None)


def test_a_threshold_becomes_one_half() -> None:
    found = both_sides(np.array([[0.2], [0.1], [0.9]]), threshold=0.2)
    assert found[0].tolist() == pytest.approx([0.5, 0.5])
    assert found[1, 1] < 0.5 < found[2, 1]
    assert found.sum(axis=1).tolist() == pytest.approx([1, 1, 1])


def test_classes_become_codes_and_unsure_is_undecided() -> None:
    classes = np.array([1, 0, IGNORED])
    assert codes_of_classes(classes, (4, 7)).tolist() == [7, 4, UNLABELED]
    assert codes_of_classes(classes, (7,)).tolist() == [7, NONE, UNLABELED]


def test_overlapping_steps_leave_the_bouts_that_people_have() -> None:
    chance = np.random.default_rng(10)
    targets = [made_bouts(chance, 1500) for _ in range(3)]
    fitted = fit_smoothing([noisy(target, chance) for target in targets], targets, targets)
    fresh = made_bouts(chance, 3000)
    values = np.repeat(noisy(fresh, chance), 11, axis=0)  # what overlapping stacks say is much the same
    closer, _ = fitted.at_steps(1 / 11).decide(values)
    usual, _ = fitted.decide(values)
    people = np.repeat(fresh, 11)
    assert count_bouts(closer, people) == pytest.approx(count_bouts(people, people), rel=0.1)
    assert count_bouts(usual, people) > 2 * count_bouts(people, people)


@given(st.lists(arrays(int, st.integers(1, 30), elements=st.integers(0, 2)), max_size=4), st.integers(2, 11))
def test_steps_of_another_length_and_back(targets: list[np.ndarray], parts: int) -> None:
    transitions, start = transitions_of(targets, 3)
    made = Smoothing(tuple(map(tuple, transitions.tolist())), tuple(start.tolist()), 0.7, (4, 1, 9))
    closer = made.at_steps(1 / parts)
    assert np.sum(closer.transitions, axis=1).tolist() == pytest.approx([1, 1, 1])
    assert closer.least == (4 * parts, parts, 9 * parts)
    back = closer.at_steps(parts)
    assert np.ravel(back.transitions).tolist() == pytest.approx(np.ravel(made.transitions).tolist())
    assert (back.scale, back.least) == (pytest.approx(made.scale), made.least)


def test_what_smooths_nothing_smooths_nothing_at_any_step() -> None:
    plain = Smoothing(((0.5, 0.5), (0.5, 0.5)), (0.5, 0.5))
    assert plain.at_steps(1 / 11) == plain


def test_the_ratio_counts_no_bouts_that_the_model_is_unsure_of() -> None:
    chance = np.random.default_rng(14)
    targets = [made_bouts(chance, 3000) for _ in range(2)]
    weak = [weakly(target, chance) for target in targets]
    found = fit_smoothing(weak, targets, targets)
    bouts = sum(count_bouts(found.decide(v)[0], t) for v, t in zip(weak, targets, strict=True))
    assert found.abstain > 0
    assert found.bout_ratio == pytest.approx(bouts / sum(count_bouts(t, t) for t in targets))


def test_a_smoothing_comes_back_from_json() -> None:
    chance = np.random.default_rng(9)
    targets = [made_bouts(chance, 300)]
    made = fit_smoothing([noisy(targets[0], chance)], targets, targets)
    assert Smoothing.from_dict(json.loads(json.dumps(made.to_dict()))) == made
