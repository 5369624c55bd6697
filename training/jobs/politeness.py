"""Training beside a window that somebody works in: the window goes first, and keeps a core."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import psutil

_NICE = 10
#: Where memory runs out, Linux ends the training (0 to 1000) before the window with its open labels.
_FIRST_TO_GO = 500


def be_polite() -> int:
    """Lower the priority of this process and leave one core alone; called before torch is imported.

    Returns
    -------
    int
        Threads that it uses from now on: one less than the cores it may use, at least one.
    """
    process = psutil.Process()
    with contextlib.suppress(psutil.Error):
        # The constant exists on Windows only, where there is no niceness.
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _NICE))
    if sys.platform == "linux" and _in_a_session_of_its_own():
        # Linux weighs sessions against each other, and niceness only within one (sched(7), autogroups).
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(_NICE), encoding="ascii")
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_FIRST_TO_GO), encoding="ascii")
    threads = max(1, _cores(process) - 1)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    return threads


def _in_a_session_of_its_own() -> bool:
    """Whether nobody else is in this session: true for a job of the window, not for one in a terminal."""
    leader = os.getsid(0)
    if leader == 0:  # It is outside this container, and the session is somebody else's.
        return False
    return leader == os.getpid() or not psutil.pid_exists(leader)


def _cores(process: psutil.Process) -> int:
    """Return the cores that the process may use, and give one of them up where the system allows that."""
    if not hasattr(process, "cpu_affinity"):  # macOS
        return os.cpu_count() or 1
    try:
        cores = process.cpu_affinity()
        if cores and len(cores) > 1:
            process.cpu_affinity(cores[:-1])
    except (psutil.Error, OSError):
        return os.cpu_count() or 1
    return len(cores or ())
