"""Reaction-time compensation: a key pressed during play comes some frames after what was seen.

It concerns the onset of bouts that were typed while the recording played, never those typed on a still
frame. The journal says of each such bout how far its onset was set back (`played_reason`), so that the
shift can be learned again from the boundaries that the same person moved later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from .edit import BOUNDARY_REASONS, Edit

#: Fewer moved onsets than this teach nothing.
MINIMUM_SAMPLES = 20

_PLAYED = re.compile(r"typed at ([0-9.]+)x, onset (\d+) frames? before the key")


@dataclass(frozen=True, slots=True)
class ReactionTime:
    """How far onsets are set back.

    Attributes
    ----------
    mode
        ``off``, ``fixed`` (by `ms`), or ``learned`` (by `frames`, see `learned_frames`).
    ms
        Milliseconds of a fixed compensation.
    frames
        Frames at normal speed of a learned one.
    """

    mode: Literal["off", "fixed", "learned"] = "off"
    ms: float = 0.0
    frames: float = 0.0

    def shift(self, fps: float, speed: float, *, playing: bool) -> int:
        """Return by how many frames an onset is set back.

        Parameters
        ----------
        fps
            Frames per second of the recording.
        speed
            Speed of play, 1 is normal; backward play (negative) gives 0.
        playing
            False while paused or stepping, which gives 0.
        """
        if not playing or speed <= 0:
            return 0
        at_normal_speed = {"off": 0.0, "fixed": self.ms * fps / 1000, "learned": self.frames}[self.mode]
        return max(0, round(at_normal_speed * speed))


def played_reason(speed: float, shift: int) -> str:
    """Return the `Edit.reason` of a bout that was typed during play, with its onset set back by `shift`."""
    return f"typed at {speed:g}x, onset {shift} frame{'' if shift == 1 else 's'} before the key"


@dataclass(slots=True)
class _Onset:
    """An onset that was typed during play, and where its boundary is now."""

    label: int
    typed: int
    boundary: int
    shift: int
    speed: float


def learned_frames(passes: Iterable[Iterable[Edit]], minimum: int = MINIMUM_SAMPLES) -> float | None:
    """Return the median number of frames, at normal speed, by which a person's onsets come late.

    Parameters
    ----------
    passes
        For each of the person's passes its standing edits (undone ones left out), oldest first.
    minimum
        Number of moved onsets below which nothing is learned.

    Returns
    -------
    float or None
        None when too few onsets have been moved.
    """
    samples = [sample for edits in passes for sample in moved_onsets(edits)]
    return median(samples) if len(samples) >= minimum else None


def moved_onsets(edits: Iterable[Edit]) -> list[float]:
    """Return, for every onset typed during play and moved later, by how many frames the key came late.

    Frames count at normal speed. Onsets that were never moved say nothing, for nobody may have looked;
    nor do those whose bout was painted over later.
    """
    standing: dict[tuple[int, int], _Onset] = {}
    for edit in edits:
        if edit.empty:
            continue
        moved = _moved_by(edit, standing) if edit.reason in BOUNDARY_REASONS else None
        if moved is not None:
            del standing[edit.group, moved.boundary]
        for key in [k for k in standing if k[0] == edit.group and edit.start <= k[1] < edit.stop]:
            del standing[key]
        if moved is not None:
            moved.boundary = edit.start if moved.boundary == edit.stop else edit.stop
            standing[edit.group, moved.boundary] = moved
        elif played := _PLAYED.fullmatch(edit.reason):
            onset = _Onset(edit.after[0][1], edit.start, edit.start, int(played[2]), float(played[1]))
            standing[edit.group, edit.start] = onset
    late = [(o.shift + o.typed - o.boundary, o.speed) for o in standing.values() if o.boundary != o.typed]
    return [frames / speed for frames, speed in late]


def _moved_by(edit: Edit, standing: dict[tuple[int, int], _Onset]) -> _Onset | None:
    """Return the onset whose boundary this edit moves: its bout grows to the left, or shrinks from there."""
    label = edit.after[0][1]
    grows = standing.get((edit.group, edit.stop))
    if grows is not None and grows.label == label:
        return grows
    shrinks = standing.get((edit.group, edit.start))
    return shrinks if shrinks is not None and shrinks.label != label else None
