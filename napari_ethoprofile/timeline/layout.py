"""Where each part of the strip lies, in logical pixels. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RULER = 20
DAY = 14
SEEN = 5
OVERVIEW = 18
GAP = 3
LANE_MIN, LANE_GROWTH = 14, 2.0
#: A row that asks for this much has two lines of titles, and keeps room for them.
TWO_LINES, TWO_LINES_MIN = 36, 30
_MARGIN_RIGHT = 8
_GUTTER_WIDE, _GUTTER_NARROW = 148, 104


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """First pixel right of the box."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """First pixel below the box."""
        return self.y + self.h

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True, slots=True)
class StripLayout:
    """The parts of the strip; all plotted parts share ``x`` and ``w``.

    Attributes
    ----------
    ruler
        Clip time and frame numbers.
    day
        Time of day and phase, or None when neither is known.
    lanes
        One box a row of labels.
    seen
        The coverage strip.
    overview
        The whole clip with the window in it.
    """

    ruler: Box
    day: Box | None
    lanes: tuple[Box, ...]
    seen: Box
    overview: Box

    @property
    def gutter(self) -> int:
        """Width of the part left of the plot, for titles."""
        return self.ruler.x

    @property
    def plot(self) -> Box:
        """Everything that shows the window: ruler to coverage strip."""
        return Box(self.ruler.x, self.ruler.y, self.ruler.w, self.seen.bottom - self.ruler.y)

    def lane_at(self, y: float) -> int | None:
        """Return the index of the row at a height, or None."""
        for index, box in enumerate(self.lanes):
            if box.y <= y < box.bottom:
                return index
        return None


def arrange(width: int, height: int, lane_heights: Sequence[int], *, has_day: bool) -> StripLayout:
    """Return the layout for a strip of this size.

    Rows get their preferred heights, scaled to the room there is: up to twice, down to what can be read.
    """
    x = _GUTTER_WIDE if width >= 900 else _GUTTER_NARROW
    w = max(1, width - x - _MARGIN_RIGHT)
    ruler = Box(x, 1, w, RULER)
    y = ruler.bottom
    day = Box(x, y, w, DAY) if has_day else None
    y += DAY if has_day else 0
    y += GAP
    room = height - y - _below(len(lane_heights))
    lanes = []
    for lane_height in _scaled(lane_heights, room):
        lanes.append(Box(x, y, w, lane_height))
        y += lane_height + GAP
    seen = Box(x, y, w, SEEN)
    overview = Box(x, seen.bottom + GAP + 1, w, OVERVIEW)
    return StripLayout(ruler, day, tuple(lanes), seen, overview)


def preferred_height(lane_heights: Sequence[int], *, has_day: bool) -> int:
    """Return the height at which every row has its preferred height."""
    return _above(has_day) + sum(lane_heights) + _below(len(lane_heights))


def least_height(lane_heights: Sequence[int], *, has_day: bool) -> int:
    """Return the height at which every row has its least height."""
    return _above(has_day) + sum(map(_least, lane_heights)) + _below(len(lane_heights))


def _above(has_day: bool) -> int:
    return 1 + RULER + (DAY if has_day else 0) + GAP


def _below(lanes: int) -> int:
    """Height of the gaps after the rows and of all that comes below them."""
    return GAP * lanes + SEEN + GAP + 1 + OVERVIEW + 3


def _scaled(heights: Sequence[int], room: int) -> list[int]:
    total = sum(heights)
    if total == 0:
        return []
    if room >= total:
        scale = min(room / total, LANE_GROWTH)
        return [int(height * scale) for height in heights]
    least = [_least(height) for height in heights]
    share = max(0.0, (room - sum(least)) / max(1, total - sum(least)))
    return [low + int((height - low) * share) for low, height in zip(least, heights, strict=True)]


def _least(height: int) -> int:
    return TWO_LINES_MIN if height >= TWO_LINES else min(LANE_MIN, height)
