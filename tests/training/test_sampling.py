"""Balanced batches: the published composition and a plain one, any rarest class, every temporal phase."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.sampling import Stacks, batches, cut_stacks
from napari_ethoprofile.training.snapshots import IGNORED
from napari_ethoprofile.training.stacks import offsets

SHAPE = offsets(25, None)


def stacks_of(*counts: int) -> Stacks:
    label = np.repeat(np.arange(len(counts)), counts)
    return Stacks(np.zeros_like(label), np.arange(len(label)), label)


@pytest.mark.parametrize("rarest", [0, 4, 7])
def test_the_published_composition_with_any_rarest_class(rarest: int) -> None:
    counts = [40] * 8
    counts[rarest], counts[(rarest + 3) % 8] = 5, 90
    stacks = stacks_of(*counts)
    found = list(batches(stacks, 8, 16, np.random.default_rng(0), "published"))
    assert len(found) == 5
    seen = []
    for batch in found:
        numbers = np.bincount(stacks.label[batch], minlength=8)
        assert numbers.sum() == 16
        assert numbers[rarest] == 1
        assert numbers[(rarest + 3) % 8] == 3
        assert sorted(np.delete(numbers, [rarest, (rarest + 3) % 8]).tolist()) == [2] * 6
        seen += batch[stacks.label[batch] == rarest].tolist()
    assert sorted(seen) == np.flatnonzero(stacks.label == rarest).tolist()


def test_the_published_composition_grows_with_more_behaviors() -> None:
    stacks = stacks_of(5, *[40] * 11)
    for batch in batches(stacks, 12, 16, np.random.default_rng(0), "published"):
        counts = np.bincount(stacks.label[batch], minlength=12)
        assert counts[0] == 1
        assert counts[1:].min() == 2


def test_balanced_batches_hold_every_class_equally_often() -> None:
    stacks = stacks_of(3, 200, 50)
    found = list(batches(stacks, 3, 16, np.random.default_rng(0)))
    assert len(found) == 253 // 16
    total = np.zeros(3, int)
    for batch in found:
        numbers = np.bincount(stacks.label[batch], minlength=3)
        assert numbers.min() >= 5
        total += numbers
    assert total.max() - total.min() <= len(found)


def test_no_stack_comes_again_before_all_of_its_class_have_come() -> None:
    stacks = stacks_of(16, 16)
    [first, second] = batches(stacks, 2, 16, np.random.default_rng(1))
    assert sorted([*first, *second]) == list(range(32))


def test_the_same_seed_draws_the_same() -> None:
    for composition in ("balanced", "published"):
        one, two, other = (
            np.array(list(batches(stacks_of(9, 30, 30), 3, 8, np.random.default_rng(seed), composition)))
            for seed in (3, 3, 4)
        )
        assert np.array_equal(one, two)
        assert not np.array_equal(one, other)


def test_a_class_without_a_stack_is_an_error() -> None:
    with pytest.raises(LearnError, match=r"number \[1\] have no stack"):
        next(batches(stacks_of(3, 0, 4), 3, 4, np.random.default_rng(0)))


def test_stacks_begin_at_the_first_frame_or_at_every_phase() -> None:
    labels = np.zeros(110, np.int64)
    published = cut_stacks([labels, labels], [SHAPE, SHAPE], 2, None)
    assert published.middle[:10].tolist() == list(range(5, 110, 11))
    assert published.stretch.tolist() == [0] * 10 + [1] * 10
    chance = np.random.default_rng(0)
    phases = {int(cut_stacks([labels], [SHAPE], 2, chance).middle[0]) - 5 for _ in range(200)}
    assert phases == set(range(11))


def test_stacks_never_leave_their_stretch_nor_hold_what_is_not_labeled() -> None:
    labels = np.full(200, IGNORED, np.int64)
    labels[50:90] = 1
    for seed in range(12):
        found = cut_stacks([labels], [SHAPE], 2, np.random.default_rng(seed))
        assert len(found)
        assert (found.label == 1).all()
        assert found.middle.min() >= 48
        assert found.middle.max() <= 91
    assert len(cut_stacks([labels[:10]], [SHAPE], 2, None)) == 0
    twice = cut_stacks([labels], [offsets(50, 440)], 2, None)
    assert (np.diff(twice.middle) == 21).all()
