"""Which frames are visible, and where a frame lies on the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

#: The closest zoom shows this many frames (or the whole clip, where that is shorter).
MIN_SPAN = 8.0
#: Share of the window that is kept in front of the playhead when the window turns a page.
PAGE_MARGIN = 0.1


@dataclass(frozen=True)
class Window:
    """The visible part ``[first, last)`` of a clip; fractions of a frame are allowed.

    Frame ``f`` covers ``[f, f + 1)``, so frame boundaries are whole numbers.

    Attributes
    ----------
    frames
        Length of the clip.
    first, last
        Visible part; by default the whole clip.
    """

    frames: int
    first: float = 0.0
    last: float = field(default=-1.0)

    def __post_init__(self) -> None:
        if self.last < 0:
            object.__setattr__(self, "last", float(self.frames))

    @property
    def span(self) -> float:
        """Number of visible frames."""
        return self.last - self.first

    def shows(self, frame: float) -> bool:
        """Whether a frame is visible."""
        return self.first <= frame < self.last

    def showing(self, first: float, last: float) -> Window:
        """Return a window on ``[first, last)``, widened to the closest zoom and moved onto the clip."""
        shortest = min(MIN_SPAN, self.frames)
        span = min(max(last - first, shortest), self.frames)
        first = min(max(first - (span - (last - first)) / 2, 0.0), self.frames - span)
        return Window(self.frames, first, first + span)

    def moved(self, frames: float) -> Window:
        """Return the window moved by some frames, as far as the clip reaches."""
        first = min(max(self.first + frames, 0.0), self.frames - self.span)
        return Window(self.frames, first, first + self.span)

    def zoomed(self, factor: float, at_frame: float) -> Window:
        """Return the window zoomed in (factor > 1) or out; `at_frame` keeps its place on the screen."""
        shortest = min(MIN_SPAN, self.frames)
        span = min(max(self.span / factor, shortest), self.frames)
        share = (at_frame - self.first) / self.span if self.span else 0.0
        first = min(max(at_frame - share * span, 0.0), self.frames - span)
        return Window(self.frames, first, first + span)

    def centered(self, frame: float) -> Window:
        """Return the window with a frame in its middle, as far as the clip reaches."""
        return self.moved(frame + 0.5 - (self.first + self.last) / 2)

    def revealing(self, frame: int) -> Window:
        """Return the window turned so that it shows a whole frame: itself where it does already."""
        if self.first <= frame and frame + 1 <= self.last:
            return self
        margin = self.span * PAGE_MARGIN
        if frame < self.first:
            return self.moved(frame + 1 + margin - self.last)
        return self.moved(frame - margin - self.first)

    def x_of(self, frame: float, width: float) -> float:
        """Return where the left edge of a frame lies on a strip of `width` pixels."""
        return (frame - self.first) * width / self.span if self.span else 0.0

    def position_at(self, x: float, width: float) -> float:
        """Return the fractional frame at a pixel: the inverse of `x_of`."""
        return self.first + x * self.span / width if width else self.first

    def frame_at(self, x: float, width: float) -> int:
        """Return the frame under a pixel, the nearest one beyond the ends of the clip."""
        return min(max(math.floor(self.position_at(x, width)), 0), max(0, self.frames - 1))
