"""Backbone ``dinov2-small`` and its relatives: image models of the user's own download, through transformers.

Nothing is downloaded here. Frames are resized and normalized by our own code, so that no image library beside
the core ones is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.errors import LearnError, MissingExtraError
from ...annotation.video.index import FrameIndex
from ...annotation.video.pixels import Crop
from ..cards import BackboneCard
from ..preprocessing import Gray, Preprocessing
from .backbone import crop_of, cropped
from .stacking import Embedder, as_arrays, hash_of_weights

NAME = "dinov2-small"
#: Where it comes from unless a folder is given, and under which license its authors publish that.
REPOSITORY, LICENSE = "facebook/dinov2-small", "Apache-2.0"
#: Height and width that frames are resized to: 8 patches of 14 pixels.
SIDE = 112

# Where the page that comes with a download states its license.
_STATED = re.compile(r"\A---\n(?:.*\n)*?license:[ \t]*(\S[^\n]*)\n(?:.*\n)*?---", re.MULTILINE)
#: What is recorded of a folder that does not say under which license it may be used.
_UNSTATED = "not stated: look where the weights come from"

# Mean and spread of the images that these models were trained on (ImageNet), mean over the colors.
_MEAN, _SPREAD = 0.449, 0.226


class ImageModel:
    """The mean and the summary token of the middle frame of a step.

    Parameters
    ----------
    network
        The image model.
    source
        Folder or repository that it came from.
    crop
        The part of the picture that is looked at; all of it when None.
    """

    reach = 0.0

    def __init__(self, network: Any, source: str, crop: Crop | None = None) -> None:
        width = int(network.config.hidden_size)
        self.card = BackboneCard(
            NAME,
            {"source": source, "side": SIDE} | cropped(crop),
            hash_of_weights(as_arrays(network)),
            (),
            license_of(source),
            2 * width,
        )
        self._crop = crop
        self._embed = Embedder(network, lambda images: _tokens(network, images), _as_images)

    def settle(self, path: Path, index: FrameIndex, fps: float) -> _Describer:
        """Look at nothing: these models normalize by fixed numbers."""
        return _Describer(Preprocessing(size=(SIDE, SIDE), crop=self._crop, contrast=(0, 255)), self._embed)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return nothing: the weights stay where the user has downloaded them, the card holds their hash."""
        return {}


def license_of(source: str) -> str:
    """Return under which license an image model comes, as far as that is known here.

    Parameters
    ----------
    source
        The repository, whose license is known, or a folder: the page beside its weights (``README.md``) says
        it at its top where it is a download from Hugging Face.
    """
    if source == REPOSITORY:
        return LICENSE
    try:
        page = (Path(source).expanduser() / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return _UNSTATED
    stated = _STATED.match(page)
    return stated[1].strip() if stated else _UNSTATED


class _Describer:
    def __init__(self, preprocessing: Preprocessing, embed: Any) -> None:
        self.preprocessing = preprocessing
        self._embed = embed

    def describe(self, frames: Gray, first: int, edges: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the embeddings of the middle frames of steps."""
        middle = (edges[:-1] + edges[1:] - 1) // 2 - first
        return np.concatenate([self._embed(frames[middle[n : n + 16]]) for n in range(0, len(middle), 16)])


def make(options: Mapping[str, Any]) -> ImageModel:
    """Load the model from the user's own download.

    Options: ``weights``, a folder with ``config.json`` and ``model.safetensors``; by default the local cache
    of Hugging Face is asked for ``facebook/dinov2-small``; and ``crop``.
    """
    try:
        from transformers import AutoModel
    except ImportError as error:
        raise MissingExtraError(
            "Image models need 'transformers', which is not installed; run "
            'pip install "napari-ethoprofile[backbones]".'
        ) from error
    source = str(options.get("weights") or REPOSITORY)
    try:
        network = AutoModel.from_pretrained(source, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, json.JSONDecodeError) as error:
        raise LearnError(
            f"The image model '{source}' is not on this computer, and nothing is downloaded from here; "
            f"download it once with 'hf download {REPOSITORY}' (license {LICENSE}), or give its folder "
            "(config.json and model.safetensors) with --weights."
        ) from error
    return ImageModel(network, source, crop_of(options))


def restore(card: BackboneCard, _: Mapping[str, NDArray[Any]]) -> ImageModel:
    """Load the model that a model folder names, and see that it is the same one."""
    made = make({"weights": card.options["source"], "crop": card.options.get("crop")})
    if made.card.weights_sha256 != card.weights_sha256:
        raise LearnError(
            f"The image model '{card.options['source']}' on this computer has other weights than the one "
            "that the model was trained with; get the same version, or train again."
        )
    return made


def _as_images(frames: Any) -> Any:
    values = (frames.float() / 255 - _MEAN) / _SPREAD
    return values[:, None].expand(-1, 3, -1, -1)


def _tokens(network: Any, images: Any) -> Any:
    import torch

    tokens = network(pixel_values=images).last_hidden_state
    return torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=1)
