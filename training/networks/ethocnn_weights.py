"""Weights of the DeepEthoProfile network from a lab's own files; nothing but plain tensors is read."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.errors import EthoprofileError

if TYPE_CHECKING:
    from torch import Tensor

    from .ethocnn import EthoCNN

_HEAD = 512
#: What PyTorch's files begin with: a zip archive, or a pickle of before 2020.
_ZIP, _PICKLE = b"PK", b"\x80"
_MARKUP = (b"<!doctype", b"<html", b"<?xml")


class WeightsError(EthoprofileError):
    """A file does not hold the weights of this network."""


def load_weights(path: Path | str) -> EthoCNN:
    """Read a ``mouse_v5.model`` or ``step_N.model`` into a network for the CPU.

    Parameters
    ----------
    path
        A file that holds a plain table of tensors: 37 names with the published shapes.

    Returns
    -------
    EthoCNN
        In evaluation mode.

    Raises
    ------
    WeightsError
        In one sentence: the file is missing, a web page, a training checkpoint with more than weights in it,
        an older network, or no file of weights at all. Nothing of such a file is executed.
    """
    from .ethocnn import EthoCNN

    table = _read(Path(path))
    network = EthoCNN()
    _check(Path(path), table, network.state_dict())
    network.load_state_dict(table)
    return network.eval()


def _read(path: Path) -> Mapping[str, Any]:
    import torch

    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise WeightsError(f"The weights {path} cannot be read: {error.strerror}.") from error
    if head.lstrip().lower().startswith(_MARKUP):
        raise WeightsError(
            f"{path} is a web page, not a file of weights: the download failed and saved the error page; "
            "download the file again in a browser."
        )
    if not head.startswith((_ZIP, _PICKLE)):
        raise _no_weights(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # on protocols that PyTorch does not write
            table = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} holds more than weights (a training checkpoint such as check_N.model does), which is "
            "not opened because it could run code; use the step_N.model of the same training."
        ) from error
    except Exception as error:  # foreign bytes break the reader in every way there is
        raise _no_weights(path) from error
    if isinstance(table, Mapping) and "model_state_dict" in table:
        raise WeightsError(
            f"{path} is a training checkpoint (check_N.model); use the step_N.model of the same training."
        )
    if not isinstance(table, Mapping) or not all(isinstance(value, torch.Tensor) for value in table.values()):
        raise _no_weights(path)
    return table


def _no_weights(path: Path) -> WeightsError:
    return WeightsError(
        f"{path} is no file of weights, or was cut short: download or copy it again (about 69 MB)."
    )


def _check(path: Path, table: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    missing = [name for name in wanted if name not in table]
    strange = [name for name in table if name not in wanted]
    if missing or strange:
        raise _other_network(path, f"{len(missing)} parameters are missing, {len(strange)} are unknown")
    for name, expected in wanted.items():
        found = table[name]
        if found.shape != expected.shape:
            shapes = f"{name} is {_shape(found)} instead of {_shape(expected)}"
            raise _other_network(path, shapes)
        if found.is_floating_point() and not found.isfinite().all():
            raise WeightsError(
                f"{path} holds numbers that are none (NaN or infinite) in {name}: the training that wrote it "
                "went astray; use the weights of an earlier step."
            )


def _other_network(path: Path, how: str) -> WeightsError:
    return WeightsError(
        f"{path} holds the weights of another network ({how}): only files of DeepEthoProfile version 5 with "
        "eight behaviors fit, not mouse_v2.model or other older ones."
    )


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "one number"
