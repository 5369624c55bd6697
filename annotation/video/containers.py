"""Opening recordings with FFmpeg: one door, with every failure told in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from ..recordings import STACK_ENDINGS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Demuxers that accept nearly anything (text art) or that read a pattern of files, never a recording.
_NOT_RECORDINGS = {"tty", "image2", "lrc", "srt", "webvtt", "ass", "concat", "hls", "dash"}

# Streams without a container: nothing in them says what they are, and noise is taken for one now and then, so
# that the name has to say it.
_BARE_STREAMS = {
    "av1": {".av1", ".obu"}, "obu": {".obu"}, "dv": {".dv"}, "h261": {".h261"}, "h263": {".h263"},
    "h264": {".h264", ".264", ".avc"}, "hevc": {".hevc", ".h265", ".265"}, "m4v": {".m4v", ".cmp"},
    "mjpeg": {".mjpeg", ".mjpg"}, "mpegvideo": {".m1v", ".m2v", ".mpv"}, "vc1": {".vc1"},
    "vvc": {".vvc", ".h266", ".266"}, "cavsvideo": {".avs"}, "dirac": {".drc"},
}  # fmt: skip

# With frame threads FFmpeg's MPEG-4 decoder hands a picture out while another thread still decodes it, so
# that chance decides whether it is flagged as damaged. One thread decodes it as fast as two.
_ONE_THREAD = {"mpeg4"}


@dataclass(frozen=True)
class Probe:
    """What a file's header says, without reading the file: numbers are the container's claims.

    Attributes
    ----------
    frames
        Estimated number of frames; 0 where the container does not say.
    fps
        Nominal frames per second; None where there are none (image stacks).
    width, height
        Pixels.
    codec, container
        FFmpeg's short names, such as ``"h264"`` and ``"matroska"``.
    """

    frames: int
    fps: float | None
    width: int
    height: int
    codec: str
    container: str


def is_stack(path: Path) -> bool:
    """Whether `path` is an image stack (a folder of images or a multi-page TIFF) and not a video file."""
    return path.is_dir() or path.suffix.lower() in STACK_ENDINGS


def probe(path: Path | str) -> Probe:
    """Read what the header of a recording says; cheap, and no promise about exactness.

    Parameters
    ----------
    path
        A video file, a multi-page TIFF or a folder of images.

    Raises
    ------
    VideoError
        If there is no such file, or it is empty, or it is not a recording.
    """
    path = Path(path)
    check_file(path)
    if is_stack(path):
        from .stacks import ImageStack

        with ImageStack(path) as stack:
            return Probe(stack.frames, None, stack.width, stack.height, stack.codec, "stack")
    with open_container(path) as container:
        return describe(container, video_stream(container, path))


def open_container(path: Path, parse: bool = True) -> InputContainer:
    """Open a video file for reading.

    Parameters
    ----------
    path
        The file.
    parse
        Whether FFmpeg looks into the packets to fill in what the container does not say.

    Raises
    ------
    VideoError
        With one sentence that says what is wrong with the file.
    """
    import av

    check_file(path)
    try:
        options = {} if parse else {"fflags": "nofillin+noparse"}
        container = av.open(str(path.absolute()), metadata_errors="replace", container_options=options)
    except av.error.InvalidDataError as error:
        raise VideoError(
            f"{path} is not a video that can be read: it was cut short while it was written, is damaged or "
            "has the wrong extension; copy it again from where it was recorded."
        ) from error
    except (OSError, ValueError, av.error.FFmpegError) as error:
        raise _cannot_open(path, error) from error
    found = container.format.name
    guessed = path.suffix.lower() not in _BARE_STREAMS.get(found, {path.suffix.lower()})
    if guessed or found in _NOT_RECORDINGS or found.endswith("_pipe"):
        container.close()
        raise VideoError(f"{path} is not a video: it has the wrong extension or is a text or image file.")
    return container


def check_file(path: Path) -> None:
    """Raise `VideoError` where `path` is missing, a folder, unreadable or empty."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise VideoError(
            f"There is no file {path}: it was moved, renamed or its disk is not connected; 'ethoprofile "
            "relink' tells a project where its recordings are now."
        ) from None
    except OSError as error:
        raise _cannot_open(path, error) from error
    if path.is_file() and size == 0:
        raise VideoError(f"{path} is empty (0 bytes): copy it again from where it was recorded.")


def video_stream(container: InputContainer, path: Path, threads: int = 2) -> VideoStream:
    """Return the picture stream that is scored, ready to decode with so many threads."""
    for stream in container.streams.video:
        context = stream.codec_context
        if context is not None and context.width > 0 and not _is_cover(stream):
            context.thread_type = "AUTO"
            context.thread_count = 1 if context.name in _ONE_THREAD else threads
            return stream
    container.close()
    raise VideoError(f"{path} holds no picture that can be decoded: it is a sound file or an unknown format.")


def _is_cover(stream: VideoStream) -> bool:
    """Whether the stream is a still picture attached to a sound file."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def describe(container: InputContainer, stream: VideoStream) -> Probe:
    """Collect the header's claims of an open file."""
    # A guess may be the clock's ticks instead of the frames, which is never the smaller one.
    rates = [rate for rate in (stream.average_rate, stream.guessed_rate) if rate]
    fps = float(min(rates)) if rates else None
    frames = stream.frames
    if not frames and fps:
        frames = round(_seconds(container, stream) * fps)
    context = stream.codec_context
    codec = context.codec.canonical_name
    return Probe(frames, fps, context.width, context.height, codec, container.format.name.split(",")[0])


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    length = container.duration or 0
    if container.format.name.startswith("matroska"):
        # Matroska says when the recording ends, not how long it is.
        length -= max(container.start_time or 0, 0)
    return length / 1_000_000


def copy_advice(path: Path) -> str:
    """Return the end of a sentence about a file whose frames cannot be shown exactly."""
    return f"write a sound copy with `ethoprofile transcode {path} OUT` and use that."


def _cannot_open(path: Path, error: Exception) -> VideoError:
    cause = getattr(error, "strerror", None) or str(error)
    return VideoError(f"{path} cannot be opened: {cause}; check the disk or the network.")
