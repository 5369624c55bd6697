"""Keys for a stretch: worked by hand, and against a search through all ways of correcting."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.training.simulation.effort import KeyModel
from napari_ethoprofile.training.snapshots import IGNORED


def _steps(text: str) -> np.ndarray:
    """Return classes of letters; a dot is a step without a label."""
    return np.array([IGNORED if letter == "." else ord(letter) - ord("A") for letter in text])


@pytest.mark.parametrize(
    ("truth", "navigation", "keys"),
    [
        ("AAAA", 2, 1),  # one bout: its key
        ("AABB", 2, 4),  # two keys, and two to go to the boundary
        ("ABAB", 2, 10),
        ("ABAB", 1, 7),
        ("A..B", 2, 4),  # unlabeled steps cost nothing, but there are two bouts
        ("....", 2, 0),
    ],
)
def test_keys_from_scratch(truth: str, navigation: float, keys: float) -> None:
    assert KeyModel(navigation).from_scratch(_steps(truth)) == keys


@pytest.mark.parametrize(
    ("truth", "proposed", "keys"),
    [
        ("AAAABBBB", "AAAABBBB", 1),  # accept
        ("AAAABBBB", "AAAACCCC", 2),  # another label over a proposed bout: both ends are there already
        ("AAAAAAAA", "AAABBBAA", 2),
        ("AAAABBBB", "AAAAAAAA", 4),  # a bout that was missed: its key, and going to its start
        ("AAABBBAA", "AAAAAAAA", 6),  # both ends are missing
        ("AAAABBBB", "AAABBBBB", 1),  # a boundary one step off is left
        ("AAAABBBB", "AABBBBBB", 4),  # two steps off is not; the proposed boundary is one end of it
        ("AAAAAAAA", "AAABAAAA", 2),  # one wrong step amid a bout is no boundary that is off
        ("AAABBBCCC", "DDDDDDDDD", 8),  # three keys, and the two boundaries between them gone to once
        ("AAAA....", "AAAABBBB", 1),  # what nobody labeled cannot be wrong
        ("AAAABBBB", "AAAA....", 2),  # where the model says nothing there is work
    ],
)
def test_keys_with_a_proposal(truth: str, proposed: str, keys: float) -> None:
    assert KeyModel().with_proposal(_steps(truth), _steps(proposed)) == keys


def test_a_tolerance_of_nothing_asks_for_every_step() -> None:
    assert KeyModel(tolerance=0).with_proposal(_steps("AAAABBBB"), _steps("AAABBBBB")) == 4


def test_seconds_are_watching_and_keys() -> None:
    assert KeyModel(seconds_a_key=0.5, watching=2).seconds(10, 6) == 23


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=8).flatmap(
        lambda truth: st.tuples(
            st.just(truth), st.lists(st.integers(0, 2), min_size=len(truth), max_size=len(truth))
        )
    ),
    st.integers(0, 2),
    st.sampled_from([1, 2, 4]),
)
def test_no_way_of_correcting_takes_fewer_keys(
    steps: tuple[list[int], list[int]], tolerance: int, navigation: int
) -> None:
    truth, proposed = (np.array(values) for values in steps)
    model = KeyModel(navigation, tolerance)
    assert model.corrections(truth, proposed) == _cheapest(truth, proposed, model)


def _cheapest(truth: np.ndarray, proposed: np.ndarray, model: KeyModel) -> float:
    """Return the keys of the cheapest set of stretches that are labeled anew, out of all sets.

    Stretches lie on wrong steps of one label. A wrong stretch at a boundary of the truth may be left when it
    is no longer than the tolerance.
    """
    wrong = truth != proposed
    starts = [0, *(n for n in range(1, len(truth)) if proposed[n] != proposed[n - 1]), len(truth)]
    best = np.inf
    cuts = range(len(truth) + 1)
    for count in range(len(cuts) + 1):
        for chosen in combinations(cuts, count):
            for ranges in _ranges(chosen):
                cost = _cost(ranges, truth, wrong, starts, model)
                best = min(best, cost)
    return best


def _ranges(cuts: tuple[int, ...]) -> list[list[tuple[int, int]]]:
    """Return every way of labeling some of the stretches between neighboring cuts."""
    between = list(pairwise(cuts))
    return [list(some) for count in range(len(between) + 1) for some in combinations(between, count)]


def _cost(
    ranges: list[tuple[int, int]], truth: np.ndarray, wrong: np.ndarray, starts: list[int], model: KeyModel
) -> float:
    left = wrong.copy()
    for start, stop in ranges:
        if not wrong[start:stop].all() or len(set(truth[start:stop])) > 1:
            return np.inf
        left[start:stop] = False
    step = 0
    while step < len(left):
        stop = step
        while stop < len(left) and left[stop] and truth[stop] == truth[step]:
            stop += 1
        if stop > step:
            whole = (step == 0 or not wrong[step - 1] or truth[step - 1] != truth[step]) and (
                stop == len(left) or not wrong[stop] or truth[stop] != truth[step]
            )
            at_boundary = (step > 0 and truth[step - 1] != truth[step]) or (
                stop < len(left) and truth[stop] != truth[stop - 1]
            )
            if not whole or not at_boundary or stop - step > model.tolerance:
                return np.inf
        step = max(stop, step + 1)
    ends = {end for each in ranges for end in each}
    gone_to = sum(min(abs(end - start) for start in starts) > model.tolerance for end in ends)
    return len(ranges) + model.navigation * gone_to
