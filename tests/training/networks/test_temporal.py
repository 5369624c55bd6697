"""The head of the interactive tier against plain NumPy."""

import numpy as np
import pytest
import torch
from napari_ethoprofile.training.networks.temporal import HeadSettings, TemporalHead


def test_levels_and_both_differences_are_projected() -> None:
    torch.manual_seed(3)
    head = TemporalHead(HeadSettings(features=7, outputs=(4,), width=5, dilations=())).eval()
    features = np.random.default_rng(0).normal(2, 3, (2, 20, 7)).astype(np.float32)
    head.standardize(torch.from_numpy(features.reshape(-1, 7)))
    with torch.inference_mode():
        [found] = head(torch.from_numpy(features))

    whole = features.reshape(-1, 7).astype(float)
    values = np.clip((features - whole.mean(0)) / whole.std(0), -8, 8)
    spread = np.sqrt(values.var(axis=2, keepdims=True) + 1e-5)
    values = (values - values.mean(axis=2, keepdims=True)) / spread
    first, second = np.zeros_like(values), np.zeros_like(values)
    first[:, 1:] = np.diff(values, axis=1)
    second[:, :-1] = np.diff(first, axis=1)
    state = {name: tensor.numpy().astype(float) for name, tensor in head.state_dict().items()}
    joined = np.concatenate([values, first, second], axis=2)
    projected = joined @ state["project.weight"].T + state["project.bias"]
    expected = projected @ state["outputs.0.weight"].T + state["outputs.0.bias"]
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-5)


def test_a_head_that_learned_the_scale_of_its_input_says_what_it_said() -> None:
    torch.manual_seed(5)
    head = TemporalHead(HeadSettings(features=7, outputs=(4,), width=5)).eval()
    features = torch.randn(2, 20, 7) * 3 + 2
    head.standardize(features.reshape(-1, 7))
    scale, offset = torch.rand(7) + 0.5, torch.randn(7)
    with torch.inference_mode():
        [expected] = head.judge(head.prepare(features) * scale + offset)

    earlier = head.state_dict() | {"norm.weight": scale, "norm.bias": offset}
    later = TemporalHead(head.settings).eval()
    later.load_state_dict(earlier)
    with torch.inference_mode():
        [found] = later(features)
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)


def test_a_head_of_other_features_is_refused() -> None:
    head = TemporalHead(HeadSettings(features=7, outputs=(4,), width=5))
    earlier = head.state_dict() | {"norm.weight": torch.ones(6), "norm.bias": torch.zeros(6)}
    with pytest.raises(RuntimeError):
        head.load_state_dict(earlier)
