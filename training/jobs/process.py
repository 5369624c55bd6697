"""A job in a process of its own."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
from dataclasses import replace
from functools import partial

from ...annotation.errors import EthoprofileError
from ..fitting import TrainingCanceledError
from .endings import what_happened
from .job import Job, read_job
from .running import run_job
from .standing import JobState, standing_of, write_standing
from .stopping import Stop, forget_stop
from .telling import Event, as_line

_STATUS = {JobState.DONE: 0, JobState.STOPPED: 3}
#: Seconds to wait for a last word to be taken, by a pipe that nobody may be reading.
_LAST_WORD = 0.3


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
        stop.enforce(partial(_end, job))
        standing = run_job(job, _say, stop)
        stop.over()
    except EthoprofileError as error:
        _say({"event": "error", "state": JobState.FAILED.value, "sentence": str(error)})
        return 1
    return _STATUS.get(standing.state, 1)


def _end(job: Job) -> None:
    """End this process in the middle of whatever it is doing: what others see of a job appears whole or not.

    The log keeps where it was.
    """
    standing = standing_of(job)
    if standing.state is JobState.RUNNING and standing.began:
        state, sentence = what_happened(TrainingCanceledError(), standing.stage, job)
        with contextlib.suppress(OSError):
            write_standing(job, replace(standing, state=state, sentence=sentence))
            forget_stop(job)
            faulthandler.dump_traceback()
        event = {"event": "error", "state": state.value, "sentence": sentence}
        word = threading.Thread(target=_say, args=(event,), daemon=True)
        word.start()
        word.join(_LAST_WORD)
    os._exit(_STATUS.get(standing_of(job).state, 1))


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
