"""Features of recordings: decoded once, block by block, and kept so that training need not decode again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...annotation.video.index import FrameIndex
from ..ahead import ahead
from ..cache import CachedArray, arrays_in
from ..fitting import Cancelled, Progress, TrainingCanceledError
from ..frames import BrokenVideoError, FrameStream
from ..preprocessing import Gray
from ..probabilities import edges_at_rate
from .backbone import Backbone, Describer, cache_key

#: Steps that are computed and cached together: 20 s at 5 steps a second.
BLOCK = 100


def stream_features(
    backbone: Backbone, path: Path | str, index: FrameIndex, fps: float, rate: float,
    first: int = 0, last: int | None = None, describer: Describer | None = None,
) -> Iterator[tuple[int, NDArray[np.float32]]]:  # fmt: skip
    """Yield the features of a recording in one pass over it, without a cache; memory stays small.

    Parameters
    ----------
    backbone
        What computes them.
    path, index, fps
        The recording, its index, its frames per second.
    rate
        Steps per second.
    first, last
        Steps ``[first, last)`` of the recording, whose edges `edges_at_rate` gives for all its frames; all of
        them when not given.
    describer
        The backbone settled on this recording, where the caller has it.

    Yields
    ------
    tuple
        The first step of a block, and its features, float32 (steps, features).

    Raises
    ------
    BrokenVideoError
        Where the recording cannot be decoded any further, after the steps that lie before; to these it is as
        if the recording ended there.
    """
    edges = edges_at_rate(0, index.frames, fps, rate)
    last = len(edges) - 1 if last is None else last
    describer = describer or backbone.settle(Path(path), index, fps)
    reach = int(np.ceil(backbone.reach * fps))
    begin = max(0, int(edges[first]) - reach)
    end = min(index.frames, int(edges[last]) + reach)
    stream = FrameStream(path, describer.preprocessing, index, begin, end)
    held, start = np.empty((0, *describer.preprocessing.size), np.uint8), begin
    batches = ahead(stream.batches(max(1, int(np.ceil(BLOCK * fps / rate)))))
    for step in range(first, last, BLOCK):
        stop = min(last, step + BLOCK)
        held, broken = _with_frames(held, start, batches, min(end, int(edges[stop]) + reach))
        if broken is not None:
            stop = min(stop, int(np.searchsorted(edges, start + len(held), side="right")) - 1)
        if stop > step:
            yield step, describer.describe(held, start, edges[step : stop + 1])
        if broken is not None:
            raise broken
        kept = max(0, int(edges[stop]) - reach - start)
        held, start = held[kept:], start + kept


def cached_features(
    cache_folder: Path,
    backbone: Backbone,
    path: Path | str,
    index: FrameIndex,
    fps: float,
    rate: float,
    frames: tuple[int, int],
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> NDArray[np.float32]:
    """Return the features of the steps of a stretch, from the cache as far as they are there.

    What is computed is kept block by block: after a crash or a cancel it goes on where it was.

    Parameters
    ----------
    cache_folder
        Folder of derived data.
    backbone, path, index, fps, rate
        As for `stream_features`.
    frames
        The stretch ``[start, stop)``; its steps are those of ``edges_at_rate(start, stop, fps, rate)``.
    on_progress
        Called with steps done and steps to be computed.
    cancelled
        Asked at every block.

    Raises
    ------
    TrainingCanceledError
        If `cancelled` said so.
    """
    edges = edges_at_rate(0, index.frames, fps, rate)
    first = int(np.searchsorted(edges, frames[0], side="right")) - 1
    last = int(np.searchsorted(edges, frames[1], side="left"))
    cache = arrays_in(cache_folder)
    with cache.refusals_told():
        stored = kept_features(cache_folder, backbone, path, index, fps, rate)
    missing = stored.missing(first, last)
    total, done = sum(b - a for a, b in missing), 0
    describer = backbone.settle(Path(path), index, fps) if missing else None
    for start, stop in missing:
        for step, rows in stream_features(backbone, path, index, fps, rate, start, stop, describer):
            with cache.refusals_told():
                stored.write(step, rows)
            done += len(rows)
            if on_progress is not None:
                on_progress(done, total)
            if cancelled is not None and cancelled():
                raise TrainingCanceledError
    if missing:
        cache.trim(keep=[stored.path])
    return stored.read(first, last)


def kept_features(
    cache_folder: Path, backbone: Backbone, path: Path | str, index: FrameIndex, fps: float, rate: float
) -> CachedArray:
    """Open what is kept of the features of a recording, or begin it; parameters as for `cached_features`."""
    return arrays_in(cache_folder).open(
        f"features-{index.fingerprint.key}-{cache_key(backbone.card, rate)}",
        (len(edges_at_rate(0, index.frames, fps, rate)) - 1, backbone.card.dimension),
        np.float32,
        BLOCK,
        {"recording": Path(path).name, "backbone": backbone.card.name, "rate": rate},
    )


def _with_frames(
    held: Gray, start: int, batches: Iterator[tuple[int, Gray]], needed: int
) -> tuple[Gray, BrokenVideoError | None]:
    """Return the frames from `start` on with as many further batches as reach up to `needed`.

    Where the recording breaks before, they are what there is, and the error is returned with them.
    """
    parts, have = [held], start + len(held)
    broken: BrokenVideoError | None = None
    while have < needed and broken is None:
        try:
            _, frames = next(batches)
        except BrokenVideoError as error:
            broken = error
        else:
            parts.append(frames)
            have += len(frames)
    return np.concatenate(parts) if len(parts) > 1 else held, broken
