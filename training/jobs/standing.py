"""How far a job is, as it stands on the disk: told by the one who runs it, checked by whoever reads it."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

import psutil

from ...annotation.errors import LearnError
from ...annotation.files import write_whole
from ..checkpoints import kept_in
from .job import Job
from .result import Result

#: A job on another computer counts as cut off when nothing was heard from it for so long, in seconds.
SILENT_SECONDS = 900.0
#: Start times of a process may be read with this error, in seconds.
_START_TOLERANCE = 2.0


class JobState(StrEnum):
    """How far a job is."""

    PREPARED = "prepared"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    #: The program that ran it is gone, and did not say why.
    INTERRUPTED = "interrupted"

    @property
    def failed(self) -> bool:
        """Whether it ended in a way that nobody wanted."""
        return self in (JobState.FAILED, JobState.INTERRUPTED)

    @property
    def can_resume(self) -> bool:
        """Whether running it again makes sense."""
        return self not in (JobState.RUNNING, JobState.DONE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job is; ``status.json``, and ``started.json`` until a process that was started says more.

    Attributes
    ----------
    state, sentence
        How far it is, and what the user should know about that.
    stage, done, total
        What is being done, and how far that is; total 0 where that is not known.
    host, pid, process_started
        Which process runs it; the start tells it from a later process of the same number.
    began, stage_began, heard
        When it began, when this stage did, when something was heard last: seconds since 1970.
    """

    state: JobState = JobState.PREPARED
    sentence: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    host: str = ""
    pid: int = 0
    process_started: float = 0.0
    began: float = 0.0
    stage_began: float = 0.0
    heard: float = 0.0

    @property
    def fraction(self) -> float | None:
        """How far the stage is, 0 to 1; None where that is not known."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until this stage ends, at the pace until now; None where that cannot be told."""
        if self.state is not JobState.RUNNING or not self.total or self.done < max(1, self.total // 50):
            return None
        return (self.heard - self.stage_began) * (self.total - self.done) / self.done

    @property
    def own(self) -> bool:
        """Whether it is this process that runs it."""
        # where Python of a virtual environment is a launcher, what was started is the parent of this process
        return self.host == platform.node() and self.pid in (os.getpid(), os.getppid())

    @property
    def alive(self) -> bool:
        """Whether the process that runs it is there, as far as can be told."""
        if self.host != platform.node():
            return time.time() - self.heard < SILENT_SECONDS
        return process_lives(self.pid, self.process_started)


def own_process() -> dict[str, str | int | float]:
    """Return the fields of `Standing` that name the process that asks."""
    started = psutil.Process().create_time()
    return {"host": platform.node(), "pid": os.getpid(), "process_started": started}


def process_lives(pid: int, started: float) -> bool:
    """Return whether a process of this number that began then (seconds since 1970) is at work."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(process.create_time() - started) <= _START_TOLERANCE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def standing_of(job: Job) -> Standing:
    """Return how far a job is; one whose process is gone without a word counts as interrupted.

    One whose process was started and has not said anything yet, because its libraries are being loaded, runs.
    """
    told = _read(job.status_file)
    if job.result.is_dir():
        # The result is what counts: it appears at once, and the word of it may have been lost.
        try:
            sentence = Result.read(job).sentence
        except LearnError as error:
            return replace(told, state=JobState.FAILED, sentence=str(error))
        return told if told.state is JobState.DONE else replace(told, state=JobState.DONE, sentence=sentence)
    started = _read(job.started_file)
    if started.heard > told.heard and started.alive:
        return started
    if told.state is JobState.RUNNING and not told.alive:
        rest = " and ".join(filter(None, (kept_in(job.checkpoints), "it can be resumed")))
        why = (
            f"The training ended without a word during '{told.stage or 'its start'}': it was killed, the "
            f"computer was switched off, or memory ran out; models and labels are as they were, {rest}."
        )
        return replace(told, state=JobState.INTERRUPTED, sentence=why)
    return told


def note_start(job: Job, pid: int, process_started: float) -> None:
    """Write which process was started for a job: in a file of its own, as that process writes the other."""
    standing = Standing(
        JobState.RUNNING, host=platform.node(), pid=pid, process_started=process_started, heard=time.time()
    )
    write_whole(job.started_file, _as_text(standing))


def write_standing(job: Job, standing: Standing) -> None:
    """Write how far a job is, whole or not at all."""
    write_whole(job.status_file, _as_text(standing))


def _as_text(standing: Standing) -> str:
    return json.dumps(asdict(standing), indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> Standing:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Standing(**data | {"state": JobState(data["state"])})
    except (OSError, ValueError, KeyError, TypeError):
        return Standing()
