"""A job in a process of its own."""

from __future__ import annotations

import contextlib
import logging
import os
import sys

from ...annotation.errors import EthoprofileError
from .job import read_job
from .running import run_job
from .standing import JobState
from .stopping import Stop
from .telling import Event, as_line

_STATUS = {JobState.DONE: 0, JobState.STOPPED: 3}


def run_here(folder: str, threads: int) -> int:
    """Run the job in this folder, and return the exit status of the process.

    Parameters
    ----------
    folder
        Of the job.
    threads
        As many as the process may use.
    """
    try:
        job = read_job(folder)
        _log_into(job.log_file)
        _limit(threads)
        stop = Stop(job)
        if sys.stdin is not None:  # as it is where no console belongs to the process
            stop.listen_to(sys.stdin)
        standing = run_job(job, _say, stop)
    except EthoprofileError as error:
        _say({"event": "error", "state": JobState.FAILED.value, "sentence": str(error)})
        return 1
    return _STATUS.get(standing.state, 1)


def _say(event: Event) -> None:
    """Write an event; that nobody reads it any more, or that the disk is full, stops no training."""
    try:
        sys.stdout.write(as_line(event))
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log_into(path: os.PathLike[str]) -> None:
    """Send what libraries write on standard error into the log, crashes of the interpreter included."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with contextlib.suppress(OSError):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666), sys.stderr.fileno())


def _limit(threads: int) -> None:
    from ..models import require_learn

    require_learn("torch", "cv2")
    import cv2
    import torch

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
