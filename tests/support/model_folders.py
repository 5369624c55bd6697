"""Folders of models that were never trained: what they said about clips is made up."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from napari_ethoprofile.training.calibration import Calibration
from napari_ethoprofile.training.cards import BackboneCard, Metric, ModelCard, groups_of
from napari_ethoprofile.training.interactive import Trained
from napari_ethoprofile.training.models import Model
from napari_ethoprofile.training.probabilities import Probabilities
from napari_ethoprofile.training.project_training import write_beside
from napari_ethoprofile.training.snapshots import LabeledStretch, Snapshot
from napari_ethoprofile.training.stack_prediction import no_smoothing

#: From a stretch to the codes that the model gives it (frames,).
Says = Callable[[LabeledStretch], np.ndarray]


def right(share: float, seed: int = 0, frames: int = 1) -> Says:
    """Return what says the truth in a share of the runs of so many frames, and something else elsewhere."""

    def says(stretch: LabeledStretch) -> np.ndarray:
        rng = np.random.default_rng([seed, stretch.start, *stretch.subject.encode()])
        codes = stretch.codes[:, 0]
        hits = np.repeat(rng.random(-(-len(codes) // frames)) < share, frames)[: len(codes)]
        return np.where(hits, codes, codes % 3 + 1)

    return says


def model_folder(
    folder: Path,
    data: Snapshot,
    says: Says,
    *,
    split: str = "3-fold by subject (seed 0)",
    backbone_saw: tuple[str, ...] | None = (),
    macro_f1: Metric | None = None,
    created: str = "2026-01-05T12:00:00+00:00",
    sure: float = 0.9,
) -> Path:
    """Write the folder of a model of one group that said this about the clips of its snapshot."""
    groups = groups_of(data.ethogram)
    ids = [number for number, _ in groups[0].behaviors]
    card = ModelCard(
        folder.name, "interactive", {"name": "made up"}, BackboneCard("made up", subjects=backbone_saw), {},
        groups, rate=5.0, data=data.hash,
        data_summary={"clips": len(data.stretches), "labeled minutes": round(data.seconds() / 60, 2)},
        subjects=data.subjects, split=split, metrics=() if macro_f1 is None else (macro_f1,), created=created,
        calibration={"groups": [Calibration().to_dict()]}, smoothing={"groups": [no_smoothing(3).to_dict()]},
    )  # fmt: skip
    said = []
    for stretch in data.stretches:
        codes = says(stretch)
        values = np.full((len(codes), len(ids)), (1 - sure) / (len(ids) - 1), np.float32)
        for column, number in enumerate(ids):
            values[codes == number, column] = sure
        edges = np.arange(stretch.start, stretch.stop + 1)
        said.append(Probabilities((values,), (tuple(ids),), edges, folder.name))
    weights = {"w": np.frombuffer(folder.name.encode().ljust(32), np.uint8)}
    trained = Trained(Model(card, weights), tuple(said), (), ())
    trained.model.write(folder, beside=lambda home: write_beside(home, data, trained))
    return folder
