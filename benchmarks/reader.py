"""How fast the reader is, against bare FFmpeg and against other readers: ``python -m benchmarks.reader``."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
from napari_ethoprofile.annotation.video import Video, index_video
from napari_ethoprofile.annotation.video.pixels import Converter
from rich.console import Console

from . import recordings
from .figures import Figure, table_of

ROUNDS = 5
JUMPS = 120
OURS = "this reader"
STEPS = 250
STEP_SECONDS = 1 / 25

Row = tuple[str, str, str, bool | None]


def rows() -> list[Row]:
    """Return ``(figure, value, target, met)`` for every figure of the reader."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as cache:
        for gop in (250, 12):
            path = recordings.recording(gop)
            index_video(path, cache)
            found += [
                _sequential(path, cache, gop),
                *_forward(path, cache, gop),
                _backward(path, cache, gop),
                _jumps(path, cache, gop),
            ]
        found += _six_hours(cache)
        found += _others(cache)
    return found


class Bare:
    """PyAV as one would write it by hand: seek to the key frame before it, decode to it, convert it."""

    def __init__(self, path: Path):
        self._container = av.open(str(path))
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = 2
        self._convert = Converter(True, recordings.WIDTH, recordings.HEIGHT)

    def sequential(self) -> float:
        """Decode and convert everything, and return the seconds."""
        start = time.perf_counter()
        for frame in self._container.decode(self._stream):
            self._convert(frame)
        return time.perf_counter() - start

    def jump(self, pts: int) -> np.ndarray:
        """Return the frame with this stamp."""
        self._container.seek(pts, stream=self._stream)
        return self._convert(
            next(frame for frame in self._container.decode(self._stream) if frame.pts >= pts)
        )


def _sequential(path: Path, cache: str, gop: int) -> Row:
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(Bare(path).sequential())
        with Video(path, cache_folder=cache) as video:
            ours.append(sum(_times(video.__getitem__, range(len(video)))))
    ratio = float(np.median(ours) / np.median(bare))
    return _ratio(f"sequential read / bare decode to the same gray array, GOP {gop}", ratio, 1.15)


def _forward(path: Path, cache: str, gop: int) -> list[Row]:
    one = float(np.median([Bare(path).sequential() for _ in range(3)])) / recordings.FRAMES
    with Video(path, cache_folder=cache) as video:
        tight = float(np.median([_read_one(video, number) for number in range(400)]))
    with Video(path, cache_folder=cache) as video:
        paced = float(np.median(_paced(video, range(100))))
    return [
        _ratio(f"step +1 without a pause, median / decoding one frame, GOP {gop}", tight / one, 1.5),
        _ratio(f"step +1 at 25 steps/s, median / decoding one frame, GOP {gop}", paced / one, 1.5),
    ]


def _backward(path: Path, cache: str, gop: int) -> Row:
    with Video(path, cache_folder=cache) as video:
        start = len(video) - 100
        video[start]
        taken = _paced(video, range(start - 1, start - 1 - STEPS, -1))
    return _milliseconds(f"step -1 sustained at 25 steps/s, p99, GOP {gop}", taken, 99, 5.0)


def _jumps(path: Path, cache: str, gop: int) -> Row:
    targets = np.random.default_rng(gop).integers(0, recordings.FRAMES, JUMPS).tolist()
    bare, theirs, ours = Bare(path), [], []
    with Video(path, cache_folder=cache, cache_mb=1) as video:
        for target in targets:
            theirs.append(_seconds(lambda target=target: bare.jump(40 * target)))
            ours.append(_read_one(video, target))
    ratio = float(np.percentile(ours, 95) / np.percentile(theirs, 95))
    return _ratio(f"random jump, p95 / bare seek and decode, GOP {gop}", ratio, 1.1)


def _six_hours(cache: str) -> list[Row]:
    path = recordings.six_hours()
    try:
        index_video(recordings.recording(12), cache)  # so that no import is timed
        once, indexing = [], []
        folders = [f"{cache}/{turn}" for turn in range(3)]
        for folder in folders:
            once.append(_seconds(lambda: _demux(path)))
            indexing.append(_seconds(lambda folder=folder: index_video(path, folder)))
        plain = min(_seconds(lambda: _read(path)) for _ in range(2))
        before = psutil.Process().memory_info().rss
        start = time.perf_counter()
        with Video(path, cache_folder=folders[0]) as video:
            video[len(video) - 7500]
            shown = time.perf_counter() - start
            for number in np.random.default_rng(3).integers(0, len(video), 8).tolist():
                video[number]
            for number in range(100_300, 100_000, -1):
                video[number]
            memory = (psutil.Process().memory_info().rss - before) / 1e6
    finally:
        path.unlink(missing_ok=True)
    return [
        _ratio("index of a 6-hour MKV / reading its packets once", min(indexing) / min(once), 1.5),
        ("index of a 6-hour MKV / reading its bytes from memory", f"{min(indexing) / plain:.1f}", "", None),
        ("index of a 6-hour MKV", f"{min(indexing):.2f} s", "", None),
        ("its last clip, once indexed: open and first frame", f"{1000 * shown:.0f} ms", "", None),
        (
            "its memory after jumps and 300 steps back, reader only",
            f"{memory:.0f} MB",
            "<= 700 MB",
            memory <= 700,
        ),
    ]


def _others(cache: str) -> list[Row]:
    """Other readers on the same files: steps, jumps and wrong frames."""
    found: list[Row] = []
    plain = recordings.recording(250)
    tricky = {
        "MKV": plain,
        "AVI, B-frames": recordings.recording(50, 300, ".avi"),
        "MP4, uneven": recordings.recording(50, 300, ".mp4", irregular=True),
    }
    targets = np.random.default_rng(1).integers(0, recordings.FRAMES, 40).tolist()
    for name, open_reader in _readers(cache).items():
        reader = open_reader(plain)
        step = 1000 * float(np.median(_times(reader, range(200))))
        jump = 1000 * float(np.percentile(_times(reader, targets), 95))
        wrong = {kind: _wrong(open_reader(path), path) for kind, path in tricky.items()}
        told = ", ".join(f"{kind}: {count}/{JUMPS}" for kind, count in wrong.items())
        target = ("0", not any(wrong.values())) if name == OURS else ("", None)
        found.append((f"{name}: step median, jump p95", f"{step:.2f} ms, {jump:.0f} ms", "", None))
        found.append((f"{name}: wrong frames", told, *target))
    return found


def _readers(cache: str) -> dict[str, Callable[[Path], Callable[[int], Any]]]:
    """Each opens a file and returns a function that gets a frame."""
    readers: dict[str, Callable[[Path], Callable[[int], Any]]] = {
        OURS: lambda path: Video(path, cache_folder=cache).__getitem__,
    }
    try:
        import cv2
    except ImportError:
        return readers

    def opencv(path: Path) -> Callable[[int], Any]:
        capture, following = cv2.VideoCapture(str(path)), -1

        def read(number: int) -> Any:
            nonlocal following
            if number != following:
                capture.set(cv2.CAP_PROP_POS_FRAMES, number)
            following = number + 1
            return capture.read()[1]

        return read

    readers["OpenCV"] = opencv
    try:
        from napari_video.napari_video import VideoReaderNP
    except ImportError:
        return readers
    readers["napari-video"] = lambda path: VideoReaderNP(str(path)).__getitem__
    return readers


def _wrong(reader: Callable[[int], Any], path: Path) -> int:
    """Count random jumps that give another frame than a plain decode from the beginning."""
    with av.open(str(path)) as container:
        truth = [
            frame.to_ndarray(format="gray")[::4, ::4].astype(np.int16) for frame in container.decode(video=0)
        ]
    wrong = 0
    for number in np.random.default_rng(2).integers(0, len(truth), JUMPS).tolist():
        try:
            image = np.asarray(reader(number))
        except (TypeError, ValueError, IndexError):
            wrong += 1
            continue
        image = image[::4, ::4].astype(np.int16)
        if image.ndim == 3:
            image = image.mean(axis=2)
        near = range(max(0, number - 6), min(len(truth), number + 7))
        best = min(near, key=lambda other: float(np.abs(truth[other] - image).mean()))
        wrong += best != number or float(np.abs(truth[number] - image).mean()) > 2
    return wrong


def _paced(video: Video, numbers: Sequence[int]) -> list[float]:
    """Read frames at 25 a second, and return the seconds that each took."""
    taken, due = [], time.perf_counter()
    for number in numbers:
        time.sleep(max(0.0, due - time.perf_counter()))
        taken.append(_read_one(video, number))
        due += STEP_SECONDS
    return taken


def _times(reader: Callable[[int], Any], numbers: Iterable[int]) -> list[float]:
    return [_seconds(lambda number=number: reader(number)) for number in numbers]


def _read_one(video: Video, number: int) -> float:
    return _seconds(lambda: video[number])


def _demux(path: Path) -> None:
    with av.open(str(path)) as container:
        for _ in container.demux(video=0):
            pass


def _read(path: Path) -> None:
    buffer = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ratio(figure: str, value: float, target: float) -> Row:
    return figure, f"{value:.2f}", f"<= {target}", value <= target


def _milliseconds(figure: str, taken: list[float], percentile: int, target: float) -> Row:
    value = 1000 * float(np.percentile(taken, percentile))
    return figure, f"{value:.1f} ms", f"<= {target:g} ms", value <= target


if __name__ == "__main__":
    Console(width=150).print(table_of("reader", [Figure(*row) for row in rows()]))
