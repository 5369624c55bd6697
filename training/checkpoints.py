"""Finished parts of a model while its training goes on, so that one that was cut off can be resumed."""

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


@dataclass(frozen=True)
class Checkpoints:
    """A folder of finished heads and backbones of one training.

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
        found = self._read(f"head {number}")
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
        self._write(f"head {number}", head.settings.to_dict(), weights)

    def backbone(
        self, number: int, restore: Callable[[BackboneCard, Mapping[str, NDArray[Any]]], Backbone]
    ) -> Backbone | None:
        """Return a backbone that is finished, or None.

        Parameters
        ----------
        number
            Of the member of the ensemble that it belongs to.
        restore
            Makes a backbone from its card and weights.
        """
        found = self._read(f"backbone {number}")
        if found is None:
            return None
        facts, weights = found
        subjects = facts.pop("subjects")
        return restore(BackboneCard(**facts, subjects=None if subjects is None else tuple(subjects)), weights)

    def keep_backbone(self, number: int, backbone: Backbone) -> None:
        """Write a finished backbone."""
        self._write(f"backbone {number}", asdict(backbone.card), backbone.weights())

    def _path(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '_')}.safetensors"

    def _write(self, name: str, facts: Mapping[str, Any], weights: Mapping[str, NDArray[Any]]) -> None:
        import numpy as np
        from safetensors.numpy import save

        arrays = {key: np.ascontiguousarray(value) for key, value in weights.items()}
        text = json.dumps(facts)
        digest = hashlib.sha256(text.encode() + save(arrays)).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._path(name), save(arrays, {_FACTS: text, _HASH: digest}))
        if self.on_written is not None:
            self.on_written(name)

    def _read(self, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        from safetensors import SafetensorError, safe_open
        from safetensors.numpy import save

        path = self._path(name)
        if not path.is_file():
            return None
        try:
            with safe_open(path, "numpy") as file:
                told = file.metadata()
                weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
        except (SafetensorError, OSError):
            return None
        if hashlib.sha256(told[_FACTS].encode() + save(weights)).hexdigest() != told[_HASH]:
            return None
        return json.loads(told[_FACTS]), weights
