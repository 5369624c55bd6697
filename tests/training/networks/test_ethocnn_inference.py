"""The prepared network is the same function; where memory runs out it goes on with less."""

import numpy as np
import pytest
import torch
from napari_ethoprofile.training.networks.ethocnn import EthoCNN, as_input
from napari_ethoprofile.training.networks.ethocnn_inference import StackRunner

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> EthoCNN:
    torch.manual_seed(0)
    network = EthoCNN()
    for norm in (network.bn1, network.bn2, network.bn3):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.uniform_(-0.1, 0.3)
        norm.running_var.uniform_(0.5, 2)
        torch.nn.init.uniform_(norm.weight, 0.5, 2)
        torch.nn.init.uniform_(norm.bias, -0.2, 0.2)
    # Outputs that differ from stack to stack as those of a trained network do.
    for layer in (network.c2, network.c3, network.c32, network.c4, network.fc1, network.fc12, network.fc2):
        torch.nn.init.kaiming_normal_(layer.weight)
    return network.eval()


@pytest.fixture(scope="module")
def stacks() -> np.ndarray:
    chance = np.random.default_rng(0)
    coarse = chance.integers(0, 256, (24, 11, 16, 16), np.uint8)
    return coarse.repeat(16, axis=2).repeat(16, axis=3)


def plain(network: EthoCNN, stacks: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return network(as_input(torch.from_numpy(stacks))).numpy()


def test_in_float32_it_is_the_same_function(network: EthoCNN, stacks: np.ndarray) -> None:
    expected = plain(network, stacks)
    found = StackRunner(network, CPU, dtype=torch.float32)(stacks)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
    with torch.inference_mode():
        embedded = network.embed(as_input(torch.from_numpy(stacks[:2]))).numpy()
    found = StackRunner(network, CPU, dtype=torch.float32, embed=True)(stacks[:2])
    np.testing.assert_allclose(found, embedded, rtol=1e-3, atol=1e-4 * embedded.max())


def test_black_above_and_below_the_cage_changes_nothing(network: EthoCNN, stacks: np.ndarray) -> None:
    published = stacks[:4].copy()
    published[:, :, :64], published[:, :, 192:] = 0, 0
    expected = plain(network, published)
    runner = StackRunner(network, CPU, dtype=torch.float32)
    np.testing.assert_allclose(runner(published), expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
    # The same by the way that computes all rows.
    published[0, 0, 0, 0] = 1
    np.testing.assert_allclose(
        runner(published[1:]), runner(published)[1:], rtol=1e-3, atol=1e-4 * np.abs(expected).max()
    )


def test_half_the_bits_change_hardly_anything(network: EthoCNN, stacks: np.ndarray) -> None:
    expected = plain(network, stacks)
    found = StackRunner(network, CPU, dtype=torch.bfloat16)(stacks)
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
    assert (found.argmax(1) == expected.argmax(1)).mean() > 0.95


def test_the_result_of_a_batch_is_always_the_same(network: EthoCNN, stacks: np.ndarray) -> None:
    runner = StackRunner(network, CPU)
    np.testing.assert_array_equal(runner(stacks), StackRunner(network, CPU)(stacks))


def test_a_device_without_memory_gets_less_and_says_so(
    network: EthoCNN, stacks: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    runner = StackRunner(network, CPU, dtype=torch.float32, tell=told.append)
    whole, run = runner(stacks[:5]), runner._begin

    def scarce(some: np.ndarray) -> torch.Tensor:
        if len(some) > 2:
            raise RuntimeError("MPS backend out of memory")  # CUDA alone has a class of its own for it
        return run(some)

    monkeypatch.setattr(runner, "_begin", scarce)
    np.testing.assert_allclose(runner(stacks[:5]), whole, rtol=1e-4, atol=1e-4)
    assert runner.batch == 4 // 2
    assert told[-1] == "The cpu is out of memory; going on with 2 stacks at once."


def test_other_errors_of_a_device_are_not_taken_for_a_lack_of_memory(
    network: EthoCNN, stacks: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: np.ndarray) -> torch.Tensor:
        raise RuntimeError("device-side assert triggered")

    runner = StackRunner(network, CPU, dtype=torch.float32)
    monkeypatch.setattr(runner, "_begin", broken)
    with pytest.raises(RuntimeError, match="device-side assert"):
        runner(stacks[:1])


def test_a_device_that_has_no_room_for_the_network_leaves_it_to_the_cpu(
    network: EthoCNN, stacks: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, told = StackRunner._place, []

    def full(self: StackRunner, device: torch.device, dtype: torch.dtype) -> None:
        if device.type == "cuda":
            raise torch.OutOfMemoryError
        place(self, device, dtype)

    monkeypatch.setattr(StackRunner, "_place", full)
    runner = StackRunner(network, torch.device("cuda"), dtype=torch.float32, tell=told.append)
    assert len(runner(stacks[:1])) == 1
    assert told == ["The cuda is out of memory even for one stack; going on with the CPU."]
