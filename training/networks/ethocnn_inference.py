"""The DeepEthoProfile network prepared for speed: the same function with fewer and cheaper operations."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..devices import fast_dtype, ran_out_of_memory
from .ethocnn import FRAMES, SIDE, EthoCNN

#: Stacks that are computed at once: enough for a GPU, and on a CPU no slower than fewer.
BATCH = {"cpu": 16, "mps": 64, "cuda": 128}
#: Batches that a GPU gets in one call: the first waits for its transfer, those after do not.
_IN_A_ROW = 4

# Convolutions over 16 channels, some of them empty, are twice as fast as over 11.
_CHANNELS = 16

# Rows of the small frame that the published preset fills, and the rows that are looked at: enough around them
# for the widest convolution of the first layer (5 rows at stride 2).
_CAGE, _SEEN = slice(64, 192), slice(48, 208)
# Rows 28 to 100 of the first convolutions see the cage or lie in one pool with a row that does; they begin
# with row 24 here. Their pool gives rows 14 to 49 of 63, the only ones that differ from black.
_SEEN_ROWS = slice(4, 77)
# The second convolution (5 rows) and its pool see these in their rows 4 to 24 of 29, made of rows 8 to 54.
_AROUND_FIRST, _FIRST, _SECOND = slice(8, 55), slice(6, 42), slice(4, 25)

_log = logging.getLogger(__name__)


class PreparedEthoCNN(nn.Module):
    """An `EthoCNN` in evaluation mode, for gray stacks uint8 (batch, 11, 256, 256).

    The same function with less work, all of it exact but for rounding in `dtype`:

    - Normalizations become part of the convolution that follows them. Where that pads, a further channel of
      ones carries the shift, since what is padded is 0 after the normalization.
    - The published preset leaves black above and below the cage. What black gives is computed once, and of
      stacks that are black there only the rows are computed that the cage can reach.
    - Channels last in memory, 16 of them, and maxima taken before what commutes with them.

    Parameters
    ----------
    network
        The network; it is not changed.
    dtype
        Number format of weights and activations.
    """

    def __init__(self, network: EthoCNN, dtype: torch.dtype) -> None:
        super().__init__()
        self._dtype = dtype
        self.shapes = nn.ModuleList(
            _first_layer(network.bn1, layer) for layer in (network.c11, network.c13, network.c14, network.c12)
        )
        self.c2 = _folded(network.bn2, network.c2)
        self.c3 = _folded(network.bn3, network.c3)
        self.c32, self.c4 = deepcopy(network.c32), deepcopy(network.c4)
        self.fc1, self.fc12, self.fc2 = (
            deepcopy(layer) for layer in (network.fc1, network.fc12, network.fc2)
        )
        self.to(dtype=dtype).to(memory_format=torch.channels_last)
        self.eval().requires_grad_(False)
        with torch.inference_mode(False), torch.no_grad():
            first = self._first(torch.zeros((1, FRAMES, SIDE, SIDE), dtype=torch.uint8))
            self.register_buffer("black_first", first)
            self.register_buffer("black_second", self._second(first))

    def embed(self, stacks: Tensor) -> Tensor:
        """Return the activations before the last layer (batch, 2048)."""
        outside = (stacks[:, :, : _CAGE.start], stacks[:, :, _CAGE.stop :])
        if any(bool(part.any()) for part in outside):
            found = self._second(self._first(stacks))
        else:
            found = self._second_of_cage(stacks)
        found = _pool(self.c3(found)).relu_()
        found = self.c32(found).relu_()
        found = _pool(self.c4(found)).relu_()
        found = self.fc1(found.flatten(1)).relu_()
        return self.fc12(found).relu_()

    def forward(self, stacks: Tensor) -> Tensor:
        """Return logits (batch, classes) in float32."""
        return self.fc2(self.embed(stacks)).float()

    def _first(self, stacks: Tensor, rows: slice = slice(None)) -> Tensor:
        """Return the four shapes after their pool; `rows` of the convolutions count."""
        count, _, height, width = stacks.shape
        given = torch.zeros((count, height, width, _CHANNELS), dtype=self._dtype, device=stacks.device)
        given[..., :FRAMES] = stacks.permute(0, 2, 3, 1)
        given[..., FRAMES] = 1
        given = given.permute(0, 3, 1, 2)
        # The largest of several, and what is above 0, may be taken in either order: the smaller array last.
        return torch.cat([_pool(layer(given)[:, :, rows]) for layer in self.shapes], dim=1).relu_()

    def _second(self, first: Tensor) -> Tensor:
        return _pool(self.c2(first)).relu_()

    def _second_of_cage(self, stacks: Tensor) -> Tensor:
        """Return what `_second` of `_first` does for stacks that are black outside of the cage."""
        seen = self._first(stacks[:, :, _SEEN], _SEEN_ROWS)
        first = self.black_first[:, :, _AROUND_FIRST].repeat(len(stacks), 1, 1, 1)
        first = first.contiguous(memory_format=torch.channels_last)
        first[:, :, _FIRST] = seen
        second = self.black_second.repeat(len(stacks), 1, 1, 1)
        second = second.contiguous(memory_format=torch.channels_last)
        second[:, :, _SECOND] = self._second(first)
        return second


class StackRunner:
    """Runs a network over gray stacks on a device; a device that runs out of memory gets less at once.

    Parameters
    ----------
    network
        Trained.
    device
        Where.
    embed
        Return embeddings instead of logits.
    dtype
        Number format; the fast one of the device when not given.
    tell
        Called with one sentence when memory runs out and what is done about it.
    """

    def __init__(
        self,
        network: EthoCNN,
        device: torch.device,
        *,
        embed: bool = False,
        dtype: torch.dtype | None = None,
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        self._network = network
        self._embed = embed
        self._tell = tell
        try:
            self._place(device, dtype or fast_dtype(device))
        except RuntimeError as error:
            if device.type == "cpu" or not ran_out_of_memory(error):
                raise
            self._give_up(device)
        self.batch = BATCH.get(self.device.type, 16)

    @property
    def at_once(self) -> int:
        """Stacks that are best given in one call."""
        return self.batch * (1 if self._lane is None else _IN_A_ROW)

    def __call__(self, stacks: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return logits, or embeddings, of stacks (n, 11, 256, 256) uint8: float32 (n, classes or 2048)."""
        found, start = [], 0
        while start < len(stacks):
            try:
                found.append(self._begin(stacks[start : start + self.batch]))
            except RuntimeError as error:
                if not ran_out_of_memory(error):
                    raise
                self._make_do()
                continue
            start += self.batch
        return np.concatenate([part.cpu().numpy() for part in found])

    def _place(self, device: torch.device, dtype: torch.dtype) -> None:
        self.device = device
        self._prepared = PreparedEthoCNN(self._network, dtype).to(device)
        self._lane = torch.cuda.Stream(device) if device.type == "cuda" else None

    def _begin(self, stacks: NDArray[np.uint8]) -> Tensor:
        """Return what a GPU will have found by the time that it is asked; other devices are done then."""
        with torch.inference_mode():
            given = self._sent(torch.from_numpy(stacks))
            found = self._prepared.embed(given) if self._embed else self._prepared(given)
            return found.float()

    def _sent(self, stacks: Tensor) -> Tensor:
        """Send stacks to the device; to a GPU while it is still busy with those before."""
        if self._lane is None:
            return stacks.to(self.device)
        with torch.cuda.stream(self._lane):
            sent = stacks.to(self.device)
        busy = torch.cuda.current_stream(self.device)
        busy.wait_stream(self._lane)
        sent.record_stream(busy)  # its memory is used again only when the network is through with it
        return sent

    def _make_do(self) -> None:
        """After memory ran out: half as many stacks at once; when it is one already, the CPU."""
        if self.batch > 1:
            self.batch //= 2
            self._tell(f"The {self.device.type} is out of memory; going on with {self.batch} stacks at once.")
        elif self.device.type != "cpu":
            self._give_up(self.device)
            self.batch = BATCH["cpu"]
        else:
            raise MemoryError("The network does not fit into memory.")
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _give_up(self, device: torch.device) -> None:
        self._tell(f"The {device.type} is out of memory even for one stack; going on with the CPU.")
        cpu = torch.device("cpu")
        self._place(cpu, fast_dtype(cpu))


def _pool(shapes: Tensor) -> Tensor:
    return functional.max_pool2d(shapes, 3, stride=2)


def _affine(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return scale and shift of a normalization in evaluation mode (channels,), float64."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    return scale.detach(), (norm.bias.double() - norm.running_mean.double() * scale).detach()


def _first_layer(norm: nn.BatchNorm2d, layer: nn.Conv2d) -> nn.Conv2d:
    """Return a convolution of the first layer that divides gray levels by 256 and normalizes them first.

    Channel 11 of its input holds ones, which carry the shift; what lies beyond is ignored.
    """
    scale, shift = _affine(norm)
    height, width = layer.weight.shape[2:]
    wide = nn.Conv2d(_CHANNELS, layer.out_channels, (height, width), stride=2, padding=layer.padding)
    weight = layer.weight.double()
    with torch.no_grad():
        wide.weight.zero_()
        wide.weight[:, :FRAMES] = weight * (scale / 256)[None, :, None, None]
        wide.weight[:, FRAMES] = (weight * shift[None, :, None, None]).sum(dim=1)
        wide.bias.copy_(layer.bias)
    return wide


def _folded(norm: nn.BatchNorm2d, layer: nn.Conv2d) -> nn.Conv2d:
    """Return a convolution that normalizes first."""
    scale, shift = _affine(norm)
    folded = deepcopy(layer)
    weight = layer.weight.double()
    with torch.no_grad():
        folded.weight.copy_(weight * scale[None, :, None, None])
        folded.bias.copy_(layer.bias.double() + (weight * shift[None, :, None, None]).sum(dim=(1, 2, 3)))
    return folded
