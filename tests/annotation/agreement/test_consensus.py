"""Proposals of three and more raters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from napari_ethoprofile.annotation.agreement.consensus import dawid_skene, majority
from napari_ethoprofile.annotation.errors import AgreementError
from napari_ethoprofile.annotation.tracks import UNLABELED
from scipy import stats

votes = hnp.arrays(np.int16, st.tuples(st.just(3), st.integers(1, 30)), elements=st.integers(0, 3))


@settings(max_examples=200, deadline=None)
@given(votes)
def test_a_label_of_two_in_three_wins_and_three_labels_stay_open(codes: np.ndarray) -> None:
    found = majority([codes]).codes[0]
    most, count = stats.mode(codes, axis=0)
    assert np.array_equal(found, np.where(count > 1, most, UNLABELED))


def test_who_did_not_look_has_no_vote() -> None:
    codes = np.array([[1, 1, -1, 1], [1, -1, -1, 2], [2, -1, -1, -1]], np.int16)
    found = majority([codes])
    assert found.codes[0].tolist() == [1, 1, UNLABELED, UNLABELED]
    assert found.certainty[0].tolist() == [pytest.approx(2 / 3), 1, 0, pytest.approx(0.5)]


def simulated(frames: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return truth, labels of five raters, and the chances by which they were given."""
    rng = np.random.default_rng(4)
    truth = rng.choice(3, frames, p=[0.6, 0.3, 0.1])
    good = np.full((3, 3), 0.025) + np.eye(3) * 0.925
    poor = np.array([[0.5, 0.25, 0.25], [0.35, 0.4, 0.25], [0.3, 0.3, 0.4]])
    chances = np.array([good, good, poor, poor, poor])
    codes = [[rng.choice(3, p=chances[rater, label]) for label in truth] for rater in range(5)]
    return truth, np.array(codes, np.int16), chances


def test_estimation_learns_whom_to_trust() -> None:
    truth, codes, chances = simulated()
    found = dawid_skene([codes[:, :1500], codes[:, 1500:]])
    labels = np.concatenate(found.codes)
    assert found.converged
    assert [len(each) for each in found.codes] == [1500, 2500]
    assert (labels == truth).mean() > (np.concatenate(majority([codes]).codes) == truth).mean() + 0.05
    accuracy = np.einsum("rtt->rt", found.confusions)
    assert (accuracy[:2].min(axis=0) > accuracy[2:].max(axis=0) + 0.3).all()
    assert np.allclose(found.confusions.sum(axis=2), 1)
    assert np.abs(accuracy - np.einsum("rtt->rt", chances)).max() < 0.06


def test_frames_that_nobody_labeled_get_no_proposal() -> None:
    codes = np.array([[1, 2, -1], [1, 2, -1], [1, 1, -1]], np.int16)
    found = dawid_skene([codes])
    assert found.codes[0].tolist() == [1, 2, UNLABELED]
    assert found.certainty[0][2] == 0


def test_nothing_to_vote_on_is_refused_in_a_sentence() -> None:
    with pytest.raises(AgreementError, match="hold none"):
        majority([np.full((3, 4), UNLABELED, np.int16)])
    with pytest.raises(AgreementError, match="same raters"):
        dawid_skene([np.zeros((3, 4), np.int16), np.zeros((2, 4), np.int16)])
