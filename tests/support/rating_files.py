"""Small label files of raters, for tests of agreement."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from label_files import put

#: Names that stand for nothing but themselves.
BEHAVIORS = ("rest", "walk", "groom")


def frames_file(
    folder: Path, name: str, labels: Sequence[str], first: int = 0, fps: float | None = None
) -> Path:
    """Write one label a frame; an empty one is unlabeled."""
    seconds = ["" if fps is None else f"{row / fps:.6f}" for row in range(len(labels))]
    rows = [
        f"{first + n},{second},{label}" for n, (second, label) in enumerate(zip(seconds, labels, strict=True))
    ]
    return put(folder, name, "\n".join(["frame,time_s,behavior", *rows, ""]))


def scored(frames: int, seed: int) -> list[str]:
    """Return labels as a person might give them: bouts of 5 to 60 frames."""
    rng, labels = np.random.default_rng(seed), []
    while len(labels) < frames:
        labels += [str(rng.choice(BEHAVIORS))] * int(rng.integers(5, 60))
    return labels[:frames]


def rescored(labels: Sequence[str], seed: int, share: float = 0.05) -> list[str]:
    """Return what a second rater might make of it: boundaries moved a little, some bouts called otherwise."""
    rng, again = np.random.default_rng(seed), list(labels)
    edges = [n for n in range(1, len(labels)) if labels[n] != labels[n - 1]]
    for edge, stop in zip(edges, [*edges[1:], len(labels)], strict=True):
        late = int(rng.integers(0, 4))
        again[edge : edge + late] = [labels[edge - 1]] * late
        if rng.random() < share:
            again[edge:stop] = [str(rng.choice(BEHAVIORS))] * (stop - edge)
    return again[: len(labels)]


def clip_files(folder: Path, rater: str, clips: Sequence[Sequence[str]]) -> list[Path]:
    """Write one bout table for each clip of a recording, named as DeepEthoProfile names clips."""
    folder.mkdir(exist_ok=True)
    paths, start = [], 0
    for labels in clips:
        edges = [0, *(n for n in range(1, len(labels)) if labels[n] != labels[n - 1]), len(labels)]
        rows = [f"{a},{b},{labels[a]},{rater}" for a, b in pairwise(edges) if labels[a]]
        name = f"01_20180418_1200_s{start}_n{len(labels)}_{rater}.csv"
        paths.append(put(folder, name, "\n".join(["start_frame,stop_frame,behavior,annotator", *rows, ""])))
        start += len(labels)
    return paths
