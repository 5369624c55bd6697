"""How far people agree on the clips that a model is tested on: the ceiling of its figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...annotation.agreement import Pair, PairReport, compare, number_or_none
from ...annotation.agreement.sources.passes import material_of_passes
from ...annotation.agreement.undefined import Undefined
from ...annotation.errors import AgreementError, BlindError

if TYPE_CHECKING:
    from ...annotation.agreement.resampling import Estimate
    from ...annotation.agreement.sources.material import Coding, Material, SharedClip
    from ...annotation.project import Project

#: Pairs of passes that began independently of each other.
_INDEPENDENT = ("blind", "separate")


@dataclass(frozen=True, slots=True)
class HumanAgreement:
    """Agreement of two people who scored the same tested clips independently.

    Attributes
    ----------
    group
        The exclusive group.
    blind
        Whether every pair holds a blind pass; otherwise some passes were separate, but not blind.
    clips, frames
        How much both have scored of what was tested.
    figures
        Frame accuracy, macro accuracy and kappa: value with interval, or why there is none.
    """

    group: str
    blind: bool
    clips: int
    frames: int
    figures: dict[str, dict[str, Any]]


def human_agreement(
    project: Project, places: Collection[tuple[str, int, int]], acting: str | None = None
) -> tuple[tuple[HumanAgreement, ...], str]:
    """Return the agreement of independent passes over frames that were tested, or why there is none.

    Passes that began as a copy of another one, and labels that began as proposals, are anchored: they are
    not counted here.

    Parameters
    ----------
    project
        The project.
    places
        What was tested: recordings, and frames ``[start, stop)``.
    acting
        Who asks: what is closed to them is left out.
    """
    material, pairs, why = independent_pairs(project, acting)
    if material is None:
        return (), why
    shared = [
        (one, other, clip, tested) for one, other, clip in pairs if (tested := _tested(clip, places)).any()
    ]
    if not shared:
        return (), "No tested clip was scored by two people independently."
    blind = all(one.origin(other) == "blind" for one, other, _clip, _tested in shared)
    found = []
    for column, group in enumerate(material.ethogram.groups):
        names = {b.id: b.name for b in material.ethogram.behaviors if b.group == group}
        sides = [
            Pair(
                one.codes[tested, column], other.codes[tested, column],
                clip=f"{clip.id}: {one.rater}, {other.rater}", fps=clip.fps,
            )
            for one, other, clip, tested in shared
        ]  # fmt: skip
        try:
            report = compare(sides, names, raters=("one person", "another"), group=group)
        except AgreementError as error:
            return (), str(error)
        found.append(HumanAgreement(report.group, blind, len(shared), report.frames, figures_of(report)))
    return tuple(found), ""


def _tested(clip: SharedClip, places: Collection[tuple[str, int, int]]) -> NDArray[np.bool_]:
    """Return which frames of a clip were tested (frames,)."""
    found = np.zeros(clip.stop - clip.start, bool)
    for video, start, stop in places:
        if video == clip.recording:
            found[max(start - clip.start, 0) : max(stop - clip.start, 0)] = True
    return found


def independent_pairs(
    project: Project, acting: str | None = None
) -> tuple[Material | None, list[tuple[Coding, Coding, SharedClip]], str]:
    """Return what two people scored independently of each other, pair by pair; or why there is nothing."""
    try:
        material = material_of_passes(project, (), acting)
    except (AgreementError, BlindError) as error:
        return None, [], str(error)
    pairs = [
        (one, other, clip)
        for clip in material.clips
        for one, other in combinations(clip.codings, 2)
        if one.origin(other) in _INDEPENDENT
    ]
    return material, pairs, "" if pairs else "No clip was scored by two people independently."


def figures_of(report: PairReport) -> dict[str, dict[str, Any]]:
    """Return frame accuracy, macro accuracy and kappa: value with interval, or why there is none."""
    return {
        "frame accuracy": _figure(report.agreement),
        "macro accuracy": _figure(report.macro_agreement),
        "kappa": _figure(report.kappa),
    }


def _figure(estimate: Estimate) -> dict[str, Any]:
    value, interval = estimate.value, estimate.interval
    limits = (None, None) if isinstance(interval, Undefined) else (interval.low, interval.high)
    why = value.reason if isinstance(value, Undefined) else ""
    return {"value": number_or_none(value), "low": limits[0], "high": limits[1], "why": why}
