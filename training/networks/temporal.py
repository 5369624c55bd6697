"""The head of the interactive tier: features of steps to behaviors, by dilated convolutions over time.

Layout after MS-TCN (Farha and Gall, CVPR 2019): residual layers of dilated convolutions, and a truncated
squared difference of neighboring log-probabilities that keeps labels from flickering.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..snapshots import IGNORED

#: Differences of log-probabilities beyond this are real changes and cost no more (MS-TCN).
_TRUNCATION = 4.0


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """What a head is built with.

    Attributes
    ----------
    features
        Number of features a step.
    outputs
        Number of outputs of every group: one for a group of one behavior.
    width
        Channels of the convolutions.
    dilations
        Steps between the taps of every layer, first to last.
    dropout
        Share of channels that a layer leaves out while it learns.
    """

    features: int
    outputs: tuple[int, ...]
    width: int = 64
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1, 2, 4)
    dropout: float = 0.3

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the inverse of `from_dict`."""
        return asdict(self) | {"outputs": list(self.outputs), "dilations": list(self.dilations)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> HeadSettings:
        """Return the settings that plain data describe."""
        lists = {name: tuple(data[name]) for name in ("outputs", "dilations")}
        return cls(**data | lists)


class TemporalHead(nn.Module):
    """Features (batch, steps, features) to logits (batch, steps, outputs), one tensor a group.

    Parameters
    ----------
    settings
        What to build.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, settings: HeadSettings) -> None:
        super().__init__()
        self.settings = settings
        self.register_buffer("mean", torch.zeros(settings.features))
        self.register_buffer("scale", torch.ones(settings.features))
        self.project = nn.Linear(3 * settings.features, settings.width)
        self.layers = nn.ModuleList(_Layer(settings, dilation) for dilation in settings.dilations)
        self.outputs = nn.ModuleList(nn.Linear(settings.width, count) for count in settings.outputs)
        self.register_load_state_dict_pre_hook(_without_learned_scale)

    def drop_by(self, seed: int) -> torch.Generator:
        """Let this seed decide what is left out, whatever else draws random numbers meanwhile.

        Returns
        -------
        torch.Generator
            Where its random numbers come from.
        """
        generator = torch.Generator().manual_seed(seed)
        for layer in self.layers:
            layer.generator = generator
        return generator

    def standardize(self, features: Tensor) -> None:
        """Take mean and spread of the features (steps, features) that are to be learned from."""
        self.mean.copy_(features.mean(dim=0))
        spread = features.std(dim=0, correction=0)
        # A feature that never changes while learning says nothing, whatever it does later.
        self.scale.copy_(torch.where(spread > 1e-6, 1 / spread.clamp_min(1e-6), torch.zeros_like(spread)))

    def forward(self, features: Tensor) -> list[Tensor]:
        """Return the logits of every group (batch, steps, outputs)."""
        return self.judge(self.prepare(features))

    def prepare(self, features: Tensor) -> Tensor:
        """Return features (..., features) on one scale, each step by itself; nothing of it is learned.

        The projection that follows could undo any learned scale and offset, so there is none.
        """
        values = ((features - self.mean) * self.scale).clamp(-8, 8)
        return functional.layer_norm(values, values.shape[-1:])

    def judge(self, values: Tensor) -> list[Tensor]:
        """Return the logits of every group (batch, steps, outputs) of prepared features."""
        # The projection of differences is the difference of projections, of far fewer numbers.
        parts = self.project.weight.unflatten(1, (3, -1)).unbind(1)
        level, first, second = functional.linear(values, torch.cat(parts)).chunk(3, dim=2)
        change = _backward(second)
        bend = functional.pad(change[:, 1:] - change[:, :-1], (0, 0, 0, 1))
        values = (level + _backward(first) + bend + self.project.bias).transpose(1, 2)
        for layer in self.layers:
            values = layer(values)
        values = values.transpose(1, 2)
        return [output(values) for output in self.outputs]


def _without_learned_scale(_: nn.Module, weights: dict[str, Tensor], prefix: str, *_others: Any) -> None:
    """Put the scale and offset that earlier heads learned for their input into the projection after it."""
    scale, offset = (weights.pop(f"{prefix}norm.{name}", None) for name in ("weight", "bias"))
    if scale is None or offset is None:
        return
    projection = weights[f"{prefix}project.weight"]
    weights[f"{prefix}project.weight"] = projection * scale.repeat(3)
    # An offset has no differences over time: it shows in the level alone.
    weights[f"{prefix}project.bias"] = (
        weights[f"{prefix}project.bias"] + projection[:, : len(offset)] @ offset
    )


def _backward(values: Tensor) -> Tensor:
    """Return how values (batch, steps, channels) differ from those one step before; 0 at the first."""
    return functional.pad(values[:, 1:] - values[:, :-1], (0, 0, 1, 0))


class _Layer(nn.Module):
    def __init__(self, settings: HeadSettings, dilation: int) -> None:
        super().__init__()
        width = settings.width
        self.spread = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = settings.dropout
        self.generator: torch.Generator | None = None

    def forward(self, values: Tensor) -> Tensor:
        change = self.mix(functional.relu_(self.spread(values)))
        if not self.training:
            return values + change
        # Whole channels, so that neighboring steps cannot fill in what is left out.
        chance = torch.rand(change.shape[0], change.shape[1], 1, generator=self.generator)
        return torch.addcmul(values, change, (chance >= self.dropout) / (1 - self.dropout))


def class_weights(counts: Tensor, power: float = 0.5) -> Tensor:
    """Return weights that fall with the frequency of a class, ``n ** -power``, of mean 1 over the examples.

    Parameters
    ----------
    counts
        Examples of every class (classes,); a class without any gets the weight 0.
    """
    weights = torch.where(counts > 0, counts.clamp_min(1).pow(-power), torch.zeros_like(counts))
    mean = (weights * counts).sum() / counts.sum().clamp_min(1)
    return weights / mean.clamp_min(1e-12)


def group_loss(
    logits: Tensor, targets: Tensor, soft: Tensor, weights: Tensor, smoothing: float
) -> Tensor:  # fmt: skip
    """Return the loss of one group: weighted cross entropy where there is a label, and smoothness.

    Parameters
    ----------
    logits
        (batch, steps, outputs); one output means absent or present.
    targets
        Classes (batch, steps); `IGNORED` where nothing is learned.
    soft
        Share of annotators for each class (batch, steps, classes), in place of the target where it sums to
        more than 0.
    weights
        Of the classes (classes,).
    smoothing
        Weight of the smoothness.
    """
    full = logits if logits.shape[2] > 1 else torch.cat([torch.zeros_like(logits), logits], dim=2)
    logs = full.log_softmax(dim=2)
    known = targets != IGNORED
    hard = functional.one_hot(targets.clamp_min(0), full.shape[2]).to(logs.dtype)
    shares = torch.where((soft.sum(dim=2, keepdim=True) > 0), soft, hard) * known.unsqueeze(2)
    weighted = shares * weights
    entropy = -(weighted * logs).sum() / weighted.sum().clamp_min(1e-6)
    jumps = (logs[:, 1:] - logs[:, :-1].detach()).abs().clamp(max=_TRUNCATION) ** 2
    pairs = (known[:, 1:] & known[:, :-1]).unsqueeze(2)
    smooth = (jumps * pairs).sum() / (pairs.sum() * full.shape[2]).clamp_min(1)
    return entropy + smoothing * smooth
