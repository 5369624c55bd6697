"""Backbones that look at stacks of eleven frames: which frames, how they go through a network."""

from __future__ import annotations

import hashlib
import logging
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

_log = logging.getLogger(__name__)


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


class Embedder:
    """Turns gray arrays into embeddings, on the GPU where there is one.

    A GPU that runs out of memory gets less at once; where one array is too much, the CPU takes over.

    Parameters
    ----------
    network
        The network, which is moved to the device and set to evaluation mode.
    embed
        Its way from prepared stacks to embeddings.
    prepare
        From stacks uint8 to what the network takes.
    """

    def __init__(
        self, network: nn.Module, embed: Callable[[Tensor], Tensor], prepare: Callable[[Tensor], Tensor]
    ) -> None:
        from ..devices import choose_device, ran_out_of_memory

        self._network, self._embed, self._prepare = network.eval(), embed, prepare
        self._too_much, self._at_once = ran_out_of_memory, BATCH
        self._device = choose_device()
        try:
            network.to(self._device)
        except RuntimeError as error:
            if not ran_out_of_memory(error):
                raise
            self._give_up()

    def __call__(self, stacks: Gray) -> NDArray[np.float32]:
        """Return the embeddings of one array or more (arrays, features)."""
        found, start = [], 0
        while start < len(stacks):
            try:
                found.append(self._run(stacks[start : start + self._at_once]))
            except RuntimeError as error:
                if not self._too_much(error):
                    raise
                self._make_do()
                continue
            start += self._at_once
        return np.concatenate(found)

    def _run(self, stacks: Gray) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            given = torch.from_numpy(np.ascontiguousarray(stacks)).to(self._device)
            embedded: NDArray[np.float32] = self._embed(self._prepare(given)).float().cpu().numpy()
        return embedded

    def _make_do(self) -> None:
        if self._at_once > 1:
            self._at_once //= 2
            kind = self._device.type
            _log.warning("The %s is out of memory; going on with %s pictures at once.", kind, self._at_once)
        elif self._device.type != "cpu":
            self._give_up()
        else:
            raise MemoryError("The backbone does not fit into memory.")

    def _give_up(self) -> None:
        import torch

        _log.warning("The %s is out of memory; the backbone goes on with the CPU.", self._device.type)
        self._device, self._at_once = torch.device("cpu"), BATCH
        self._network.to(self._device)


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
