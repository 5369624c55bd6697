"""Two raters, or many, over all clips that both scored: everything that a report tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from ..errors import AgreementError
from ..ethogram import NONE_NAME
from ..tracks import NONE, UNLABELED
from . import kappa
from .bout_table import BoutTable
from .confusion import Confusion, confusion_of
from .kinds import KindShare, disagreements, shares
from .pairs import ClipFacts, ClipRatings, Grouping, Pair, check_clips
from .raters import count_raters
from .resampling import Resampler, clips_needed
from .results import BehaviorRow, ClipRow, GroupRow, ManyReport, PairReport, Settings
from .sequences import sequence_agreement
from .summaries import summarize
from .tolerance import CURVE, collar_kappa, tolerance_curve
from .undefined import value_of

_DEFAULTS = Settings()
_UNKNOWN = "not known"


def compare(
    pairs: Sequence[Pair],
    names: Mapping[int, str],
    *,
    raters: tuple[str, str] = ("A", "B"),
    group: str = "behavior",
    settings: Settings = _DEFAULTS,
) -> PairReport:
    """Compare two raters over all clips that both scored, in one exclusive group.

    The same call gives intra-rater agreement when both are passes of one person, and the agreement of a model
    with a person.

    Parameters
    ----------
    pairs
        One a clip, in the order in which clips are listed.
    names
        Names of the behaviors of the group by code; all get a row, used or not.
    raters
        Names of the two; the first stands in the rows and is the reference of macro agreement.
    group
        Name of the exclusive group.
    settings
        Collar, tolerance, what to group by and what to resample.

    Raises
    ------
    AgreementError
        When there is no frame that both labeled, or the pairs do not fit the settings.
    """
    check_clips(pairs)
    behaviors = sorted(code for code in names if code > NONE)
    confusion = confusion_of(pairs, behaviors)
    if not confusion.total:
        raise AgreementError(
            f"{raters[0]} and {raters[1]} have labeled no frame in common, so there is nothing to compare; "
            "choose passes that hold labels over the same clips."
        )
    resampler = _resampler(pairs, settings)
    all_names = {code: names.get(code, _name_of(code)) for code in confusion.labels} | dict(names)
    table = BoutTable(pairs, settings.onset_collar)
    overall, without = _Overall(confusion, resampler), _Overall(confusion.without_none(), resampler)
    *curve, tolerance = tolerance_curve(pairs, (*CURVE, settings.tolerance), seed=settings.seed)
    order = sequence_agreement(table.sequences())
    rows = {
        code: _behavior_row(code, all_names[code], confusion, table, resampler) for code in confusion.labels
    }
    return PairReport(
        a=raters[0],
        b=raters[1],
        group=group,
        names=all_names,
        settings=settings,
        frames=confusion.total,
        seconds=float(confusion.seconds.sum()),
        excluded=confusion.excluded,
        confusion=confusion,
        agreement=overall.agreement,
        macro_agreement=overall.macro_agreement,
        kappa=overall.kappa,
        ac1=overall.ac1,
        agreement_without_none=without.agreement,
        kappa_without_none=without.kappa,
        pabak=value_of(float(kappa.pabak_of(confusion.frames)), kappa.ONE_ROW),
        kappa_max=value_of(float(kappa.kappa_max_of(confusion.frames)), kappa.ONE_LABEL),
        collar=collar_kappa(pairs, settings.collar),
        tolerance=tolerance,
        tolerance_curve=tuple(curve),
        bouts=table.findings(None, resampler),
        edit_score=order.edit_score,
        alignment_kappa=order.alignment_kappa,
        behaviors=tuple(row for code, row in rows.items() if code != NONE),
        none=rows.get(NONE),
        kinds=_kinds(pairs),
        clip_rows=_clip_rows(pairs, confusion),
        group_rows=tuple(row for by in settings.by for row in _group_rows(by, pairs, confusion, settings)),
        clips_needed=clips_needed(overall.kappa.interval),
    )


def compare_many(
    raters: Sequence[str],
    clips: Sequence[ClipRatings],
    names: Mapping[int, str],
    *,
    group: str = "behavior",
    settings: Settings = _DEFAULTS,
) -> ManyReport:
    """Compare every pair of raters, and all of them together.

    Parameters
    ----------
    raters
        Their names, in the order of the rows of each clip.
    clips
        Labels of all raters over each clip; a rater without a clip is unlabeled there, and the clip counts
        for no pair with that rater.
    names, group, settings
        As for `compare`.

    Raises
    ------
    AgreementError
        When there are fewer than two raters, rows do not fit the names, or no two raters share a frame.
    """
    check_clips(clips)
    if len(raters) < 2:
        raise AgreementError("One rater alone cannot be compared; choose labels of at least two.")
    for clip in clips:
        if len(clip.codes) != len(raters):
            raise AgreementError(
                f"Clip '{clip.clip}' has labels of {len(clip.codes)} raters, but {len(raters)} are named."
            )
    reports, apart = [], []
    for first, second in combinations(range(len(raters)), 2):
        both = [clip.pair(first, second) for clip in clips if _scored(clip, first) and _scored(clip, second)]
        if any(pair.compared.any() for pair in both):
            two = (raters[first], raters[second])
            reports.append(compare(both, names, raters=two, group=group, settings=settings))
        else:
            apart.append((raters[first], raters[second]))
    if not reports:
        raise AgreementError(
            f"No two of {', '.join(raters)} have labeled a frame in common, so there is nothing to compare; "
            "choose passes that hold labels over the same clips."
        )
    counts = count_raters([clip.codes for clip in clips])
    resampler = _resampler(clips, settings)
    paired = int(counts.paired.sum())
    return ManyReport(
        raters=tuple(raters),
        group=group,
        names={code: name for report in reports for code, name in report.names.items()},
        settings=settings,
        frames=paired,
        frames_all=int(counts.complete.sum()),
        excluded=sum(clip.codes.shape[1] for clip in clips) - paired,
        pairs=tuple(reports),
        fleiss_kappa=counts.fleiss_kappa(resampler),
        krippendorff_alpha=counts.krippendorff_alpha(resampler),
        unanimous=counts.unanimous_share(resampler),
        not_compared=tuple(apart),
    )


class _Overall:
    """Statistics of all labels together, with intervals from the same draws."""

    def __init__(self, confusion: Confusion, resampler: Resampler) -> None:
        rows = confusion.clips
        none = confusion.labels.index(NONE) if NONE in confusion.labels else None
        self.agreement = resampler.estimate(rows, kappa.raw_agreement_of, kappa.NO_FRAMES)
        self.macro_agreement = resampler.estimate(
            rows, lambda counts: kappa.macro_agreement_of(counts, none), kappa.NO_BEHAVIOR
        )
        self.kappa = resampler.estimate(rows, kappa.cohen_kappa_of, kappa.why_no_kappa(rows))
        self.ac1 = resampler.estimate(rows, kappa.ac1_of, kappa.why_no_ac1(rows))


def _resampler(clips: Sequence[ClipFacts], settings: Settings) -> Resampler:
    if settings.unit not in ("clip", "subject"):
        raise AgreementError(f"Intervals are made from clips or from subjects, not from '{settings.unit}'.")
    units = []
    for clip in clips:
        unit = clip.fact(settings.unit)
        if unit is None:
            raise AgreementError(
                f"Intervals by subject cannot be made: the subject of clip '{clip.clip}' is not known; "
                "name it, or resample clips."
            )
        units.append(unit)
    return Resampler(
        units,
        resamples=settings.resamples,
        seed=settings.seed,
        confidence=settings.confidence,
        noun=settings.unit,
    )


def _behavior_row(
    code: int, name: str, confusion: Confusion, table: BoutTable, resampler: Resampler
) -> BehaviorRow:
    clips = confusion.one_against_rest(code)
    counts = clips.sum(axis=0)
    used = bool(counts[0].sum() + counts[:, 0].sum())
    why = kappa.ONE_LABEL if used else kappa.NOT_USED
    by_clip = clips / confusion.fps[:, None, None]
    seconds_a, seconds_b = by_clip[:, 0].sum(axis=1), by_clip[:, :, 0].sum(axis=1)
    bouts_a, bouts_b = table.counts(code).T.astype(float)
    return BehaviorRow(
        code=code,
        name=name,
        seconds_a=float(seconds_a.sum()),
        seconds_b=float(seconds_b.sum()),
        agreement=value_of(float(kappa.raw_agreement_of(counts)), kappa.NO_FRAMES),
        kappa=resampler.estimate(clips, kappa.cohen_kappa_of, why),
        f1=resampler.estimate(clips, kappa.positive_agreement_of, kappa.NOT_USED),
        negative_agreement=value_of(float(kappa.negative_agreement_of(counts)), kappa.ONE_LABEL),
        recall=value_of(float(kappa.recall_of(counts)), kappa.NOT_USED_BY_A),
        precision=value_of(float(kappa.precision_of(counts)), kappa.NOT_USED_BY_B),
        ac1=resampler.estimate(clips, kappa.ac1_of, kappa.NO_FRAMES),
        pabak=value_of(float(kappa.pabak_of(counts)), kappa.NO_FRAMES),
        kappa_max=value_of(float(kappa.kappa_max_of(counts)), why),
        prevalence=value_of(float(kappa.prevalence_index_of(counts)), kappa.NO_FRAMES),
        bias=value_of(float(kappa.bias_index_of(counts)), kappa.NO_FRAMES),
        bouts=table.findings(code, resampler),
        summary_seconds=summarize(seconds_a, seconds_b),
        summary_bouts=summarize(bouts_a, bouts_b),
    )


def _kinds(pairs: Sequence[Pair]) -> tuple[KindShare, ...]:
    return shares(each for pair in pairs for each in disagreements(pair.a, pair.b, pair.fps))


def _clip_rows(pairs: Sequence[Pair], confusion: Confusion) -> tuple[ClipRow, ...]:
    return tuple(
        ClipRow(
            facts=ClipFacts(**pair.facts()),  # type: ignore[arg-type]
            frames=int(counts.sum()),
            excluded=pair.a.size - int(counts.sum()),
            agreement=kappa.raw_agreement(counts),
            kappa=kappa.cohen_kappa(counts),
        )
        for pair, counts in zip(pairs, confusion.clips, strict=True)
    )


def _group_rows(
    by: Grouping, pairs: Sequence[Pair], confusion: Confusion, settings: Settings
) -> list[GroupRow]:
    """Return the overall statistics of the clips of each value of one fact."""
    values = np.array([pair.fact(by) or _UNKNOWN for pair in pairs])
    rows = []
    for name in sorted(set(values.tolist()), key=lambda value: (value == _UNKNOWN, value)):
        places = np.flatnonzero(values == name)
        part = confusion.of_clips(places)
        overall = _Overall(part, _resampler([pairs[place] for place in places.tolist()], settings))
        rows.append(
            GroupRow(
                by=by,
                name=name,
                clips=len(places),
                frames=part.total,
                agreement=overall.agreement,
                macro_agreement=overall.macro_agreement,
                kappa=overall.kappa,
                ac1=overall.ac1,
            )
        )
    return rows


def _scored(clip: ClipRatings, rater: int) -> bool:
    return bool((clip.codes[rater] != UNLABELED).any())


def _name_of(code: int) -> str:
    return NONE_NAME if code == NONE else f"behavior {code}"
