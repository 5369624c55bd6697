"""One number for a curve: area, cost of reaching a level, and how well confidence finds what needs a look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def area(budget: Values, values: Values) -> float:
    """Return the mean of a learning curve over the logarithm of its budget.

    Parameters
    ----------
    budget
        Ascending and above 0, two points or more (points,).
    values
        What was reached (points,).

    Returns
    -------
    float
        The area under the curve (trapezoids) divided by the length of the logarithmic axis: in the unit of
        the values, so that a constant curve has its value.
    """
    logs = np.log(np.asarray(budget, float))
    return float(np.trapezoid(values, logs) / (logs[-1] - logs[0]))


def cost_to_reach(cost: Values, values: Values, level: float) -> float:
    """Return what it cost to reach a level for the first time, linear between the points of a curve.

    Parameters
    ----------
    cost
        Ascending (points,).
    values
        What was reached for it (points,).
    level
        What should be reached.

    Returns
    -------
    float
        The first cost where the curve began above the level, and NaN where it never reaches it.
    """
    above = np.flatnonzero(np.asarray(values) >= level)
    if not len(above):
        return float("nan")
    at = int(above[0])
    if at == 0:
        return float(cost[0])
    share = (level - values[at - 1]) / (values[at] - values[at - 1])
    return float(cost[at - 1] + share * (cost[at] - cost[at - 1]))


def review_efficiency(confidence: Values, accuracy: Values) -> float:
    """Return how much of the possible gain a review in the order of confidence has over a random one.

    The curve is the accuracy of all clips after a share of them was reviewed and corrected. With A the area
    under it, the efficiency is (A of the least confident first - A of a random order) / (A of the worst first
    - A of a random order): 1 when confidence knows which clips are worst, 0 when it knows nothing.

    Parameters
    ----------
    confidence
        What the model believes of every clip (clips,); equally confident ones stay in their order.
    accuracy
        Share of each that is right, 0 to 1, clips of equal length (clips,).

    Returns
    -------
    float
        NaN where every order is as good as the other.

    Notes
    -----
    Review efficiency of Harris, Finn, Kieseler, Maechler & Tse 2023, Sci Rep 13, 2688 (DeepAction).
    """
    wrong = 1 - np.asarray(accuracy, float)
    found, best = (
        _gain(wrong[order]) for order in (np.argsort(confidence, kind="stable"), np.argsort(-wrong))
    )
    # A random order gains in proportion to what was reviewed: half of everything on average.
    chance = wrong.sum() / 2
    possible = best - chance
    return float((found - chance) / possible) if possible > 1e-12 else float("nan")


def _gain(wrong: Values) -> float:
    """Return the area under what reviewing in this order has put right, over the share reviewed."""
    righted = np.concatenate([[0.0], np.cumsum(wrong)])
    return float(np.trapezoid(righted, np.linspace(0, 1, len(righted))))
