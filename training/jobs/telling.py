"""What a job says while it runs: to whoever listens, and on the disk for whoever comes later."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from .job import Job
from .standing import JobState, Standing, own_process, write_standing
from .stopping import forget_stop

#: One line: ``event`` is ready, progress, metric, checkpoint, done or error.
Event = dict[str, Any]
Listener = Callable[[Event], None]

#: Shortest time between two lines about the progress of one stage, in seconds.
_TELL_EVERY = 0.1
#: The same for the file that says how far it is.
_WRITE_EVERY = 0.5


class Teller:
    """Says what a job does.

    The disk being full must not hide how a job ended: files that cannot be written are passed over, because
    the listener is told in any case, and a process that is gone is noticed by itself.

    Parameters
    ----------
    job
        The job.
    listen
        Called with every event.
    """

    def __init__(self, job: Job, listen: Listener) -> None:
        self._job, self._listen = job, listen
        self._lock = threading.Lock()
        now = time.time()
        self.standing = Standing(
            JobState.RUNNING,
            began=now,
            stage_began=now,
            heard=now,
            **own_process(),  # type: ignore[arg-type]
        )
        self._told = self._written = 0.0

    def ready(self) -> None:
        """Say that the job is running."""
        self._say({"event": "ready", "job": self._job.id, "pid": self.standing.pid})
        self._note("started")
        self._write()

    def progress(self, stage: str, done: int = 0, total: int | None = None) -> None:
        """Say what is being done and how far that is; called as often as one likes."""
        with self._lock:
            now, before = time.time(), self.standing
            fresh = stage != before.stage
            self.standing = replace(
                before, stage=stage, done=done, total=total or 0, heard=now,
                stage_began=now if fresh else before.stage_began,
            )  # fmt: skip
            if fresh:
                self._note(stage)
            if fresh or done == total or now - self._told >= _TELL_EVERY:
                self._told = now
                self._say({"event": "progress", "stage": stage, "done": done, "total": total})
            if fresh or now - self._written >= _WRITE_EVERY:
                self._write()

    def metric(self, name: str, step: int, value: float) -> None:
        """Say a figure."""
        event = {"event": "metric", "name": name, "step": step, "value": value}
        with self._lock:
            self._append(self._job.metrics_file, json.dumps(event))
            self._say(event)

    def checkpoint(self, name: str) -> None:
        """Say that a part is finished and kept."""
        with self._lock:
            self._note(f"{name} is finished and kept")
            self._say({"event": "checkpoint", "name": name})

    def ended(self, state: JobState, sentence: str, **facts: Any) -> Standing:
        """Say how the job ended, and return that."""
        self.standing = replace(self.standing, state=state, sentence=sentence, heard=time.time())
        self._note(f"{state.value}: {sentence}")
        self._write()
        with contextlib.suppress(OSError):
            forget_stop(self._job)
        kind = "done" if state is JobState.DONE else "error"
        self._say({"event": kind, "state": state.value, "sentence": sentence} | facts)
        return self.standing

    def _say(self, event: Event) -> None:
        self._listen(event)

    def _write(self) -> None:
        self._written = time.time()
        with contextlib.suppress(OSError):
            write_standing(self._job, self.standing)

    def _note(self, text: str) -> None:
        self._append(self._job.log_file, f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}")

    def _append(self, path: Any, line: str) -> None:
        with contextlib.suppress(OSError), open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def as_line(event: Event) -> str:
    """Return an event as a line of JSON, plain ASCII."""
    return json.dumps(event) + "\n"


def facts_of(standing: Standing) -> dict[str, Any]:
    """Return how far a job is as plain data, with what follows from it."""
    derived = {"fraction": standing.fraction, "seconds_left": standing.seconds_left}
    return asdict(standing) | {"state": standing.state.value} | derived
