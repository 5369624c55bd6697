"""Connections to signals that outlive a widget, cut all at once when the widget goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Wires:
    """Remembers what it connects: docks come and go while the session's signals stay."""

    def __init__(self) -> None:
        self._ends: list[tuple[Any, Callable[..., object]]] = []

    def connect(self, signal: Any, slot: Callable[..., object]) -> None:
        """Connect a signal of psygnal or of napari to a slot."""
        signal.connect(slot)
        self._ends.append((signal, slot))

    def cut(self) -> None:
        """Disconnect everything."""
        for signal, slot in self._ends:
            signal.disconnect(slot)
        self._ends.clear()
