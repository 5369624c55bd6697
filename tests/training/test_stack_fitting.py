"""Training the network: same seed, same weights; what lacks is named; memory that runs out is told."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.cache import CacheFolder
from napari_ethoprofile.training.checkpoints import Checkpoints
from napari_ethoprofile.training.fitting import TrainingCanceledError
from napari_ethoprofile.training.networks.ethocnn import EthoCNN
from napari_ethoprofile.training.snapshots import IGNORED, LabeledStretch
from napari_ethoprofile.training.stack_data import Augmentation, StackData
from napari_ethoprofile.training.stack_fitting import StackFit, fit_stacks
from napari_ethoprofile.training.unfinished import Unfinished

FRAMES = 132


def stretch(number: int = 0) -> LabeledStretch:
    codes = np.zeros((FRAMES, 1), np.int16)
    return LabeledStretch(f"v{number}", "", f"f{number}", "a", "", "r", 25.0, 0, FRAMES, codes)


@pytest.fixture
def data(tmp_path: Path) -> StackData:
    """Two behaviors that a bright half of the picture tells apart."""
    chance = np.random.default_rng(0)
    stored, classes = [], []
    for number in range(2):
        labels = np.repeat(np.arange(4) % 2, FRAMES // 4)
        frames = chance.integers(0, 60, (FRAMES, 256, 256), np.uint8)
        frames[labels == 1, :, 128:] += 150
        array = CacheFolder(tmp_path).open(f"v{number}", frames.shape, np.uint8, 66, {})
        array.write(0, frames)
        stored.append(array)
        classes.append(labels.astype(np.int64))
    return StackData([stretch(0), stretch(1)], classes, stored, 440.0)


QUICK = StackFit(epochs=1, batch=4, steps=2)


def weights_of(network: EthoCNN) -> torch.Tensor:
    return torch.cat([value.flatten().float() for value in network.state_dict().values()])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(data: StackData) -> None:
    one, two, other = (fit_stacks(data, ["rest", "walk"], seed, QUICK, "cpu") for seed in (1, 1, 2))
    assert torch.equal(weights_of(one), weights_of(two))
    assert not torch.equal(weights_of(one), weights_of(other))
    assert not one.training


@pytest.mark.parametrize("stop", [pytest.param(2, marks=pytest.mark.slow), 3])
def test_a_training_that_is_cut_off_goes_on_to_the_same_weights(
    data: StackData, tmp_path: Path, stop: int
) -> None:
    """At the end of an epoch, and within the next one."""
    settings = StackFit(epochs=2, batch=2, steps=2, augmentation=Augmentation(flip=True))
    unfinished = Unfinished(Checkpoints(tmp_path / "kept"), "network", every=0.0)
    told: list[int] = []

    def fit(cancelled: Callable[[], bool] | None = None, kept: Unfinished | None = None) -> EthoCNN:
        return fit_stacks(
            data, ["rest", "walk"], 3, settings, "cpu", lambda done, total: told.append(done), cancelled,
            unfinished=kept,
        )  # fmt: skip

    with pytest.raises(TrainingCanceledError):
        fit(lambda: len(told) == stop, unfinished)
    resumed = fit(kept=unfinished)
    assert told == [1, 2, 3, 4]
    assert torch.equal(weights_of(resumed), weights_of(fit()))


def test_progress_is_told_and_a_stop_obeyed(data: StackData) -> None:
    told: list[tuple[int, int | None]] = []
    with pytest.raises(TrainingCanceledError):
        fit_stacks(
            data, ["rest", "walk"], 0, QUICK, "cpu",
            on_progress=lambda done, total: told.append((done, total)), cancelled=lambda: len(told) == 1,
        )  # fmt: skip
    assert told == [(1, 2)]


def test_a_behavior_without_a_stack_is_named(data: StackData) -> None:
    with pytest.raises(LearnError, match="labeled frames of drink, hang to learn"):
        fit_stacks(data, ["rest", "walk", "drink", "hang"], 0, QUICK, "cpu")
    data.classes[:] = [np.full(FRAMES, IGNORED)] * 2
    with pytest.raises(LearnError, match="of rest, walk"):
        fit_stacks(data, ["rest", "walk"], 0, QUICK, "cpu")


def test_memory_that_runs_out_means_smaller_parts_and_the_same_gradient(
    data: StackData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    forward = EthoCNN.forward

    def scarce(self: EthoCNN, stacks: torch.Tensor) -> torch.Tensor:
        seen.append(len(stacks))
        if len(stacks) > 1:
            raise torch.OutOfMemoryError
        return forward(self, stacks)

    monkeypatch.setattr(EthoCNN, "forward", scarce)
    told: list[str] = []
    fit_stacks(data, ["rest", "walk"], 0, QUICK, "cpu", tell=told.append)
    assert seen == [4, 2, *[1] * 8]
    assert [sentence.split("; ")[1] for sentence in told] == [
        "every step is now computed in 2 parts.", "every step is now computed in 4 parts.",
    ]  # fmt: skip


def test_stacks_are_moved_as_a_whole_and_filled_with_black(data: StackData) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from napari_ethoprofile.training.stack_data import collate

    places = [(0, 5), (1, 60)] * 20
    with ThreadPoolExecutor(1) as pool:
        plain = collate(data, places, Augmentation(shift=False), np.random.default_rng(0), pool)
        varied = collate(data, places, Augmentation(), np.random.default_rng(0), pool)
        flipped = collate(data, places, Augmentation(shift=False, flip=True), np.random.default_rng(0), pool)
    np.testing.assert_array_equal(plain[0], data.stack(0, 5))
    moved = [not np.array_equal(a, b) for a, b in zip(plain, varied, strict=True)]
    assert 30 <= sum(moved) < 40
    for stack, before in zip(varied, plain, strict=True):
        black = [int((stack.sum(axis=(0, axis)) == 0).sum()) for axis in (2, 1)]
        assert black[0] <= 80
        assert black[1] <= 20
        assert (stack[0] == 0).mean() >= (before[0] == 0).mean()
        # All frames of a stack move alike.
        assert np.array_equal((stack == 0).all(axis=0), (stack[0] == 0) & (stack == 0).all(axis=0))
    turned = [np.array_equal(a[..., ::-1], b) for a, b in zip(plain, flipped, strict=True)]
    assert 2 <= sum(turned) <= 16


def test_frames_that_do_not_fit_into_memory_are_read_from_the_disk(
    data: StackData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from napari_ethoprofile.training import stack_data

    monkeypatch.setattr(stack_data, "_MEMORY_SHARE", 0.0)
    array = CacheFolder(tmp_path).open("v0", (FRAMES, 256, 256), np.uint8, 66, {})
    lean = StackData([stretch()], data.classes[:1], [array], 440.0)
    for middle in (5, 64, 70, 126):
        np.testing.assert_array_equal(lean.stack(0, middle), data.stack(0, middle))


@pytest.mark.slow
def test_it_learns_what_can_be_told_apart(data: StackData) -> None:
    from napari_ethoprofile.training.networks.ethocnn import as_input

    network = fit_stacks(data, ["rest", "walk"], 0, StackFit(epochs=16, batch=8), "cpu")
    stacks = np.stack([data.stack(0, middle) for middle in (10, 20, 45, 55, 80, 110)])
    with torch.no_grad():
        found = network(as_input(torch.from_numpy(stacks))).argmax(1)
    assert found.tolist() == [0, 0, 1, 1, 0, 1]
