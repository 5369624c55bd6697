"""Starts a training in a process of its own, watches it, stops it, and finds it again after a restart."""

from __future__ import annotations

import contextlib
import json
import sys
import time

import psutil
from psygnal import Signal
from qtpy.QtCore import QObject, QProcess, QProcessEnvironment, QTimer

from ..annotation.errors import LearnError
from ..training.jobs.job import Job
from ..training.jobs.standing import JobState, Standing, note_start, process_lives, standing_of
from ..training.jobs.stopping import GRACE, ask_to_stop, forget_stop
from .status import RunState, TrainingStatus

#: Milliseconds between two looks at what a job has written.
_LOOK_MS = 250
#: What is said of a job that was stopped before its process had begun.
STOPPED_BEFORE = "Stopped before it began; it can be resumed."


class JobRunner(QObject):
    """One training at a time, in a process that outlives the window.

    The process is started on its own, with its output in files of the job's folder. So a window that is
    closed, or crashes, takes no training along, and the next one finds it by what stands on the disk: the
    same way in which this one follows it.

    Attributes
    ----------
    status
        What the training is at; the only thing that widgets look at.
    ended
        Emitted with the job when it ended, however.
    """

    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = TrainingStatus()
        self._job: Job | None = None
        self._pid, self._pid_started = 0, 0.0
        self._asked = 0.0
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def job(self) -> Job | None:
        """The job that runs, or ran last."""
        return self._job

    def start(self, job: Job) -> None:
        """Start a job, or go on with one that was cut off.

        Raises
        ------
        LearnError
            When another one runs, or no process can be started.
        """
        if self.status.state.live:
            raise LearnError("A training runs already; wait for it, or stop it.")
        if standing_of(job).state is JobState.RUNNING:
            self.watch(job)
            return
        job.status_file.unlink(missing_ok=True)
        forget_stop(job)
        process = QProcess()
        process.setProgram(sys.executable)
        process.setArguments(["-u", "-m", "napari_ethoprofile.training", str(job.folder)])
        process.setWorkingDirectory(str(job.folder))
        process.setProcessEnvironment(_environment())
        process.setStandardInputFile(QProcess.nullDevice())
        process.setStandardOutputFile(str(job.events_file), QProcess.OpenModeFlag.Append)
        process.setStandardErrorFile(str(job.log_file), QProcess.OpenModeFlag.Append)
        begun, pid = process.startDetached()
        if not begun:
            raise LearnError(f"The training could not be started: {process.errorString()}.")
        self._pid, self._pid_started = int(pid), _start_of(int(pid))
        with contextlib.suppress(OSError):  # a full disk: it is found when it says something itself
            note_start(job, self._pid, self._pid_started)
        self._follow(job)

    def watch(self, job: Job) -> None:
        """Follow a job that another window, or an earlier one, has started."""
        standing = standing_of(job)
        self._pid, self._pid_started = standing.pid, standing.process_started
        self._follow(job)

    def stop(self) -> None:
        """Ask the job to stop; it is killed when it does not within the grace.

        One that is frozen cannot end itself. On another computer it has to: this one can only ask.
        """
        if self._job is None or not self.status.state.live:
            return
        self._asked = time.monotonic()
        with contextlib.suppress(OSError):  # a full disk: it is killed then
            ask_to_stop(self._job)
        self.look()

    def let_go(self) -> None:
        """Stop following; a job that runs goes on."""
        self._timer.stop()
        self._job, self._asked = None, 0.0
        self.status.state = RunState.IDLE

    def look(self) -> None:
        """Look at what the job has written, and tell what changed.

        Who is told may let the window work, napari's progress bars do: then no second look begins meanwhile.
        """
        if self._job is None or self._looking:
            return
        self._looking = True
        try:
            self._look_at(self._job)
        finally:
            self._looking = False

    def _look_at(self, job: Job) -> None:
        standing = standing_of(job)
        if standing.state is JobState.PREPARED and not self._lives():
            standing = self._without_a_start(job)
        if standing.state in (JobState.PREPARED, JobState.RUNNING):
            if self._asked and time.monotonic() - self._asked > GRACE and self._lives():
                self._kill()
                forget_stop(job)
            self.status.take(standing, stopping=bool(self._asked))
            return
        if self._asked and standing.state is JobState.INTERRUPTED:
            standing = Standing(JobState.STOPPED, standing.sentence, standing.stage)
        self._timer.stop()
        self._asked = 0.0
        self.status.take(standing)
        self.ended(job)

    def _follow(self, job: Job) -> None:
        self._job, self._asked = job, 0.0
        self.status.job, self.status.model = job.id, job.plan.model
        self.status.take(standing_of(job))
        self._timer.start()

    def _lives(self) -> bool:
        """Whether the process that was started is there; it says nothing until its libraries are loaded."""
        return process_lives(self._pid, self._pid_started)

    def _without_a_start(self, job: Job) -> Standing:
        if self._asked:
            return Standing(JobState.STOPPED, STOPPED_BEFORE)
        return Standing(JobState.FAILED, _never_began(job))

    def _kill(self) -> None:
        """Kill the process that we started or found; `_lives` has said that no other has its number."""
        with contextlib.suppress(psutil.Error):
            psutil.Process(self._pid).kill()


def _environment() -> QProcessEnvironment:
    """Return what the process inherits; text goes out as UTF-8 on every system."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONUTF8", "1")
    return environment


def _start_of(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def _never_began(job: Job) -> str:
    """Return why a process ended before it had begun: its last words."""
    for path in (job.events_file, job.log_file):
        with contextlib.suppress(OSError):
            lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            if lines:
                return f"The training did not begin: {_sentence_in(lines[-1])}"
    return "The training did not begin, and its process left no word why."


def _sentence_in(line: str) -> str:
    try:
        return str(json.loads(line)["sentence"])
    except (ValueError, KeyError, TypeError):
        return line
