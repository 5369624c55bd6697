"""The DeepEthoProfile network, written from its published description: eleven gray frames to one label.

Source: eNeuro 12(7), ENEURO.0369-24.2025, and the shapes of the weights that its authors publish. The names
of the parameters are theirs, so that a lab's own files load.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

#: Frames in a stack.
FRAMES = 11
#: Height and width of a frame.
SIDE = 256
#: Length of an embedding.
EMBEDDING = 2048
#: The classes of the published weights, in the order of the outputs.
CLASSES = ("drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk")

_DROPOUT = 0.5
# What is left of 256 pixels after all convolutions and pools, which pad nothing but at the first layer.
_LAST_SIDE = 4


class EthoCNN(nn.Module):
    """Eleven gray frames (batch, 11, 256, 256) in [0, 1), the earliest first, to logits (batch, classes).

    Parameters
    ----------
    classes
        Number of outputs; 8 for the published weights.
    """

    def __init__(self, classes: int = len(CLASSES)) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(FRAMES)
        self.c11 = nn.Conv2d(FRAMES, 32, (11, 1), stride=2, padding=(5, 0))
        self.c12 = nn.Conv2d(FRAMES, 32, (1, 11), stride=2, padding=(0, 5))
        self.c13 = nn.Conv2d(FRAMES, 32, (7, 3), stride=2, padding=(3, 1))
        self.c14 = nn.Conv2d(FRAMES, 32, (3, 7), stride=2, padding=(1, 3))
        self.bn2 = nn.BatchNorm2d(128)
        self.c2 = nn.Conv2d(128, 256, 5)
        self.bn3 = nn.BatchNorm2d(256)
        self.c3 = nn.Conv2d(256, 384, 3)
        self.c32 = nn.Conv2d(384, 512, 3)
        self.c4 = nn.Conv2d(512, 256, 3)
        self.fc1 = nn.Linear(256 * _LAST_SIDE**2, EMBEDDING)
        self.fc12 = nn.Linear(EMBEDDING, EMBEDDING)
        self.fc2 = nn.Linear(EMBEDDING, classes)

    def embed(self, stacks: Tensor) -> Tensor:
        """Return the activations before the last layer (batch, 2048), which are at least 0."""
        shapes = self.bn1(stacks)
        # This order is part of the format: the second layer's weights rely on it.
        shapes = torch.cat([self.c11(shapes), self.c13(shapes), self.c14(shapes), self.c12(shapes)], dim=1)
        shapes = self.bn2(_pool(functional.relu(shapes)))
        shapes = self.bn3(_pool(functional.relu(self.c2(shapes))))
        shapes = _pool(functional.relu(self.c3(shapes)))
        shapes = functional.relu(self.c32(shapes))
        shapes = _pool(functional.relu(self.c4(shapes)))
        # Also with channels last in memory, the flat order is channel, row, column.
        found = self._dropped(shapes.flatten(1))
        found = self._dropped(functional.relu(self.fc1(found)))
        return functional.relu(self.fc12(found))

    def forward(self, stacks: Tensor) -> Tensor:
        """Return logits (batch, classes)."""
        return cast(Tensor, self.fc2(self.embed(stacks)))

    def _dropped(self, values: Tensor) -> Tensor:
        return functional.dropout(values, _DROPOUT, self.training)


def _pool(shapes: Tensor) -> Tensor:
    return functional.max_pool2d(shapes, 3, stride=2)


def as_input(stacks: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return gray stacks uint8 as the network takes them: divided by 256, in any float type without loss."""
    # Eight bits over a power of two are exact in float16, in bfloat16 and in float32 alike.
    return stacks.to(dtype) / 256
