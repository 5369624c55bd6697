"""The methods paragraph of an agreement report, ready to paste into a paper, and what was left out."""

from __future__ import annotations

from ...formats.wording import counted
from ..results import PairReport
from ..sources.material import ORIGINS
from ..undefined import Undefined
from .gather import AgreementReport

_REASONS = {
    "one_rater_only": "of recordings or clips that only one rater coded",
    "beyond_shorter_file": "beyond the end of the shorter of two label files",
}


def methods(report: AgreementReport) -> str:
    """Return the paragraph: what was compared, how, with which settings and programs."""
    return " ".join([*_compared(report), *_origins(report), *_measures(report), *_programs(report)])


def exclusions(report: AgreementReport) -> list[str]:
    """Return what was left out, a phrase each, with numbers of frames."""
    found = []
    for pair in report.pairs:
        left_out = pair.excluded
        if left_out.frames:
            found.append(
                f"{pair.a} – {pair.b}{_of_group(report, pair)}: {counted(left_out.frames, 'frame')} that not "
                f"both labeled ({left_out.only_a:,} by {pair.a} only, {left_out.only_b:,} by {pair.b} only, "
                f"{left_out.neither:,} by neither)"
            )
    found += [
        f"{counted(frames, 'frame')} {_REASONS[reason]}"
        for reason, frames in report.material.unshared.items()
        if frames
    ]
    return found


def _of_group(report: AgreementReport, pair: PairReport) -> str:
    return "" if report.single is not None else f" ({pair.group})"


def _compared(report: AgreementReport) -> list[str]:
    material = report.material
    raters = f"{len(material.raters)} raters ({', '.join(material.raters)})"
    recordings = len({clip.recording for clip in material.clips})
    frames = sum(clip.frames for clip in material.clips)
    minutes = sum(clip.frames / clip.fps for clip in material.clips) / 60
    rates = sorted({f"{clip.fps:g}" for clip in material.clips}, key=float)
    where = f"{counted(len(material.clips), 'double-coded clip')} of {counted(recordings, 'recording')}"
    length = f"{frames:,} frames or {minutes:,.1f} min at {' and '.join(rates)} frames per second"
    said = [f"Agreement of {raters} was measured on {where}, {length}."]
    left_out = exclusions(report)
    if left_out:
        said.append(f"Left out were {'; '.join(left_out)}.")
    else:
        said.append("No frame was left out.")
    if material.overlaps:
        said.append(f"Where bouts of one rater overlapped, {material.overlaps}.")
    if material.gaps:
        said.append(
            f"Frames between the bouts of label files that hold bouts only counted as {material.gaps}."
        )
    said.append(
        "Unlabeled frames count nowhere; none (no behavior could be determined) is a label of its own."
    )
    return said


def _origins(report: AgreementReport) -> list[str]:
    found = dict.fromkeys(row.name for row in report.origins)
    if list(found) == ["not known"]:
        return ["Whether the raters saw each other's labels is not recorded in label files."]
    counts = {name: sum(row.clips for row in report.origins if row.name == name) for name in found}
    groups = len(report.groups)
    said = [f"{counted(counts[name] // groups, 'clip')} {name} ({ORIGINS[name]})" for name in found]
    return [f"How the compared passes came about, by pair and clip: {'; '.join(said)}."]


def _measures(report: AgreementReport) -> list[str]:
    settings = report.settings
    said = [
        _FRAMES,
        f"{_BOUTS}; onsets and offsets were compared within {settings.onset_collar:g} s.",
        f"Kappa with a collar leaves out frames within {settings.collar:g} s of a boundary of either rater.",
        f"Tolerance agreement accepts the same label within {settings.tolerance:g} s; {_CHANCE}.",
    ]
    if len(report.material.raters) > 2:
        said.append("All raters together are described by Fleiss' kappa and Krippendorff's nominal alpha.")
    units = _units(report)
    if units > 1:
        resampled = f"{settings.resamples:,} bootstrap resamples of whole {settings.unit}s"
        which = f"{100 * settings.confidence:g} % percentile intervals from {resampled}"
        said.append(f"Intervals are {which} (n = {units:,}, seed {settings.seed}).")
    else:
        said.append(f"No intervals are given because there is only one {settings.unit} to resample.")
    return said + [f"{_kappa(report, pair)}." for pair in report.pairs]


_FRAMES = (
    "Frame by frame we report raw agreement, macro agreement (the mean over behaviors of the share of the "
    "first rater's frames that the second labeled alike), unweighted Cohen's kappa, Gwet's AC1 and, for each "
    "behavior, kappa of this behavior against all others and specific agreement (F1)."
)
_BOUTS = (
    "Bouts were matched one to one within a behavior and counted as found when their intersection was at "
    "least half of their union"
)
_CHANCE = "its chance level is that of circularly shifted tracks"


def _units(report: AgreementReport) -> int:
    clips = report.material.clips
    return len({clip.subject for clip in clips}) if report.settings.unit == "subject" else len(clips)


def _kappa(report: AgreementReport, pair: PairReport) -> str:
    value, interval = pair.kappa.value, pair.kappa.interval
    who = f"{pair.a} and {pair.b}{_of_group(report, pair)}"
    if isinstance(value, Undefined):
        return f"Kappa of {who} is {value}"
    ends = "" if isinstance(interval, Undefined) else f" ({interval.low:.3f} to {interval.high:.3f})"
    return f"Kappa of {who} was {value:.3f}{ends} on {pair.frames:,} frames"


def _programs(report: AgreementReport) -> list[str]:
    versions = dict(report.versions)
    own = versions.pop("napari-ethoprofile", "")
    others = ", ".join(f"{name} {version}" for name, version in versions.items())
    return [f"Computed with napari-ethoprofile {own} ({others})."]
