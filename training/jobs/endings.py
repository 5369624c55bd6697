"""How jobs end other than with a model, in one sentence each."""

from __future__ import annotations

import errno

from ...annotation.errors import EthoprofileError
from ..checkpoints import kept_in
from ..devices import ran_out_of_memory
from ..fitting import TrainingCanceledError
from .job import Job
from .standing import JobState

_FULL = (errno.ENOSPC, errno.EDQUOT)
_KEPT = "models and labels are as they were"


def what_happened(error: BaseException, stage: str, job: Job) -> tuple[JobState, str]:
    """Return how a job ended that raised this, and a sentence for the user.

    Parameters
    ----------
    error
        What was raised.
    stage
        What was being done.
    job
        The job.
    """
    if isinstance(error, (TrainingCanceledError, KeyboardInterrupt)):
        kept = ", ".join(filter(None, (_KEPT, kept_in(job.checkpoints))))
        return JobState.STOPPED, f"Stopped during '{stage}': {kept} and it can be resumed."
    if _disk_is_full(error):
        return JobState.FAILED, (
            f"The disk is full ({job.folder}), so '{stage}' could not be finished: {_KEPT}; make room, "
            "then resume."
        )
    if ran_out_of_memory(error):
        return JobState.FAILED, (
            f"Memory ran out during '{stage}': {_KEPT}; close other programs, then resume."
        )
    if isinstance(error, EthoprofileError):
        return JobState.FAILED, str(error)
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return JobState.FAILED, (
            f"The system refused during '{stage}': {error.strerror or error}{where}; {_KEPT}."
        )
    return JobState.FAILED, (
        f"The training broke during '{stage}' ({type(error).__name__}: {error}): {_KEPT}; "
        f"{job.log_file} says where."
    )


def _disk_is_full(error: BaseException | None) -> bool:
    """Return whether this, or what it came from, is a full disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error = error.__cause__
    return False
