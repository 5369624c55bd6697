"""Plain records of what a project holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What kind of run over a clip a pass is."""

    FIRST = "first"
    BLIND = "blind"
    REVIEW = "review"
    CONSENSUS = "consensus"
    MODEL = "model"


class State(StrEnum):
    """How far a pass has come: work assigned, being scored, submitted, and what was done with it since.

    A discarded pass is out of every list, export and statistic until it is restored.
    """

    ASSIGNED = "assigned"
    DISCARDED = "discarded"
    OPEN = "open"
    SUBMITTED = "submitted"
    COMPARED = "compared"
    ADJUDICATED = "adjudicated"
    TRAINING = "frozen-training"
    TEST = "frozen-test"

    @property
    def finished(self) -> bool:
        """Whether its annotator has submitted it; true of every later state, too."""
        return self not in (State.ASSIGNED, State.OPEN, State.DISCARDED)

    @property
    def frozen(self) -> bool:
        """Whether it can never be changed or reopened any more."""
        return self in (State.TRAINING, State.TEST)


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """One animal.

    Attributes
    ----------
    id
        What the lab calls it.
    strain, sex, cage
        Free text; empty when not given.
    more
        Further columns of the lab's subject sheet.
    """

    id: str
    strain: str = ""
    sex: str = ""
    cage: str = ""
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """One recording, which stays where it is.

    Attributes
    ----------
    id
        Its name in the project: the file's stem, numbered when two files share it.
    path
        As stored: from the project folder on where that is possible. `Project.video_path` resolves it.
    subject
        Id of the animal, or empty.
    recorded_at
        Wall-clock time of frame 0, or None.
    frames
        Exact number of frames; None until the index is complete.
    estimated_frames
        What the file's header says, until then.
    confirmed
        Number of frames from the first on that are indexed.
    fps
        Frames per second, or None.
    width, height
        In pixels, or None.
    exact
        Whether frame exactness was verified; None until the index is complete.
    fingerprint
        Plain data of the file's fingerprint when it was added, or None.
    display
        How it is shown, for display only: ``crop``, ``rotate``, ``flip``, ``contrast``, ``gamma``.
    """

    id: str
    path: str
    subject: str = ""
    recorded_at: datetime | None = None
    frames: int | None = None
    estimated_frames: int | None = None
    confirmed: int = 0
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    exact: bool | None = None
    fingerprint: dict[str, Any] | None = None
    display: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """A stretch ``[start, stop)`` of a recording that is annotated as one piece of work.

    `id` is ``<video>_s<start>_n<frames>``, as DeepEthoProfile names its clips.
    """

    id: str
    video: str
    start: int
    stop: int
    plan: str = ""

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class AnnotatorRecord:
    """A person who labels (or a model, as the author of its passes)."""

    name: str
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Renaming:
    """An annotator got another name: from what to what, when (UTC, ISO 8601), and who did it."""

    old: str
    new: str
    at: str
    author: str


@dataclass(frozen=True, slots=True)
class PassRecord:
    """One run of a person or model over one clip. Its labels are read through `Project.door` only.

    Attributes
    ----------
    id
        Unique across computers.
    clip, annotator
        Whose run over what.
    kind
        ``first``, ``blind``, ``review``, ``consensus`` or ``model``.
    based_on
        Id of the pass that a review began from, or None.
    source
        The file or model version that the labels came from; empty for a person's own work.
    state
        ``open``, ``submitted``, ``compared``, ``adjudicated``, ``frozen-training`` or ``frozen-test``.
    started_at, submitted_at
        UTC stamps in ISO 8601; `submitted_at` is None while it is open.
    """

    id: str
    clip: str
    annotator: str
    kind: Kind
    based_on: str | None
    source: str
    state: State
    started_at: str
    submitted_at: str | None


@dataclass(frozen=True, slots=True)
class StateChange:
    """One entry of the history of a pass: which state it came into, when, and by whom."""

    state: State
    at: str
    author: str


@dataclass(frozen=True, slots=True)
class AssignmentRecord:
    """A clip that an annotator shall score.

    Attributes
    ----------
    id
        Unique across computers.
    clip, annotator, kind
        Whose run of which kind (``first`` or ``blind``) over what, as the annotator is told.
    state
        ``assigned`` until it is begun, then the state of the pass.
    pass_id
        The pass with which it is done; empty until it is begun.
    repeats
        The annotator's own earlier pass that was served again; empty otherwise, and before the pass is
        submitted.
    deadline
        The last day for it, or None.
    plan
        How it was chosen.
    assigned_at, assigned_by
        When (UTC, ISO 8601) and by whom; the name is empty when nobody said.
    """

    id: str
    clip: str
    annotator: str
    kind: Kind
    state: State
    pass_id: str
    repeats: str
    deadline: date | None
    plan: str
    assigned_at: str
    assigned_by: str

    def overdue(self, today: date) -> bool:
        """Whether the deadline has gone by and it is not submitted."""
        return self.deadline is not None and today > self.deadline and not self.state.finished


@dataclass(frozen=True, slots=True)
class ClipPreview:
    """What adding a list of stretches would do.

    Attributes
    ----------
    new, known
        Stretches that would become clips, and those that are clips already.
    frames
        Frames of the new ones.
    seconds
        The same in seconds, of the recordings whose rate is known.
    """

    new: int
    known: int
    frames: int
    seconds: float
