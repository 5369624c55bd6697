"""A model without a network, so that tests of the pipeline are quick: bright stretches are `walk`."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.video.index import FrameIndex
from napari_ethoprofile.training.calibration import Calibration
from napari_ethoprofile.training.cards import BackboneCard, GroupCard, ModelCard
from napari_ethoprofile.training.fitting import Cancelled
from napari_ethoprofile.training.frames import FrameStream
from napari_ethoprofile.training.preprocessing import Preprocessing
from napari_ethoprofile.training.probabilities import Probabilities, edges_at_stride
from napari_ethoprofile.training.smoothing import Smoothing
from numpy.typing import NDArray

REST, WALK = 7, 8
_EVEN = (0.5, 0.5)


class Brightness:
    """Says `walk` as surely as the middle frame of a step is bright; see `training.predictors.Predictor`."""

    def __init__(self, name: str = "brightness", abstain: float = 0.0, stride: int = 2) -> None:
        self.card = ModelCard(
            name=name,
            tier="batch",
            architecture={"name": "brightness"},
            backbone=BackboneCard("brightness"),
            preprocessing={},
            groups=(GroupCard("behavior", ((REST, "rest"), (WALK, "walk"))),),
            stride=stride,
            calibration={"groups": [Calibration().to_dict()]},
            smoothing={"groups": [Smoothing((_EVEN, _EVEN), _EVEN, abstain=abstain).to_dict()]},
        )
        self.seen: list[int] = []

    def edges(self, index: FrameIndex, fps: float, start: int, stop: int) -> NDArray[np.int64]:
        return edges_at_stride(start, stop, self.card.stride or 1)

    def rows(
        self, path: Path, index: FrameIndex, fps: float, edges: NDArray[np.int64], first: int
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        preset = Preprocessing(size=(8, 8), contrast=(0, 255))
        frames = FrameStream(path, preset, index, int(edges[first]), int(edges[-1]))
        step = first
        for number, image in enumerate(frames, start=int(edges[first])):
            if number == edges[step + 1] - 1:
                self.seen.append(step)
                bright = image.mean() / 255
                yield step, np.array([[1 - bright, bright]], np.float32)
                step += 1

    def clip(
        self,
        cache_folder: Path,
        path: Path,
        index: FrameIndex,
        fps: float,
        frames: tuple[int, int],
        cancelled: Cancelled | None = None,
    ) -> Probabilities:
        edges = self.edges(index, fps, *frames)
        found = np.concatenate([rows for _, rows in self.rows(path, index, fps, edges, 0)])
        return Probabilities((found,), self.card.classes, edges, self.card.id)
