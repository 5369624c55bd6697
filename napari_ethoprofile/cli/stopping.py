"""How a command that works long is stopped: where what it has done can be kept, and not in the middle."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stoppable(*asking: signal.Signals) -> Iterator[Callable[[], bool]]:
    """Yield what says whether the program was asked to stop; asked again, it ends at once.

    Parameters
    ----------
    asking
        The signals that ask for it: Ctrl+C when none are given.
    """
    asked = False

    def ask(_number: int, _frame: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = {number: signal.signal(number, ask) for number in asking or (signal.SIGINT,)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
