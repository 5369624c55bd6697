"""Recordings to measure on: 704x576, 25 frames/s, H.264, made once and kept in the temporary folder.

To a codec they look as infrared home-cage recordings do: a textured background, noise that changes with every
frame, and one body that moves.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

WIDTH, HEIGHT, FPS = 704, 576, 25
FRAMES = 1000
SIX_HOURS = 540_000
_NOISES = 13


def folder() -> Path:
    """Where the recordings are kept between runs."""
    place = Path(tempfile.gettempdir()) / "ethoprofile-benchmarks"
    place.mkdir(exist_ok=True)
    return place


def recording(gop: int, frames: int = FRAMES, suffix: str = ".mkv", irregular: bool = False) -> Path:
    """Return a recording with a key frame every `gop` frames and 3 B-frames between others.

    `irregular` gives frames 40 to 66 ms apart, with a pause of 0.7 s every 50 frames.
    """
    path = folder() / f"{WIDTH}x{HEIGHT}-{frames}-gop{gop}{'-uneven' if irregular else ''}{suffix}"
    if not path.exists():
        unfinished = path.with_stem(path.stem + "-unfinished")
        _encode(unfinished, gop, frames, irregular)
        unfinished.replace(path)
    return path


def six_hours() -> Path:
    """Return a 6-hour MKV, GOP 250: the packets of a short one over and over. The caller deletes it."""
    return repeated(recording(250), folder() / f"six-hours-{os.getpid()}.mkv", SIX_HOURS // FRAMES)


def repeated(source: Path, target: Path, times: int) -> Path:
    """Copy the packets of a recording `times` times over, without decoding."""
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        stream = reading.streams.video[0]
        packets = [
            (bytes(packet), packet.pts, packet.is_keyframe) for packet in reading.demux(stream) if packet.size
        ]
        shown = sorted(pts for _, pts, _ in packets)
        delay = max(order - pts for order, (_, pts, _) in zip(shown, packets, strict=True))
        length = shown[-1] - shown[0] + min(later - earlier for earlier, later in pairwise(shown))
        copied = writing.add_stream_from_template(stream)
        for turn in range(times):
            for dts, (data, pts, key) in zip(shown, packets, strict=True):
                packet = av.Packet(data)
                packet.stream, packet.time_base, packet.is_keyframe = copied, stream.time_base, key
                packet.pts, packet.dts = pts + turn * length, dts - delay + turn * length
                writing.mux(packet)
    return target


def _encode(path: Path, gop: int, frames: int, irregular: bool) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context.gop_size, context.max_b_frames = gop, 3
        context.options = {"preset": "veryfast", "crf": "23", "sc_threshold": "0"}
        context.time_base = Fraction(1, 1000)
        for number, image in enumerate(_images(frames)):
            frame = VideoFrame.from_ndarray(image, format="gray")
            frame.pts = 40 * number + irregular * (13 * (number % 3) + 700 * (number // 50))
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _images(frames: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(0)
    background = rng.normal(110, 25, (HEIGHT // 8, WIDTH // 8)).repeat(8, axis=0).repeat(8, axis=1)
    noises = [
        np.clip(background + rng.normal(0, 5, background.shape), 0, 255).astype(np.uint8)
        for _ in range(_NOISES)
    ]
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for number in range(frames):
        image = noises[number % _NOISES].copy()
        x, y = WIDTH * (0.5 + 0.33 * np.cos(number / 40)), HEIGHT * (0.5 + 0.33 * np.sin(number / 57))
        image[((columns - x) / 60) ** 2 + ((rows - y) / 35) ** 2 < 1] = 30 + number % 20
        yield image
