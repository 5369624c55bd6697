"""What every label file becomes when it is read, and what every writer takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..ethogram import Ethogram
from ..tracks import UNLABELED, LabelTrack
from .columns import Column, column_from_plain, plain_column


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known about a stretch beyond its label.

    Attributes
    ----------
    start, stop
        The stretch in frames of the track, half open.
    group
        Index of the exclusive group.
    provenance
        Where the labels come from, such as ``typed`` or ``imported``; empty when not known.
    note
        A remark of the annotator.
    uncertain
        The annotator was not sure.
    """

    start: int
    stop: int
    group: int = 0
    provenance: str = ""
    note: str = ""
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file was laid out, kept so that the same bytes can be written again.

    Attributes
    ----------
    format
        Name of the format that was read.
    newline, bom
        Line end, and whether the file began with a byte-order mark.
    lines
        Lines above the rows as they stood in the file, without their ends.
    names
        ``(number, name)`` pairs: the codes of a DeepEthoProfile header, or the columns of a one-hot table.
    tokens
        What a DeepEthoProfile header holds beside the names, such as ``v4``.
    details
        What only this format knows.
    """

    format: str
    newline: str = "\n"
    bom: bool = False
    lines: tuple[str, ...] = ()
    names: tuple[tuple[int, str], ...] = ()
    tokens: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Labels:
    """The labels of one annotator over one stretch, in no particular file format.

    Attributes
    ----------
    track
        Codes (frames, groups); positive codes are ids of `ethogram`.
    ethogram
        Made from the names in the file, in the file's order.
    fps
        Frames per second where the file says so, or what the caller gave.
    annotator
        Who labeled, where the file says so.
    recording
        What the file calls the recording, where it holds several; empty otherwise.
    format, source
        Format that was read and the file; empty and None for labels that come from elsewhere.
    report
        What was odd about the file, one sentence each, with numbers.
    frame_column, time_column
        Those columns as they stood in the file, so that they go out as they came in; None without one.
    seconds
        When the frames begin, (frames,) from 0 on, by the file's column of times; None where it has none that
        counts up in units of time.
    layout
        How the file was laid out.
    marks
        Provenance, notes and uncertain flags, in time order.
    open_ended
        The file does not say how many frames there are; the track ends with its last bout.
    after
        What frames after the end of the file are: `UNLABELED`, or `NONE` where the caller said so of gaps.
    media
        File name of the recording where it is known, for formats that name it.
    """

    track: LabelTrack
    ethogram: Ethogram
    fps: float | None = None
    annotator: str | None = None
    recording: str = ""
    format: str = ""
    source: Path | None = None
    report: list[str] = field(default_factory=list)
    frame_column: Column | None = None
    time_column: Column | None = None
    seconds: NDArray[np.float64] | None = None
    layout: Layout | None = None
    marks: tuple[Mark, ...] = ()
    open_ended: bool = False
    after: int = UNLABELED
    media: str | None = None

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.track.frames

    def reported(self, *sentences: str) -> Labels:
        """Return the same labels with further sentences in the report."""
        return replace(self, report=[*self.report, *sentences])


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot hold and that these labels contain.

    Attributes
    ----------
    kind
        Name of the write option that decides it.
    sentence
        What cannot be held, with numbers; a phrase without a full stop.
    choices
        What the option can be set to; `allow_loss` takes the first. Empty: it cannot be written at all.
    """

    kind: str
    sentence: str
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        options = " or ".join(f"{self.kind}={choice}" for choice in self.choices)
        return f"{self.sentence} (to write it anyway: {options})" if options else self.sentence


class LossError(FormatError):
    """A format cannot hold what these labels say and the caller has not said what to do about it.

    Attributes
    ----------
    losses
        What would be lost.
    """

    def __init__(self, message: str, losses: list[Loss]) -> None:
        super().__init__(message)
        self.losses = losses


def source_details(labels: Labels) -> dict[str, Any]:
    """Return, as plain data for JSON, what a file held beside its labels.

    Whoever keeps this beside imported labels can give the frame column and the header back as they came in.
    `restore_details` is the inverse.
    """
    details: dict[str, Any] = {}
    if labels.layout is not None:
        details["layout"] = asdict(labels.layout)
    if labels.frame_column is not None:
        details["frame_column"] = plain_column(labels.frame_column)
    if labels.time_column is not None:
        details["time_column"] = plain_column(labels.time_column)
    return details


def restore_details(labels: Labels, details: dict[str, Any]) -> Labels:
    """Return `labels` with the layout and columns that `source_details` gave, before or after JSON.

    Columns of another length than the track are left out: they belong to other frames.
    """
    layout = None
    if details.get("layout"):
        plain = details["layout"]
        names = tuple((int(code), str(name)) for code, name in plain["names"])
        lists = {"lines": tuple(plain["lines"]), "tokens": tuple(plain["tokens"]), "names": names}
        layout = Layout(**{**plain, **lists})
    frames, times = (
        column_from_plain(details[name]) if name in details else None
        for name in ("frame_column", "time_column")
    )
    return replace(
        labels,
        layout=layout,
        frame_column=frames if frames is not None and frames.size == labels.frames else None,
        time_column=times if times is not None and times.size == labels.frames else None,
    )
