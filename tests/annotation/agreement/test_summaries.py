"""One number a clip: ICC against pingouin, the rest against worked cases."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement import Undefined
from napari_ethoprofile.annotation.agreement.summaries import bland_altman, concordance, icc


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*inplace keyword")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 25), st.integers(2, 4))
def test_icc_is_that_of_pingouin(seed: int, clips: int, raters: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = rng.normal(0, 3, (clips, 1)) + rng.normal(0, 1, raters) + rng.normal(0, 1, (clips, raters))
    table = pd.DataFrame(
        {
            "clip": np.repeat(np.arange(clips), raters),
            "rater": np.tile(np.arange(raters), clips),
            "value": ratings.ravel(),
        }
    )
    found = pingouin.intraclass_corr(table, targets="clip", raters="rater", ratings="value")
    expected = found.loc[found["Type"] == "ICC(A,1)", "ICC"].item()
    assert icc(ratings) == pytest.approx(expected, abs=1e-6)


def test_icc_of_the_published_table() -> None:
    """Shrout & Fleiss 1979, table 2: four judges of six targets, ICC(2,1) = .29."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    assert icc(np.array(ratings, float)) == pytest.approx(0.29, abs=5e-3)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_concordance_is_correlation_times_its_bias_correction(seed: int, clips: int) -> None:
    """Lin 1989: rho_c = rho C_b, C_b = 2 / (v + 1/v + u^2), v ratio of deviations, u scaled shift."""
    rng = np.random.default_rng(seed)
    a = rng.normal(10, 2, clips)
    b = a + rng.normal(1, 1, clips)
    v, u = a.std() / b.std(), (a.mean() - b.mean()) / np.sqrt(a.std() * b.std())
    expected = np.corrcoef(a, b)[0, 1] * 2 / (v + 1 / v + u**2)
    assert concordance(a, b) == pytest.approx(expected)


def test_limits_of_agreement_of_a_worked_case() -> None:
    found = bland_altman(np.array([10.0, 12, 14, 20]), np.array([11.0, 12, 16, 21]))
    spread = 1.96 * np.sqrt(((1 - 1) ** 2 + (0 - 1) ** 2 + (2 - 1) ** 2 + (1 - 1) ** 2) / 3)
    assert (found.bias, found.low, found.high) == (
        pytest.approx(1),
        pytest.approx(1 - spread),
        pytest.approx(1 + spread),
    )
    assert found.points[0] == (10.5, 1)


def test_equal_raters_agree_fully() -> None:
    values = np.array([1.0, 5, 9])
    assert icc(np.column_stack((values, values))) == pytest.approx(1)
    assert concordance(values, values) == pytest.approx(1)


def test_too_few_clips_and_clips_all_alike_are_said_in_words() -> None:
    one = np.array([3.1])
    assert "fewer than two clips" in str(icc(one[:, None].repeat(2, 1)))
    assert "fewer than two clips" in str(concordance(one, one))
    assert bland_altman(one, one + 1).bias == pytest.approx(1)
    assert isinstance(bland_altman(one, one).low, Undefined)
    assert isinstance(bland_altman(np.empty(0), np.empty(0)).bias, Undefined)
    same = np.full(7, 0.1 + 0.2)
    assert "same value" in str(icc(np.column_stack((same, same))))
    assert "same value" in str(concordance(same, same))
