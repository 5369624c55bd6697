"""Backbone ``stack-cnn``: a compact network that a project trains on its own labels, anew for every fold."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ...annotation.video.index import FrameIndex
from ..cache import arrays_in
from ..cards import BackboneCard
from ..examples import Task, step_targets
from ..fitting import Cancelled, Progress, TrainingCanceledError, one_thread, repeatable
from ..frames import cached_frames, prepared_for
from ..preprocessing import Gray, Preprocessing
from ..probabilities import edges_at_rate
from ..recordings import Recordings
from ..snapshots import IGNORED, Snapshot
from ..unfinished import Loop, Unfinished, draws_on
from .backbone import RATE, crop_of, cropped
from .stacking import REACH, Embedder, StackDescriber, as_arrays, as_tensors, hash_of_weights, stack_rows

if TYPE_CHECKING:
    from ..networks.stack_cnn import StackCNN

NAME = "stack-cnn"

_STEPS, _BATCH, _LEARNING_RATE = 400, 32, 1.5e-3

# Small frames of stretches, where the stack of every step lies in them, and its classes in every group.
_Material = tuple[list[Gray], list[tuple[int, NDArray[np.int64]]], list[NDArray[np.int64]]]

_log = logging.getLogger(__name__)


class StackCNNBackbone:
    """The embedding of a trained network.

    Parameters
    ----------
    network
        The network.
    card
        Whom it was trained on; hash and dimension are filled in.
    """

    reach = REACH

    def __init__(self, network: StackCNN, card: BackboneCard) -> None:
        from ..networks.stack_cnn import EMBEDDING

        self._network = network
        found = hash_of_weights(as_arrays(network))
        self.card = replace(card, weights_sha256=found, dimension=EMBEDDING)
        self._embed = Embedder(network, network.embed, lambda stacks: stacks.float() / 256)

    def settle(self, path: Path, index: FrameIndex, fps: float) -> StackDescriber:
        """Measure the contrast of a recording."""
        prepared = prepared_for(path, preset(self.card.options), index)
        return StackDescriber(prepared, fps, index.frames, self._embed)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return the weights of the network."""
        return as_arrays(self._network)


def restore(card: BackboneCard, weights: Mapping[str, NDArray[Any]]) -> StackCNNBackbone:
    """Return the backbone of a model folder."""
    from ..networks.stack_cnn import StackCNN

    try:
        network = StackCNN(card.options["outputs"])
        network.load_state_dict(as_tensors(weights))
    except (KeyError, TypeError, RuntimeError) as error:
        raise LearnError(
            "The weights of the backbone stack-cnn do not fit; train the model again."
        ) from error
    return StackCNNBackbone(network, card)


def fit(
    snapshot: Snapshot, tasks: Sequence[Task], recordings: Recordings, seed: int, options: Mapping[str, Any],
    on_progress: Progress | None = None, cancelled: Cancelled | None = None,
    unfinished: Unfinished | None = None,
) -> StackCNNBackbone:  # fmt: skip
    """Train the network on the labels of a snapshot; see `registry.Fit`.

    Options: ``steps``, the number of training steps, and ``crop``. When the memory of a GPU runs out, the
    training begins anew on the CPU.
    """
    from ..devices import choose_device, ran_out_of_memory

    material = _stacks(snapshot, tasks, recordings, preset(options), cancelled)
    outputs, total = [task.outputs for task in tasks], int(options.get("steps", _STEPS))
    device = choose_device()
    try:
        network = _fitted(material, outputs, seed, total, device.type, on_progress, cancelled, unfinished)
    except RuntimeError as error:
        if device.type == "cpu" or not ran_out_of_memory(error):
            raise
        _log.warning("The %s is out of memory; the backbone is trained on the CPU.", device.type)
        network = _fitted(material, outputs, seed, total, "cpu", on_progress, cancelled, unfinished)
    facts = {"outputs": outputs, "steps": total} | cropped(crop_of(options))
    card = BackboneCard(NAME, facts, subjects=snapshot.subjects)
    return StackCNNBackbone(network, card)


def _fitted(
    material: _Material, outputs: list[int], seed: int, total: int, device: str,
    on_progress: Progress | None, cancelled: Cancelled | None, unfinished: Unfinished | None,
) -> StackCNN:  # fmt: skip
    """Return the network on the CPU after `total` steps; the same seed gives the same on one device."""
    import torch

    from ..networks.stack_cnn import StackCNN
    from ..networks.temporal import class_weights, group_loss

    films, rows, targets = material
    known = np.flatnonzero(np.any([target != IGNORED for target in targets], axis=0))
    chance = np.random.default_rng(seed)
    with repeatable(seed), one_thread():
        network = StackCNN(outputs).to(device).train()
        weights = [
            class_weights(
                torch.from_numpy(np.bincount(t[t != IGNORED], minlength=max(2, n)).astype(np.float32))
            ).to(device)
            for t, n in zip(targets, outputs, strict=True)
        ]
        optimizer = torch.optim.AdamW(network.parameters(), _LEARNING_RATE, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _LEARNING_RATE, total_steps=total + 1)
        loop = Loop(network, optimizer, schedule, total, [chance, *draws_on(device)])
        for step in range(unfinished.take_up(loop) if unfinished is not None else 0, total):
            if cancelled is not None and cancelled():
                raise TrainingCanceledError
            batch = chance.choice(known, _BATCH)
            stacks = np.stack([films[rows[i][0]][rows[i][1]] for i in batch])
            logits = network(_varied(stacks, chance).to(device))
            loss = torch.zeros((), device=device)
            for found, target, weight in zip(logits, targets, weights, strict=True):
                wanted = torch.from_numpy(target[batch][:, None]).to(device)
                nothing = torch.zeros(len(batch), 1, len(weight), device=device)
                loss = loss + group_loss(found[:, None], wanted, nothing, weight, 0.0)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if unfinished is not None:
                unfinished.keep(loop, step + 1)
            if on_progress is not None:
                on_progress(step + 1, total)
    return network.cpu()


def preset(options: Mapping[str, Any]) -> Preprocessing:
    """Return how frames are made small for the network; the option ``crop`` is the part that is looked at."""
    from ..networks.stack_cnn import SIZE

    return Preprocessing(size=SIZE, crop=crop_of(options))


def _stacks(
    snapshot: Snapshot, tasks: Sequence[Task], recordings: Recordings, small: Preprocessing,
    cancelled: Cancelled | None,
) -> _Material:  # fmt: skip
    """Return the small frames of stretches, where the stack of every step lies in them, and its classes."""
    cache = arrays_in(recordings.cache_folder)
    films, rows = [], []
    targets: list[list[NDArray[np.int64]]] = [[] for _ in tasks]
    for number, stretch in enumerate(snapshot.stretches):
        if cancelled is not None and cancelled():
            raise TrainingCanceledError
        index = recordings.index_of(stretch, cancelled)
        prepared = prepared_for(stretch.path, small, index)
        films.append(cached_frames(cache, stretch.path, prepared, index, stretch.start, stretch.stop))
        edges = edges_at_rate(stretch.start, stretch.stop, stretch.fps, RATE)
        inside = np.clip(stack_rows(edges, stretch.fps, index.frames) - stretch.start, 0, stretch.frames - 1)
        rows += [(number, places) for places in inside]
        for found, task in zip(targets, tasks, strict=True):
            starts = edges[:-1] - stretch.start
            found.append(step_targets(task.targets(stretch), starts, max(2, task.outputs)))
    return films, rows, [np.concatenate(found) for found in targets]


def _varied(stacks: Gray, chance: np.random.Generator) -> Any:
    """Return stacks as tensors in [0, 1), some mirrored, a little lighter or darker, moved by some pixels."""
    import torch

    mirrored = chance.random(len(stacks)) < 0.5
    stacks = np.where(mirrored[:, None, None, None], stacks[..., ::-1], stacks)
    down, right = chance.integers(-3, 4, 2)
    stacks = np.roll(stacks, (int(down), int(right)), axis=(2, 3))
    light = chance.uniform(0.85, 1.15, (len(stacks), 1, 1, 1)).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(stacks).astype(np.float32) / 256 * light)
