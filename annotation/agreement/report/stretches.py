"""The stretches behind a number of a report: where two raters gave certain labels, or differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..kinds import Disagreement, Kind, disagreements
from ..results import PairReport
from ..sources.material import SharedClip
from .gather import AgreementReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which stretches of a comparison are meant. What is not given does not restrict them.

    Attributes
    ----------
    labels
        Exactly these labels of the first and the second rater, equal or not, unlabeled ones included. Without
        them every stretch on which both have a label and the labels differ is meant.
    behavior
        One of the two has this label.
    kind
        The disagreement is of this kind.
    clips
        Ids of the clips of the material.
    """

    labels: tuple[int, int] | None = None
    behavior: int | None = None
    kind: Kind | None = None
    clips: frozenset[str] | None = None

    def holds(self, found: Disagreement) -> bool:
        """Whether a disagreement is meant, by what it is."""
        if self.kind is None and found.kind is Kind.UNLABELED:
            return False
        about = self.behavior is None or self.behavior in (found.label_a, found.label_b)
        return about and self.kind in (None, found.kind)


@dataclass(frozen=True, slots=True)
class ClipStretches:
    """Stretches of one clip.

    Attributes
    ----------
    clip
        The clip of the material.
    sources
        The passes (or files) of the first and the second rater.
    stretches
        ``[start, stop)`` in frames of the recording, in time order.
    """

    clip: SharedClip
    sources: tuple[str, str]
    stretches: tuple[tuple[int, int], ...]

    @property
    def frames(self) -> int:
        """Number of frames."""
        return sum(stop - start for start, stop in self.stretches)

    @property
    def seconds(self) -> float:
        """Length of all stretches."""
        return self.frames / self.clip.fps


class PairStretches:
    """Finds the stretches of two raters in one group of behaviors.

    Parameters
    ----------
    report, pair
        The report, and one of its comparisons.
    """

    def __init__(self, report: AgreementReport, pair: PairReport) -> None:
        self.pair = pair
        self._group = report.material.groups.index(pair.group)
        compared = {row.facts.clip for row in pair.clip_rows}
        self._clips = [clip for clip in report.material.clips if clip.id in compared]

    def of(self, part: Part) -> list[ClipStretches]:
        """Return the stretches that are meant, clip by clip; clips without any are left out."""
        found = []
        for number, clip in enumerate(self._clips):
            if part.clips is not None and clip.id not in part.clips:
                continue
            stretches = tuple(
                (clip.start + start, clip.start + stop) for start, stop in self._in_clip(number, part)
            )
            if stretches:
                a, b = clip.coding(self.pair.a), clip.coding(self.pair.b)
                assert a is not None
                assert b is not None
                found.append(ClipStretches(clip, (a.source, b.source), stretches))
        return found

    def clips_of_week(self, week: str) -> frozenset[str]:
        """Return the clips that the later of the two scored in an ISO week."""
        return frozenset(clip.id for clip in self._clips if clip.week((self.pair.a, self.pair.b)) == week)

    def _in_clip(self, number: int, part: Part) -> Iterator[tuple[int, int]]:
        if part.labels is None:
            for found in self._disagreements[number]:
                if part.holds(found):
                    yield found.start, found.stop
            return
        a, b = self._codes(self._clips[number])
        here = np.concatenate(([False], (a == part.labels[0]) & (b == part.labels[1]), [False]))
        edges = np.flatnonzero(here[1:] != here[:-1]).tolist()
        yield from zip(edges[::2], edges[1::2], strict=True)

    def _codes(self, clip: SharedClip) -> list[np.ndarray]:
        codings = (clip.coding(rater) for rater in (self.pair.a, self.pair.b))
        return [coding.codes[:, self._group] for coding in codings if coding is not None]

    @cached_property
    def _disagreements(self) -> list[list[Disagreement]]:
        found = []
        for clip in self._clips:
            a, b = self._codes(clip)
            found.append(disagreements(a, b, clip.fps))
        return found
