"""What widgets see of a training: one typed object that tells every change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from psygnal import SignalGroupDescriptor

from ..training.jobs.standing import JobState, Standing


class RunState(StrEnum):
    """How far the training that this window watches is."""

    IDLE = "idle"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def live(self) -> bool:
        """Whether something runs."""
        return self in (RunState.RUNNING, RunState.STOPPING)


class AtClose(StrEnum):
    """What becomes of a training when its window closes."""

    KEEP = "keep running"
    STOP = "stop"
    CANCEL = "cancel"


_STATES = {
    JobState.PREPARED: RunState.RUNNING,
    JobState.RUNNING: RunState.RUNNING,
    JobState.DONE: RunState.DONE,
    JobState.FAILED: RunState.FAILED,
    JobState.INTERRUPTED: RunState.FAILED,
    JobState.STOPPED: RunState.STOPPED,
}


@dataclass
class TrainingStatus:
    """The training that a window watches.

    Attributes
    ----------
    state
        How far it is.
    job, model
        Ids of the job, and name of the model that it trains; empty while nothing was started.
    stage
        What is being done.
    fraction
        How far the stage is, 0 to 1; None where that is not known.
    seconds_left
        Until the stage ends; None where that cannot be told.
    sentence
        How it ended.
    """

    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()

    state: RunState = RunState.IDLE
    job: str = ""
    model: str = ""
    stage: str = ""
    fraction: float | None = None
    seconds_left: float | None = None
    sentence: str = ""

    def take(self, standing: Standing, *, stopping: bool = False) -> None:
        """Show how far the job is; the state comes last, when all else is told."""
        self.stage = standing.stage
        self.fraction = standing.fraction
        self.seconds_left = standing.seconds_left
        self.sentence = standing.sentence
        state = _STATES[standing.state]
        self.state = RunState.STOPPING if stopping and state is RunState.RUNNING else state
