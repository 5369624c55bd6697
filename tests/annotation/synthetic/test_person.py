"""A generated person is right most of the time, and wrong as asked."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.synthetic import label_as_a_person, make_script


def test_nobody_wrong_and_never_late_is_the_truth():
    truth = make_script(4, 3000)
    assert label_as_a_person(truth, 1, wrong=0, boundary=0) == truth


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), frames=st.integers(1, 3000))
def test_labels_stay_whole_and_are_of_the_same_behaviors(seed, frames):
    truth = make_script(seed, frames)
    labels = label_as_a_person(truth, seed)
    assert labels.codes.shape == truth.codes.shape
    assert set(np.unique(labels.codes)) <= set(np.unique(truth.codes))
    assert labels == label_as_a_person(truth, seed)


def test_mistakes_are_as_many_as_asked():
    truth = make_script(2, 60_000)
    late = label_as_a_person(truth, 0, wrong=0)
    assert 0.03 < (late.codes != truth.codes).mean() < 0.12
    wrong = label_as_a_person(truth, 0, wrong=0.2, boundary=0)
    bouts = truth.bouts()
    changed = np.mean([wrong.codes[bout.start, 0] != bout.label for bout in bouts])
    same = np.square(np.bincount([bout.label for bout in bouts]) / len(bouts)).sum()
    assert 0.5 < changed / (0.2 * (1 - same)) < 1.5
