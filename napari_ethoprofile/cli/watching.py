"""How a queue of recordings is watched on the command line: bars for people, lines for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from .common import say

if TYPE_CHECKING:
    from psygnal import SignalInstance

    from ..training.queue import Item


class Watched(Protocol):
    """A queue: its items, and a signal that they have changed."""

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of work."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted without arguments."""


@contextmanager
def shown(queue: Watched) -> Iterator[None]:
    """Show a bar for every item that runs, and one for all."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bars: dict[int, Any] = {}

        def show() -> None:
            for item in queue.items:
                if item.state == "running" and item.id not in bars:
                    bars[item.id] = progress.add_task(item.title, total=None, speed="")
                if item.id in bars:
                    progress.update(
                        bars[item.id],
                        completed=item.done,
                        total=item.total or None,
                        speed=f"{item.speed:.0f} frames/s",
                        visible=item.state == "running",
                    )

        queue.changed.connect(show)
        try:
            yield
        finally:
            queue.changed.disconnect(show)


def tell_event(sentence: str) -> None:
    """Print what happens to a model on the way, such as that memory ran out, as a JSON line."""
    say(json.dumps({"told": sentence}))


@contextmanager
def told_events(queue: Watched) -> Iterator[None]:
    """Print every item that changed as a JSON line."""
    last: dict[int, Item] = {}

    def tell() -> None:
        for item in queue.items:
            if last.get(item.id) != item:
                last[item.id] = item
                say(json.dumps(item.to_dict()))

    tell()
    queue.changed.connect(tell)
    try:
        yield
    finally:
        queue.changed.disconnect(tell)
        tell()
