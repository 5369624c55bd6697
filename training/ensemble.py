"""A model of the interactive tier at work: three heads that were trained on three thirds of the animals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.video.index import FrameIndex
from .calibration import Calibration
from .cards import ModelCard
from .decisions import calibrations_of
from .features.backbone import RATE, Backbone
from .features.extraction import cached_features, stream_features
from .features.registry import entry_of
from .fitting import Cancelled, Progress, TrainingCanceledError, apply_head
from .frames import BrokenVideoError
from .models import Model, require_learn
from .probabilities import Probabilities, edges_at_rate

if TYPE_CHECKING:
    from .networks.temporal import TemporalHead

TIER = "interactive"
#: Steps that a head sees at once while a recording streams by.
_STREAMED = 1000


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Heads over features, whose outputs are averaged.

    Attributes
    ----------
    card
        Of the model.
    backbones
        One for all heads, or one a head where the backbone was trained on the same animals as the head.
    heads
        The heads.
    calibrations
        Of every group.
    """

    card: ModelCard
    backbones: tuple[Backbone, ...]
    heads: tuple[TemporalHead, ...]
    calibrations: tuple[Calibration, ...]

    @classmethod
    def of(cls, model: Model) -> Ensemble:
        """Return the model ready to work.

        Raises
        ------
        LearnError
            When it is of another tier, or its weights do not fit its card.
        """
        require_learn("torch")
        card = model.card
        if card.tier != TIER:
            raise LearnError(f"The model '{card.name}' is of the {card.tier} tier, not of the {TIER} tier.")
        entry = entry_of(card.backbone.name)
        members = int(card.architecture["members"])
        shared = card.architecture["backbones"] == 1
        parts = ["backbone."] if shared else [f"member{number}.backbone." for number in range(members)]
        return cls(
            card,
            tuple(entry.restore(card.backbone, _under(model.weights, part)) for part in parts),
            tuple(_head(card, _under(model.weights, f"member{number}.head.")) for number in range(members)),
            calibrations_of(card),
        )

    @property
    def rate(self) -> float:
        """Steps per second."""
        return self.card.rate or RATE

    @property
    def margin(self) -> int:
        """Steps around a step that its probabilities depend on."""
        return max(sum(head.settings.dilations) for head in self.heads) + 2

    def stretch(
        self, cache_folder: Path, path: Path | str, index: FrameIndex, fps: float, frames: tuple[int, int],
        on_progress: Progress | None = None, cancelled: Cancelled | None = None,
    ) -> Probabilities:  # fmt: skip
        """Return the probabilities over the frames ``[start, stop)``, with features from the cache.

        Steps shortly before and after the stretch are looked at, so that a clip gets the probabilities that
        it has within its recording.
        """
        reach = int(np.ceil((self.margin + 1) * fps / self.rate))
        wide = max(0, frames[0] - reach), min(index.frames, frames[1] + reach)
        features = [
            cached_features(cache_folder, backbone, path, index, fps, self.rate, wide, on_progress, cancelled)
            for backbone in self.backbones
        ]
        all_edges = edges_at_rate(*wide, fps, self.rate)
        first = int(np.searchsorted(all_edges, frames[0], side="right")) - 1
        edges = edges_at_rate(*frames, fps, self.rate)
        groups = [values[first : first + len(edges) - 1] for values in self.probabilities(features)]
        return Probabilities(tuple(groups), self.card.classes, edges, self.card.id)

    def recording(
        self, path: Path | str, index: FrameIndex, fps: float,
        on_progress: Progress | None = None, cancelled: Cancelled | None = None,
    ) -> Probabilities:  # fmt: skip
        """Return the probabilities over a whole recording, in one pass over the file and without a cache.

        Raises
        ------
        TrainingCanceledError
            If `cancelled` said so.
        BrokenVideoError
            Where the file cannot be decoded any further.
        """
        edges = edges_at_rate(0, index.frames, fps, self.rate)
        blocks = []
        for _, groups in self.stream(path, index, fps):
            blocks.append(groups)
            done = int(edges[sum(len(block[0]) for block in blocks)])
            if on_progress is not None:
                on_progress(done, index.frames)
            if cancelled is not None and cancelled():
                raise TrainingCanceledError
        joined = tuple(np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return Probabilities(joined, self.card.classes, edges, self.card.id)

    def stream(
        self, path: Path | str, index: FrameIndex, fps: float, first: int = 0
    ) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
        """Yield (first step, probabilities of every group) block by block; memory stays small.

        Parameters
        ----------
        path, index, fps
            The recording.
        first
            The step to begin at; what comes out does not depend on it.

        Raises
        ------
        BrokenVideoError
            Where the recording cannot be decoded any further, after the steps that lie before.
        """
        edges = edges_at_rate(0, index.frames, fps, self.rate)
        steps, margin = len(edges) - 1, self.margin
        begin = max(0, first - margin)
        streams = [
            stream_features(backbone, path, index, fps, self.rate, begin) for backbone in self.backbones
        ]
        held: list[NDArray[np.float32]] = [
            np.empty((0, b.card.dimension), np.float32) for b in self.backbones
        ]
        start = first
        broken: BrokenVideoError | None = None
        rounds = zip(*streams, strict=True)
        while start < steps and broken is None:
            try:
                blocks = next(rounds)
                held = [np.concatenate([old, new]) for old, (_, new) in zip(held, blocks, strict=True)]
            except BrokenVideoError as error:
                broken = error
            have = begin + len(held[0])
            last = have == steps or broken is not None
            stop = have if last else have - margin
            if stop <= start or (stop - start < _STREAMED and not last):
                continue
            found = self.probabilities(held)
            yield start, [values[start - begin : stop - begin] for values in found]
            kept = max(0, stop - margin - begin)
            held, begin, start = [values[kept:] for values in held], begin + kept, stop
        if broken is not None:
            raise broken

    def probabilities(self, features: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Return calibrated probabilities of every group (steps, outputs).

        Parameters
        ----------
        features
            Of the steps (steps, features): one array a backbone.
        """
        each = [
            apply_head(head, features[number if len(features) > 1 else 0])
            for number, head in enumerate(self.heads)
        ]
        means = [np.mean(logits, axis=0) for logits in zip(*each, strict=True)]
        return [
            calibration.probabilities(mean)
            for calibration, mean in zip(self.calibrations, means, strict=True)
        ]


def weights_of(
    heads: Sequence[TemporalHead], backbones: Sequence[Backbone]
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """Return the weights of heads and backbones by name, as a model folder holds them."""
    found: dict[str, NDArray[Any]] = {}
    for number, head in enumerate(heads):
        for name, value in head.state_dict().items():
            found[f"member{number}.head.{name}"] = value.detach().cpu().numpy()
    for number, backbone in enumerate(backbones):
        prefix = "backbone." if len(backbones) == 1 else f"member{number}.backbone."
        found |= {f"{prefix}{name}": value for name, value in backbone.weights().items()}
    return found


def _under(weights: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _head(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> TemporalHead:
    import torch

    from .networks.temporal import HeadSettings, TemporalHead

    try:
        head = TemporalHead(HeadSettings.from_dict(card.architecture["head"]))
        head.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        raise LearnError(f"The weights of the model '{card.name}' do not fit its card.") from error
    return head.eval()
