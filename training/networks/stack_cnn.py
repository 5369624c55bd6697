"""A compact network of the project's own: eleven small gray frames to an embedding and to behaviors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..stacks import FRAMES

#: Height and width of a frame.
SIZE = (64, 80)
#: Length of an embedding.
EMBEDDING = 64

_CHANNELS = (24, 48, 64)
_DROPOUT = 0.3


class StackCNN(nn.Module):
    """Stacks (batch, 11, 64, 80) in [0, 1), the earliest frame first, to logits of every group.

    Parameters
    ----------
    outputs
        Number of outputs of every group: one for a group of one behavior.
    """

    def __init__(self, outputs: Sequence[int]) -> None:
        super().__init__()
        # Besides the frames it sees their changes, which is where motion is.
        self.first = nn.Conv2d(2 * FRAMES - 1, _CHANNELS[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(_CHANNELS[0], _CHANNELS[1], 3, stride=2, padding=1)
        self.third = nn.Conv2d(_CHANNELS[1], _CHANNELS[2], 3, stride=2, padding=1)
        self.norms = nn.ModuleList(nn.GroupNorm(8, channels) for channels in _CHANNELS)
        self.join = nn.Linear(_CHANNELS[2] * 20, EMBEDDING)
        self.outputs = nn.ModuleList(nn.Linear(EMBEDDING, count) for count in outputs)

    def embed(self, stacks: Tensor) -> Tensor:
        """Return embeddings (batch, 64)."""
        changes = 4 * (stacks[:, 1:] - stacks[:, :-1])
        values = torch.cat([stacks - stacks.mean(dim=(1, 2, 3), keepdim=True), changes], dim=1)
        for layer, norm in zip((self.first, self.second, self.third), self.norms, strict=True):
            values = functional.relu(norm(layer(values)))
        values = functional.avg_pool2d(values, 2).flatten(1)
        values = functional.dropout(values, _DROPOUT, self.training)
        embedding: Tensor = self.join(values)
        return embedding

    def forward(self, stacks: Tensor) -> list[Tensor]:
        """Return logits of every group (batch, outputs)."""
        values = functional.relu(self.embed(stacks))
        return [output(values) for output in self.outputs]
