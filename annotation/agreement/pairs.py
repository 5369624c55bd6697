"""What is compared: the labels of two or more raters over one clip and one exclusive group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import AgreementError
from ..tracks import CODE, UNLABELED

#: The facts of a clip by which a report can be divided.
Grouping = Literal["subject", "strain", "phase", "annotators", "week"]


@dataclass(frozen=True, kw_only=True)
class ClipFacts:
    """What is known about a clip beside its labels.

    Attributes
    ----------
    clip
        Id of the clip, unique within one comparison.
    fps
        Frames per second.
    subject, strain, phase, annotators, week
        What a report can be divided by; None where it is not known. `annotators` names the persons behind
        this pair (``"Ada, Ben"``), `week` is an ISO week (``"2026-W07"``), `phase` is ``light`` or ``dark``.
    """

    clip: str
    fps: float
    subject: str | None = None
    strain: str | None = None
    phase: str | None = None
    annotators: str | None = None
    week: str | None = None

    def fact(self, name: str) -> str | None:
        """Return the subject, strain, phase, annotators, week or id of the clip."""
        value: str | None = getattr(self, name)
        return value

    def facts(self) -> dict[str, str | float | None]:
        """Return everything but labels by name, for making another object about the same clip."""
        return {each.name: getattr(self, each.name) for each in fields(ClipFacts)}


@dataclass(frozen=True, eq=False)
class Pair(ClipFacts):
    """Labels of two raters over one clip, in one exclusive group.

    Frames where either is `UNLABELED` are left out of every statistic and counted in `Excluded`; none
    (`NONE`) is a label like any other. A project of several groups is compared group by group, with one
    list of pairs each.

    Attributes
    ----------
    a, b
        Codes of shape (frames,): `UNLABELED`, `NONE` or behavior ids.

    Raises
    ------
    AgreementError
        When the two cannot be laid side by side.
    """

    a: NDArray[np.int16]
    b: NDArray[np.int16]

    def __post_init__(self) -> None:
        for name in ("a", "b"):
            object.__setattr__(self, name, _codes(getattr(self, name), 1, self.clip))
        if self.a.size != self.b.size:
            raise AgreementError(
                f"The labels of clip '{self.clip}' cannot be compared: one rater has {self.a.size:,} frames "
                f"and the other {self.b.size:,}; fit both to the same recording first."
            )
        _check_rate(self.fps, self.clip)

    @cached_property
    def compared(self) -> NDArray[np.bool_]:
        """Which frames both have labeled, shape (frames,)."""
        return (self.a != UNLABELED) & (self.b != UNLABELED)


@dataclass(frozen=True, eq=False)
class ClipRatings(ClipFacts):
    """Labels of any number of raters over one clip, in one exclusive group.

    Attributes
    ----------
    codes
        Codes of shape (raters, frames); a rater who has not scored the clip is `UNLABELED` throughout.
    """

    codes: NDArray[np.int16]

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", _codes(self.codes, 2, self.clip))
        _check_rate(self.fps, self.clip)

    def pair(self, first: int, second: int) -> Pair:
        """Return the labels of two of the raters."""
        return Pair(self.codes[first], self.codes[second], **self.facts())  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Excluded:
    """What was left out because somebody had not labeled it.

    Attributes
    ----------
    only_a, only_b
        Frames that only the one has labeled.
    neither
        Frames that nobody has labeled.
    seconds
        All of them in seconds.
    """

    only_a: int
    only_b: int
    neither: int
    seconds: float

    @property
    def frames(self) -> int:
        """All frames left out."""
        return self.only_a + self.only_b + self.neither


def check_clips(clips: Sequence[ClipFacts]) -> None:
    """Raise `AgreementError` when there is no clip, or one is there twice."""
    if not clips:
        raise AgreementError("There is nothing to compare: no clip was scored by two raters.")
    seen: set[str] = set()
    for each in clips:
        if each.clip in seen:
            raise AgreementError(
                f"Clip '{each.clip}' is there twice; choose one pass of each rater, so that no frame counts "
                "twice."
            )
        seen.add(each.clip)


def _codes(values: NDArray[np.integer], dimensions: int, clip: str) -> NDArray[np.int16]:
    array = np.asarray(values)
    if array.ndim != dimensions or not np.issubdtype(array.dtype, np.integer):
        raise AgreementError(f"The labels of clip '{clip}' are not an integer for each frame.")
    if array.size and (array.min() < UNLABELED or array.max() > np.iinfo(CODE).max):
        raise AgreementError(f"The labels of clip '{clip}' hold codes that stand for no behavior.")
    return array.astype(CODE, copy=False)


def _check_rate(fps: float, clip: str) -> None:
    if not (np.isfinite(fps) and fps > 0):
        raise AgreementError(f"The frame rate of clip '{clip}' is not known; give it in frames per second.")
