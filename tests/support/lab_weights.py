"""A file of weights as a lab has it: right names and shapes, random numbers."""

from pathlib import Path

import torch
from napari_ethoprofile.training.networks.ethocnn import EthoCNN


def write_weights(path: Path) -> Path:
    """Write weights whose outputs differ from stack to stack as those of a trained network do."""
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
    torch.save(network.state_dict(), path)
    return path
