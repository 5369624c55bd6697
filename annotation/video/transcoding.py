"""Writing a sound copy of a recording: frame for frame, a key frame every half second, no B-frames."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from ..files import replacing
from .building import index_video
from .containers import is_stack, open_container, probe, video_stream
from .stacks import ImageStack

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

KEY_EVERY = 12
QUALITY = 18
STACK_FPS = 25
_SUFFIXES = {".mkv", ".mp4"}
_KEPT = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
_PROGRESS_STRIDE = 25
_TICK = Fraction(1, 90_000)

# A frame, and its time in seconds as an exact fraction.
Timed = tuple["VideoFrame", Fraction]


def transcode(
    source: Path | str,
    target: Path | str,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> int:
    """Write `source` anew so that every frame can be reached quickly and exactly.

    Decodes from the beginning to the end, so it also works where jumps go wrong or packets are damaged: frame
    k of the copy is the k-th frame that the decoder puts out. Times are kept where the file has sound ones.

    Parameters
    ----------
    source
        A video file or image stack.
    target
        The new file, `.mkv` or `.mp4`; written whole or not at all.
    on_progress
        Called with (frames written, estimated number of frames or None).

    Returns
    -------
    int
        Number of frames in the copy.

    Raises
    ------
    VideoError
        If the source cannot be read, the target cannot be written, or the copy does not hold every frame.
    """
    import av

    source, target = Path(source), Path(target)
    if target.suffix.lower() not in _SUFFIXES:
        raise VideoError(f"The copy must be an .mkv or .mp4 file, not {target.name}: choose another name.")
    if source.absolute() == target.absolute():
        raise VideoError(f"{source} cannot be replaced by its own copy: choose another name for the copy.")
    header = probe(source)
    frames = _counted(_stacked(source) if is_stack(source) else _decoded(source), header.frames, on_progress)
    try:
        with replacing(target) as temporary:
            written = encode(frames, source, temporary, header.fps or STACK_FPS)
            verify(temporary, written, source)
    except (OSError, av.error.FFmpegError) as error:
        raise VideoError(
            f"{target} cannot be written: {error.strerror}; choose a folder with room."
        ) from error
    return written


def _decoded(source: Path) -> Iterator[Timed]:
    """Yield every frame that the decoder puts out, at its own time where times rise, else evenly."""
    import av

    with open_container(source) as container:
        stream = video_stream(container, source)
        step = 1 / Fraction(stream.average_rate or stream.guessed_rate or STACK_FPS)
        tick = stream.time_base if container.format.name != "avi" else None
        time, first = -step, None
        for packet in container.demux(stream):
            try:
                frames = stream.codec_context.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except av.error.InvalidDataError:
                continue
            for frame in frames:
                own = None
                if tick is not None and frame.pts is not None:
                    first = frame.pts if first is None else first
                    own = (frame.pts - first) * tick
                time = own if own is not None and own > time else time + step
                yield frame, time


def _stacked(source: Path) -> Iterator[Timed]:
    from av.video.frame import VideoFrame

    with ImageStack(source) as stack:
        for number in range(stack.frames):
            image = stack.read(number)
            frame = VideoFrame.from_ndarray(image, format="gray" if stack.gray else "rgb24")
            yield frame, Fraction(number, STACK_FPS)


def _counted(
    frames: Iterator[Timed], estimate: int, on_progress: Callable[[int, int | None], None] | None
) -> Iterator[Timed]:
    for number, timed in enumerate(frames):
        if on_progress is not None and number % _PROGRESS_STRIDE == 0:
            on_progress(number, estimate or None)
        yield timed


def encode(frames: Iterator[Timed], source: Path, target: Path, fps: float) -> int:
    """Write the frames, and return how many there were."""
    import av

    first = next(frames, None)
    if first is None:
        raise VideoError(
            f"{source} holds no frame that can be decoded: copy it again from where it was recorded."
        )
    with av.open(str(target), "w") as container:
        stream = _encoder(container.add_stream("libx264"), first[0])
        stream.codec_context.time_base = _TICK
        written = 0
        for frame, time in chain([first], frames):
            written += 1
            picture = _fitting(frame, stream)
            picture.pts, picture.time_base = round(time / _TICK), _TICK
            _mux(container, stream.encode(picture), fps)
        _mux(container, stream.encode(None), fps)
    return written


def _mux(container: OutputContainer, packets: list[Packet], fps: float) -> None:
    for packet in packets:
        # Without a length, the last frame would be left out of the length of an MP4.
        packet.duration = round(1 / fps / packet.time_base)
        container.mux(packet)


def _encoder(stream: VideoStream, frame: VideoFrame) -> VideoStream:
    """Set up the encoder so that brightness passes through as it is: same format, same range."""
    context = stream.codec_context
    context.width, context.height = frame.width, frame.height
    context.pix_fmt = _format_for(frame)
    context.color_range = frame.color_range
    context.gop_size, context.max_b_frames = KEY_EVERY, 0
    context.options = {"crf": str(QUALITY), "preset": "veryfast"}
    return stream


def _format_for(frame: VideoFrame) -> str:
    name = frame.format.name
    odd = frame.width % 2 or frame.height % 2
    if name in _KEPT and not odd:
        return name
    full = name.startswith(("gray", "mono", "yuvj"))
    return ("yuvj" if full else "yuv") + ("444p" if odd else "420p")


def _fitting(frame: VideoFrame, stream: VideoStream) -> VideoFrame:
    from av.video.frame import PictureType

    context = stream.codec_context
    fitting = frame.reformat(context.width, context.height, context.pix_fmt)
    # The kind of picture that it was in the source must not decide what it becomes.
    fitting.pict_type = PictureType.NONE
    return fitting


def verify(copy: Path, frames: int, source: Path) -> None:
    """Raise `VideoError` unless a copy holds so many frames, each of which can be reached exactly."""
    with tempfile.TemporaryDirectory() as folder:
        index = index_video(copy, folder)
    if not index.exact or index.frames != frames:
        raise VideoError(
            f"The copy of {source} holds {index.frames} instead of {frames} frames and was thrown away: "
            "try the other container (.mkv or .mp4)."
        )
