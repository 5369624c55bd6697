"""Areas, costs of a level and review efficiency, worked by hand."""

import numpy as np
import pytest
from napari_ethoprofile.training.simulation.scalars import area, cost_to_reach, review_efficiency


def test_the_area_of_a_constant_curve_is_its_value() -> None:
    assert area(np.array([10, 20, 160]), np.array([0.4, 0.4, 0.4])) == pytest.approx(0.4)


def test_the_area_counts_doublings_alike() -> None:
    assert area(np.array([10, 20, 40]), np.array([0.0, 1.0, 1.0])) == pytest.approx(0.75)


@pytest.mark.parametrize(("level", "cost"), [(0.2, 10), (0.5, 15), (0.8, 20), (0.85, 30)])
def test_the_cost_of_a_level_lies_between_points(level: float, cost: float) -> None:
    # The curve falls once: the first time counts.
    values = np.array([0.2, 0.8, 0.7, 1.0])
    assert cost_to_reach(np.array([10, 20, 25, 35]), values, level) == pytest.approx(cost)


def test_a_level_that_is_not_reached_has_no_cost() -> None:
    assert np.isnan(cost_to_reach(np.array([1, 2]), np.array([0.1, 0.2]), 0.5))


def test_review_efficiency_by_hand() -> None:
    # Wrong shares 0, 0, 1, 1. Worst first rights 0, 1, 2, 2, 2: 1/2 + 3/2 + 2 + 2 = 6 quarters of area.
    # At random: 0 to 2 in a line, 4 quarters. By confidence 2, 0, 3, 1: 0, 1, 1, 2, 2, 5 quarters.
    accuracy = np.array([1.0, 1.0, 0.0, 0.0])
    assert review_efficiency(np.array([0.2, 0.9, 0.1, 0.3]), accuracy) == pytest.approx((5 - 4) / (6 - 4))


def test_review_efficiency_of_the_best_and_the_worst_order() -> None:
    accuracy = np.array([0.9, 0.2, 0.7, 0.5])
    assert review_efficiency(accuracy, accuracy) == pytest.approx(1)
    assert review_efficiency(-accuracy, accuracy) == pytest.approx(-1)


def test_review_efficiency_is_not_defined_where_clips_are_equal() -> None:
    assert np.isnan(review_efficiency(np.array([0.1, 0.2]), np.array([0.5, 0.5])))
