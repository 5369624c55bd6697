"""How far a command is: a bar for people, lines of JSON for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .common import note


@contextmanager
def stages(*, events: bool = False) -> Iterator[Callable[[str, int, int | None], None]]:
    """Yield ``tell(stage, done, total)`` that moves a progress bar on standard error.

    With `events` it prints a JSON line there instead, for other programs.
    """
    if events:
        yield lambda stage, done, total: note(json.dumps({"stage": stage, "done": done, "total": total}))
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("training", total=None)
        yield lambda stage, done, total: progress.update(task, description=stage, completed=done, total=total)
