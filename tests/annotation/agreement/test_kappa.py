"""Frame statistics against scikit-learn, statsmodels and irrCAC."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Pair, Undefined, confusion_of, kappa
from napari_ethoprofile.annotation.agreement.confusion import one_against_rest
from sklearn.metrics import cohen_kappa_score, confusion_matrix, f1_score, recall_score
from statsmodels.stats.inter_rater import cohens_kappa

NONE, UNLABELED = 0, -1


@st.composite
def raters(draw: st.DrawFn, lowest: int = NONE) -> tuple[np.ndarray, np.ndarray]:
    """Draw two tracks that agree more or less."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames, labels = draw(st.integers(2, 300)), draw(st.integers(1, 9))
    a = rng.integers(lowest, labels, frames)
    b = np.where(rng.random(frames) < draw(st.floats(0, 1)), rng.integers(lowest, labels, frames), a)
    return a.astype(np.int16), b.astype(np.int16)


def counts_of(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return confusion_of([Pair(a, b, clip="clip", fps=25)]).frames


@settings(max_examples=300, deadline=None)
@given(raters(lowest=UNLABELED))
def test_confusion_is_that_of_scikit_learn_on_the_frames_that_both_labeled(
    both: tuple[np.ndarray, np.ndarray],
) -> None:
    a, b = both
    known = (a != UNLABELED) & (b != UNLABELED)
    found = confusion_of([Pair(a, b, clip="clip", fps=20)])
    assert found.total == known.sum()
    assert UNLABELED not in found.labels
    if found.labels:
        expected = np.full((len(found.labels),) * 2, known.sum())
        if known.any() and len(found.labels) > 1:
            expected = confusion_matrix(a[known], b[known], labels=found.labels)
        assert np.array_equal(found.frames, expected)
        assert np.allclose(found.seconds, expected / 20)
    left_out = found.excluded
    assert left_out.only_a == ((a != UNLABELED) & (b == UNLABELED)).sum()
    assert left_out.only_b == ((a == UNLABELED) & (b != UNLABELED)).sum()
    assert left_out.neither == ((a == UNLABELED) & (b == UNLABELED)).sum()
    assert left_out.seconds == pytest.approx((~known).sum() / 20)


@settings(max_examples=300, deadline=None)
@given(raters())
def test_kappa_is_that_of_scikit_learn_and_statsmodels(both: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = both
    counts = counts_of(a, b)
    if len(counts) == 1:
        assert isinstance(kappa.cohen_kappa(counts), Undefined)
        return
    assert kappa.cohen_kappa(counts) == pytest.approx(cohen_kappa_score(a, b), abs=1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        other = cohens_kappa(counts)  # its tests of significance divide by a variance of 0
    assert kappa.cohen_kappa(counts) == pytest.approx(other.kappa, abs=1e-12)
    assert float(kappa.kappa_max_of(counts)) == pytest.approx(other.kappa_max, abs=1e-12)
    assert kappa.raw_agreement(counts) == pytest.approx((a == b).mean())


@settings(max_examples=50, deadline=None)
@given(raters())
def test_each_label_against_the_rest(both: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = both
    confusion = confusion_of([Pair(a, b, clip="clip", fps=25)])
    for index, label in enumerate(confusion.labels):
        one, two = a == label, b == label
        table = one_against_rest(confusion.frames, index)
        assert np.array_equal(table, confusion.one_against_rest(label)[0])
        assert np.array_equal(table, confusion_matrix(one, two, labels=[True, False]))
        assert float(kappa.positive_agreement_of(table)) == pytest.approx(f1_score(one, two))
        if not (one.all() and two.all()):
            assert float(kappa.cohen_kappa_of(table)) == pytest.approx(cohen_kappa_score(one, two))
            assert float(kappa.negative_agreement_of(table)) == pytest.approx(
                f1_score(~one, ~two, zero_division=0)
            )
        if one.any():
            assert float(kappa.recall_of(table)) == pytest.approx(recall_score(one, two))
        if two.any():
            assert float(kappa.precision_of(table)) == pytest.approx(recall_score(two, one))


@settings(max_examples=200, deadline=None)
@given(raters())
def test_macro_agreement_is_the_mean_recall_of_the_behaviors_of_the_first_rater(
    both: tuple[np.ndarray, np.ndarray],
) -> None:
    a, b = both
    assume((a > NONE).any())
    confusion = confusion_of([Pair(a, b, clip="clip", fps=25)])
    none = confusion.labels.index(NONE) if NONE in confusion.labels else None
    behaviors = np.unique(a[a > NONE])
    expected = recall_score(a, b, labels=behaviors, average="macro")
    assert float(kappa.macro_agreement_of(confusion.frames, none)) == pytest.approx(expected)


# irrCAC 0.4.4 (Gwet's own definitions), CAC(...).gwet() and .bp() with digits=10, in an environment of its
# own because its pins exclude current test tools.
@pytest.mark.parametrize(
    ("counts", "ac1", "brennan_prediger"),
    [
        ([[17, 4], [2, 17]], 0.7, 0.7),
        ([[8, 1, 1], [0, 7, 1], [1, 1, 10]], 0.7513468711, 0.75),
        (
            [[14, 1, 1, 0, 0], [1, 8, 0, 2, 0], [0, 0, 8, 0, 1], [0, 0, 0, 6, 1], [1, 0, 1, 0, 15]],
            0.8136565587,
            0.8125,
        ),
        ([[88, 2], [7, 3]], 0.8955007257, 0.82),
    ],
)
def test_ac1_is_that_of_irrcac(counts: list[list[int]], ac1: float, brennan_prediger: float) -> None:
    assert float(kappa.ac1_of(np.array(counts))) == pytest.approx(ac1, abs=1e-9)
    assert float(kappa.pabak_of(np.array(counts))) == pytest.approx(brennan_prediger, abs=1e-9)


def test_ac1_counts_a_label_that_could_be_given_and_was_not() -> None:
    """irrCAC 0.4.4 with categories=[0, 1, 2]."""
    counts = np.array([[88, 2, 0], [7, 3, 0], [0, 0, 0]])
    assert float(kappa.ac1_of(counts)) == pytest.approx(0.9032907992, abs=1e-9)


def test_helpers_of_a_worked_two_by_two_table() -> None:
    """80 yes-yes, 15 yes-no, 5 no-yes, no no-no: high prevalence makes kappa negative at 80 % agreement."""
    counts = np.array([[80, 15], [5, 0]])
    assert float(kappa.raw_agreement_of(counts)) == pytest.approx(0.8)
    chance = 0.95 * 0.85 + 0.05 * 0.15
    assert float(kappa.cohen_kappa_of(counts)) == pytest.approx((0.8 - chance) / (1 - chance))
    assert float(kappa.kappa_max_of(counts)) == pytest.approx((0.85 + 0.05 - chance) / (1 - chance))
    assert float(kappa.prevalence_index_of(counts)) == pytest.approx(0.8)
    assert float(kappa.bias_index_of(counts)) == pytest.approx(0.1)
    assert float(kappa.pabak_of(counts)) == pytest.approx(0.6)
    assert float(kappa.positive_agreement_of(counts)) == pytest.approx(160 / 180)
    assert float(kappa.negative_agreement_of(counts)) == 0


def test_a_rare_behavior_seen_by_one_rater_only() -> None:
    """20 of 9,000 frames: raw agreement .998, kappa 0."""
    counts = np.array([[8980, 0], [20, 0]])
    assert float(kappa.raw_agreement_of(counts)) == pytest.approx(0.9978, abs=5e-5)
    assert float(kappa.cohen_kappa_of(counts)) == 0


def test_many_matrices_at_once_give_what_one_by_one_gives() -> None:
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 50, (7, 4, 4))
    for statistic in (
        kappa.raw_agreement_of,
        kappa.cohen_kappa_of,
        kappa.kappa_max_of,
        kappa.ac1_of,
        kappa.pabak_of,
        kappa.macro_agreement_of,
    ):
        assert np.allclose(statistic(counts), [float(statistic(each)) for each in counts])


def test_nothing_compared_and_one_label_only_are_told_apart() -> None:
    assert str(kappa.cohen_kappa(np.zeros((2, 2), int))) == (
        "not defined because no frame was labeled by both raters"
    )
    assert "one and the same label" in str(kappa.cohen_kappa(np.array([[5, 0], [0, 0]])))


def test_large_behavior_ids_cost_no_large_matrices() -> None:
    a = np.array([0, 30_000, 30_000, 7, -1], np.int16)
    b = np.array([0, 30_000, 7, 7, 7], np.int16)
    found = confusion_of([Pair(a, b, clip="clip", fps=25)], labels=(5,))
    assert found.labels == (0, 5, 7, 30_000)
    assert found.frames.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]
    assert found.excluded.only_b == 1


def test_percentages_stand_by_row_and_by_column() -> None:
    a, b = np.array([1, 1, 1, 1, 2]), np.array([1, 1, 1, 2, 2])
    found = confusion_of([Pair(a, b, clip="clip", fps=1)], labels=(1, 2, 3))
    assert found.row_percent[0] == (75, 25, 0)
    assert found.column_percent[1][1] == found.column_percent[0][1] == 50
    assert isinstance(found.row_percent[2][0], Undefined)
    assert isinstance(found.column_percent[0][2], Undefined)


def test_none_can_be_left_out() -> None:
    a, b = np.array([0, 0, 1, 2, 1, -1]), np.array([0, 1, 1, 2, 2, 1])
    found = confusion_of([Pair(a, b, clip="clip", fps=1)]).without_none()
    assert found.labels == (1, 2)
    assert found.frames.tolist() == [[1, 1], [0, 1]]
