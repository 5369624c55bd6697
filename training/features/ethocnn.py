"""Backbone ``ethocnn``: the DeepEthoProfile network, with a lab's own weights, as an embedding."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ...annotation.errors import LearnError
from ...annotation.video.index import FrameIndex
from ..cards import BackboneCard
from ..frames import prepared_for
from ..models import CARD_NAME, Model
from ..preprocessing import Preprocessing
from .stacking import REACH, Embedder, StackDescriber, as_arrays, as_tensors, hash_of_weights

if TYPE_CHECKING:
    from ..networks.ethocnn import EthoCNN

NAME = "ethocnn"


class EthoCNNBackbone:
    """The activations before the last layer (2048).

    Parameters
    ----------
    network
        The network.
    card
        Name, hash, and whom it was trained on (None where nobody knows).
    preprocessing
        What its frames go through.
    """

    reach = REACH

    def __init__(self, network: EthoCNN, card: BackboneCard, preprocessing: Preprocessing) -> None:
        from ..networks.ethocnn import as_input

        self.card = card
        self._network = network
        self._preprocessing = preprocessing
        self._embed = Embedder(network, network.embed, as_input)

    def settle(self, path: Path, index: FrameIndex, fps: float) -> StackDescriber:
        """Measure the contrast of a recording, where the preset needs it."""
        prepared = prepared_for(path, self._preprocessing, index)
        return StackDescriber(prepared, fps, index.frames, self._embed)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Return the weights of the network: a model folder works without the file they came from."""
        return as_arrays(self._network)


def make(options: Mapping[str, Any]) -> EthoCNNBackbone:
    """Make the backbone from a file of weights, or from a model of the batch tier.

    Options: ``weights``, a ``mouse_v5.model`` or ``step_N.model`` (nobody knows which animals it has seen, so
    that every figure says "split unknown"), or the folder of a model, whose card names its animals.
    """
    from ..networks.ethocnn_weights import load_weights

    if not options.get("weights"):
        raise LearnError(
            "The backbone ethocnn needs weights: a mouse_v5.model or step_N.model of your own, or the folder "
            "of a model of the batch tier; give it with --weights."
        )
    if options.get("crop"):
        raise LearnError(
            "The backbone ethocnn looks at the part of the picture that its network was trained on; leave "
            "the crop out."
        )
    path = Path(options["weights"]).expanduser()
    if (path / CARD_NAME).is_file():
        return _of_model(Model.read(path))
    network = load_weights(path)
    return _named(network, None, Preprocessing.published())


def restore(card: BackboneCard, weights: Mapping[str, NDArray[Any]]) -> EthoCNNBackbone:
    """Return the backbone of a model folder."""
    network = _network(weights, f"The backbone {NAME}")
    return EthoCNNBackbone(network, card, Preprocessing.from_dict(card.options["preprocessing"]))


def _of_model(model: Model) -> EthoCNNBackbone:
    network = _network(model.weights, f"The model '{model.card.name}'")
    return _named(network, model.card.subjects, Preprocessing.from_dict(model.card.preprocessing))


def _network(weights: Mapping[str, NDArray[Any]], what: str) -> EthoCNN:
    from ..networks.ethocnn import EthoCNN

    last = weights.get("fc2.bias")
    if last is None:
        raise LearnError(
            f"{what} does not hold the DeepEthoProfile network; choose a model of the batch tier."
        )
    network = EthoCNN(len(last))
    try:
        network.load_state_dict(as_tensors(weights))
    except RuntimeError as error:
        raise LearnError(
            f"{what} does not hold the DeepEthoProfile network in its published shape."
        ) from error
    return network


def _named(
    network: EthoCNN, subjects: tuple[str, ...] | None, preprocessing: Preprocessing
) -> EthoCNNBackbone:  # fmt: skip
    from ..networks.ethocnn import EMBEDDING

    card = BackboneCard(
        NAME, {"preprocessing": preprocessing.to_dict()}, hash_of_weights(as_arrays(network)), subjects,
        dimension=EMBEDDING,
    )  # fmt: skip
    return EthoCNNBackbone(network, card, preprocessing)
