import numpy as np
import pytest
import torch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.fitting import (
    Example,
    HeadFit,
    TrainingCanceledError,
    apply_head,
    fit_head,
    fit_heads,
)
from napari_ethoprofile.training.networks.temporal import (
    HeadSettings,
    TemporalHead,
    class_weights,
    group_loss,
)
from napari_ethoprofile.training.snapshots import IGNORED

QUICK = HeadFit(epochs=30, least_steps=80, window=64)


def example(seed: int, steps: int = 200, classes: int = 3, labeled: float = 1.0) -> Example:
    """Bouts whose class shows in noisy features, and in a second group whether the class is 0."""
    chance = np.random.default_rng(seed)
    target = np.repeat(chance.integers(classes, size=steps // 10), 10)
    features = np.eye(8)[target] + chance.normal(0, 0.7, (steps, 8))
    hidden = chance.random(steps) >= labeled
    targets = (np.where(hidden, IGNORED, target), (target == 0).astype(np.int64))
    soft = tuple(np.zeros((steps, n), np.float32) for n in (classes, 2))
    return Example(features.astype(np.float32), targets, soft)


def accuracy(head: TemporalHead, seed: int) -> float:
    fresh = example(seed)
    return float((apply_head(head, fresh.features)[0].argmax(axis=1) == fresh.targets[0]).mean())


def test_a_head_learns_both_kinds_of_groups() -> None:
    head = fit_head([example(1), example(2, 130)], (3, 1), 0, QUICK)
    fresh = example(9, 4000)
    target, only = fresh.targets[0], fresh.targets[1] == 1
    several, single = apply_head(head, fresh.features)
    assert single.shape == (4000, 1)
    # What the best rule makes of one step alone: the head has to gain from the steps around it.
    alone = (fresh.features[:, :3].argmax(axis=1) == target).mean()
    assert (several.argmax(axis=1) == target).mean() > alone + 0.1
    alone = ((fresh.features[:, 0] > 0.5) == only).mean()
    assert ((single[:, 0] > 0) == only).mean() > alone + 0.1


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    settings = HeadFit(epochs=2, least_steps=4, window=64)
    first, again, other = (fit_head([example(1)], (3, 1), seed, settings) for seed in (4, 4, 5))
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert not torch.equal(first.project.weight, other.project.weight)


def test_heads_that_are_trained_at_the_same_time_are_those_trained_one_after_the_other() -> None:
    sides, settings = [[example(1)], [example(2)]], HeadFit(epochs=2, least_steps=12, window=64)
    threads = torch.get_num_threads()
    together = fit_heads(sides, (3, 1), [4, 5], settings)
    for head, side, seed in zip(together, sides, (4, 5), strict=True):
        alone = fit_head(side, (3, 1), seed, settings)
        assert torch.equal(head.project.weight, alone.project.weight)
    assert torch.get_num_threads() == threads


def test_nobody_waits_for_the_other_heads_when_one_breaks_off() -> None:
    def break_off(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    endless = HeadFit(epochs=1, least_steps=1_000_000, window=64)
    with pytest.raises(KeyboardInterrupt):
        fit_heads([[example(1)], [example(2)]], (3, 1), [4, 5], endless, on_progress=break_off)


def test_training_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    fit_head([example(1)], (3, 1), 0, HeadFit(epochs=1, least_steps=2, window=64))
    assert torch.equal(torch.rand(3), expected)
    assert not torch.are_deterministic_algorithms_enabled()


def test_steps_without_a_label_teach_nothing() -> None:
    hidden = example(1, labeled=0.3)
    wrong = Example(
        hidden.features,
        (np.where(hidden.targets[0] == IGNORED, IGNORED, hidden.targets[0]), hidden.targets[1]),
        hidden.soft,
    )
    assert accuracy(fit_head([wrong, example(2, labeled=0.3)], (3, 1), 0, QUICK), 9) > 0.8
    nothing = Example(hidden.features, tuple(np.full(200, IGNORED) for _ in range(2)), hidden.soft)
    with pytest.raises(LearnError, match="no labeled step"):
        fit_head([nothing], (3, 1), 0, QUICK)


def test_training_stops_when_told_and_says_how_far_it_is() -> None:
    told: list[tuple[int, int | None]] = []
    with pytest.raises(TrainingCanceledError, match="models are as they were"):
        fit_head(
            [example(1)], (3, 1), 0, QUICK,
            lambda done, total: told.append((done, total)), lambda: len(told) >= 3,
        )  # fmt: skip
    assert [done for done, _ in told] == [1, 2, 3]


def test_a_head_of_five_hundred_features_has_about_two_hundred_thousand_weights() -> None:
    head = TemporalHead(HeadSettings(500, (8,)))
    assert 150_000 < sum(p.numel() for p in head.parameters()) < 300_000


def test_a_feature_that_never_changed_says_nothing_later() -> None:
    head = TemporalHead(HeadSettings(3, (2,)))
    head.standardize(torch.tensor([[1.0, 5.0, 0.0], [2.0, 5.0, 1.0]]))
    head.eval()
    calm = head(torch.tensor([[[1.0, 5.0, 0.0]] * 6]))[0]
    strange = head(torch.tensor([[[1.0, 900.0, 0.0]] * 6]))[0]
    assert torch.equal(calm, strange)


def test_rare_classes_weigh_more_and_absent_ones_nothing() -> None:
    weights = class_weights(torch.tensor([900.0, 100.0, 0.0]))
    assert weights[1] / weights[0] == pytest.approx(3)
    assert weights[2] == 0
    assert (weights * torch.tensor([0.9, 0.1, 0.0])).sum() == pytest.approx(1)


def test_the_loss_is_cross_entropy_where_labeled() -> None:
    logits = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([[0, 1, 2, IGNORED, 1], [IGNORED] * 5])
    found = group_loss(logits, targets, torch.zeros(2, 5, 3), torch.ones(3), 0.0)
    expected = torch.nn.functional.cross_entropy(
        logits.reshape(-1, 3), targets.reshape(-1), ignore_index=IGNORED
    )
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_soft_labels_replace_hard_ones() -> None:
    logits = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(1))
    shares = torch.tensor([[[0.5, 0.5, 0.0]] * 4])
    found = group_loss(logits, torch.zeros(1, 4, dtype=torch.long), shares, torch.ones(3), 0.0)
    expected = torch.nn.functional.cross_entropy(logits[0], shares[0])
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_one_output_is_a_sigmoid() -> None:
    logits = torch.tensor([[[0.3], [-1.2], [2.0]]])
    targets = torch.tensor([[1, 0, 1]])
    found = group_loss(logits, targets, torch.zeros(1, 3, 2), torch.ones(2), 0.0)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits[0, :, 0], targets[0].float())
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_flicker_costs_and_calm_does_not() -> None:
    targets = torch.zeros(1, 6, dtype=torch.long)
    calm = torch.tensor([[[2.0, 0.0]] * 6])
    flicker = torch.tensor([[[2.0, 0.0], [0.0, 2.0]] * 3])
    cost = [
        (group_loss(x, targets, torch.zeros(1, 6, 2), torch.ones(2), 1.0)
         - group_loss(x, targets, torch.zeros(1, 6, 2), torch.ones(2), 0.0)).item()
        for x in (calm, flicker)
    ]  # fmt: skip
    assert cost[0] == pytest.approx(0)
    assert cost[1] > 1
