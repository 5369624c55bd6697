"""Labels of frames at uneven times, put on an even clock: a pause of the camera is nobody's behavior."""

from __future__ import annotations

import numpy as np

from ..formats import Labels
from ..tracks import UNLABELED, LabelTrack

#: Seconds, and usual steps, from which on the time to the next frame is a pause.
_PAUSE, _PAUSE_STEPS = 1.0, 2.0


def on_even_clock(labels: Labels, fps: float) -> tuple[LabelTrack, float]:
    """Return labels at a constant rate, and that rate.

    Parameters
    ----------
    labels
        As read; where its file has a column of times, that counts.
    fps
        Frames per second, by which the frames follow each other where nothing else is known.

    Returns
    -------
    track, fps
        The labels as they are, where no frame is a whole step away from where the rate puts it. Otherwise at
        the usual rate of the file: a frame stands for the time up to the next one, or for one usual step
        before a pause (1 s, or two usual steps where these are longer), in which nothing is labeled.
    """
    times = labels.seconds
    if times is None or np.abs(times - np.arange(times.size) / fps).max() <= 1 / fps:
        return labels.track, fps
    usual = float(np.median(np.diff(times)))
    moments = np.arange(max(1, round((times[-1] + usual) / usual))) * usual
    # A moment that rounding puts a hair before its frame belongs to it.
    shown = np.searchsorted(times, moments + usual * 1e-6, side="right") - 1
    to_next = np.append(np.diff(times), usual)
    pause = to_next[shown] >= max(_PAUSE, _PAUSE_STEPS * usual)
    paused = pause & (moments - times[shown] >= usual * (1 - 1e-6))
    codes = labels.track.codes[shown].copy()
    codes[paused] = UNLABELED
    return LabelTrack(codes), 1 / usual
