"""The numbers of an agreement report as plain data for JSON; what is not defined is null and says why."""

from __future__ import annotations

from typing import Any

from ..resampling import Estimate, Interval
from ..results import (
    BehaviorRow,
    BoundaryErrors,
    BoutFindings,
    GroupRow,
    ManyReport,
    PairReport,
    SummaryAgreement,
    ToleranceAgreement,
)
from ..sources.material import ORIGINS
from ..undefined import Undefined, Value
from .gather import AgreementReport, PartRow


class _Plain:
    """A JSON object in which a number that is not defined is null, with its reason under ``undefined``."""

    def __init__(self, **items: Any) -> None:
        self.items: dict[str, Any] = dict(items)
        self._reasons: dict[str, str] = {}

    def number(self, name: str, value: Value) -> None:
        """Add a number."""
        if isinstance(value, Undefined):
            self._reasons[name] = str(value)
        self.items[name] = None if isinstance(value, Undefined) else value

    def estimate(self, name: str, estimate: Estimate) -> None:
        """Add a number and its interval as ``NAME_ci``."""
        self.number(name, estimate.value)
        self.items[f"{name}_ci"] = _ends(estimate.interval)
        if isinstance(estimate.interval, Undefined):
            self._reasons[f"{name}_ci"] = str(estimate.interval)

    def done(self) -> dict[str, Any]:
        """Return the object."""
        return self.items | ({"undefined": self._reasons} if self._reasons else {})


def as_json(report: AgreementReport) -> dict[str, Any]:
    """Return the report as plain data.

    Returns
    -------
    dict
        ``frames`` (compared: labeled by two raters or more), ``excluded``, ``raters``, ``pairs``,
        ``fleiss_kappa``, ``krippendorff_alpha`` and ``unanimous``, which scripts can rely on; and more.
        With several exclusive groups every pair has one entry a group, and the numbers about all raters
        stand under ``groups``.
    """
    material, settings, single = report.material, report.settings, report.single
    plain = _Plain(
        frames=min(many.frames for many in report.groups),
        excluded={
            "unlabeled": max(many.excluded for many in report.groups),
            **material.unshared,
        },
        raters=list(material.raters),
        pairs=[_pair(report, pair) for pair in report.pairs],
    )
    if single is not None:
        _add_all_raters(plain, single)
    else:
        for name in ("fleiss_kappa", "krippendorff_alpha", "unanimous"):
            plain.number(name, Undefined("there are several groups of behaviors; see groups"))
    plain.items |= {
        "groups": [_group(many) for many in report.groups],
        "clips": [
            {"clip": clip.id, "recording": clip.recording, "start": clip.start, "stop": clip.stop}
            | {"fps": clip.fps, "subject": clip.subject, "strain": clip.strain, "phase": clip.phase}
            for clip in material.clips
        ],
        "gaps": material.gaps or None,
        "origins": [_part(row, "origin") | {"meaning": ORIGINS[row.name]} for row in report.origins],
        "weeks": [_part(row, "week") for row in report.weeks],
        "notes": list(material.notes),
        "settings": {
            "collar": settings.collar,
            "tolerance": settings.tolerance,
            "onset_collar": settings.onset_collar,
            "by": list(settings.by),
            "unit": settings.unit,
            "resamples": settings.resamples,
            "seed": settings.seed,
            "confidence": settings.confidence,
        },
        "versions": report.versions,
    }
    return plain.done()


def _add_all_raters(plain: _Plain, many: ManyReport) -> None:
    plain.estimate("fleiss_kappa", many.fleiss_kappa)
    plain.estimate("krippendorff_alpha", many.krippendorff_alpha)
    plain.estimate("unanimous", many.unanimous)
    plain.items["frames_all"] = many.frames_all


def _group(many: ManyReport) -> dict[str, Any]:
    plain = _Plain(name=many.group, frames=many.frames, excluded=many.excluded)
    _add_all_raters(plain, many)
    plain.items["not_compared"] = [list(pair) for pair in many.not_compared]
    return plain.done()


def _pair(report: AgreementReport, pair: PairReport) -> dict[str, Any]:
    plain = _Plain(a=pair.a, b=pair.b, group=pair.group, frames=pair.frames, seconds=pair.seconds)
    plain.items["excluded"] = {
        "only_a": pair.excluded.only_a,
        "only_b": pair.excluded.only_b,
        "neither": pair.excluded.neither,
        "seconds": pair.excluded.seconds,
    }
    for name in ("agreement", "macro_agreement", "kappa", "ac1"):
        plain.estimate(name, getattr(pair, name))
    plain.estimate("agreement_without_none", pair.agreement_without_none)
    plain.estimate("kappa_without_none", pair.kappa_without_none)
    for name in ("pabak", "kappa_max", "edit_score", "alignment_kappa"):
        plain.number(name, getattr(pair, name))
    plain.items["clips_needed"] = None
    if isinstance(pair.clips_needed, Undefined):
        plain.number("clips_needed", pair.clips_needed)
    else:
        plain.items["clips_needed"] = pair.clips_needed
    collar = _Plain(seconds=pair.collar.collar)
    collar.number("kappa", pair.collar.kappa)
    collar.number("removed", pair.collar.removed)
    labels = list(pair.confusion.labels)
    plain.items |= {
        "behaviors": {row.name: _behavior(row) for row in pair.behaviors},
        "none": _behavior(pair.none) if pair.none is not None else None,
        "confusion": {
            "labels": [pair.names[label] for label in labels],
            "frames": pair.confusion.frames.tolist(),
            "seconds": pair.confusion.seconds.tolist(),
            "unlabeled": {
                "only_a": dict(zip(_names(pair), pair.confusion.only_a.sum(axis=0).tolist(), strict=True)),
                "only_b": dict(zip(_names(pair), pair.confusion.only_b.sum(axis=0).tolist(), strict=True)),
            },
        },
        "bouts": _bouts(pair.bouts),
        "collar": collar.done(),
        "tolerance": _tolerance(pair.tolerance),
        "tolerance_curve": [_tolerance(point) for point in pair.tolerance_curve],
        "kinds": _kinds(pair),
        "clips": _clips(pair),
        "by": [_part_of(row) for row in pair.group_rows],
        "origins": sorted({row.name for row in report.origins if row.pair is pair}),
    }
    return plain.done()


def _names(pair: PairReport) -> list[str]:
    return [pair.names[label] for label in pair.confusion.labels]


def _behavior(row: BehaviorRow) -> dict[str, Any]:
    plain = _Plain(seconds_a=row.seconds_a, seconds_b=row.seconds_b)
    plain.items |= {"bouts_a": row.bouts.bouts_a, "bouts_b": row.bouts.bouts_b}
    for name in ("kappa", "f1", "ac1"):
        plain.estimate(name, getattr(row, name))
    plain.estimate("bout_f1", row.bouts.f1_half)
    for name in (
        "agreement", "negative_agreement", "recall", "precision", "pabak", "kappa_max", "prevalence", "bias",
    ):  # fmt: skip
        plain.number(name, getattr(row, name))
    plain.number("onset_bias", row.bouts.onset.median)
    plain.items |= {
        "bouts": _bouts(row.bouts),
        "summary_seconds": _summary(row.summary_seconds),
        "summary_bouts": _summary(row.summary_bouts),
    }
    return plain.done()


def _bouts(found: BoutFindings) -> dict[str, Any]:
    plain = _Plain(bouts_a=found.bouts_a, bouts_b=found.bouts_b, matched=found.matched)
    for iou, value in found.f1.items():
        plain.number(f"f1_iou_{iou:g}", value)
    plain.number("onset_f1", found.onset_f1)
    plain.number("offset_f1", found.offset_f1)
    plain.items |= {"onset": _boundary(found.onset), "offset": _boundary(found.offset)}
    return plain.done()


def _boundary(errors: BoundaryErrors) -> dict[str, Any]:
    plain = _Plain(bouts=errors.bouts)
    plain.number("median", errors.median)
    plain.number("first_quartile", errors.quartiles[0])
    plain.number("third_quartile", errors.quartiles[1])
    return plain.done()


def _summary(found: SummaryAgreement) -> dict[str, Any]:
    plain = _Plain(clips=found.bland_altman.clips)
    plain.number("icc", found.icc)
    plain.number("ccc", found.ccc)
    for name in ("bias", "low", "high"):
        plain.number(f"bland_altman_{name}", getattr(found.bland_altman, name))
    return plain.done()


def _tolerance(point: ToleranceAgreement) -> dict[str, Any]:
    plain = _Plain(seconds=point.tolerance)
    for name in ("agreement", "chance", "corrected"):
        plain.number(name, getattr(point, name))
    return plain.done()


def _kinds(pair: PairReport) -> list[dict[str, Any]]:
    found = []
    for kind in pair.kinds:
        plain = _Plain(kind=str(kind.kind), count=kind.count, seconds=kind.seconds)
        plain.number("share", kind.share)
        plain.number("median_shift_ms", kind.median_shift)
        found.append(plain.done())
    return found


def _clips(pair: PairReport) -> list[dict[str, Any]]:
    found = []
    for row in pair.clip_rows:
        plain = _Plain(clip=row.facts.clip, frames=row.frames, excluded=row.excluded)
        plain.number("agreement", row.agreement)
        plain.number("kappa", row.kappa)
        found.append(plain.done())
    return found


def _part_of(row: GroupRow) -> dict[str, Any]:
    plain = _Plain(by=row.by, name=row.name, clips=row.clips, frames=row.frames)
    for name in ("agreement", "macro_agreement", "kappa", "ac1"):
        plain.estimate(name, getattr(row, name))
    return plain.done()


def _part(row: PartRow, name: str) -> dict[str, Any]:
    plain = _Plain(a=row.pair.a, b=row.pair.b, group=row.pair.group, clips=row.clips, frames=row.frames)
    plain.items[name] = row.name
    plain.estimate("agreement", row.agreement)
    plain.estimate("kappa", row.kappa)
    return plain.done()


def _ends(interval: Interval | Undefined) -> list[float] | None:
    return None if isinstance(interval, Undefined) else [interval.low, interval.high]
