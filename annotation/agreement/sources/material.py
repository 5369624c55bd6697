"""What an agreement report is about: raters, and the stretches that two or more of them coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ...errors import AgreementError
from ...ethogram import Ethogram
from ...tracks import NONE, UNLABELED

#: How the two passes of a pair came about, and what that means for their agreement.
ORIGINS = {
    "blind": "scored without sight of each other's labels, which the project enforced",
    "separate": "scored separately; that neither saw the other's labels was not enforced",
    "pre-labeled": "scored from proposals of a model, which pulls both toward the same labels",
    "model": "one of the two is a model",
    "anchored": "one began as a copy of the other, or of the same labels: no independent agreement",
    "not known": "label files do not say whether their raters saw each other's labels",
}
#: Origins of pairs whose agreement is high by construction.
DEPENDENT = ("anchored", "pre-labeled")


@dataclass(frozen=True)
class Coding:
    """What one rater made of one stretch.

    Attributes
    ----------
    rater
        Name of the rater in this comparison.
    codes
        Codes (frames, groups) of the common ethogram.
    source
        Name of the file, or id of the pass.
    kind
        Kind of the pass; empty for a file.
    ancestors
        The passes (or files) that this one began from, itself included.
    prelabeled
        Share of its labeled frames that were accepted or edited from proposals, 0 to 1.
    coded_at
        When it was scored; None where nobody wrote that down.
    """

    rater: str
    codes: NDArray[np.int16]
    source: str
    kind: str = ""
    ancestors: frozenset[str] = frozenset()
    prelabeled: float = 0.0
    coded_at: datetime | None = None

    def origin(self, other: Coding) -> str:
        """Return how this and another coding of the same frames came about: a key of `ORIGINS`."""
        kinds = {self.kind, other.kind}
        if self.ancestors & other.ancestors or "consensus" in kinds:
            return "anchored"
        if "" in kinds:
            return "not known"
        if "model" in kinds:
            return "model"
        if self.prelabeled or other.prelabeled:
            return "pre-labeled"
        return "blind" if "blind" in kinds else "separate"


@dataclass(frozen=True)
class SharedClip:
    """A stretch of a recording and what its raters made of it.

    Attributes
    ----------
    id
        Unique within the material.
    recording, start, stop
        Where it lies, in frames of the recording.
    fps
        Frames per second.
    codings
        One a rater, all of the same shape.
    subject, strain, phase
        What is known about it; None where it is not.
    """

    id: str
    recording: str
    start: int
    stop: int
    fps: float
    codings: tuple[Coding, ...]
    subject: str | None = None
    strain: str | None = None
    phase: str | None = None

    @property
    def frames(self) -> int:
        """Number of frames."""
        return self.stop - self.start

    def coding(self, rater: str) -> Coding | None:
        """Return what a rater made of it, or None."""
        return next((coding for coding in self.codings if coding.rater == rater), None)

    def week(self, raters: Sequence[str]) -> str | None:
        """Return the ISO week in which the last of these raters scored it (``2026-W07``), if known."""
        dates = [coding.coded_at for coding in self.codings if coding.rater in raters]
        if not dates or None in dates:
            return None
        year, week, _ = max(date for date in dates if date).isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Material:
    """Everything that is compared.

    Attributes
    ----------
    raters
        Names, two or more.
    ethogram
        Common to all codings.
    clips
        What two or more raters coded.
    gaps
        What frames between the bouts of bout tables count as: ``none``, ``unlabeled``, or empty where no
        such file is among the sources.
    overlaps
        What was made of overlapping bouts of one rater, as the end of a sentence; empty for passes.
    unshared
        Frames of the sources that are not compared at all, by the reason: ``one_rater_only``,
        ``beyond_shorter_file``.
    notes
        What was odd about the sources, one sentence each.
    """

    raters: tuple[str, ...]
    ethogram: Ethogram
    clips: tuple[SharedClip, ...]
    gaps: str = ""
    overlaps: str = ""
    unshared: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.raters) < 2:
            one = f"; only {self.raters[0]} has labels" if self.raters else ""
            raise AgreementError(f"Agreement needs the labels of two raters or more{one}.")
        for rater in self.raters:
            codings = [clip.coding(rater) for clip in self.clips]
            if not any(c is not None and (c.codes != UNLABELED).any() for c in codings):
                raise AgreementError(
                    f"{rater} has labeled nothing that another rater has labeled, too; there is nothing to "
                    "compare."
                )

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the exclusive groups, each of which is compared by itself."""
        return self.ethogram.groups

    def codes(self, clip: SharedClip, group: int) -> NDArray[np.int16]:
        """Return the codes (raters, frames) of one group; who did not code the clip is unlabeled."""
        found = np.full((len(self.raters), clip.frames), UNLABELED, np.int16)
        for row, rater in enumerate(self.raters):
            coding = clip.coding(rater)
            if coding is not None:
                found[row] = coding.codes[:, group]
        return found

    def oddities(self) -> list[str]:
        """Return what a reader should know about the labels themselves, one sentence each."""
        said = []
        for rater in self.raters:
            own = [c.codes for clip in self.clips if (c := clip.coding(rater)) is not None]
            used = {int(code) for codes in own for code in np.unique(codes)} - {UNLABELED}
            if len(used) == 1:
                name = self.ethogram.label_name(used.pop())
                said.append(f"{rater} used one label only, '{name}': chance-corrected agreement says little.")
        used_by_all = {
            int(c) for clip in self.clips for coding in clip.codings for c in np.unique(coding.codes)
        }
        if used_by_all <= {NONE, UNLABELED}:
            said.append("No rater scored any behavior on the frames that were compared.")
        return said
