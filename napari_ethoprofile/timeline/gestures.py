"""What the mouse is doing on the strip between press and release: one small class a gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .lanes import Lane, OpenBout

if TYPE_CHECKING:
    from .view import TimelineStrip

#: A boundary is in reach of the mouse within this many pixels.
REACH = 5
#: A press becomes a drag after this many pixels.
_SLACK = 3
_EDGE_REACH = 6


class Gesture:
    """Something that the mouse does from press to release; `x` is in pixels from the plot's left edge."""

    def __init__(self, strip: TimelineStrip, x: float) -> None:
        self.strip = strip
        self.model = strip.model
        self.pressed_x = x

    def move(self, x: float) -> None:
        """Follow the mouse."""

    def finish(self) -> None:
        """Take the release."""

    def cancel(self) -> None:
        """Give up: everything is as before the press."""

    def preview(self) -> tuple[int, OpenBout] | None:
        """Return what the gesture would write, ``(group, bout)``, or None."""
        return None


class Seek(Gesture):
    """Press or drag: ask for the frame under the mouse."""

    def __init__(self, strip: TimelineStrip, x: float) -> None:
        super().__init__(strip, x)
        self._before = self.model.playhead
        self.model.selection = None
        self.move(x)

    def move(self, x: float) -> None:
        """Ask for the frame under the mouse."""
        self.strip.ask_for(self.strip.frame_at(x))

    def finish(self) -> None:
        """Ask for the last frame now."""
        self.strip.flush_seek()

    def cancel(self) -> None:
        """Go back to where the playhead was."""
        self.strip.ask_for(self._before)
        self.strip.flush_seek()


class Pan(Gesture):
    """Drag the strip itself."""

    def __init__(self, strip: TimelineStrip, x: float) -> None:
        super().__init__(strip, x)
        self._window = self.model.window

    def move(self, x: float) -> None:
        """Keep the frame that was grabbed under the mouse."""
        frames = (self.pressed_x - x) * self._window.span / self.strip.plot_width
        self.model.set_window(self._window.first + frames, self._window.last + frames)

    def cancel(self) -> None:
        """Show the window of before."""
        self.model.set_window(self._window.first, self._window.last)


class Select(Gesture):
    """Drag out a range of frames; the frames under both ends belong to it."""

    def __init__(self, strip: TimelineStrip, x: float) -> None:
        super().__init__(strip, x)
        self._before = self.model.selection
        self._anchor = strip.frame_at(x)
        self.move(x)

    def move(self, x: float) -> None:
        """Select up to the frame under the mouse."""
        frame = self.strip.frame_at(x)
        self.model.selection = (min(self._anchor, frame), max(self._anchor, frame) + 1)

    def cancel(self) -> None:
        """Select what was selected before."""
        self.model.selection = self._before


class DragBoundary(Gesture):
    """Move the boundary between two bouts, neither of which can vanish; whoever listens writes the track."""

    def __init__(self, strip: TimelineStrip, x: float, lane: Lane, boundary: int) -> None:
        super().__init__(strip, x)
        self._lane = lane
        self.old = self.new = boundary
        before, after = lane.track.bout_at(boundary - 1, lane.group), lane.track.bout_at(boundary, lane.group)
        self._least, self._most = before.start + 1, after.stop - 1
        self._left, self._right = before.label, after.label
        # Where the boundary was held, in frames: the window may move while it is dragged.
        self._grip = boundary - self.model.window.position_at(x, strip.plot_width)
        self._dragged = False

    def move(self, x: float) -> None:
        """Put the boundary at the frame edge nearest to the mouse."""
        self._dragged = self._dragged or abs(x - self.pressed_x) >= _SLACK
        if not self._dragged:
            return
        at = round(self.model.window.position_at(x, self.strip.plot_width) + self._grip)
        self._put(min(max(at, self._least), self._most))

    def _put(self, new: int) -> None:
        if new != self.new:
            self.new = new
            self.strip.update()
            self.strip.boundary_dragged.emit(self._lane.group, self.old, new, False)

    def finish(self) -> None:
        """Tell the final place; a press without a drag is a click there."""
        if self._dragged:
            self.strip.update()
            self.strip.boundary_dragged.emit(self._lane.group, self.old, self.new, True)
        else:
            self.strip.ask_for(self.strip.frame_at(self.pressed_x))
            self.strip.flush_seek()

    def cancel(self) -> None:
        """Put it back: listeners hear of a finished drag that changed nothing."""
        self._dragged, self.new = True, self.old
        self.finish()

    def preview(self) -> tuple[int, OpenBout] | None:
        """Return the frames that change their label."""
        if self.new == self.old:
            return None
        label = self._left if self.new > self.old else self._right
        return self._lane.group, OpenBout(min(self.old, self.new), max(self.old, self.new), label)


class Overview(Gesture):
    """Drag the window rectangle of the overview, or one of its edges; a press beside it brings it there."""

    def __init__(self, strip: TimelineStrip, x: float) -> None:
        super().__init__(strip, x)
        self._window = self.model.window
        self._scale = self._window.frames / strip.plot_width
        left, right = self._window.first / self._scale, self._window.last / self._scale
        self._edge = overview_edge(x, left, right)
        if not self._edge and not left <= x <= right:
            self._window = self._window.centered(x * self._scale)
            self.model.set_window(self._window.first, self._window.last)

    def move(self, x: float) -> None:
        """Move the window, or the edge that was grabbed, with the mouse."""
        shift = (x - self.pressed_x) * self._scale
        first, last = self._window.first, self._window.last
        if self._edge == "left":
            self.model.set_window(min(first + shift, last - 1), last)
        elif self._edge == "right":
            self.model.set_window(first, max(last + shift, first + 1))
        else:
            moved = self._window.moved(shift)
            self.model.set_window(moved.first, moved.last)

    def cancel(self) -> None:
        """Show the window of before."""
        self.model.set_window(self._window.first, self._window.last)


def overview_edge(x: float, left: float, right: float) -> str:
    """Return which edge of the window rectangle is in reach: ``left``, ``right`` or none (empty)."""
    reach = min(_EDGE_REACH, max(2.0, (right - left) / 3))
    near_left, near_right = abs(x - left), abs(x - right)
    if min(near_left, near_right) > reach:
        return ""
    return "left" if near_left <= near_right else "right"


def boundary_in_reach(strip: TimelineStrip, lane: Lane, x: float) -> int | None:
    """Return the boundary of an editable row that a press at `x` would grab, or None.

    Next to narrow bouts the reach shrinks to a third of their width, so that a crowded row can still be
    clicked between its boundaries.
    """
    if not lane.editable or strip.model.frames < 2:
        return None
    frames_per_pixel = strip.model.window.span / strip.plot_width
    at = strip.model.window.position_at(x, strip.plot_width)
    around = int(np.ceil(5 * REACH * frames_per_pixel)) + 2
    low = max(0, int(at) - around)
    codes = lane.codes[low : int(at) + around + 1]
    boundaries = np.flatnonzero(codes[1:] != codes[:-1]) + 1 + low
    if boundaries.size == 0:
        return None
    nearest = int(np.argmin(np.abs(boundaries - at)))
    gaps = np.diff(boundaries)[max(0, nearest - 1) : nearest + 1]
    narrowest = gaps.min(initial=strip.model.frames) / frames_per_pixel
    distance = abs(float(boundaries[nearest]) - at) / frames_per_pixel
    return int(boundaries[nearest]) if distance < min(REACH + 0.5, narrowest / 3) else None
