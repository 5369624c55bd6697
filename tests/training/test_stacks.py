"""Stacks: their frames, their steps, and the two rules for their label on the documented examples."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.probabilities import edges_at_stride
from napari_ethoprofile.training.snapshots import IGNORED
from napari_ethoprofile.training.stacks import middles, offsets, rows_of, stack_labels

GROOM, WALK, REAR = 2, 7, 5


def label_of(rule: str, *runs: tuple[int, int]) -> int:
    labels = [label for label, length in runs for _ in range(length)]
    assert len(labels) == 11
    return int(stack_labels(np.array([labels]), 8, rule)[0])


@pytest.mark.parametrize(
    ("runs", "repository", "paper"),
    [
        ([(GROOM, 4), (WALK, 3), (GROOM, 4)], WALK, GROOM),
        ([(GROOM, 3), (WALK, 4), (GROOM, 4)], WALK, GROOM),
        ([(GROOM, 4), (WALK, 2), (GROOM, 5)], GROOM, GROOM),
        ([(GROOM, 11)], GROOM, GROOM),
        ([(GROOM, 5), (WALK, 6)], WALK, WALK),
        # On a tie of the two most frequent the paper takes the middle frame, whatever it carries.
        ([(GROOM, 5), (REAR, 1), (WALK, 5)], GROOM, REAR),
        ([(GROOM, 4), (WALK, 4), (REAR, 3)], WALK, WALK),
        # Three transitions.
        ([(GROOM, 3), (WALK, 3), (GROOM, 3), (WALK, 2)], IGNORED, GROOM),
        # More than two frames without a behavior.
        ([(GROOM, 8), (IGNORED, 3)], IGNORED, IGNORED),
        ([(GROOM, 9), (IGNORED, 2)], GROOM, GROOM),
    ],
)
def test_the_documented_examples(runs: list[tuple[int, int]], repository: int, paper: int) -> None:
    assert label_of("repository", *runs) == repository
    assert label_of("paper", *runs) == paper


def test_the_case_in_which_the_published_program_fails_has_no_label() -> None:
    runs = [(GROOM, 4), (IGNORED, 2), (WALK, 5)]
    assert label_of("repository", *runs) == IGNORED
    assert label_of("paper", *runs) == WALK


def test_rules_that_do_not_exist_are_refused() -> None:
    with pytest.raises(LearnError, match="paper, repository"):
        stack_labels(np.zeros((1, 11), np.int64), 8, "other")


@given(st.lists(st.integers(0, 3), min_size=11, max_size=11))
def test_a_label_is_one_of_the_stack(labels: list[int]) -> None:
    for rule in ("paper", "repository"):
        found = int(stack_labels(np.array([labels]), 4, rule)[0])
        assert found in labels or (rule == "repository" and found == IGNORED)
        if labels.count(labels[5]) > 5:
            assert found in (labels[5], IGNORED)


def test_a_stack_lasts_as_long_at_any_frame_rate() -> None:
    assert offsets(25, 440).tolist() == list(range(-5, 6))
    assert offsets(50, 440).tolist() == list(range(-10, 11, 2))
    assert offsets(12.5, 440).tolist() == [-2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2]
    assert offsets(60, None).tolist() == list(range(-5, 6))


@pytest.mark.parametrize("frames", [11, 22, 23, 32, 110])
def test_the_published_grid_holds_every_frame_and_its_tail(frames: int) -> None:
    shape, edges = offsets(25, None), edges_at_stride(0, frames, 11)
    rows = rows_of(middles(edges, shape, frames), shape, frames)
    for step, (start, stop) in enumerate(pairwise(edges)):
        first = min(start, frames - 11)
        assert rows[step].tolist() == list(range(first, first + 11))
        assert stop <= first + 11
    assert edges[-1] == frames


def test_overlapping_stacks_lie_around_their_step() -> None:
    shape, edges = offsets(25, None), edges_at_stride(0, 40, 3)
    found = middles(edges, shape, 40)
    assert found[:3].tolist() == [5, 5, 7]
    assert found[5] == 16
    assert found[-1] == 34


@pytest.mark.parametrize("frames", [1, 5, 10])
def test_a_recording_shorter_than_a_stack_repeats_its_ends(frames: int) -> None:
    shape, edges = offsets(25, None), edges_at_stride(0, frames, 11)
    rows = rows_of(middles(edges, shape, frames), shape, frames)
    assert rows.shape == (1, 11)
    assert set(rows[0].tolist()) == set(range(frames))
