"""How well the interactive tier does on generated mice at the hardest settings; writes ``docs/accuracy.md``.

    python -m benchmarks.accuracy FOLDER

Ten mice of two coats, nest and bedding in front, sensor noise, flicker, shake, grooming that looks like
micromovement, and drinking for 1 % of the time. The labels that are learned from carry the mistakes of a
person; figures are against the truth. Every mouse is tested with a model of the nine others. Films are
made in FOLDER once and used again. What stands below, on real pixels and on the DeepEthoProfile network
(which `benchmarks.accuracy_network` writes), is left as it is.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.files import write_whole
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, read_truth
from napari_ethoprofile.annotation.synthetic.person import BOUNDARY, WRONG_BOUTS
from napari_ethoprofile.training.cards import Metric
from napari_ethoprofile.training.datasets import Snapshot, class_indices, take_snapshot
from napari_ethoprofile.training.decisions import label_track
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.features.backbone import RATE
from napari_ethoprofile.training.features.extraction import cached_features
from napari_ethoprofile.training.features.motion import Motion, motion_energy
from napari_ethoprofile.training.interactive import Recipe, train_interactive
from napari_ethoprofile.training.probabilities import edges_at_rate
from napari_ethoprofile.training.recordings import Recordings
from napari_ethoprofile.training.scores import scores_of
from napari_ethoprofile.training.simulation.generated import FPS, SIZE, generated_project
from napari_ethoprofile.training.splits import Fold, leave_one_subject_out
from numpy.typing import NDArray

MICE, SECONDS = 10, 360.0
#: Labeled minutes of the learning curve, tested on the last two mice.
MINUTES = (1.0, 2.0, 4.0, 8.0)
FIGURES = ("frame accuracy", "macro accuracy", "macro F1", "bouts / bouts of people")
CLASSES = tuple(b.id for b in ETHOGRAM.behaviors)
NAMES = [b.name for b in ETHOGRAM.behaviors]

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
#: Begins what others write: people on real pixels, and then the last section.
OTHERS_TITLE = "## Real pixels: a wiring test"
#: Begins the last section, which `benchmarks.accuracy_network` writes.
NETWORK_TITLE = "## The DeepEthoProfile network, trained briefly on a CPU"

Codes = NDArray[np.int16]
#: Says the labels of the tested stretches (one array a stretch) after learning from the others.
Learner = Callable[[Snapshot, Fold], list[Codes]]


def main(folder: Path) -> None:
    project = generated_project(folder, MICE, SECONDS / 60)
    with Project.open(project) as store:
        data, cache = take_snapshot(store), store.cache_folder
    truth = {s.video: read_truth(s.path).codes[:, 0] for s in data.stretches}
    split = leave_one_subject_out(data)
    learners: dict[str, Learner] = {
        "most frequent behavior": majority,
        "motion threshold": lambda d, f: by_motion(d, f, cache),
        "`motion` features, interactive head": lambda d, f: by_model(d, f, cache),
        "`stack-cnn` trained on the nine, interactive head": lambda d, f: by_model(d, f, cache, "stack-cnn"),
    }
    rows = []
    for name, learner in learners.items():
        rows.append((name, figures(data, list(split.folds), learner, truth, split.name)))
        print(name, [metric.value for metric in rows[-1][1]], flush=True)
    curve = []
    test = tuple(range(MICE - 2, MICE))
    for minutes in MINUTES:
        part = cut(data, tuple(range(MICE - 2)), minutes)
        fold = Fold("mice 09 and 10", tuple(range(MICE - 2)), test)
        curve.append((minutes, figures(part, [fold], lambda d, f: by_model(d, f, cache), truth, fold.name)))
        print(minutes, [metric.value for metric in curve[-1][1]], flush=True)
    before = PAGE.read_text(encoding="utf-8")
    _, title, others = before.partition(OTHERS_TITLE)
    write_whole(PAGE, page(data, rows, curve) + title + others)


def figures(
    data: Snapshot, folds: list[Fold], learner: Learner, truth: dict[str, Codes], split: str
) -> tuple[Metric, ...]:
    targets, said = [], []
    for fold in folds:
        for index, codes in zip(fold.test, learner(data, fold), strict=True):
            targets.append(class_indices(truth[data.stretches[index].video], CLASSES))
            said.append(class_indices(codes, CLASSES))
    return scores_of(targets, said, NAMES, split, "behavior")


def majority(data: Snapshot, fold: Fold) -> list[Codes]:
    counts = np.bincount(np.concatenate([data.stretches[i].codes[:, 0] for i in fold.train]))
    return [np.full(data.stretches[i].frames, counts.argmax(), np.int16) for i in fold.test]


def by_motion(data: Snapshot, fold: Fold, cache: Path) -> list[Codes]:
    """Say one behavior below and another above the change from frame to frame that fits best."""
    recordings = Recordings(cache)

    def energy(index: int) -> NDArray[np.floating]:
        s = data.stretches[index]
        rows = cached_features(
            cache, Motion(), s.path, recordings.index_of(s), s.fps, RATE, (s.start, s.stop)
        )
        edges = edges_at_rate(s.start, s.stop, s.fps, RATE)
        return np.repeat(motion_energy(rows), np.diff(edges))

    seen = np.concatenate([energy(i) for i in fold.train])
    codes = np.concatenate([data.stretches[i].codes[:, 0] for i in fold.train])

    def halves(threshold: float) -> tuple[int, int, int]:
        low, high = (np.bincount(codes[side], minlength=9) for side in (seen < threshold, seen >= threshold))
        return int(low.max() + high.max()), int(low.argmax()), int(high.argmax())

    best = max(np.quantile(seen, np.linspace(0.05, 0.95, 37)), key=lambda value: halves(float(value))[0])
    _, low, high = halves(float(best))
    return [np.where(energy(i) < best, low, high).astype(np.int16) for i in fold.test]


def by_model(data: Snapshot, fold: Fold, cache: Path, backbone: str = "motion") -> list[Codes]:
    trained = train_interactive(data.select(fold.train), Recipe("benchmark", backbone), cache)
    model = Ensemble.of(trained.model)
    recordings, found = Recordings(cache), []
    for index in fold.test:
        s = data.stretches[index]
        said = model.stretch(cache, s.path, recordings.index_of(s), s.fps, (s.start, s.stop))
        found.append(label_track(said, model.card, ETHOGRAM).codes[:, 0])
    return found


def cut(data: Snapshot, train: tuple[int, ...], minutes: float) -> Snapshot:
    """Return the snapshot with the same number of labeled seconds of every mouse that is learned from."""
    each = minutes * 60 / len(train)
    stretches = [
        s.part(s.start, min(s.stop, s.start + round(each * s.fps))) if index in train else s
        for index, s in enumerate(data.stretches)
    ]
    return replace(data, stretches=tuple(stretches))


def page(
    data: Snapshot,
    rows: list[tuple[str, tuple[Metric, ...]]],
    curve: list[tuple[float, tuple[Metric, ...]]],
) -> str:
    """Return the page as Markdown."""
    head = f"| method | {' | '.join(FIGURES)} |\n|---|{'---|' * len(FIGURES)}"
    lines = [f"| {name} | {' | '.join(cell(m) for m in chosen(found))} |" for name, found in rows]
    recall = [
        f"| {name} | {' | '.join(value(m) for m in recalls(found))} |" for name, found in rows
    ]  # fmt: skip
    curves = [f"| {minutes:g} | {' | '.join(cell(m) for m in chosen(found))} |" for minutes, found in curve]
    return f"""# Accuracy on generated mice

**These are not real animals**: nothing here says how well a model does on yours. The page shows that the
parts work together and what they add to trivial guesses, on films whose truth is known to the frame. It is
written by `python -m benchmarks.accuracy FOLDER` ({platform.machine()}, Python {platform.python_version()}).

Data: {MICE} generated mice of two coats, {SECONDS:g} s each at {FPS:g} frames/s, {SIZE[0]}x{SIZE[1]} pixels,
the `hardest` settings (nest and bedding in front of the animal, noise, flicker, camera shake, ambiguous
grooming and micromovement, drinking for 1 % of the time). Labels that are learned from carry the mistakes
of a person: {WRONG_BOUTS:.0%} of the bouts have another's label, and bouts begin {BOUNDARY:g} s (standard
deviation) off. Figures are counted in frames against the truth. Data hash {data.hash[:12]}.

## Leave-one-subject-out

Every mouse is tested with a model of the nine others, calibration and smoothing included. In parentheses:
intervals of 95 % by resampling clips (one a mouse). A frame at which the model is unsure counts as wrong.

{head}
{chr(10).join(lines)}

Recall of every behavior, leave-one-subject-out:

| method | {" | ".join(NAMES)} |
|---|{"---|" * len(NAMES)}
{chr(10).join(recall)}

## Learning curve

The interactive head on `motion` features, tested on mice 09 and 10, learned from so many labeled minutes of
the eight others together. Behaviors of which two mice do not show 20 frames each are left out of a model;
one that would hardly do better than naming the most frequent behavior says nothing, and one of few minutes
keeps silent about many frames that it would rather get wrong: both count as wrong here.

| labeled minutes | {" | ".join(FIGURES)} |
|---|{"---|" * len(FIGURES)}
{chr(10).join(curves)}

"""


def without_network(text: str) -> str:
    """Return the page up to the section on the DeepEthoProfile network."""
    return text.partition(NETWORK_TITLE)[0]


def chosen(found: tuple[Metric, ...]) -> list[Metric]:
    return [metric for name in FIGURES for metric in found if metric.name == name]


def recalls(found: tuple[Metric, ...]) -> list[Metric]:
    return [metric for metric in found if metric.name.startswith("recall of")]


def value(metric: Metric) -> str:
    return f"not defined: {metric.why}" if metric.value is None else f"{metric.value:.2f}"


def cell(metric: Metric) -> str:
    if metric.low is None or metric.high is None:
        return value(metric)
    return f"{value(metric)} ({metric.low:.2f} to {metric.high:.2f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
