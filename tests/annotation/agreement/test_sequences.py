"""Order of behaviors: edit distance against plain recursion, chance against a log-linear model."""

from functools import cache

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Undefined, Value
from napari_ethoprofile.annotation.agreement.sequences import (
    _fit_without_last_cell,
    align,
    sequence_agreement,
)

sequences = st.lists(st.integers(1, 4), max_size=9)
Clips = list[tuple[list[int], list[int]]]


def edit_score(clips: Clips) -> Value:
    return sequence_agreement(clips).edit_score


def alignment_kappa(clips: Clips) -> Value:
    return sequence_agreement(clips).alignment_kappa


def distance(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    @cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        return min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return of(len(a), len(b))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(sequences, sequences), max_size=3))
def test_edit_score_is_one_less_the_share_of_edits(clips: Clips) -> None:
    longest = sum(max(len(a), len(b)) for a, b in clips)
    found = edit_score(clips)
    if not longest:
        assert isinstance(found, Undefined)
        return
    edits = sum(distance(tuple(a), tuple(b)) for a, b in clips)
    assert found == pytest.approx(1 - edits / longest)


@settings(max_examples=300, deadline=None)
@given(sequences, sequences)
def test_an_alignment_holds_both_sequences_and_needs_the_fewest_edits(a: list[int], b: list[int]) -> None:
    found = align(a, b)
    assert [one for one, _ in found if one is not None] == a
    assert [two for _, two in found if two is not None] == b
    assert (None, None) not in found
    assert sum(one != two for one, two in found) == distance(tuple(a), tuple(b))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 5))
def test_chance_is_that_of_a_quasi_independent_log_linear_model(seed: int, size: int) -> None:
    counts = np.random.default_rng(seed).integers(1, 20, (size, size)).astype(float)
    counts[-1, -1] = 0
    rows, columns = np.divmod(np.arange(size * size - 1), size)
    design = np.column_stack(
        [np.ones(rows.size)]
        + [rows == row for row in range(1, size)]
        + [columns == column for column in range(1, size)]
    ).astype(float)
    fit = sm.GLM(counts.ravel()[:-1], design, family=sm.families.Poisson()).fit()
    assert np.allclose(_fit_without_last_cell(counts).ravel()[:-1], fit.fittedvalues, rtol=1e-5)


def test_worked_alignment() -> None:
    assert align([1, 2, 3, 4], [1, 3, 4]) == ((1, 1), (2, None), (3, 3), (4, 4))
    assert align([1, 2, 3], [1, 4, 3]) == ((1, 1), (2, 4), (3, 3))


def test_alignment_kappa_of_a_worked_case() -> None:
    """A a b a b, B a b a: three agreements and one omission.

    Cells: aa 2, bb 1, b-nothing 1; rows a 2, b 2, columns a 2, b 1, nothing 1. Nothing-nothing is impossible
    and only A has something alone, so expected cells are row x column / 4: aa 1, bb .5; chance is 1.5 / 4.
    """
    assert alignment_kappa([([1, 2, 1, 2], [1, 2, 1])]) == pytest.approx((3 / 4 - 1.5 / 4) / (1 - 1.5 / 4))


def test_same_order_is_full_agreement_and_one_label_is_none_at_all() -> None:
    assert alignment_kappa([([1, 2, 3, 1], [1, 2, 3, 1])]) == pytest.approx(1)
    assert isinstance(alignment_kappa([([1], [1])]), Undefined)
    assert isinstance(alignment_kappa([([], [])]), Undefined)


def test_unrelated_sequences_stay_far_below_related_ones() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 8, (2, 300)).tolist()
    related = [label if rng.random() < 0.95 else 9 for label in a]
    assert alignment_kappa([(a, b)]) < 0.4 < 0.9 < alignment_kappa([(a, related)])


def test_sequences_too_long_to_align_say_so() -> None:
    long = [1, 2] * 5000
    assert "too many bouts" in str(edit_score([(long, long)]))
    assert "too many bouts" in str(alignment_kappa([(long, long)]))
