"""The DeepEthoProfile network after a short training on a CPU; writes its section of ``docs/accuracy.md``.

    python -m benchmarks.accuracy_network FOLDER

The mice, labels and truth are those of `benchmarks.accuracy`, with less of every mouse to learn from. One
fixed mouse is tested; a quarter of the others serves calibration, as in every model of the batch tier. A full
training is for a GPU.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import torch
from napari_ethoprofile.annotation.files import write_whole
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import read_truth
from napari_ethoprofile.training.batch_training import BatchRecipe, train_batch
from napari_ethoprofile.training.cards import Metric
from napari_ethoprofile.training.datasets import Snapshot, take_snapshot
from napari_ethoprofile.training.decisions import always_sure
from napari_ethoprofile.training.evaluation.learners import said_by
from napari_ethoprofile.training.predictors import predictor_of
from napari_ethoprofile.training.simulation.generated import generated_project
from napari_ethoprofile.training.splits import Fold, holdout

from .accuracy import (
    FIGURES,
    MICE,
    NAMES,
    NETWORK_TITLE,
    PAGE,
    SECONDS,
    Codes,
    Learner,
    by_model,
    by_motion,
    chosen,
    cut,
    figures,
    majority,
    recalls,
    value,
    without_network,
)

#: The mouse that is tested, and labeled minutes of each of the others.
TESTED, MINUTES = "10", 3.0
#: Short epochs, a few of them: ten minutes of a processor core.
EPOCHS, STEPS = 4, 25
RECIPE = BatchRecipe("benchmark", device="cpu")
RECIPE = replace(RECIPE, fit=replace(RECIPE.fit, epochs=EPOCHS, steps=STEPS))


def main(folder: Path) -> None:
    with Project.open(generated_project(folder, MICE, SECONDS / 60)) as store:
        data, cache = take_snapshot(store), store.cache_folder
    truth = {s.video: read_truth(s.path).codes[:, 0] for s in data.stretches}
    [fold] = holdout(data, [TESTED]).folds
    data = cut(data, fold.train, MINUTES * len(fold.train))
    split = holdout(data, [TESTED])
    learners: dict[str, Learner] = {
        "most frequent behavior": majority,
        "motion threshold": lambda d, f: by_motion(d, f, cache),
        "`motion` features, interactive head": lambda d, f: by_model(d, f, cache),
        f"DeepEthoProfile network, {EPOCHS} x {STEPS} steps": lambda d, f: by_network(d, f, cache),
    }
    rows, took = [], 0.0
    for name, learner in learners.items():
        began = time.process_time()
        rows.append((name, figures(data, list(split.folds), learner, truth, split.name)))
        took = time.process_time() - began
        print(name, [metric.value for metric in rows[-1][1]], f"{took:.0f} s", flush=True)
    write_whole(PAGE, without_network(PAGE.read_text(encoding="utf-8")) + section(data, rows, took))


def by_network(data: Snapshot, fold: Fold, cache: Path) -> list[Codes]:
    """Train the network and return what it says of every frame, as in its result files."""
    trained = train_batch(data.select(fold.train), RECIPE, cache, say)
    predictor = predictor_of(trained.model, RECIPE.device)
    predictor.card = always_sure(predictor.card)
    return [said.codes[:, 0] for said in said_by(predictor, data, fold.test, cache)]


def say(stage: str, done: int, total: int | None) -> None:
    if total and done % 10 == 0:
        print(f"{stage}: {done} of {total}", flush=True)


def section(data: Snapshot, rows: list[tuple[str, tuple[Metric, ...]]], seconds: float) -> str:
    """Return the section as Markdown; `seconds` of the processor went into the network."""
    lines = [f"| {name} | {' | '.join(value(m) for m in chosen(found))} |" for name, found in rows]
    recall = [f"| {name} | {' | '.join(value(m) for m in recalls(found))} |" for name, found in rows]
    fit = RECIPE.fit
    return f"""{NETWORK_TITLE}

A **short training on a CPU**, to show that the batch tier works from labels to figures. It says nothing of
the network after a full training, which needs a GPU. Written by
`python -m benchmarks.accuracy_network FOLDER` (the network: {seconds / 60:.0f} min of processor time,
threads: {torch.get_num_threads()}).

One fixed mouse ({TESTED}) is tested, all of it. Learned from are the first {MINUTES:g} min of each of the
others; of these mice the network keeps two or three for calibration and smoothing. It is shown
{fit.epochs} epochs of {fit.steps} steps of {fit.batch} stacks ({fit.optimizer}, learning rate {fit.rate:g},
times {fit.decay:g} an epoch; otherwise the modern recipe). Something is said about every frame: so weak a
model would keep silent about nearly all of them. One tested clip has no interval. Data hash
{data.hash[:12]}.

| method | {" | ".join(FIGURES)} |
|---|{"---|" * len(FIGURES)}
{chr(10).join(lines)}

Recall of every behavior, mouse {TESTED}:

| method | {" | ".join(NAMES)} |
|---|{"---|" * len(NAMES)}
{chr(10).join(recall)}
"""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
