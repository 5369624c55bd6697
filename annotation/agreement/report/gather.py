"""An agreement report: what the comparison finds, and how the passes came about."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import AgreementError
from ...tracks import UNLABELED
from ..comparison import compare_many
from ..kappa import NO_FRAMES, cohen_kappa_of, raw_agreement_of, why_no_kappa
from ..pairs import ClipRatings
from ..resampling import Estimate, Resampler
from ..results import ManyReport, PairReport, Settings
from ..sources.material import DEPENDENT, Material, SharedClip

#: Packages whose versions a report names.
_PACKAGES = ("napari-ethoprofile", "numpy", "scipy")


@dataclass(frozen=True)
class PartRow:
    """The clips of a pair of raters that have something in common.

    Attributes
    ----------
    pair
        Of which comparison.
    name
        How their passes came about (a key of `ORIGINS`), or the ISO week in which they were scored.
    clips, frames
        How much was compared.
    agreement, kappa
        Of these clips alone.
    """

    pair: PairReport
    name: str
    clips: int
    frames: int
    agreement: Estimate
    kappa: Estimate


@dataclass(frozen=True)
class AgreementReport:
    """Everything that a report shows.

    Attributes
    ----------
    material
        What was compared.
    settings
        What was asked for.
    groups
        One comparison for each exclusive group of behaviors.
    origins
        Agreement by how the passes came about: blind next to anchored and pre-labeled.
    weeks
        Agreement by the week in which the later rater scored, of independent passes; empty where nobody knows
        or there is one week only.
    versions
        Of the programs that computed it.
    """

    material: Material
    settings: Settings
    groups: tuple[ManyReport, ...]
    origins: tuple[PartRow, ...]
    weeks: tuple[PartRow, ...]
    versions: dict[str, str]

    @property
    def pairs(self) -> list[PairReport]:
        """The comparisons of two raters, group by group."""
        return [pair for many in self.groups for pair in many.pairs]

    @property
    def single(self) -> ManyReport | None:
        """The only comparison where behaviors exclude each other; None with several groups."""
        return self.groups[0] if len(self.groups) == 1 else None


def agreement_report(material: Material, settings: Settings | None = None) -> AgreementReport:
    """Compare the raters of the material.

    Parameters
    ----------
    material
        From label files or passes, see `annotation.agreement.sources`.
    settings
        Collar, tolerance, groupings, resampling.

    Raises
    ------
    AgreementError
        When no two raters have labeled a frame in common, or clips do not say what they should be grouped by.
    """
    settings = settings or Settings()
    _check_groupings(material, settings)
    groups, silent = [], []
    for number, group in enumerate(material.groups):
        ratings = [_ratings(material, clip, number) for clip in material.clips]
        if not any(((clip.codes != UNLABELED).sum(axis=0) > 1).any() for clip in ratings):
            silent.append(group)
            continue
        names = {b.id: b.name for b in material.ethogram.behaviors if b.group == group}
        groups.append(compare_many(material.raters, ratings, names, group=group, settings=settings))
    if not groups:
        raise AgreementError("No frame was labeled by two raters; there is nothing to compare.")
    if silent:
        said = f"No two raters labeled anything in common in {', '.join(silent)}, which were left out."
        material = replace(material, notes=(*material.notes, said))
    pairs = [pair for many in groups for pair in many.pairs]
    origins = [row for pair in pairs for row in _parts(pair, material, _origin_of(pair), settings)]
    weeks = [_parts(pair, material, _week_of(pair), settings) for pair in pairs]
    material = replace(material, notes=(*material.notes, *_mixtures(origins)))
    return AgreementReport(
        material=material,
        settings=settings,
        groups=tuple(groups),
        origins=tuple(origins),
        weeks=tuple(row for rows in weeks if len(rows) > 1 for row in rows),
        versions=_versions(),
    )


def _ratings(material: Material, clip: SharedClip, group: int) -> ClipRatings:
    return ClipRatings(
        codes=material.codes(clip, group),
        clip=clip.id,
        fps=clip.fps,
        subject=clip.subject,
        strain=clip.strain,
        phase=clip.phase,
        week=clip.week([coding.rater for coding in clip.codings]),
    )


def _check_groupings(material: Material, settings: Settings) -> None:
    for by in settings.by:
        known = {
            "subject": [clip.subject for clip in material.clips],
            "strain": [clip.strain for clip in material.clips],
            "phase": [clip.phase for clip in material.clips],
            "week": [clip.week([coding.rater for coding in clip.codings]) for clip in material.clips],
        }.get(by)
        if known is not None and not any(known):
            raise AgreementError(f"Nothing says the {by} of any clip; {_WHERE[by]}.")


_WHERE = {
    "subject": "give the recordings of the project their animals, or compare without it",
    "strain": "import a sheet of subjects with their strains into the project, or compare without it",
    "phase": "give the project its light schedule and the recordings their times, or compare without it",
    "week": "only passes that were scored in a project have dates, imported ones do not",
}


def _origin_of(pair: PairReport) -> Callable[[SharedClip], str | None]:
    def origin(clip: SharedClip) -> str | None:
        a, b = clip.coding(pair.a), clip.coding(pair.b)
        return a.origin(b) if a and b else None

    return origin


def _week_of(pair: PairReport) -> Callable[[SharedClip], str | None]:
    """Return what tells the week of a clip; agreement that is high by construction shows no drift."""
    origin = _origin_of(pair)
    return lambda clip: None if origin(clip) in DEPENDENT else clip.week((pair.a, pair.b))


def _mixtures(rows: Sequence[PartRow]) -> list[str]:
    """Return for which pairs the overall numbers mix independent passes with others."""
    by_pair: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        by_pair.setdefault((row.pair.a, row.pair.b), {})[row.name] = row.clips
    said = []
    for (a, b), clips in by_pair.items():
        dependent = sum(count for name, count in clips.items() if name in DEPENDENT)
        if 0 < dependent < sum(clips.values()):
            share = f"{dependent:,} of {sum(clips.values()):,} clips are anchored or pre-labeled"
            said.append(f"{a} – {b}: {share}; the overall numbers mix them with the others.")
    return said


def _parts(
    pair: PairReport,
    material: Material,
    key: Callable[[SharedClip], str | None],
    settings: Settings,
) -> list[PartRow]:
    """Return agreement of the clips of a pair apart by a key; clips without one are left out."""
    clips = {clip.id: clip for clip in material.clips}
    keys = [key(clips[row.facts.clip]) for row in pair.clip_rows]
    rows = []
    for name in sorted({key for key in keys if key is not None}):
        chosen = np.array([key == name for key in keys])
        counts = pair.confusion.of_clips(np.flatnonzero(chosen)).clips
        units = [row.facts.clip for row, here in zip(pair.clip_rows, chosen, strict=True) if here]
        resampler = Resampler(
            units, resamples=settings.resamples, seed=settings.seed, confidence=settings.confidence
        )
        rows.append(
            PartRow(
                pair=pair,
                name=name,
                clips=int(chosen.sum()),
                frames=int(counts.sum()),
                agreement=resampler.estimate(counts, raw_agreement_of, NO_FRAMES),
                kappa=resampler.estimate(counts, cohen_kappa_of, why_no_kappa(counts)),
            )
        )
    return rows


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # run from a folder that nobody installed
            continue
    return found
