"""How fast recordings are labeled, against decoding and networks alone: ``python -m benchmarks.batch``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.annotation.video.index import FrameIndex
from napari_ethoprofile.training.cache import arrays_in
from napari_ethoprofile.training.calibration import Calibration
from napari_ethoprofile.training.cards import GroupCard, ModelCard
from napari_ethoprofile.training.devices import fast_dtype
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.features.motion import Motion
from napari_ethoprofile.training.frames import FrameStream, filled_cache
from napari_ethoprofile.training.networks.ethocnn import CLASSES, EthoCNN, as_input
from napari_ethoprofile.training.networks.ethocnn_inference import BATCH, PreparedEthoCNN, StackRunner
from napari_ethoprofile.training.networks.temporal import HeadSettings, TemporalHead
from napari_ethoprofile.training.prediction import predict_recording
from napari_ethoprofile.training.predictors import EnsemblePredictor, Predictor
from napari_ethoprofile.training.preprocessing import Preprocessing
from napari_ethoprofile.training.snapshots import LabeledStretch
from napari_ethoprofile.training.stack_data import StackData
from napari_ethoprofile.training.stack_fitting import StackFit, _Trainer, fit_stacks
from napari_ethoprofile.training.stack_prediction import StackPredictor, lab_card, no_smoothing
from rich.console import Console

from . import recordings
from .figures import Figure, table_of

ROUNDS = 3
#: Frames of a clip of usual length.
CLIP = 7_500
#: Stacks of which labels are compared.
_COMPARED = 600
#: Stacks in memory that a GPU is timed with.
_GPU_STACKS = 4096
CPU = torch.device("cpu")
#: Frames of a 6-hour file that are labeled to see what memory it takes.
LABELED_OF_SIX_HOURS = 30_000

Row = tuple[str, str, str, bool | None]


def rows() -> list[Row]:
    """Return ``(figure, value, target, met)`` for every figure of the batch queue."""
    path = recordings.recording(250)
    with tempfile.TemporaryDirectory() as scratch:
        index = index_video(path, Path(scratch) / "index")
        network = _network()
        return [
            *_network_rows(network, path, index),
            _end_to_end(network, path, index, Path(scratch)),
            _motion(Path(scratch)),
            _training_step(path, index, Path(scratch)),
            _memory(),
            *_gpu(network, Path(scratch)),
        ]


def _network() -> EthoCNN:
    """Return a network with random weights whose outputs differ from stack to stack."""
    torch.manual_seed(0)
    network = EthoCNN()
    for name in ("c2", "c3", "c32", "c4", "fc1", "fc12", "fc2"):
        torch.nn.init.kaiming_normal_(network.get_submodule(name).weight)
    return network.eval()


def _stacks(path: Path, index: FrameIndex, count: int) -> np.ndarray:
    frames = np.array(list(FrameStream(path, Preprocessing.published(), index, 0, 11 * count)))
    return frames.reshape(count, 11, 256, 256)


def _network_rows(network: EthoCNN, path: Path, index: FrameIndex) -> list[Row]:
    few = _stacks(path, index, BATCH["cpu"])
    runner = StackRunner(network, CPU)

    def plain(some: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return network(as_input(torch.from_numpy(some))).numpy()

    # By turns, so that what else the machine does meets both alike.
    slow, fast = _by_turns(lambda: plain(few), lambda: runner(few), rounds=5)
    ratio = float(np.median(slow) / np.median(fast))
    half = fast_dtype(CPU) == torch.bfloat16
    target = 3.0 if half else 1.4
    speed = 11 * len(few) / float(np.median(fast))
    kind = "bfloat16 in this processor" if half else "no bfloat16 in this processor"
    return [
        (
            f"network, frames/s / plain float32 ({kind})",
            f"{ratio:.2f}",
            f">= {target:g}",
            ratio >= target,
        ),
        _changed(plain, runner),
        ("network alone", f"{speed:.0f} frames/s", "", None),
    ]


def _changed(plain: Callable[[np.ndarray], np.ndarray], runner: StackRunner) -> Row:
    """Count labels that come out differently, over so many stacks that one is less than the target."""
    path = recordings.recording(250, CLIP)
    with tempfile.TemporaryDirectory() as scratch:
        stacks = _stacks(path, index_video(path, Path(scratch)), _COMPARED)
    parts = np.split(stacks, range(BATCH["cpu"], len(stacks), BATCH["cpu"]))
    other = sum(int((plain(part).argmax(1) != runner(part).argmax(1)).sum()) for part in parts)
    share = other / len(stacks)
    return (f"labels that this changes, of {len(stacks)} stacks", f"{share:.2%}", "<= 0.5%", share <= 0.005)


def _end_to_end(network: EthoCNN, path: Path, index: FrameIndex, scratch: Path) -> Row:
    runner = StackRunner(network, CPU)
    predictor = StackPredictor(lab_card("bench", ""), runner)
    decoded = list(_decoded(path))[:200]
    shrink = Preprocessing.published().shrinker()
    stacks = _stacks(path, index, 48)
    whole, parts = [], []
    for turn in range(ROUNDS):
        decode = _seconds(lambda: [None for _ in _decoded(path)])
        small = _seconds(lambda: [shrink(frame) for frame in decoded]) * index.frames / len(decoded)
        compute = _seconds(lambda: runner(stacks)) * index.frames / (11 * len(stacks))
        parts.append(decode + small + compute)
        out = scratch / f"cnn {turn}"
        whole.append(_seconds(lambda out=out: predict_recording(path, predictor, out, index_folder=scratch)))
    ratio = float(np.median(whole) / np.median(parts))
    return (
        "DeepEthoProfile CNN end to end / (decode + preprocessing + network, each alone)",
        f"{ratio:.2f} ({index.frames / float(np.median(whole)):.0f} frames/s)",
        "<= 1.1",
        ratio <= 1.1,
    )


def _motion(scratch: Path) -> Row:
    path, backbone = recordings.recording(250, CLIP), Motion()
    index = index_video(path, scratch)
    behaviors = tuple(enumerate(CLASSES, start=1))
    torch.manual_seed(0)
    heads = tuple(
        TemporalHead(HeadSettings(backbone.card.dimension, (len(CLASSES),))).eval() for _ in range(3)
    )
    card = ModelCard(
        "bench",
        "interactive",
        {},
        backbone.card,
        {},
        (GroupCard("behavior", behaviors),),
        rate=5.0,
        calibration={"groups": [Calibration().to_dict()]},
        smoothing={"groups": [no_smoothing(len(CLASSES)).to_dict()]},
    )
    predictor = EnsemblePredictor(Ensemble(card, (backbone,), heads, (Calibration(),)))
    bare, whole = _beside_decoding(path, predictor, scratch)
    ratio = whole / bare
    return (
        "pre-label 5 min with motion at 5 Hz / bare decoding with all cores",
        f"{ratio:.2f} ({index.frames / whole:.0f} frames/s)",
        "<= 1.5",
        ratio <= 1.5,
    )


def _beside_decoding(path: Path, predictor: Predictor, scratch: Path) -> tuple[float, float]:
    """Return the seconds of decoding a recording and nothing else, and of labeling it, by turns."""
    bare, whole = [], []
    with tempfile.TemporaryDirectory(dir=scratch) as results:
        for turn in range(ROUNDS):
            bare.append(_seconds(lambda: [None for _ in _decoded(path)]))
            out = Path(results) / f"{turn}"
            whole.append(
                _seconds(lambda out=out: predict_recording(path, predictor, out, index_folder=scratch))
            )
    return float(np.median(bare)), float(np.median(whole))


def _training_step(path: Path, index: FrameIndex, scratch: Path) -> Row:
    frames = 880
    stored = filled_cache(arrays_in(scratch), path, Preprocessing.published(), index, 0, frames)
    classes = np.arange(frames) // 110 % 2
    stretch = LabeledStretch("v", "", "", "a", "", "r", 25.0, 0, frames, np.zeros((frames, 1), np.int16))
    data = StackData([stretch], [classes.astype(np.int64)], [stored], 440.0)
    settings = StackFit(epochs=1, batch=16, steps=3)
    stamps: list[float] = []
    begin = time.perf_counter()
    fit_stacks(
        data, ["a", "b"], 0, settings, "cpu", on_progress=lambda *_: stamps.append(time.perf_counter())
    )
    # The first step waits for the first batch: that is the start of a training, not a step of it.
    loaded = float(np.median(np.diff(stamps)))
    trainer = _Trainer(EthoCNN(2), settings, CPU, print)
    stacks = torch.randint(0, 256, (16, 11, 256, 256), dtype=torch.uint8)
    labels = torch.arange(16) % 2
    alone = float(np.median([_seconds(lambda: trainer.step(stacks, labels)) for _ in range(4)][1:]))
    ratio = loaded / alone
    return (
        "training step, data loading included / compute alone",
        f"{ratio:.2f} ({loaded:.1f} s a step of 16, {stamps[0] - begin:.1f} s for the first)",
        "<= 1.1",
        ratio <= 1.1,
    )


def _memory() -> Row:
    """Label the beginning of a 6-hour file and write the result of all of it, in a process of its own."""
    path = recordings.six_hours()
    try:
        found = subprocess.run(
            [sys.executable, "-m", "benchmarks.batch_memory", str(path), str(LABELED_OF_SIX_HOURS)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        path.unlink(missing_ok=True)
    peak = float(found.stdout.split()[-1])
    return (
        f"peak memory of a 6-hour file (its first {LABELED_OF_SIX_HOURS:,} frames, then its whole result)",
        f"{peak:.2f} GB",
        "<= 1.5 GB",
        peak <= 1.5,
    )


def _gpu(network: EthoCNN, scratch: Path) -> list[Row]:
    if not torch.cuda.is_available():
        return []
    device = torch.device("cuda")
    runner = StackRunner(network, device)
    stacks = np.random.default_rng(0).integers(0, 256, (_GPU_STACKS, 11, 256, 256), np.uint8)
    runner(stacks)
    seconds = float(np.median([_seconds(lambda: runner(stacks)) for _ in range(10)]))
    speed = 11 * len(stacks) / seconds
    there = torch.from_numpy(stacks[: runner.batch]).to(device)
    prepared = PreparedEthoCNN(network, fast_dtype(device)).to(device)

    def alone() -> None:
        with torch.inference_mode():
            prepared(there)
        torch.cuda.synchronize(device)

    alone()
    bare = 11 * len(there) / float(np.median([_seconds(alone) for _ in range(10)]))
    name = torch.cuda.get_device_name(device)
    return [
        (
            f"network from gray frames in memory on one {name}",
            f"{speed:,.0f} frames/s",
            ">= 100,000",
            speed >= 100_000,
        ),
        (f"network alone on one {name}, frames on it", f"{bare:,.0f} frames/s", "", None),
        _from_file(runner, scratch, name),
    ]


def _from_file(runner: StackRunner, scratch: Path, name: str) -> Row:
    """Label a recording with a GPU, against decoding it and nothing else."""
    path = recordings.recording(250, CLIP)
    index = index_video(path, scratch)
    predictor = StackPredictor(lab_card("bench", ""), runner)
    bare, whole = _beside_decoding(path, predictor, scratch)
    share = bare / whole
    return (
        f"from H.264 on one {name} / bare decoding with all cores",
        f"{share:.2f} ({index.frames / whole:,.0f} frames/s)",
        ">= 0.9",
        share >= 0.9,
    )


def _decoded(path: Path) -> Iterator[Any]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def _by_turns(
    one: Callable[[], object], other: Callable[[], object], rounds: int
) -> tuple[list[float], list[float]]:
    one(), other()
    pairs = [(_seconds(one), _seconds(other)) for _ in range(rounds)]
    return [first for first, _ in pairs], [second for _, second in pairs]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    Console(width=150).print(table_of("batch", [Figure(*row) for row in rows()]))
