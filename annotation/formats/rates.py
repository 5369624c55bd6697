"""Seconds and frames: always the nearest frame, never the one below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Relative difference up to which two frame rates count as one (29.97 and 30000/1001).
SAME_RATE = 1e-3
_LATEST = 1e12


def rate_difference(own: float | None, recording: float | None) -> list[str]:
    """Return a sentence when a file was made at another frame rate than the recording has."""
    if own is None or recording is None or abs(own - recording) <= SAME_RATE * recording:
        return []
    sentence = (
        f"The file was made at {own:g} frames per second, the recording has {recording:g}; "
        "frames are matched by their number and nothing was shifted."
    )
    return [sentence]


def clock_difference(own: float | None, recording: float | None) -> list[str]:
    """Return a sentence when seconds come from a program that counted with another frame rate."""
    if not rate_difference(own, recording):
        return []
    sentence = (
        f"The file was made at {own:g} frames per second, the recording has {recording:g}; "
        "its seconds were turned into frames of the recording."
    )
    return [sentence]


def counting_up(times: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return times from the first one on, or None where one is not known or they do not count up."""
    if not times.size or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        return None
    return times - times[0]


def nearest_frames(
    seconds: NDArray[np.float64], fps: float | None, times: NDArray[np.float64] | None
) -> NDArray[np.int64]:
    """Return the frame whose time lies nearest to each second.

    Parameters
    ----------
    seconds
        Times since the first frame.
    fps
        Frames per second.
    times
        Seconds of every frame (frames,), ascending; goes before `fps`. The frame after the last one, where a
        bout may stop, follows after the last step.
    """
    # A time beyond that, as a damaged file has it, is late enough to be refused by what comes after.
    seconds = np.clip(seconds, -_LATEST, _LATEST)
    if times is None:
        return np.floor(seconds * float(fps or 0) + 0.5).astype(np.int64)
    edges = np.concatenate([times, [_end_of(times, fps)]])
    return np.searchsorted((edges[1:] + edges[:-1]) / 2, seconds, side="right").astype(np.int64)


def times_of(
    frames: NDArray[np.int64], fps: float | None, times: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Return the seconds at which frames begin, or None when neither rate nor times are known."""
    if times is not None:
        return np.concatenate([times, [_end_of(times, fps)]])[frames]
    return None if fps is None else frames / fps


def _end_of(times: NDArray[np.float64], fps: float | None) -> float:
    step = float(times[-1] - times[-2]) if times.size > 1 else 1 / (fps or 1.0)
    return float(times[-1]) + step
