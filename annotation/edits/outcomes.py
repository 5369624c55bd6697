"""What scoring with the keyboard leads to: small facts that the session acts on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a bout was closed or dropped."""

    KEY = "key"
    RELEASE = "release"
    SWITCH = "switch"
    SEEK = "seek"
    FOCUS = "focus"
    CLIP = "clip"
    END = "end"
    CANCEL = "cancel"

    @property
    def sentence(self) -> str:
        """What to tell the user, or an empty string when they asked for it themselves."""
        return _SENTENCES.get(self, "")


_SENTENCES = {
    Reason.SEEK: "The open bout was closed at the last shown frame because you jumped.",
    Reason.FOCUS: "The open bout was closed at the last shown frame because the window lost the keyboard.",
    Reason.CLIP: "The open bout was closed at the last shown frame because the clip was left.",
    Reason.END: "The open bout was closed with the last frame of the clip.",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A bout begins; its preview covers ``[start, stop)``. Nothing is committed yet."""

    group: int
    label: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Grown:
    """The preview of an open bout now covers ``[start, stop)``; it may also have shrunk."""

    group: int
    label: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Closed:
    """``[start, stop)`` of the group gets the label: commit it as one edit."""

    group: int
    label: int
    start: int
    stop: int
    reason: Reason = Reason.KEY


@dataclass(frozen=True, slots=True)
class Canceled:
    """An open bout is dropped and nothing is written; `start` is where it had begun."""

    group: int
    label: int
    start: int
    reason: Reason = Reason.CANCEL


@dataclass(frozen=True, slots=True)
class Cleared:
    """The unlabel key was tapped: take the label from the whole bout at `frame`."""

    group: int
    frame: int


@dataclass(frozen=True, slots=True)
class Selected:
    """The selection that waits for a label covers ``[start, stop)``; there is none when it is empty."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Step:
    """Move the playhead by `frames`."""

    frames: int


Outcome = Opened | Grown | Closed | Canceled | Cleared | Selected | Step
