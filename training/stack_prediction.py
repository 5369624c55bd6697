"""The batch tier at work: a recording streams through the DeepEthoProfile network, stack by stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.video.index import FrameIndex
from .ahead import ahead
from .calibration import Calibration
from .cards import BackboneCard, GroupCard, ModelCard
from .decisions import calibrations_of, smoothings_of
from .fitting import Cancelled, TrainingCanceledError
from .frames import BrokenVideoError, FrameStream, prepared_for
from .preprocessing import Gray, Preprocessing
from .probabilities import Probabilities, edges_at_rate, edges_at_stride
from .smoothing import Smoothing
from .stacks import FRAMES, STACK_RATE, middles, offsets, rows_of

if TYPE_CHECKING:
    from .models import Model
    from .networks.ethocnn import EthoCNN
    from .networks.ethocnn_inference import StackRunner

#: Name of the architecture in model cards.
ARCHITECTURE = "ethocnn"
# Batches of stacks that wait while the network computes.
_WAITING = 2


class StackPredictor:
    """A network of the batch tier, applied to recordings.

    Attributes
    ----------
    card
        Of the model.
    """

    def __init__(self, card: ModelCard, runner: StackRunner, stride: int | None = None) -> None:
        self.card = card if stride is None else _at_stride(card, stride)
        self._runner = runner
        [self._calibration] = calibrations_of(card)
        self._preprocessing = Preprocessing.from_dict(card.preprocessing)

    def edges(self, index: FrameIndex, fps: float, start: int, stop: int) -> NDArray[np.int64]:
        """Return the steps over frames ``[start, stop)``."""
        if self.card.stride is not None:
            return edges_at_stride(start, stop, self.card.stride)
        return edges_at_rate(start, stop, fps, self.card.rate or STACK_RATE)

    def rows(
        self, path: Path, index: FrameIndex, fps: float, edges: NDArray[np.int64], first: int
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield (step, probabilities of the steps from it on), from step `first` on.

        Decoding, resizing and stacking run in a thread of their own while the network computes.

        Raises
        ------
        BrokenVideoError
            Where the recording cannot be decoded any further, after the steps that lie before.
        """
        prepared = prepared_for(path, self._preprocessing, index)
        shape = offsets(fps, prepared.stack_ms)
        wanted = rows_of(middles(edges, shape, index.frames), shape, index.frames)
        size = self._runner.at_once
        for step, stacks in ahead(_stacks(path, prepared, index, wanted, first, size), _WAITING):
            yield step, self._calibration.probabilities(self._runner(stacks))

    def clip(
        self,
        cache_folder: Path,
        path: Path,
        index: FrameIndex,
        fps: float,
        frames: tuple[int, int],
        cancelled: Cancelled | None = None,
    ) -> Probabilities:
        """Return the probabilities over frames ``[start, stop)``; a grid of its own begins at `start`."""
        edges = self.edges(index, fps, *frames)
        found = []
        for _, rows in self.rows(path, index, fps, edges, 0):
            if cancelled is not None and cancelled():
                raise TrainingCanceledError
            found.append(rows)
        return Probabilities((np.concatenate(found),), self.card.classes, edges, self.card.id)


def stack_predictor(
    model: Model, device: str = "auto", stride: int | None = None, tell: Callable[[str], None] | None = None
) -> StackPredictor:
    """Return the predictor of a model of the batch tier.

    Parameters
    ----------
    model
        As read from its folder.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    stride
        Frames from one stack of 11 to the next instead of the model's own; below 11 stacks overlap. Where a
        stack lasts a fixed time, its frames are counted, not those of the recording.
    tell
        Called with one sentence when a device runs out of memory.
    """
    if model.card.architecture.get("name") != ARCHITECTURE:
        raise LearnError(f"The model '{model.card.name}' has an architecture that is not known here.")
    return StackPredictor(model.card, _runner(network_of(model), device, tell), stride)


def network_of(model: Model) -> EthoCNN:
    """Return the network that a model folder holds.

    Raises
    ------
    LearnError
        When its weights are of another network.
    """
    import torch

    from .networks.ethocnn import EthoCNN

    network = EthoCNN(len(model.card.groups[0].behaviors))
    try:
        network.load_state_dict({name: torch.from_numpy(v.copy()) for name, v in model.weights.items()})
    except RuntimeError as error:
        raise LearnError(f"The weights of the model '{model.card.name}' are of another network.") from error
    return network.eval()


def lab_predictor(
    path: Path, device: str = "auto", stride: int | None = None, tell: Callable[[str], None] | None = None
) -> StackPredictor:
    """Return the predictor of a lab's own ``mouse_v5.model`` or ``step_N.model``, with all as published."""
    import hashlib

    from .networks.ethocnn_weights import load_weights

    network = load_weights(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return StackPredictor(lab_card(path.stem, digest), _runner(network, device, tell), stride)


def lab_card(name: str, digest: str) -> ModelCard:
    """Return the card of published weights: nobody here knows which animals they have seen."""
    from .networks.ethocnn import CLASSES

    return ModelCard(
        name=name,
        tier="batch",
        architecture={"name": ARCHITECTURE},
        backbone=BackboneCard(ARCHITECTURE, weights_sha256=digest, subjects=None),
        preprocessing=Preprocessing.published().to_dict(),
        groups=(GroupCard("behavior", tuple(enumerate(CLASSES, start=1))),),
        stride=FRAMES,
        split="split unknown",
        calibration={"groups": [Calibration().to_dict()]},
        smoothing={"groups": [no_smoothing(len(CLASSES)).to_dict()]},
        weights_sha256=digest,
    )


def _at_stride(card: ModelCard, stride: int) -> ModelCard:
    """Return the card of the model at other steps, which leave bouts as long as before."""
    if card.stride is not None:
        ratio, pace = stride / card.stride, replace(card, stride=stride)
    else:
        ratio, rate = stride / FRAMES, card.rate or STACK_RATE
        pace = replace(card, rate=rate / ratio)
    groups = [smoothing.at_steps(ratio).to_dict() for smoothing in smoothings_of(card)]
    return replace(pace, smoothing={**card.smoothing, "groups": groups})


def no_smoothing(classes: int) -> Smoothing:
    """Return what leaves the most likely class of every step, as published."""
    even = (1 / classes,) * classes
    return Smoothing((even,) * classes, even)


def _runner(network: EthoCNN, device: str, tell: Callable[[str], None] | None) -> StackRunner:
    from .devices import choose_device
    from .networks.ethocnn_inference import StackRunner

    given: dict[str, Any] = {} if tell is None else {"tell": tell}
    return StackRunner(network, choose_device(device), **given)


def _stacks(
    path: Path,
    preprocessing: Preprocessing,
    index: FrameIndex,
    wanted: NDArray[np.int64],
    first: int,
    size: int,
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield (step, stacks of the steps from it on), `size` at a time, in one pass over the recording."""
    if first >= len(wanted):
        return
    start, end = int(wanted[first:].min()), int(wanted.max()) + 1
    batches = FrameStream(path, preprocessing, index, start, end).batches(FRAMES * size)
    held = np.empty((0, *preprocessing.size), np.uint8)
    for step in range(first, len(wanted), size):
        rows = wanted[step : step + size]
        held, start = held[int(rows.min()) - start :], int(rows.min())
        parts, have, broken = [held] if len(held) else [], start + len(held), None
        while have <= rows.max():
            try:
                _, frames = next(batches)
            except BrokenVideoError as error:
                broken = error
                break
            parts.append(frames)
            have += len(frames)
        held = np.concatenate(parts) if len(parts) > 1 else parts[0] if parts else held
        whole = rows[rows.max(axis=1) < have]
        if len(whole):
            yield step, _stacked(held, whole - start)
        if broken is not None:
            raise broken


def _stacked(frames: Gray, rows: NDArray[np.int64]) -> Gray:
    """Return the frames in these rows (stacks, 11, height, width); stacks in a row need no copy."""
    first, count = int(rows[0, 0]), rows.size
    if np.array_equal(rows.ravel(), np.arange(first, first + count)):
        return frames[first : first + count].reshape(*rows.shape, *frames.shape[1:])
    return frames[rows]
