"""What a caller can say about a label file that is read or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

#: Options with a fixed set of values; None means that the caller has not chosen.
_VALUES: dict[str, tuple[str, ...]] = {
    "gaps": ("none", "unlabeled"),
    "background": ("none", "unlabeled"),
    "unit": ("frames", "seconds"),
    "end": ("exclusive", "inclusive"),
    "layout": ("standard", "source"),
    "scheme": ("eight", "own"),
}


#: What stands for a start of the recording that nobody knows.
UNKNOWN = "unknown"


class _Options:
    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Return the options that `given` names, or raise `FormatError` for one that does not exist."""
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        for name in given:
            if name not in known:
                raise FormatError(f"There is no option '{name}'; the options are {', '.join(sorted(known))}.")
        return cls(**given)

    def __post_init__(self) -> None:
        for name, values in _VALUES.items():
            value = getattr(self, name, None)
            if value is not None and value not in values:
                raise FormatError(f"The option {name} is {' or '.join(values)}, not '{value}'.")
        fps = getattr(self, "fps", None)
        if fps is not None and not fps > 0:
            raise FormatError(f"The frame rate must be more than 0, not {fps}.")


@dataclass(frozen=True)
class ReadOptions(_Options):
    """What a caller can say about a file that is read.

    Attributes
    ----------
    fps
        Frames per second of the recording; turns seconds into frames.
    times
        Seconds of every frame of the recording (frames,): turns seconds into frames where the rate varies.
    frames
        Number of frames of the stretch that the labels belong to; the file is fitted to it.
    allow_mismatch
        Accept a file that is much longer or shorter than `frames`.
    mapping
        Old to new behavior names; ``none`` and ``unlabeled`` are possible on both sides.
    annotator
        Whose labels to take, or whom to name where the file does not say.
    gaps
        Bout tables: what the frames between the bouts are, ``none`` or ``unlabeled``.
    background
        One-hot tables: what a frame is on which nothing is set, ``none`` or ``unlabeled``.
    columns
        Tables: role (``start``, ``stop``, ``behavior``, ``annotator``, ``group``, ``video``, ``subject``,
        ``note``, ``uncertain``, ``provenance``, ``fps``) to the name of the column.
    unit
        Bout tables: ``frames`` or ``seconds``, where the column names do not say.
    end
        Bout tables: ``exclusive`` (half open) or ``inclusive`` (the stop frame belongs to the bout).
    overlaps
        Files of bouts: ``later``, the later bout wins; otherwise overlapping behaviors get groups of their
        own. DLCAnalyzer: ``later`` is the rule when not given, ``apart`` gives every behavior its own group.
    first_frame
        Files of bouts: number in the file of the first frame of the track.
    video, subject
        Files of several recordings or animals: which one to take.
    observation
        Files of several observations or tables of bouts: which one to take.
    tier
        ELAN: names of the tiers to take, separated by commas.
    behaviors
        SimBA: names of the columns that are behaviors, separated by commas.
    """

    fps: float | None = None
    times: NDArray[np.float64] | None = None
    frames: int | None = None
    allow_mismatch: bool = False
    mapping: Mapping[str, str] | None = None
    annotator: str | None = None
    gaps: str | None = None
    background: str | None = None
    columns: Mapping[str, str] | None = None
    unit: str | None = None
    end: str | None = None
    overlaps: str | None = None
    first_frame: int = 0
    video: str | None = None
    subject: str | None = None
    observation: str | None = None
    tier: str | None = None
    behaviors: str | None = None


@dataclass(frozen=True)
class WriteOptions(_Options):
    """What a caller can say about a file that is written.

    Attributes
    ----------
    unlabeled
        What frames become on which nobody has decided: ``none``.
    none
        What frames become on which no behavior could be determined: ``8``.
    overlaps
        What frames with several behaviors become: ``priority``, the first in the order of the ethogram.
    partial
        What frames become on which only some groups are decided: ``unlabeled`` (the whole frame),
        ``columns`` (only those groups).
    scheme
        DeepEthoProfile: ``eight``, the eight classes of its programs; ``own``, the ethogram's own names.
    session_start
        NWB: date and time at which the recording began, such as ``2026-05-01T09:00:00+02:00``; ``unknown``
        writes 1970-01-01.
    allow_loss
        Take the first choice for everything that the format cannot hold.
    features
        SimBA: the existing features file that the labels are appended to, in the new file.
    fps, times
        Frames per second, or seconds of every frame (frames,): fill the time columns.
    first_frame
        Number of the first frame in the frame columns, where the labels do not bring their own.
    layout
        ``standard``, as the format's own program writes it; ``source``, laid out like the file that the
        labels were read from (line ends, byte-order mark, header lines).
    variant
        DeepEthoProfile: ``map_new_v2`` for the one kind of file that may hold code 8 without asking; other
        names mean nothing.
    file_name
        Name of the file, which the caller of a writer fills in.
    """

    unlabeled: str | None = None
    none: str | None = None
    overlaps: str | None = None
    partial: str | None = None
    scheme: str | None = None
    session_start: str | None = None
    allow_loss: bool = False
    features: str | None = None
    fps: float | None = None
    times: NDArray[np.float64] | None = None
    first_frame: int = 0
    layout: str = "standard"
    variant: str | None = None
    file_name: str = ""

    def undecided(self) -> WriteOptions:
        """Return these options with nothing decided about what a format cannot hold, only what is known."""
        return replace(
            self,
            unlabeled=None,
            none=None,
            overlaps=None,
            partial=None,
            scheme=None,
            session_start=None if self.session_start == UNKNOWN else self.session_start,
            allow_loss=False,
        )

    def choice(self, kind: str, choices: tuple[str, ...]) -> str | None:
        """Return what the caller chose for a loss; the first choice under `allow_loss`, None when open."""
        chosen = getattr(self, kind)
        if chosen is None:
            return choices[0] if self.allow_loss and choices else None
        if chosen not in choices:
            wanted = " or ".join(choices) or "not possible here"
            raise FormatError(f"The option {kind} is {wanted} for this format, not '{chosen}'.")
        return str(chosen)
