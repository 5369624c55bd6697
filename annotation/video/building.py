"""Building the index of a recording, or finding it where it was kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import VideoError
from . import storage
from .checks import holds
from .containers import Probe, copy_advice, describe, is_stack, open_container, video_stream
from .decoding import DecodePass
from .demuxing import DemuxPass, Grow, Report
from .fingerprint import Fingerprint
from .index import Facts, FrameIndex
from .order import may_be_told
from .packets import PacketTable
from .pixels import recording_is_gray

# A header that claims this part more than can be read speaks of a file that was cut short.
_MISSING_SHARE = 0.01


class IndexingCanceledError(VideoError):
    """Indexing was stopped on request; a checkpoint was kept."""


def index_video(
    path: Path | str,
    cache_folder: Path | str | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_growth: Grow | None = None,
) -> FrameIndex:
    """Return the index of a recording: the stored one, or a new one, which is then stored.

    A new one is made by demuxing alone where the container's stamps are sound, else by decoding the file
    once; both are verified by decoding spot checks. A decode pass that was interrupted goes on where it was.

    Parameters
    ----------
    path
        A video file, a multi-page TIFF or a folder of images.
    cache_folder
        Where indexes are kept. By default beside the recording, or in a folder of the user's own where that
        cannot be written.
    on_progress
        Called with (frames so far, estimated number of frames or None).
    cancelled
        Asked often; indexing stops when it answers True.
    on_growth
        Called every few seconds with the index of the beginning that is confirmed so far.

    Returns
    -------
    FrameIndex
        Where its `problem` is not empty the frames of the file cannot be reached exactly, and `Video` refuses
        to open it.

    Raises
    ------
    VideoError
        If the file is missing, empty, no recording, or changes while it is indexed.
    IndexingCanceledError
        If `cancelled` said so.
    """
    path = Path(path)
    header, fingerprint = _identify(path)
    folder = storage.cache_folder_for(path, cache_folder)
    stored = storage.load(fingerprint, folder, path)
    if stored is not None and stored.complete:
        return stored

    def report(done: int, estimate: int) -> None:
        if cancelled is not None and cancelled():
            raise IndexingCanceledError(f"Indexing of {path} was stopped; what is done so far is kept.")
        if on_progress is not None:
            on_progress(done, estimate or None)

    def grow(prefix: FrameIndex) -> None:
        if prefix.decoded:
            storage.save(prefix, folder)
        if on_growth is not None:
            on_growth(prefix)

    report(0, header.frames)
    if is_stack(path):
        index = _index_of_stack(path, header, fingerprint)
    else:
        index = _index_of_file(path, header, fingerprint, stored, report, grow)
    if _identify(path)[1].key != fingerprint.key:
        raise VideoError(
            f"{path} changed while it was indexed: wait until its recording or copying has ended."
        )
    report(index.frames, index.frames)
    storage.save(index, folder)
    return index


def stored_index(path: Path | str, cache_folder: Path | str | None = None) -> FrameIndex | None:
    """Return the index of a recording as `index_video` has kept it, or None where it has to be made.

    Parameters
    ----------
    path, cache_folder
        See `index_video`.

    Raises
    ------
    VideoError
        If the file is missing, empty or no recording.
    """
    path = Path(path)
    found = storage.load(_identify(path)[1], storage.cache_folder_for(path, cache_folder), path)
    return found if found is not None and found.complete else None


def _identify(path: Path) -> tuple[Probe, Fingerprint]:
    from .containers import probe

    header = probe(path)
    return header, Fingerprint.of(path, header)


def _index_of_stack(path: Path, header: Probe, fingerprint: Fingerprint) -> FrameIndex:
    from .stacks import ImageStack

    with ImageStack(path) as stack:
        facts = Facts(stack.width, stack.height, stack.gray, None, stack.codec, header.container)
        return FrameIndex(
            facts,
            fingerprint,
            PacketTable.empty(),
            np.arange(stack.frames),
            np.zeros(0, np.int64),
            stack.frames,
        )


def _index_of_file(
    path: Path, header: Probe, fingerprint: Fingerprint, stored: FrameIndex | None, report: Report, grow: Grow
) -> FrameIndex:
    draft = _draft(path, fingerprint)
    if stored is None and may_be_told(draft.facts):
        index = DemuxPass(path, draft).run(report, grow)
        if index is not None:
            return _completed(path, index)
    index = None
    if stored is not None:
        index = DecodePass(path, stored).run(report, grow)
    if index is None:
        index = DecodePass(path, draft).run(report, grow)
        assert index is not None, "a pass from the beginning needs no checkpoint"
    if not index.frames:
        raise VideoError(
            f"{path} holds no frame that can be decoded: copy it again from where it was recorded."
        )
    if index.exact and not holds(path, index):
        problem = (
            f"Frames of {path} come out differently when reached by a jump, so they cannot be shown exactly; "
        )
        index = replace(index, problem=problem + copy_advice(path))
    return _completed(path, index)


def _draft(path: Path, fingerprint: Fingerprint) -> FrameIndex:
    """Start an index: facts, and no frames."""
    with open_container(path) as container:
        stream = video_stream(container, path)
        header = describe(container, stream)
        base = stream.time_base
        time_base = (base.numerator, base.denominator) if base else (1, 1)
    gray = recording_is_gray(path)
    facts = Facts(header.width, header.height, gray, header.fps, header.codec, header.container, time_base)
    none = np.zeros(0, np.int64)
    return FrameIndex(facts, fingerprint, PacketTable.empty(), none, none, header.frames, complete=False)


def _completed(path: Path, index: FrameIndex) -> FrameIndex:
    """Enter the true number of frames, and say so where the header claims a longer recording."""
    note = ""
    if _is_cut_short(index):
        note = (
            f"{path} claims {index.estimate} frames but holds {index.frames}: it was cut short or is damaged "
            "there; only what is there can be used."
        )
    fingerprint = replace(index.fingerprint, frames=index.frames)
    return replace(index, fingerprint=fingerprint, note=note)


def _is_cut_short(index: FrameIndex) -> bool:
    """Whether a header claims many more frames, and a later end, than can be read.

    One of the two is no sign: where frames come unevenly the number that a header lets one expect is a guess.
    """
    tolerated = 2 + index.estimate * _MISSING_SHARE
    # Packets count here, not frames: a cut may rightly hide some of them (edit list, open GOP).
    read = max(len(index.packets), index.frames)
    reached = float(index.times[-1]) * (index.facts.fps or 0.0) + 1 if index.frames else 0.0
    return index.estimate - max(read, reached) > tolerated
