"""Models of both tiers, ready to be applied to recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.video.index import FrameIndex
from .cards import ModelCard, renamed
from .fitting import Cancelled
from .models import Model, find_model, require_learn
from .probabilities import Probabilities, edges_at_rate

if TYPE_CHECKING:
    from ..annotation.project import Project
    from .ensemble import Ensemble

#: Endings of the weights that DeepEthoProfile saves.
_WEIGHTS = (".model", ".pt", ".pth")


class Predictor(Protocol):
    """A model at work.

    Attributes
    ----------
    card
        Of the model.
    """

    card: ModelCard

    def edges(self, index: FrameIndex, fps: float, start: int, stop: int) -> NDArray[np.int64]:
        """Return the steps over frames ``[start, stop)``, as in `Probabilities`."""

    def rows(
        self, path: Path, index: FrameIndex, fps: float, edges: NDArray[np.int64], first: int
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield (step, probabilities) over a whole recording, from step `first` on, without gaps.

        Probabilities are (steps, classes of all groups side by side).

        Raises
        ------
        BrokenVideoError
            Where the recording cannot be decoded any further, after the steps that lie before.
        """

    def clip(
        self,
        cache_folder: Path,
        path: Path,
        index: FrameIndex,
        fps: float,
        frames: tuple[int, int],
        cancelled: Cancelled | None = None,
    ) -> Probabilities:
        """Return the probabilities over frames ``[start, stop)`` of a recording."""


class EnsemblePredictor:
    """A model of the interactive tier: features, heads, calibration."""

    def __init__(self, ensemble: Ensemble) -> None:
        self.card = ensemble.card
        self._ensemble = ensemble

    def edges(self, index: FrameIndex, fps: float, start: int, stop: int) -> NDArray[np.int64]:
        """Return the steps over frames ``[start, stop)``."""
        return edges_at_rate(start, stop, fps, self._ensemble.rate)

    def rows(
        self, path: Path, index: FrameIndex, fps: float, edges: NDArray[np.int64], first: int
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield (step, probabilities of all groups side by side)."""
        for step, groups in self._ensemble.stream(path, index, fps, first):
            yield step, np.concatenate(groups, axis=1)

    def clip(
        self,
        cache_folder: Path,
        path: Path,
        index: FrameIndex,
        fps: float,
        frames: tuple[int, int],
        cancelled: Cancelled | None = None,
    ) -> Probabilities:
        """Return the probabilities over a clip, with features from the project's cache."""
        return self._ensemble.stretch(cache_folder, path, index, fps, frames, cancelled=cancelled)


def load_predictor(
    name: str,
    project: Project | None = None,
    device: str = "auto",
    stride: int | None = None,
    tell: Callable[[str], None] | None = None,
    names: Mapping[str, str] | None = None,
) -> Predictor:
    """Return the model of a name, a model folder, or a file of weights of DeepEthoProfile, ready to work.

    Parameters
    ----------
    name
        Name in the project, folder, or a ``.model`` file.
    project
        Where names are looked up.
    device
        Where a network of the batch tier runs.
    stride
        Frames a step of the batch tier; the model's own when not given.
    tell
        Called with one sentence when a device runs out of memory.
    names
        ``{name in the model: name in the project}`` of behaviors that are called otherwise.

    Raises
    ------
    LearnError
        When there is no such model, or it cannot be used.
    WeightsError
        When a file of weights is not one.
    """
    require_learn("torch")
    if stride is not None and stride < 1:
        raise LearnError(f"A stride is a number of frames, 1 or more, not {stride}.")
    path = Path(name).expanduser()
    if path.suffix in _WEIGHTS and not path.is_dir():
        from .stack_prediction import lab_predictor

        predictor: Predictor = lab_predictor(path, device, stride, tell)
    else:
        predictor = predictor_of(Model.read(find_model(name, project)), device, stride, tell)
    if project is not None:
        _check_names(names or {}, project)
    predictor.card = renamed(predictor.card, names or {})
    return predictor


def _check_names(names: Mapping[str, str], project: Project) -> None:
    """See that behaviors are called what something is called in the project."""
    known = [behavior.name for behavior in project.ethogram.behaviors]
    for old, new in names.items():
        if new not in known:
            raise LearnError(
                f"The ethogram '{project.ethogram.name}' has no behavior '{new}', as which '{old}' is to be "
                f"read; it has {', '.join(known)}."
            )


def predictor_of(
    model: Model,
    device: str = "auto",
    stride: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Predictor:
    """Return a model ready to work; parameters and errors are those of `load_predictor`."""
    if model.card.tier == "batch":
        from .stack_prediction import stack_predictor

        return stack_predictor(model, device, stride, tell)
    if stride is not None:
        raise LearnError(f"The model '{model.card.name}' has its own rate; --stride is for the batch tier.")
    from .ensemble import Ensemble

    return EnsemblePredictor(Ensemble.of(model))
