"""Cutting a stretch out of a recording, frame for frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import VideoError
from ..files import replacing
from .transcoding import STACK_FPS, Timed, encode, verify

if TYPE_CHECKING:
    from .video import Video

_TICKS = 90_000


def cut(video: Video, start: int, stop: int, target: Path) -> None:
    """Write frames ``[start, stop)`` of a recording into a file of their own.

    Frame k of the file is frame ``start + k`` of the recording; times between frames are kept. Pictures are
    encoded anew, as `transcode` does: a stream can be copied only from one key frame to another, which is not
    where clips begin.

    Parameters
    ----------
    video
        The open recording.
    start, stop
        In frames.
    target
        The new file, ``.mkv`` or ``.mp4``; written whole or not at all.

    Raises
    ------
    VideoError
        If the frames are not all there, or the file cannot be written or does not hold them.
    """
    import av

    if not 0 <= start < stop <= video.confirmed:
        raise VideoError(
            f"{video.path} has {video.confirmed} frames; frames {start} to {stop} cannot be cut out of it."
        )
    try:
        with replacing(target) as temporary:
            written = encode(_frames(video, start, stop), video.path, temporary, video.fps or STACK_FPS)
            if written != stop - start:
                raise VideoError(f"Only {written} of {stop - start} frames of {video.path} could be cut out.")
            verify(temporary, written, video.path)
    except (OSError, av.error.FFmpegError) as error:
        raise VideoError(
            f"{target} cannot be written: {error.strerror}; choose a folder with room."
        ) from error


def _frames(video: Video, start: int, stop: int) -> Iterator[Timed]:
    from av.video.frame import VideoFrame

    # Without a rate, the times of an image stack are frame numbers.
    times = video.times / (1 if video.fps else STACK_FPS)
    layout = "gray" if video.gray else "rgb24"
    for number in range(start, stop):
        time = Fraction(round((times[number] - times[start]) * _TICKS), _TICKS)
        yield VideoFrame.from_ndarray(video[number], format=layout), time
