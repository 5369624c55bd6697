"""A clip plan as it is chosen in a dialog, and what it comes to per recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..annotation.clips import Source, Stretch, plan_every, plan_from_table, plan_random, plan_whole
from ..annotation.errors import ProjectError
from ..annotation.project.records import VideoRecord

SECONDS_PER_HOUR = 3600.0

_DURATION = re.compile(r"(\d+(?:[.,]\d+)?)\s*(s|sec|m|min|h)?")
_UNITS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": SECONDS_PER_HOUR}

#: Rate at which recordings without one (image stacks) are shown and planned.
FALLBACK_FPS = 25.0


class PlanKind(Enum):
    """The plans on offer."""

    EVERY = "every"
    CUT = "cut"
    WHOLE = "whole"
    RANDOM = "random"
    TABLE = "table"


@dataclass(frozen=True)
class ClipPlan:
    """What was chosen.

    Attributes
    ----------
    kind
        Which plan.
    length, every
        Length of a clip and distance between the starts of two, in seconds.
    count, seed
        Random clips per subject, and the seed they are drawn with.
    table
        CSV file with the columns video, start, stop.
    """

    kind: PlanKind = PlanKind.EVERY
    length: float = 300.0
    every: float = 1800.0
    count: int = 10
    seed: int = 0
    table: Path | None = None

    @property
    def name(self) -> str:
        """What the plan is called in the project."""
        length = duration_text(self.length)
        match self.kind:
            case PlanKind.EVERY:
                return f"{length} every {duration_text(self.every)}"
            case PlanKind.CUT:
                return f"whole in clips of {length}"
            case PlanKind.WHOLE:
                return "whole"
            case PlanKind.RANDOM:
                return f"{self.count} random of {length}, seed {self.seed}"
            case PlanKind.TABLE:
                return f"list {self.table.name}" if self.table is not None else "list"

    def stretches(self, sources: Iterable[Source]) -> list[Stretch]:
        """Return the clips that the plan makes of these recordings.

        Raises
        ------
        ProjectError
            When the plan is not possible; the sentence says why.
        """
        match self.kind:
            case PlanKind.EVERY:
                return plan_every(sources, self.length, self.every)
            case PlanKind.CUT:
                return plan_whole(sources, self.length)
            case PlanKind.WHOLE:
                return plan_whole(sources)
            case PlanKind.RANDOM:
                return plan_random(sources, self.length, self.count, self.seed)
            case PlanKind.TABLE:
                if self.table is None:
                    raise ProjectError("Choose the CSV file that lists the clips.")
                return plan_from_table(sources, self.table)

    def uncertain(
        self, sources: Iterable[Source], stretches: Sequence[Stretch], estimated: set[str]
    ) -> list[Stretch]:
        """Return the stretches that exact frame counts may change.

        These are the ones that reach to the end of a recording whose frames are only estimated; with a random
        plan all of them, because every length goes into the draw and a seed must give the same clips again.
        """
        if self.kind is PlanKind.RANDOM and estimated:
            return list(stretches)
        ends = {source.video: source.frames for source in sources if source.video in estimated}
        return [stretch for stretch in stretches if stretch.stop >= ends.get(stretch.video, stretch.stop + 1)]

    def to_count(self, sources: Sequence[Source], estimated: set[str]) -> set[str]:
        """Return the ids of the recordings whose frames must be counted before the plan is carried out."""
        if self.kind is PlanKind.RANDOM:
            return set(estimated)
        unknown = {source.video for source in sources if source.video in estimated and not source.frames}
        reaching = self.uncertain(sources, self.stretches(sources), estimated)
        return unknown | {stretch.video for stretch in reaching}


def sources_of(videos: Iterable[VideoRecord]) -> tuple[list[Source], set[str]]:
    """Return recordings as plans want them, and the ids of those whose frames are only estimated."""
    videos = list(videos)
    sources = [
        Source(
            v.id,
            v.frames if v.frames is not None else v.estimated_frames or 0,
            v.fps or FALLBACK_FPS,
            v.subject,
        )
        for v in videos
    ]
    return sources, {video.id for video in videos if video.frames is None}


@dataclass(frozen=True)
class RecordingShare:
    """What a plan takes of one recording: clips, their seconds, and the seconds of the recording."""

    video: str
    subject: str
    clips: int
    seconds: float
    length: float


def shares_of(sources: Sequence[Source], stretches: Iterable[Stretch]) -> list[RecordingShare]:
    """Return what a plan takes of each recording, in the order of `sources`."""
    own: dict[str, list[Stretch]] = {source.video: [] for source in sources}
    for stretch in stretches:
        own[stretch.video].append(stretch)
    return [
        RecordingShare(
            source.video,
            source.subject,
            len(own[source.video]),
            sum(stretch.frames for stretch in own[source.video]) / source.fps,
            source.frames / source.fps,
        )
        for source in sources
    ]


def duration_text(seconds: float, space: str = "") -> str:
    """Return seconds exactly, in the largest unit that suits them, such as ``30s``, ``5min`` or ``1.5h``."""
    for unit, size in (("h", SECONDS_PER_HOUR), ("min", 60.0)):
        count = seconds / size
        if count >= 1 and abs(count - round(count, 2)) < 1e-9:
            return f"{round(count, 2):g}{space}{unit}"
    return f"{seconds:g}{space}s"


def parse_duration(text: str) -> float | None:
    """Return the seconds that a typed duration means (a bare number is minutes), or None."""
    match = _DURATION.fullmatch(text.strip().lower())
    return float(match[1].replace(",", ".")) * _UNITS[match[2] or "min"] if match else None


def spoken_duration(seconds: float) -> str:
    """Return seconds as people say them, such as ``45 s``, ``12.5 min`` or ``8 h``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < SECONDS_PER_HOUR:
        return f"{round(seconds / 60, 1):g} min"
    return f"{round(seconds / SECONDS_PER_HOUR, 1):g} h"


def counted(number: int, thing: str) -> str:
    """Return a number with its thing, such as ``1 clip`` or ``1,200 clips``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
