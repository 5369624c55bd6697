"""The tables that go beyond the usual numbers of a pair: timing, order, bouts, summaries of clips."""

from __future__ import annotations

from ..results import IOUS, BehaviorRow, BoundaryErrors, PairReport
from ..undefined import Undefined, is_defined
from .explanations import meaning_of, name_of
from .gather import AgreementReport
from .tables import Column, Table, signed, title_of


def further(pair: PairReport, report: AgreementReport) -> list[Table]:
    """Return all of them."""
    make = (sequence_and_timing, boundaries, summaries, shares)
    return [one(pair, report) for one in make]


def sequence_and_timing(pair: PairReport, report: AgreementReport) -> Table:
    """Return what is left of disagreement when timing is put aside, and what explains kappa."""
    table = Table(f"More about {title_of(pair, report)}", [Column("Number"), Column("Value")])
    collar, tolerance = pair.collar, pair.tolerance
    table.rows = [
        [
            f"{name_of('collar')} of {collar.collar:g} s ({table.percent(collar.removed)} of frames removed)",
            table.number(collar.kappa),
        ],
        [f"{name_of('tolerance')} at ± {tolerance.tolerance:g} s", table.percent(tolerance.agreement)],
        ["… of which chance", table.percent(tolerance.chance)],
        ["… corrected for chance", table.number(tolerance.corrected)],
        [name_of("edit"), table.number(pair.edit_score)],
        ["Kappa of the aligned sequences", table.number(pair.alignment_kappa)],
        ["Agreement without frames called none", table.estimate(pair.agreement_without_none, percent=True)],
        ["Kappa without frames called none", table.estimate(pair.kappa_without_none)],
        ["Largest kappa that the label shares allow", table.number(pair.kappa_max)],
        ["PABAK (kappa adjusted for prevalence and bias)", table.number(pair.pabak)],
    ]
    return table


def boundaries(pair: PairReport, report: AgreementReport) -> Table:
    """Return how well bouts of each behavior meet: by overlap, by onset and offset, and who is later."""
    timing = "Median of the second rater minus the first over matched bouts, and the middle half of them."
    columns = [
        Column("Behavior"),
        *(Column(f"Bout F1 at {iou:g}", f"{meaning_of('bout_f1')} Here from {iou:.0%} on.") for iou in IOUS),
        Column("Onset F1", f"Onsets within {pair.settings.onset_collar:g} s of each other."),
        Column("Offset F1", f"Offsets within {pair.settings.onset_collar:g} s of each other."),
        Column("Onsets later by (s)", timing),
        Column("Offsets later by (s)", timing),
    ]
    table = Table(f"Bouts and boundaries: {title_of(pair, report)}", columns)
    for name, found in [(row.name, row.bouts) for row in _rows(pair)] + [("all behaviors", pair.bouts)]:
        table.rows.append(
            [
                name,
                *(table.number(found.f1[iou]) for iou in IOUS),
                table.number(found.onset_f1),
                table.number(found.offset_f1),
                _timing(table, found.onset),
                _timing(table, found.offset),
            ]
        )
    return table


def summaries(pair: PairReport, report: AgreementReport) -> Table:
    """Return how well two raters agree on what enters the biology: seconds and bouts of each clip."""
    columns = [
        Column("Behavior"),
        Column("Of each clip", text=True),
        Column("ICC(2,1)", "Intraclass correlation: two-way random effects, absolute agreement, one rater."),
        Column("Lin's CCC", "Concordance correlation: how near the clips lie to the line of equality."),
        Column("Bias", "Mean difference, second rater minus first (Bland-Altman)."),
        Column("Limits of agreement", "Bias minus and plus 1.96 standard deviations of the differences."),
    ]
    table = Table(f"Seconds and bouts of clips: {title_of(pair, report)}", columns)
    for row in _rows(pair):
        for what, found in (("seconds", row.summary_seconds), ("bouts", row.summary_bouts)):
            limits = found.bland_altman
            table.rows.append(
                [
                    row.name,
                    what,
                    table.number(found.icc),
                    table.number(found.ccc),
                    table.number(limits.bias, 2),
                    f"{table.number(limits.low, 2)} to {table.number(limits.high, 2)}"
                    if is_defined(limits.low)
                    else table.number(limits.low),
                ]
            )
    return table


def shares(pair: PairReport, report: AgreementReport) -> Table:
    """Return what explains a low kappa of a behavior beside a high agreement."""
    columns = [
        Column("Behavior"),
        Column("Agreement", "Share of frames on which both say yes or both say no."),
        Column("Agreement on its absence", "Specific agreement of the frames without it."),
        Column("Prevalence index", "How far yes and no are from being equally frequent, -1 to 1."),
        Column("Bias index", "How much more often one rater says yes than the other."),
        Column("Largest kappa", "What the raters' label shares allow."),
        Column("PABAK", "Kappa adjusted for prevalence and bias: 2 x agreement - 1."),
    ]
    table = Table(f"What explains kappa: {title_of(pair, report)}", columns)
    for row in _rows(pair):
        values = (row.prevalence, row.bias, row.kappa_max, row.pabak)
        table.rows.append(
            [
                row.name,
                table.percent(row.agreement),
                table.number(row.negative_agreement),
                *map(table.number, values),
            ]
        )
    return table


def _rows(pair: PairReport) -> list[BehaviorRow]:
    """Return the rows of all behaviors that either rater used, and of none."""
    found = [*pair.behaviors, *([pair.none] if pair.none is not None else [])]
    return [row for row in found if row.seconds_a or row.seconds_b]


def _timing(table: Table, found: BoundaryErrors) -> str:
    if isinstance(found.median, Undefined):
        return table.number(found.median)
    low, high = found.quartiles
    spread = ""
    if is_defined(low) and is_defined(high):
        spread = f" ({signed(low)} to {signed(high)})"
    return f"{signed(found.median)}{spread}"
