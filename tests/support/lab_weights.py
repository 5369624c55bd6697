"""A file of weights as a lab has it, and a model folder of the same: right shapes, random numbers."""

from pathlib import Path

import torch
from napari_ethoprofile.training.models import Model
from napari_ethoprofile.training.networks.ethocnn import EthoCNN
from napari_ethoprofile.training.stack_prediction import lab_card


def write_weights(path: Path) -> Path:
    """Write weights whose outputs differ from stack to stack as those of a trained network do."""
    torch.save(_network().state_dict(), path)
    return path


def write_model(folder: Path) -> Path:
    """Write the same as a model folder, such as one in the folder ``models`` of a project."""
    weights = {name: value.numpy() for name, value in _network().state_dict().items()}
    Model(lab_card(folder.name, ""), weights).write(folder)
    return folder


def _network() -> EthoCNN:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = EthoCNN()
        for layer in (
            network.c2,
            network.c3,
            network.c32,
            network.c4,
            network.fc1,
            network.fc12,
            network.fc2,
        ):
            torch.nn.init.kaiming_normal_(layer.weight)
    return network
