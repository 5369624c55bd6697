"""What training and prediction warn of on the way, such as that a GPU ran out of memory, and who hears it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ROOM = __name__.rpartition(".")[0]


@contextmanager
def heard(tell: Callable[[str], None]) -> Iterator[None]:
    """Pass on the warnings of this room, a sentence each, as long as the block runs; each is told once.

    They come from deep below, in whatever thread: a log carries them to whoever asks, and everybody who asks
    hears them.
    """
    listener = _Listener(tell)
    log = logging.getLogger(_ROOM)
    log.addHandler(listener)
    try:
        yield
    finally:
        log.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell
        self._told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the sentence of a warning; errors with their traces are for the log alone."""
        sentence = record.getMessage()
        if record.levelno == logging.WARNING and sentence not in self._told:
            self._told.add(sentence)
            self._tell(sentence)
