"""Turns of parts that are computed at the same time on fewer cores than there are parts."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class Turns:
    """Lets so many parts compute at once that every core has work until all are finished.

    Three equal parts on two cores, one a core, would leave one core idle while the third is computed. Here
    those that are furthest behind go on, so all end together. With room for one they come one after the
    other: what is finished early can be kept early.

    Parameters
    ----------
    parts
        Their numbers. Each asks from a thread of its own.
    room
        How many compute at once.
    """

    def __init__(self, parts: Iterable[int], room: int) -> None:
        self._steps = dict.fromkeys(parts, 0)
        self._room = max(1, room)
        self._changed = threading.Condition()

    def take(self, part: int) -> None:
        """Wait until it is the turn of a part; asked before each of its steps."""
        with self._changed:
            self._steps[part] += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: part in self._next())

    def leave(self, part: int) -> None:
        """Say that a part is finished, or was given up: nobody waits for it any more."""
        with self._changed:
            del self._steps[part]
            self._changed.notify_all()

    def _next(self) -> list[int]:
        if self._room == 1:
            return [min(self._steps)]
        return sorted(self._steps, key=lambda part: (self._steps[part], part))[: self._room]
