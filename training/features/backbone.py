"""What a backbone is: it turns the small frames around a step into a row of numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...annotation.video.index import FrameIndex
from ...annotation.video.pixels import Crop
from ..cards import BackboneCard
from ..preprocessing import Gray, Preprocessing

#: Steps a second of the interactive tier.
RATE = 5.0


class Describer(Protocol):
    """A backbone at work on one recording."""

    @property
    def preprocessing(self) -> Preprocessing:
        """How the frames of this recording are made small."""

    def describe(self, frames: Gray, first: int, edges: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features of steps.

        Parameters
        ----------
        frames
            Consecutive small frames (frames, height, width) of the recording. They cover the steps and, as
            far as the recording goes, `Backbone.reach` around them.
        first
            Frame number of the first of them.
        edges
            Step k is made of the frames ``[edges[k], edges[k + 1])`` of the recording (steps + 1,).

        Returns
        -------
        numpy.ndarray
            float32 (steps, features). A row does not depend on which other steps are asked for.
        """


class Backbone(Protocol):
    """Turns recordings into features.

    Attributes
    ----------
    card
        Name, options, hash of the weights, whom they have seen.
    reach
        Seconds around a step that its features look at.
    """

    card: BackboneCard
    reach: float

    def settle(self, path: Path, index: FrameIndex, fps: float) -> Describer:
        """Look at a recording as far as the features need it (contrast, background)."""

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return learned weights that belong into a model folder; empty where there are none."""


def cache_key(card: BackboneCard, rate: float) -> str:
    """Return the hash of everything in a backbone that changes a feature."""
    facts = asdict(card) | {"rate": rate}
    for told in ("subjects", "license"):
        del facts[told]
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=8).hexdigest()


def crop_of(options: Mapping[str, Any]) -> Crop | None:
    """Return the part of the picture that a backbone looks at; None for all of it."""
    crop = options.get("crop")
    if crop is None:
        return None
    left, top, width, height = (int(value) for value in crop)
    return left, top, width, height


def cropped(crop: Crop | None) -> dict[str, Any]:
    """Inverse of `crop_of`: what the options of a backbone say about its crop, as JSON gives it back."""
    return {} if crop is None else {"crop": list(crop)}
