"""Backbones that look at stacks of eleven frames: which frames, how they go through a network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..preprocessing import STACK_MS, Gray, Preprocessing
from ..stacks import middles, offsets, rows_of

if TYPE_CHECKING:
    from torch import Tensor, nn

#: Seconds around a step that a stack reaches, whatever the frame rate.
REACH = 0.45
#: Stacks that go through a network at once.
BATCH = 32


@dataclass(frozen=True, eq=False)
class StackDescriber:
    """Embeddings of the stacks in the middle of the steps of one recording.

    Attributes
    ----------
    preprocessing
        With the contrast of the recording.
    fps, frames
        Frames per second, and number of frames of the recording.
    embed
        From stacks uint8 (stacks, 11, height, width) to embeddings (stacks, features).
    """

    preprocessing: Preprocessing
    fps: float
    frames: int
    embed: Callable[[Gray], NDArray[np.float32]]

    def describe(self, frames: Gray, first: int, edges: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the embeddings of steps (steps, features)."""
        rows = stack_rows(edges, self.fps, self.frames) - first
        return np.concatenate(
            [self.embed(frames[rows[start : start + BATCH]]) for start in range(0, len(rows), BATCH)]
        )


def stack_rows(edges: NDArray[np.int64], fps: float, frames: int) -> NDArray[np.int64]:
    """Return the frames of the stack of every step (steps, 11), numbered in the recording."""
    shape = offsets(fps, STACK_MS)
    return rows_of(middles(edges, shape, frames), shape, frames)


def embedder(
    network: nn.Module, embed: Callable[[Tensor], Tensor], prepare: Callable[[Tensor], Tensor]
) -> Callable[[Gray], NDArray[np.float32]]:
    """Return a function from gray arrays to embeddings, on the GPU where there is one.

    Parameters
    ----------
    network
        The network, which is moved to the device and set to evaluation mode.
    embed
        Its way from prepared stacks to embeddings.
    prepare
        From stacks uint8 to what the network takes.
    """
    import torch

    from ..devices import choose_device

    device = choose_device()
    network.to(device).eval()

    def run(stacks: Gray) -> NDArray[np.float32]:
        with torch.inference_mode():
            found = embed(prepare(torch.from_numpy(np.ascontiguousarray(stacks)).to(device)))
        embedded: NDArray[np.float32] = found.float().cpu().numpy()
        return embedded

    return run


def hash_of_weights(weights: Mapping[str, NDArray[Any]]) -> str:
    """Return SHA-256 over names, shapes and values of weights."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        array = np.ascontiguousarray(weights[name])
        digest.update(f"{name} {array.shape} {array.dtype}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def as_arrays(network: nn.Module) -> dict[str, NDArray[Any]]:
    """Return the weights of a network as arrays by name."""
    return {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}


def as_tensors(weights: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Return arrays as tensors by name."""
    import torch

    return {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
