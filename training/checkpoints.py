"""Parts of a model while its training goes on, so that one that was cut off can be resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ..annotation.files import write_whole
from .cards import BackboneCard

if TYPE_CHECKING:
    from .features.backbone import Backbone
    from .networks.temporal import TemporalHead

_FACTS, _HASH = "facts", "sha256"
_FINISHED, _UNFINISHED = ".safetensors", ".unfinished"

#: Facts and arrays of one file.
Sealed = tuple[dict[str, Any], dict[str, NDArray[Any]]]
Arrays = Mapping[str, NDArray[Any]]


def head_name(number: int) -> str:
    """Return the name of a head among the parts of a model."""
    return f"head {number}"


def backbone_name(number: int) -> str:
    """Return the name of the backbone of a member among the parts of a model."""
    return f"backbone {number}"


@dataclass(frozen=True)
class Checkpoints:
    """A folder of the heads and backbones of one training, finished ones and those that are being trained.

    They are taken up again as they were written, bit by bit, so that a resumed training ends in the model of
    an uninterrupted one. A file that is damaged counts as not there.

    Attributes
    ----------
    folder
        Where they lie; made when the first one is written. It belongs to one snapshot and one recipe.
    on_written
        Called with the name of what was written.
    """

    folder: Path
    on_written: Callable[[str], None] | None = None

    def head(self, number: int) -> TemporalHead | None:
        """Return a head that is finished, or None."""
        found = _read(self._path(head_name(number), _FINISHED))
        if found is None:
            return None
        import torch

        from .networks.temporal import HeadSettings, TemporalHead

        facts, weights = found
        head = TemporalHead(HeadSettings.from_dict(facts))
        head.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
        return head.eval()

    def keep_head(self, number: int, head: TemporalHead) -> None:
        """Write a finished head."""
        weights = {name: value.detach().cpu().numpy() for name, value in head.state_dict().items()}
        self._keep(head_name(number), head.settings.to_dict(), weights)

    def backbone(self, number: int, restore: Callable[[BackboneCard, Arrays], Backbone]) -> Backbone | None:
        """Return a backbone that is finished, or None.

        Parameters
        ----------
        number
            Of the member of the ensemble that it belongs to.
        restore
            Makes a backbone from its card and weights.
        """
        found = _read(self._path(backbone_name(number), _FINISHED))
        if found is None:
            return None
        facts, weights = found
        subjects = facts.pop("subjects")
        return restore(BackboneCard(**facts, subjects=None if subjects is None else tuple(subjects)), weights)

    def keep_backbone(self, number: int, backbone: Backbone) -> None:
        """Write a finished backbone."""
        self._keep(backbone_name(number), asdict(backbone.card), backbone.weights())

    def unfinished(self, name: str) -> Sealed | None:
        """Return what was kept of a part that is being trained, or None."""
        return _read(self._path(name, _UNFINISHED))

    def keep_unfinished(self, name: str, step: int, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Write how far the training of a part is."""
        _write(self._path(name, _UNFINISHED), facts, arrays)
        self._tell(f"{name}, step {step}")

    def _keep(self, name: str, facts: Mapping[str, Any], arrays: Arrays) -> None:
        _write(self._path(name, _FINISHED), facts, arrays)
        self._path(name, _UNFINISHED).unlink(missing_ok=True)
        self._tell(name)

    def _path(self, name: str, suffix: str) -> Path:
        return self.folder / f"{name.replace(' ', '_')}{suffix}"

    def _tell(self, written: str) -> None:
        if self.on_written is not None:
            self.on_written(written)


def kept_in(folder: Path) -> str:
    """Return what of a training is kept there, to be said; empty when there is nothing."""
    counts = {
        word: len(list(folder.glob(f"*{suffix}")))
        for word, suffix in (("finished", _FINISHED), ("unfinished", _UNFINISHED))
    }
    told = " and ".join(f"{count} {word}" for word, count in counts.items() if count)
    verb = "part is" if sum(counts.values()) == 1 else "parts are"
    return f"{told} {verb} kept" if told else ""


def _write(path: Path, facts: Mapping[str, Any], arrays: Arrays) -> None:
    import numpy as np
    from safetensors.numpy import save

    whole = {key: np.asarray(value, order="C") for key, value in arrays.items()}
    text = json.dumps(facts)
    digest = hashlib.sha256(text.encode() + save(whole)).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, save(whole, {_FACTS: text, _HASH: digest}))


def _read(path: Path) -> Sealed | None:
    from safetensors import SafetensorError, safe_open
    from safetensors.numpy import save

    if not path.is_file():
        return None
    try:
        with safe_open(path, "numpy") as file:
            told = file.metadata() or {}
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError):
        return None
    text = told.get(_FACTS, "")
    if hashlib.sha256(text.encode() + save(arrays)).hexdigest() != told.get(_HASH):
        return None
    return json.loads(text), arrays
