"""The numbers of an agreement report as a table: one row for each pair of raters and behavior."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ..resampling import Estimate
from ..results import BehaviorRow, BoutFindings, PairReport
from ..undefined import Undefined, Value
from .gather import AgreementReport

#: Stands in the column of behaviors for all of them together.
ALL = "(all)"
_ESTIMATES = ("agreement", "macro_agreement", "kappa", "f1", "ac1", "bout_f1")
_NUMBERS = ("pabak", "kappa_max", "prevalence", "bias", "onset_f1", "offset_f1", "onset_bias", "offset_bias")


def as_csv(report: AgreementReport) -> str:
    """Return the text of the table; cells of what is not defined are empty, ``undefined`` says why.

    Seconds are those within the frames compared; ``onset_bias`` and ``offset_bias`` are medians in seconds,
    positive when rater b is later.
    """
    rows = [row for pair in report.pairs for row in _rows(pair)]
    columns = ["group", "a", "b", "behavior", "frames", "seconds_a", "seconds_b", "bouts_a", "bouts_b"]
    for name in _ESTIMATES:
        columns += [name, f"{name}_low", f"{name}_high"]
    columns += [*_NUMBERS, "undefined"]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rows(pair: PairReport) -> Iterator[dict[str, str]]:
    row = _Row(pair, ALL, pair.bouts)
    for name in ("agreement", "macro_agreement", "kappa", "ac1"):
        row.estimate(name, getattr(pair, name))
    row.number("pabak", pair.pabak)
    row.number("kappa_max", pair.kappa_max)
    yield row.cells
    for behavior in (*pair.behaviors, *([pair.none] if pair.none else [])):
        yield _behavior(pair, behavior)


def _behavior(pair: PairReport, behavior: BehaviorRow) -> dict[str, str]:
    row = _Row(pair, behavior.name, behavior.bouts)
    row.cells |= {"seconds_a": f"{behavior.seconds_a:.3f}", "seconds_b": f"{behavior.seconds_b:.3f}"}
    row.number("agreement", behavior.agreement)
    for name in ("kappa", "f1", "ac1"):
        row.estimate(name, getattr(behavior, name))
    for name in ("pabak", "kappa_max", "prevalence", "bias"):
        row.number(name, getattr(behavior, name))
    return row.cells


class _Row:
    """The cells of one row."""

    def __init__(self, pair: PairReport, behavior: str, bouts: BoutFindings) -> None:
        self.cells = {"group": pair.group, "a": pair.a, "b": pair.b, "behavior": behavior}
        self.cells |= {"frames": str(pair.frames), "undefined": ""}
        self.cells |= {"bouts_a": str(bouts.bouts_a), "bouts_b": str(bouts.bouts_b)}
        self.estimate("bout_f1", bouts.f1_half)
        self.number("onset_f1", bouts.onset_f1)
        self.number("offset_f1", bouts.offset_f1)
        self.number("onset_bias", bouts.onset.median)
        self.number("offset_bias", bouts.offset.median)

    def number(self, name: str, value: Value) -> None:
        """Fill a cell, or say why it stays empty."""
        if isinstance(value, Undefined):
            self._say(f"{name}: {value}")
        else:
            self.cells[name] = f"{value:.6f}"

    def estimate(self, name: str, estimate: Estimate) -> None:
        """Fill the cells of a number and of its interval."""
        self.number(name, estimate.value)
        if isinstance(estimate.interval, Undefined):
            if not isinstance(estimate.value, Undefined):
                self._say(f"interval of {name}: {estimate.interval}")
        else:
            self.cells[f"{name}_low"] = f"{estimate.interval.low:.6f}"
            self.cells[f"{name}_high"] = f"{estimate.interval.high:.6f}"

    def _say(self, reason: str) -> None:
        said = self.cells["undefined"]
        self.cells["undefined"] = f"{said}; {reason}" if said else reason
