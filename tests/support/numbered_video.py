"""Small videos of every kind whose pixels carry the frame number, so that a wrong frame betrays itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

WIDTH, HEIGHT = 160, 96
BLOCK = 16
BITS = 20
FPS = 25
ROWS = 2 * BITS * BLOCK // WIDTH


def numbered_image(number: int, color: bool = False) -> np.ndarray:
    """Draw a frame: its number as 20 blocks, black or white, then the inverse, then something that moves.

    Returns
    -------
    numpy.ndarray
        (96, 160) uint8, or (96, 160, 3) with a red patch.
    """
    bits = (number >> np.arange(BITS)) & 1
    blocks = np.concatenate([bits, 1 - bits]).reshape(ROWS, -1) * 215 + 20
    image = np.full((HEIGHT, WIDTH), 120, np.uint8)
    image[: ROWS * BLOCK] = blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    x = 3 * number % (WIDTH - 24)
    image[ROWS * BLOCK + 4 : -4, x : x + 24] = 40 + 7 * number % 160
    if not color:
        return image
    image = np.repeat(image[..., np.newaxis], 3, axis=2)
    image[-BLOCK:, -BLOCK:] = (200, 40, 40)
    return image


def number_in(image: np.ndarray) -> int:
    """Read the number back from a frame; -1 if what is there is no number."""
    if image.ndim == 3:
        image = image.mean(axis=2)
    blocks = image[: ROWS * BLOCK].reshape(ROWS, BLOCK, WIDTH // BLOCK, BLOCK).mean(axis=(1, 3)).ravel()
    bits, inverse = blocks[:BITS] > 127, blocks[BITS:] > 127
    if np.any(bits == inverse):
        return -1
    return int(np.sum(bits.astype(np.int64) << np.arange(BITS)))


@dataclass(frozen=True)
class Recipe:
    """How to encode a numbered video."""

    suffix: str
    codec: str
    between: int = 0
    gop: int = 24
    options: dict[str, str] = field(default_factory=dict)
    pix_fmt: str = "yuv420p"
    irregular: bool = False
    color: bool = False
    tag: str = ""
    fragments: bool = False


_X264 = {"preset": "veryfast", "crf": "16", "sc_threshold": "0"}
_X265 = {"preset": "ultrafast", "crf": "16"}


def _x265(more: str = "") -> dict[str, str]:
    return {
        **_X265,
        "x265-params": f"log-level=none:pools=1:frame-threads=1:scenecut=0:keyint=24:min-keyint=24{more}",
    }


RECIPES: dict[str, Recipe] = {
    "h264-b.mkv": Recipe(".mkv", "libx264", 3, options=_X264),
    "h264-b.mp4": Recipe(".mp4", "libx264", 3, options=_X264),
    "h264-b.mov": Recipe(".mov", "libx264", 3, options=_X264),
    "h264-b.avi": Recipe(".avi", "libx264", 3, options=_X264),
    "h264-pyramid.avi": Recipe(
        ".avi", "libx264", 5, options={**_X264, "x264-params": "b-pyramid=normal:b-adapt=0"}
    ),
    "h264.avi": Recipe(".avi", "libx264", 0, options=_X264),
    "h264-long-gop.mkv": Recipe(".mkv", "libx264", 2, gop=1000, options=_X264),
    "h264-intra.mp4": Recipe(".mp4", "libx264", 0, gop=1, options=_X264),
    "h264-open-gop.mkv": Recipe(
        ".mkv", "libx264", 3, options={**_X264, "x264-params": "open-gop=1:b-adapt=0"}
    ),
    "h264-open-gop.mp4": Recipe(
        ".mp4", "libx264", 3, options={**_X264, "x264-params": "open-gop=1:b-adapt=0"}
    ),
    "h264-open-gop.avi": Recipe(
        ".avi", "libx264", 3, options={**_X264, "x264-params": "open-gop=1:b-adapt=0"}
    ),
    "h264-irregular.mkv": Recipe(".mkv", "libx264", 3, options=_X264, irregular=True),
    "h264-irregular.mp4": Recipe(".mp4", "libx264", 3, options=_X264, irregular=True),
    "h264-fragmented.mp4": Recipe(".mp4", "libx264", 3, options=_X264, fragments=True),
    "h264-full-range.mp4": Recipe(".mp4", "libx264", 3, options=_X264, pix_fmt="yuvj420p"),
    "h264-color.mp4": Recipe(".mp4", "libx264", 3, options=_X264, color=True),
    "h264-10-bit.mkv": Recipe(".mkv", "libx264", 3, options=_X264, pix_fmt="yuv420p10le"),
    "hevc.mkv": Recipe(".mkv", "libx265", 3, options=_x265(":open-gop=0:bframes=3")),
    "hevc.mp4": Recipe(".mp4", "libx265", 3, options=_x265(":open-gop=0:bframes=3")),
    "hevc-open-gop.mkv": Recipe(".mkv", "libx265", 3, options=_x265(":open-gop=1:bframes=3:b-adapt=0")),
    "hevc-open-gop.mp4": Recipe(".mp4", "libx265", 3, options=_x265(":open-gop=1:bframes=3:b-adapt=0")),
    "mpeg4.avi": Recipe(".avi", "mpeg4", 0, tag="XVID"),
    "mpeg4-b.avi": Recipe(".avi", "mpeg4", 2, tag="XVID"),
    "mpeg4-b.mp4": Recipe(".mp4", "mpeg4", 2),
    "mjpeg.avi": Recipe(".avi", "mjpeg", 0, pix_fmt="yuvj420p"),
    "mjpeg.mov": Recipe(".mov", "mjpeg", 0, pix_fmt="yuvj420p"),
    "wmv2.wmv": Recipe(".wmv", "wmv2", 0),
    "wmv1.wmv": Recipe(".wmv", "wmv1", 0),
    "msmpeg4v2.avi": Recipe(".avi", "msmpeg4v2", 0),
    "mpeg2-b.mkv": Recipe(".mkv", "mpeg2video", 2),
    "h264-b.ts": Recipe(".ts", "libx264", 3, options=_X264),
    "vp9.webm": Recipe(
        ".webm", "libvpx-vp9", 0, options={"deadline": "realtime", "cpu-used": "8", "b": "2M"}
    ),
    "ffv1-gray.mkv": Recipe(".mkv", "ffv1", 0, pix_fmt="gray"),
    "raw-rgb.avi": Recipe(".avi", "rawvideo", 0, pix_fmt="bgr24", color=True),
}


def write_numbered(path: Path, recipe: Recipe, frames: int = 120, first: int = 0) -> Path:
    """Encode frames `first`, `first` + 1, ... and return the path."""
    options = {"movflags": "frag_keyframe+empty_moov"} if recipe.fragments else {}
    with av.open(str(path), "w", container_options=options) as container:
        stream = container.add_stream(recipe.codec, rate=FPS)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, recipe.pix_fmt
        context.gop_size, context.max_b_frames = recipe.gop, recipe.between
        context.options = recipe.options
        context.thread_count = 1
        if recipe.codec in ("mpeg4", "mpeg2video", "wmv1", "wmv2", "msmpeg4v2", "mjpeg"):
            context.bit_rate = 3_000_000
        if recipe.tag:
            context.codec_tag = recipe.tag
        tick = Fraction(1, 1000) if recipe.irregular else Fraction(1, FPS)
        if recipe.irregular:
            context.time_base = tick
        for number in range(first, first + frames):
            image = numbered_image(number, recipe.color)
            frame = VideoFrame.from_ndarray(image, format="rgb24" if recipe.color else "gray")
            frame.pts = irregular_ms(number - first) if recipe.irregular else number - first
            frame.time_base = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def irregular_ms(number: int) -> int:
    """When frame `number` of an irregular recording was taken: 20 to 80 ms apart, with some pauses."""
    return 40 * number + 13 * (number % 3) + 700 * (number // 50)


def gray_decode(path: Path) -> np.ndarray:
    """Decode plainly from beginning to end, the judge of every test: (frames, height, width) uint8."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return np.array(frames)


def numbers_decoded(path: Path) -> list[int]:
    """Read the numbers off a plain decode."""
    return [number_in(image) for image in gray_decode(path)]


def copy_packets(
    source: Path,
    target: Path,
    start: int = 0,
    repeat: int = 1,
    shift: int = 0,
    change: Callable[[int, bytes], bytes] = lambda _row, content: content,
) -> Path:
    """Copy the packets of a video without decoding.

    Parameters
    ----------
    source, target
        The files.
    start
        Packets left out at the beginning.
    repeat
        How often the rest is written, one time after the other.
    shift
        Taken off all stamps (in units of the source), so that a positive one makes the first negative.
    change
        What becomes of the content of each packet, given its row.
    """
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        stream = reading.streams.video[0]
        read = [packet for packet in reading.demux(stream) if packet.size][start:]
        shown = sorted(packet.pts for packet in read)
        delay = max(order - packet.pts for order, packet in zip(shown, read, strict=True))
        length = shown[-1] - shown[0] + min(later - earlier for earlier, later in pairwise(shown))
        copied = writing.add_stream_from_template(stream)
        for turn in range(repeat):
            offset = turn * length - shift
            for row, (dts, original) in enumerate(zip(shown, read, strict=True)):
                packet = av.Packet(change(row, bytes(original)))
                packet.stream, packet.time_base = copied, stream.time_base
                packet.pts, packet.dts = original.pts + offset, dts - delay + offset
                packet.is_keyframe = original.is_keyframe
                writing.mux(packet)
    return target
