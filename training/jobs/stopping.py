"""Asking a job to stop: a word on its standard input, or a file in its folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import IO

from .job import Job

#: The word.
WORD = "stop"
#: Seconds until a job that was asked to stop is ended, whatever it is doing.
GRACE = 2.0
#: Seconds between two looks at the file.
_LOOK_EVERY = 0.2


class Stop:
    """Whether a job is asked to stop; cheap enough to be asked at every training step.

    Parameters
    ----------
    job
        The job, whose file is looked for.
    """

    def __init__(self, job: Job) -> None:
        self._path = job.stop_file
        self._asked, self._over = threading.Event(), threading.Event()
        self._looked = 0.0

    def __call__(self) -> bool:
        """Return whether the job is asked to stop."""
        if not self._asked.is_set() and time.monotonic() - self._looked >= _LOOK_EVERY:
            self._looked = time.monotonic()
            if self._path.exists():
                self._asked.set()
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask for it."""
        self._asked.set()

    def enforce(self, end: Callable[[], None]) -> None:
        """Watch in a thread: a job that is asked to stop and is not over within the grace is ended.

        Parameters
        ----------
        end
            Ends the process.
        """

        def watch() -> None:
            while not self():
                if self._over.wait(_LOOK_EVERY):
                    return
            if not self._over.wait(GRACE):
                end()

        threading.Thread(target=watch, name="end", daemon=True).start()

    def over(self) -> None:
        """Say that the job has ended by itself."""
        self._over.set()

    def listen_to(self, stream: IO[str]) -> None:
        """Wait in a thread for the word; that the other end goes away is no wish to stop."""

        def listen() -> None:
            for line in stream:
                if line.strip() == WORD:
                    self.ask()
                    return

        threading.Thread(target=listen, name="stop", daemon=True).start()


def ask_to_stop(job: Job) -> None:
    """Ask the process that runs a job to stop, whoever started it."""
    job.stop_file.touch()


def forget_stop(job: Job) -> None:
    """Take an old wish back, before a job is started."""
    job.stop_file.unlink(missing_ok=True)
