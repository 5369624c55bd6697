"""What the interactive tier costs: features against bare decoding, and a head trained from scratch.

Run ``python -m benchmarks learn``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
import numpy as np
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.features.backbone import RATE
from napari_ethoprofile.training.features.extraction import stream_features
from napari_ethoprofile.training.features.motion import DIMENSION, Motion
from napari_ethoprofile.training.fitting import Example, HeadFit, fit_head, fit_heads

from .figures import Figure
from .recordings import FPS, recording

#: Frames of the recording whose features are timed, and rounds.
FRAMES, ROUNDS = 5_000, 3
#: Steps of an hour, the clips it is labeled in, and the behaviors.
HOUR, CLIPS, CLASSES = round(3600 * RATE), 12, 8
MEMBERS = 3


def rows() -> list[Figure]:
    """Return the figures of the interactive tier."""
    return [*_feature_rows(), *_head_rows()]


def _feature_rows() -> list[Figure]:
    """Time decoding and features of the same file in turn; what is looked at once a file is told apart."""
    path, backbone = recording(250, FRAMES), Motion()
    with tempfile.TemporaryDirectory() as folder:
        index = index_video(path, folder)
        began = time.perf_counter()
        describer = backbone.settle(path, index, FPS)
        settled = time.perf_counter() - began

        def features() -> None:
            for _ in stream_features(backbone, path, index, FPS, RATE, describer=describer):
                pass

        pairs = [(_seconds(lambda: _decode(path)), _seconds(features)) for _ in range(ROUNDS)]
    bare, took = (median(times) for times in zip(*pairs, strict=True))
    ratio = took / bare
    hour = 3600 * FPS / FRAMES
    return [
        Figure(
            "features of a recording, motion, 5 Hz / decoding it bare", f"{ratio:.2f}", "<= 1.3", ratio <= 1.3
        ),
        Figure("the same, for 1 h of video", f"{took * hour:.0f} s"),
        Figure("contrast and background, once a recording", f"{settled:.2f} s"),
    ]


def _head_rows() -> list[Figure]:
    """Time the three heads of a model on an hour of labels with features at hand, and loading torch apart."""
    examples = [_clip(seed) for seed in range(CLIPS)]
    sides = [[e for n, e in enumerate(examples) if n % MEMBERS != part] for part in range(MEMBERS)]
    # Torch loads a part of itself with the first optimizer: the shortest training that there is does both.
    loaded = _seconds(lambda: fit_head(examples[:1], (CLASSES,), 0, HeadFit(epochs=1, least_steps=1)))
    took = _seconds(lambda: fit_heads(sides, (CLASSES,), list(range(MEMBERS))))
    return [
        Figure(
            "three heads from scratch, 1 h labeled, features cached", f"{took:.1f} s", "<= 20 s", took <= 20
        ),
        Figure("loading torch before that, once a process", f"{loaded:.1f} s"),
    ]


def _clip(seed: int) -> Example:
    chance = np.random.default_rng(seed)
    steps = HOUR // CLIPS
    target = np.repeat(chance.integers(0, CLASSES, steps // 15 + 1), 15)[:steps].astype(np.int64)
    features = chance.normal(0, 1, (steps, DIMENSION)).astype(np.float32)
    features[:, :CLASSES] += np.eye(CLASSES, dtype=np.float32)[target]
    return Example(features, (target,), (np.zeros((steps, CLASSES), np.float32),))


def _decode(path: Path) -> None:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
