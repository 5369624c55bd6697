"""A simulation as files: JSON, tables, figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.agreement import Interval, number_or_none
from ...annotation.files import write_whole
from ..scores import accuracy, macro_f1
from .drawing import curves_figure, stream_figure
from .replay import BASELINE, Round
from .scoring import NAVIGATION, OVERLAPS
from .stream import Benefit
from .summary import Figure, Point, Summary

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

#: Figures that a table on one screen shows.
HEADLINES = (
    "units to 95 %",
    "keys to 95 %",
    "keys to 95 % / those of motion-aware random",
    "keys to 95 % / those of subject-stratified random",
    "area under macro F1",
    "review efficiency",
)


def as_dict(summary: Summary, saved: Sequence[Benefit]) -> dict[str, Any]:
    """Return everything of a simulation as plain data; null stands where a number is not defined."""
    played, plan = summary.played, summary.played.plan
    return {
        "source": played.source,
        "behaviors": list(played.names),
        "plan": {
            "strategies": list(plan.strategies), "seeds": plan.seeds, "first": plan.first,
            "batch": plan.batch, "budget": plan.budget, "unit_seconds": plan.unit_seconds,
            "held_out": list(played.held_out), "keys": plan.keys.to_dict(),
            "learner": plan.learner.name, "learner_summary": plan.learner.summary,
        },
        "full_supervision": {"macro_f1": summary.full_macro_f1, "accuracy": summary.full_accuracy},
        "rarest": played.names[summary.rarest],
        "curves": [asdict(point) for point in summary.points()],
        "figures": [_plain(figure) for figure in [*summary.figures(), *_differences(summary)]],
        "keys_to_95_by_navigation": {
            f"{navigation:g}": keys for navigation, keys in summary.navigation_sensitivity().items()
        },
        "proposals_on_a_random_stream": [
            {
                "navigation": each.navigation, "bins": [asdict(one) for one in each.bins],
                "ratio": number_or_none(each.ratio), "interval": _interval(each.interval),
                "break_even": number_or_none(each.break_even),
                "break_even_text": str(each.break_even) if number_or_none(each.break_even) is None else "",
            }
            for each in saved
        ],
    }  # fmt: skip


def write_simulation(summary: Summary, saved: Sequence[Benefit], folder: Path) -> list[Path]:
    """Write ``simulation.json``, tables of rounds, curves, figures and the stream, and two drawings.

    Parameters
    ----------
    summary, saved
        What was simulated.
    folder
        Made when missing; files of an earlier simulation there are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = as_dict(summary, saved)
    written = [folder / "simulation.json"]
    write_whole(written[0], json.dumps(found, indent=2))
    played = summary.played
    rounds = [_round_row(each) for each in [*played.full, *played.few, *played.rounds]]
    written.append(_table(folder / "rounds.csv", rounds))
    written.append(_table(folder / "curves.csv", [_point_row(point) for point in summary.points()]))
    written.append(_table(folder / "figures.csv", [_flat(figure) for figure in found["figures"]]))
    bins = [{"navigation": b.navigation} | asdict(one) for b in saved for one in b.bins]
    written.append(_table(folder / "proposals.csv", bins))
    written += _save(curves_figure(summary), folder / "curves")
    written += _save(stream_figure(summary, saved), folder / "proposals")
    return written


def _differences(summary: Summary) -> list[Figure]:
    if BASELINE not in summary.strategies:
        return []
    others = [name for name in summary.strategies if name != BASELINE]
    return [figure for name in others for figure in summary.differences(name, BASELINE)]


def _round_row(each: Round) -> dict[str, Any]:
    counts, row = each.test.confusion.astype(float), NAVIGATION.index(2.0)
    return {
        "strategy": each.strategy, "seed": each.seed, "held_out": each.held_out, "round": each.number,
        "units": each.units, "frames": each.frames, "keys": each.keys, "seconds": each.seconds,
        "keys_corrected": each.keys_corrected,
        "macro_f1": round(float(macro_f1(counts)), 5), "accuracy": round(float(accuracy(counts)), 5),
        "bouts_model": int(each.test.bouts[0]), "bouts_labels": int(each.test.bouts[1]),
        "stream_keys_scratch": each.test.stream[row, 0], "stream_keys_proposals": each.test.stream[row, 1],
        "stream_seconds": each.test.stream_seconds,
        "review_efficiency": "" if each.test.efficiency != each.test.efficiency else each.test.efficiency,
    }  # fmt: skip


def _point_row(point: Point) -> dict[str, Any]:
    row = asdict(point)
    segmental = row.pop("segmental_f1")
    return row | {f"segmental_f1_{100 * o:.0f}": v for o, v in zip(OVERLAPS, segmental, strict=True)}


def _plain(figure: Figure) -> dict[str, Any]:
    value = number_or_none(figure.value)
    return {
        "strategy": figure.strategy, "name": figure.name, "value": value,
        "interval": _interval(figure.interval), "why": str(figure.value) if value is None else "",
    }  # fmt: skip


def _flat(figure: dict[str, Any]) -> dict[str, Any]:
    low, high = figure["interval"] or (None, None)
    return {
        "strategy": figure["strategy"], "name": figure["name"], "value": figure["value"],
        "low": low, "high": high, "why": figure["why"],
    }  # fmt: skip


def _interval(interval: object) -> list[float] | None:
    return [interval.low, interval.high] if isinstance(interval, Interval) else None


def _table(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())
    return path


def _save(drawing: Drawing, stem: Path) -> list[Path]:
    written = []
    for ending in ("png", "svg"):
        drawn = io.BytesIO()
        drawing.savefig(drawn, format=ending, dpi=150)
        path = stem.with_name(f"{stem.name}.{ending}")
        write_whole(path, drawn.getvalue())
        written.append(path)
    return written
