"""What labeling a long file takes in memory; a process of its own, run by `benchmarks.batch`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.networks.ethocnn import EthoCNN
from napari_ethoprofile.training.networks.ethocnn_inference import StackRunner
from napari_ethoprofile.training.prediction import PredictionCanceledError, predict_recording
from napari_ethoprofile.training.probabilities import Probabilities
from napari_ethoprofile.training.results import write_result
from napari_ethoprofile.training.stack_prediction import StackPredictor, lab_card

from .figures import peak_bytes


def main(path: Path, frames: int) -> None:
    """Label `frames` frames, write the result of the whole file, and print the peak in GB."""
    predictor = StackPredictor(lab_card("bench", ""), StackRunner(EthoCNN().eval(), torch.device("cpu")))
    reached = [0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            predict_recording(
                path,
                predictor,
                folder,
                index_folder=folder,
                on_progress=lambda done, total: reached.append(done),
                cancelled=lambda: reached[-1] > frames,
            )
        except PredictionCanceledError:
            index = index_video(path, folder)
            edges = predictor.edges(index, 25.0, 0, index.frames)
            values = np.random.default_rng(0).dirichlet(np.ones(8), len(edges) - 1).astype(np.float32)
            said = Probabilities((values,), predictor.card.classes, edges, predictor.card.id)
            write_result(path, folder, index, 25.0, predictor.card, said)
    print(peak_bytes() / 1e9)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
