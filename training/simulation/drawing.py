"""Figures of a simulation: learning curves, and what proposals save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...annotation.agreement.undefined import is_defined
from .scoring import NAVIGATION
from .stream import GOOD, Benefit, accuracy_of
from .summary import SHARE, Summary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colors that people with color blindness tell apart (Okabe & Ito), and what tells lines apart without color.
_COLORS = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#0072B2", "#8C8C8C", "#D55E00")
_LINES = ("-", "--", "-.", ":")


def curves_figure(summary: Summary) -> Figure:
    """Return macro F1 against labeled units and against keys, one line a strategy."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    figure = Figure(figsize=(10, 4.6), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    points = summary.points()
    for number, name in enumerate(summary.strategies):
        own = [point for point in points if point.strategy == name]
        style = {"color": _COLORS[number % len(_COLORS)], "linestyle": _LINES[number % len(_LINES)]}
        for axis, cost in zip(axes, ("units", "keys"), strict=True):
            axis.plot(
                [getattr(point, cost) for point in own],
                [point.macro_f1 for point in own],
                label=name,
                **style,
            )
    full = summary.full_macro_f1
    for axis, label in zip(axes, ("labeled units", "keys, from scratch"), strict=True):
        axis.axhline(full, color="#8C8C8C", linewidth=1)
        axis.axhline(SHARE * full, color="#8C8C8C", linewidth=1, linestyle="--")
        axis.set(xlabel=label, xscale="log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axis.xaxis.set_minor_formatter(NullFormatter())
    low, high = axes[0].get_xlim()
    axes[0].text(low, full, " all labels", va="bottom", fontsize=8, color="#5C5C5C")
    axes[0].text(low, SHARE * full, " 95 % of it", va="bottom", fontsize=8, color="#5C5C5C")
    axes[0].set_xlim(low, high)
    axes[0].set_ylabel("macro F1 on unseen animals")
    axes[1].legend(frameon=False, fontsize=8, loc="lower right")
    figure.suptitle(_title(summary), fontsize=9)
    return figure


def stream_figure(summary: Summary, saved: Sequence[Benefit]) -> Figure:
    """Return keys with proposals / keys from scratch by the accuracy of the model, one dot a training."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4.6), layout="constrained")
    axis = figure.subplots()
    row = NAVIGATION.index(2.0)
    models = [*summary.played.few, *summary.played.rounds]
    accuracy = [accuracy_of(each) for each in models]
    ratio = [each.test.stream[row, 1] / max(1.0, each.test.stream[row, 0]) for each in models]
    axis.plot(accuracy, ratio, ".", color="#0072B2", markersize=2, alpha=0.4)
    benefit = saved[row]
    known = [one for one in benefit.bins if one.scratch and one.proposals is not None]
    axis.plot(
        [(max(one.low, min(accuracy)) + min(one.high, max(accuracy))) / 2 for one in known],
        [(one.proposals or 0.0) / (one.scratch or 1.0) for one in known],
        "o-", color="#D55E00", label="models of like accuracy together",
    )  # fmt: skip
    axis.axhline(1, color="#000000", linewidth=1)
    axis.axvline(GOOD, color="#8C8C8C", linewidth=1, linestyle="--")
    if is_defined(benefit.break_even):
        axis.axvline(benefit.break_even, color="#D55E00", linewidth=1, linestyle=":", label="break even")
    axis.set(xlabel="frame accuracy on the unseen animal", ylabel="keys with proposals / keys from scratch")
    axis.legend(frameon=False, fontsize=8)
    figure.suptitle(_title(summary), fontsize=9)
    return figure


def _title(summary: Summary) -> str:
    played, plan = summary.played, summary.played.plan
    return (
        f"{played.source}: {len(played.held_out)} animals held out in turn, {plan.seeds} seeds, units of "
        f"{plan.unit_seconds:g} s, learner {plan.learner.name}"
    )
