"""Seconds of the frames of a recording, also where they come at uneven times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Containers round their stamps to milliseconds: up to this difference, in seconds, frames count as even.
ROUNDING = 0.0015


@dataclass(frozen=True)
class FrameClock:
    """Tells when the frames of a recording were shown, in seconds since its first frame.

    Attributes
    ----------
    fps
        Frames per second, or None when not known.
    times
        Time of every frame (frames,), ascending; None where they follow from the rate.
    """

    fps: float | None
    times: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, fps: float | None, times: NDArray[np.float64] | None) -> FrameClock:
        """Return the clock of a recording; `times` that say no more than the rate are left out."""
        if times is None or times.size < 2 or (fps and _even(times, fps)):
            return cls(fps)
        return cls(fps, times)

    def seconds(self, frame: int) -> float | None:
        """Return when `frame` begins; the frame after the last one begins where the last one ends."""
        if self.times is None:
            return frame / self.fps if self.fps else None
        if frame < self.times.size:
            return float(self.times[frame])
        return float(self.times[-1] + self._last_step())

    def frame(self, seconds: float) -> int | None:
        """Return the frame that begins nearest to `seconds`, which may be the one after the last."""
        if self.times is None:
            return round(seconds * self.fps) if self.fps else None
        edges = np.append(self.times, self.times[-1] + self._last_step())
        return int(np.argmin(np.abs(edges - seconds)))

    def within(self, start: int, stop: int) -> NDArray[np.float64] | None:
        """Return the times of ``[start, stop]``, both ends included, since `start`; None with an even rate.

        This is what readers and writers of label files take as ``times``.
        """
        if self.times is None:
            return None
        edges = np.append(self.times, self.times[-1] + self._last_step())
        return edges[start : stop + 1] - edges[start]

    def _last_step(self) -> float:
        assert self.times is not None
        return float(self.times[-1] - self.times[-2])


def _even(times: NDArray[np.float64], fps: float) -> bool:
    return bool(np.abs(times - np.arange(times.size) / fps).max() <= ROUNDING)
