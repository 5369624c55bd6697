"""The tables of an agreement report as text, for the page, the terminal and the window."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..resampling import Estimate
from ..results import BehaviorRow, ManyReport, PairReport
from ..undefined import Undefined, Value
from .explanations import meaning_of, name_of
from .gather import AgreementReport, PartRow


@dataclass(frozen=True)
class Column:
    """Head of a column.

    Attributes
    ----------
    name
        What stands there.
    meaning
        A sentence for a tooltip; may be empty.
    text
        Whether sentences stand below it, not numbers.
    """

    name: str
    meaning: str = ""
    text: bool = False


@dataclass
class Table:
    """A table of text.

    Attributes
    ----------
    title
        What it shows.
    columns, rows
        Heads, and cells as text.
    footnotes
        Why numbers are not defined, in the order of the marks ``[1]``, ``[2]``, ... in cells.
    """

    title: str
    columns: list[Column]
    rows: list[list[str]] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)

    def number(self, value: Value, digits: int = 3) -> str:
        """Return a number as a cell; one that is not defined refers to a footnote."""
        if isinstance(value, Undefined):
            return f"not defined {self._mark(value)}"
        return f"{value:.{digits}f}"

    def percent(self, value: Value) -> str:
        """Return a share as a cell."""
        return self.number(value) if isinstance(value, Undefined) else f"{100 * value:.1f} %"

    def estimate(self, estimate: Estimate, *, percent: bool = False) -> str:
        """Return a number with its interval as a cell."""
        cell = self.percent(estimate.value) if percent else self.number(estimate.value)
        if isinstance(estimate.value, Undefined):
            return cell
        if isinstance(estimate.interval, Undefined):
            return f"{cell} (no interval {self._mark(estimate.interval)})"
        low, high = estimate.interval.low, estimate.interval.high
        return f"{cell} ({100 * low:.1f}–{100 * high:.1f})" if percent else f"{cell} ({low:.3f}–{high:.3f})"

    def _mark(self, reason: Undefined) -> str:
        sentence = str(reason)
        if sentence not in self.footnotes:
            self.footnotes.append(sentence)
        return f"[{self.footnotes.index(sentence) + 1}]"


def title_of(pair: PairReport, report: AgreementReport) -> str:
    """Return the names of a pair, and the group of behaviors where there are several."""
    names = f"{pair.a} – {pair.b}"
    return names if report.single is not None else f"{names} · {pair.group}"


def overview(report: AgreementReport) -> Table:
    """Return one row a pair of raters."""
    keys = ["pair", "frames", "left_out", "clips", "agreement", "macro", "kappa", "ac1", "bout_f1", "needed"]
    table = Table("Pairs of raters", [_column(key) for key in keys])
    for pair in report.pairs:
        more = pair.clips_needed
        table.rows.append(
            [
                title_of(pair, report),
                f"{pair.frames:,}",
                f"{pair.excluded.frames:,}",
                f"{len(pair.clip_rows):,}",
                table.estimate(pair.agreement, percent=True),
                table.estimate(pair.macro_agreement, percent=True),
                table.estimate(pair.kappa),
                table.estimate(pair.ac1),
                table.estimate(pair.bouts.f1_half),
                table.number(more) if isinstance(more, Undefined) else f"{more:,}",
            ]
        )
    return table


def all_raters(many: ManyReport, report: AgreementReport) -> Table:
    """Return the statistics of all raters together."""
    title = "All raters together" if report.single is not None else f"All raters together · {many.group}"
    table = Table(title, [Column("Statistic"), Column("Value"), Column("Frames")])
    table.rows = [
        [name_of("fleiss"), table.estimate(many.fleiss_kappa), f"{many.frames_all:,}"],
        [name_of("alpha"), table.estimate(many.krippendorff_alpha), f"{many.frames:,}"],
        [name_of("unanimous"), table.estimate(many.unanimous, percent=True), f"{many.frames_all:,}"],
    ]
    return table


def behaviors(pair: PairReport, report: AgreementReport) -> Table:
    """Return the behaviors of a pair: seconds, bouts, and agreement of frames and of bouts."""
    seconds, bouts = meaning_of("seconds"), meaning_of("bouts")
    columns = [
        Column("Behavior"),
        *(Column(f"Seconds {rater}", seconds) for rater in (pair.a, pair.b)),
        *(Column(f"Bouts {rater}", bouts) for rater in (pair.a, pair.b)),
        *(_column(key) for key in ("kappa", "frame_f1", "bout_f1", "onset_bias", "ac1")),
    ]
    table = Table(f"Behaviors: {title_of(pair, report)}", columns)
    for row in (*pair.behaviors, *([pair.none] if pair.none is not None else [])):
        table.rows.append(_behavior(table, row))
    return table


def _behavior(table: Table, row: BehaviorRow) -> list[str]:
    onset = row.bouts.onset.median
    return [
        row.name,
        f"{row.seconds_a:,.1f}",
        f"{row.seconds_b:,.1f}",
        f"{row.bouts.bouts_a:,}",
        f"{row.bouts.bouts_b:,}",
        table.estimate(row.kappa),
        table.number(row.f1.value),
        table.number(row.bouts.f1_half.value),
        table.number(onset) if isinstance(onset, Undefined) else signed(onset),
        table.number(row.ac1.value),
    ]


def kinds(pair: PairReport, report: AgreementReport) -> Table:
    """Return the kinds of disagreement of a pair."""
    columns = [
        Column("Kind"),
        Column("Count", "Stretches of this kind."),
        Column("Seconds"),
        Column("Share of disagreement"),
        Column("Median shift (ms)", "How much later the second rater has the change of behavior."),
        Column("What it is", text=True),
    ]
    table = Table(f"{name_of('kinds')}: {title_of(pair, report)}", columns)
    for kind in pair.kinds:
        if not kind.count:
            continue
        shift = kind.median_shift
        table.rows.append(
            [
                str(kind.kind),
                f"{kind.count:,}",
                f"{kind.seconds:,.1f}",
                "–" if isinstance(kind.share, Undefined) else table.percent(kind.share),
                "–" if isinstance(shift, Undefined) else f"{shift:+.0f}",
                kind.kind.sentence,
            ]
        )
    return table


def groupings(pair: PairReport, report: AgreementReport) -> Table | None:
    """Return the clips of a pair apart by subject, strain, phase or week; None when not asked for."""
    if not pair.group_rows:
        return None
    keys = ["clips", "frames", "agreement", "macro", "kappa", "ac1"]
    table = Table(
        f"Apart: {title_of(pair, report)}", [Column("By"), Column("Value", text=True), *map(_column, keys)]
    )
    for row in pair.group_rows:
        table.rows.append(
            [
                row.by,
                row.name,
                f"{row.clips:,}",
                f"{row.frames:,}",
                table.estimate(row.agreement, percent=True),
                table.estimate(row.macro_agreement, percent=True),
                table.estimate(row.kappa),
                table.estimate(row.ac1),
            ]
        )
    return table


def parts(title: str, first: str, rows: tuple[PartRow, ...], report: AgreementReport) -> Table:
    """Return rows of pairs apart by how their passes came about, or by week."""
    keys = ["clips", "frames", "agreement", "kappa"]
    table = Table(title, [_column("pair"), Column(first, text=True), *map(_column, keys)])
    for row in rows:
        table.rows.append(
            [
                title_of(row.pair, report),
                row.name,
                f"{row.clips:,}",
                f"{row.frames:,}",
                table.estimate(row.agreement, percent=True),
                table.estimate(row.kappa),
            ]
        )
    return table


def clips(pair: PairReport, report: AgreementReport) -> Table:
    """Return one row a clip."""
    columns = [Column("Clip"), *map(_column, ("frames", "left_out", "agreement", "kappa"))]
    table = Table(f"Clips: {title_of(pair, report)}", columns)
    for row in pair.clip_rows:
        table.rows.append(
            [
                row.facts.clip,
                f"{row.frames:,}",
                f"{row.excluded:,}",
                table.percent(row.agreement),
                table.number(row.kappa),
            ]
        )
    return table


def _column(key: str) -> Column:
    return Column(name_of(key), meaning_of(key))


def signed(seconds: float) -> str:
    """Return seconds with their sign."""
    return f"{seconds:+.3f}" if round(seconds, 3) else "0.000"
