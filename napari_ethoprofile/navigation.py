"""What lies under the playhead, and what a typed position means. Pure functions."""

from __future__ import annotations

import math

from .annotation.tracks import UNLABELED, Bout, LabelTrack


def bout_under(track: LabelTrack, frame: int) -> Bout | None:
    """Return the labeled bout under the playhead: the shortest where groups overlap, or None."""
    found = [track.bout_at(frame, group) for group in range(track.groups)]
    labeled = [bout for bout in found if bout.label != UNLABELED]
    behaviors = [bout for bout in labeled if bout.label > 0]
    return min(behaviors or labeled, key=lambda bout: bout.length, default=None)


def parse_position(text: str, fps: float) -> int | None:
    """Return the frame that typed text means: a frame number, ``m:ss``, ``h:mm:ss`` or ``12.5s``.

    Parameters
    ----------
    text
        What the user typed.
    fps
        Frames per second; times go to the nearest frame.

    Returns
    -------
    int or None
        None when it is none of these.

    Examples
    --------
    >>> parse_position("1:30", 25.0)
    2250
    """
    seconds = parse_time(text)
    if seconds is not None:
        return round(seconds * fps)
    try:
        return int(text)
    except ValueError:
        return None


def parse_time(text: str) -> float | None:
    """Return the seconds that ``m:ss``, ``h:mm:ss`` or ``12.5s`` means; None when it is none of these."""
    cleaned = text.strip().lower()
    try:
        if cleaned.endswith("s"):
            seconds = float(cleaned[:-1])
        elif ":" in cleaned:
            seconds = 0.0
            for part in cleaned.split(":"):
                seconds = seconds * 60 + float(part)
        else:
            return None
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
