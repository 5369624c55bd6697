"""The figures of an agreement report, drawn without a window, as PNG, SVG or inside a page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...files import replacing
from ...formats.wording import counted
from ...project.folders import safe_name
from ..kinds import Kind
from ..results import PairReport
from ..undefined import Undefined, Value
from .gather import AgreementReport, PartRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Shown = TypeVar("_Shown")

#: Text and axes. Pages replace it by their own text color, so that figures are readable in light and dark.
INK = "#1b1c1d"
#: Of Okabe and Ito's colors for all kinds of color vision, lightened to stand on white and on black.
BLUE, ORANGE, GREEN, GRAY = "#3a8fc8", "#e08a1e", "#2a9d7c", "#8c8c8c"
_COLORMAP = "cividis"
_STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "ethoprofile",
}
_DPI = 200
#: With more clips than this their names are left out; of more weeks every second one is named, and so on.
_NAMED_CLIPS, _NAMED_WEEKS = 40, 12


def write_figures(report: AgreementReport, folder: Path) -> list[Path]:
    """Write every figure as PNG and SVG into a folder, which is made when missing.

    Returns
    -------
    list of Path
        The files, such as ``confusion_Ada_Ben.png``; files of these names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for pair in report.pairs:
        ending = "_".join(safe_name(name, 40) for name in (pair.a, pair.b))
        if report.single is None:
            ending += f"_{safe_name(pair.group, 40)}"
        for name, figure in pair_figures(report, pair):
            for kind in ("png", "svg"):
                path = folder / f"{name}_{ending}.{kind}"
                with replacing(path) as temporary:
                    temporary.write_bytes(_drawn(figure, kind))
                written.append(path)
    return written


def pair_figures(report: AgreementReport, pair: PairReport) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of a pair with their names; those without anything to show are left out."""
    yield "confusion", confusion(pair)
    yield "behaviors", behaviors(pair)
    yield "tolerance", tolerance(pair)
    if any(kind.count for kind in pair.kinds if kind.kind is not Kind.UNLABELED):
        yield "kinds", kinds(pair)
    if len(pair.clip_rows) > 1:
        yield "clips", clips(pair)
    own = [row for row in report.weeks if row.pair is pair]
    if own:
        yield "weeks", weeks(own)


def as_svg(figure: Figure) -> str:
    """Return a figure as an SVG element for a page, its ink being the page's text color."""
    text = _drawn(figure, "svg").decode("utf-8")
    return text[text.index("<svg") :].replace(INK, "currentColor")


def _drawn(figure: Figure, kind: str) -> bytes:
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        if kind == "svg":
            figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        else:
            figure.savefig(buffer, format=kind, dpi=_DPI, facecolor="white")
    return buffer.getvalue()


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure that no window knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _styled(draw: Callable[[_Shown], Figure]) -> Callable[[_Shown], Figure]:
    """Make a function draw in the style of the report."""

    @wraps(draw)
    def styled(shown: _Shown) -> Figure:
        import matplotlib

        with matplotlib.rc_context(_STYLE):
            return draw(shown)

    return styled


@_styled
def confusion(pair: PairReport) -> Figure:
    """Return the confusion matrix: color is the percentage of the row, cells tell frames and percentage."""
    counts = pair.confusion.frames
    names = [pair.names[label] for label in pair.confusion.labels]
    sums = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, sums, out=np.zeros(counts.shape), where=sums > 0)
    size = 0.78 * len(names)
    figure, axes = _figure(max(3.6, size + 2.2), max(2.8, size + 1.2))
    image = axes.imshow(100 * share, cmap=_COLORMAP, vmin=0, vmax=100)
    for (row, column), frames in np.ndenumerate(counts):
        used = sums[row, 0] > 0
        text = f"{_short(int(frames))}\n{100 * share[row, column]:.1f} %" if used else "–"
        color = "#000000" if share[row, column] > 0.5 else "#ffffff"
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(f"labels of {pair.b}")
    axes.set_ylabel(f"labels of {pair.a}")
    axes.set_title("Frames, and percentage of the row")
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(f"% of what {pair.a} labeled so")
    bar.outline.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


@_styled
def behaviors(pair: PairReport) -> Figure:
    """Return kappa of each behavior with its interval, beside the F1 of its bouts."""
    rows = [row for row in pair.behaviors if not isinstance(row.kappa.value, Undefined)]
    figure, axes = _figure(4.6, 1.3 + 0.34 * max(1, len(rows)))
    places = np.arange(len(rows))
    for place, row in zip(places, rows, strict=True):
        if not isinstance(row.kappa.interval, Undefined):
            axes.plot([row.kappa.interval.low, row.kappa.interval.high], [place, place], color=BLUE, lw=2)
    axes.plot([_float(row.kappa.value) for row in rows], places, "o", color=BLUE, label="kappa (frames)")
    bout_f1 = np.array([_float(row.bouts.f1_half.value) for row in rows])
    axes.plot(bout_f1, places, "D", mfc="none", color=ORANGE, label="F1 of bouts")
    axes.set_yticks(places, [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _from_zero(axes, [_float(row.kappa.value) for row in rows])
    axes.set_title("Agreement of each behavior")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


@_styled
def tolerance(pair: PairReport) -> Figure:
    """Return agreement as a function of the tolerance in time, with chance from circular shifts."""
    figure, axes = _figure(4.6, 3.0)
    seconds = [point.tolerance for point in pair.tolerance_curve]
    lines = (
        ("agreement", [point.agreement for point in pair.tolerance_curve], BLUE, "-"),
        ("corrected for chance", [point.corrected for point in pair.tolerance_curve], GREEN, "--"),
        ("chance", [point.chance for point in pair.tolerance_curve], GRAY, ":"),
    )
    for label, values, color, style in lines:
        axes.plot(seconds, [_float(value) for value in values], style, color=color, lw=2, label=label)
    axes.set_xlabel("tolerance (s)")
    axes.set_ylim(min(0.0, *axes.get_ylim()), 1.02)
    axes.set_xlim(0, max(seconds))
    axes.set_title("Same label within the tolerance")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


@_styled
def kinds(pair: PairReport) -> Figure:
    """Return the seconds of each kind of disagreement."""
    rows = [kind for kind in pair.kinds if kind.kind is not Kind.UNLABELED and kind.count]
    rows.sort(key=lambda kind: kind.seconds)
    figure, axes = _figure(4.6, 1.0 + 0.34 * len(rows))
    bars = axes.barh([str(kind.kind) for kind in rows], [kind.seconds for kind in rows], color=BLUE)
    labels = [
        f"{counted(kind.count, 'time')}"
        + ("" if isinstance(kind.share, Undefined) else f", {100 * kind.share:.0f} %")
        for kind in rows
    ]
    axes.bar_label(bars, labels, padding=3, color=INK, fontsize=8)
    axes.margins(x=0.35)
    axes.set_xlabel("seconds of disagreement")
    axes.set_title("Kinds of disagreement")
    return figure


@_styled
def clips(pair: PairReport) -> Figure:
    """Return kappa and agreement of each clip, the lowest on top."""
    rows = sorted(pair.clip_rows, key=lambda row: np.nan_to_num(_float(row.kappa), nan=-2.0))
    named = len(rows) <= _NAMED_CLIPS
    figure, axes = _figure(4.6, 1.3 + (0.2 * len(rows) if named else 4.0))
    places = np.arange(len(rows))
    axes.plot([_float(row.kappa) for row in rows], places, "o", color=BLUE, ms=4, label="kappa")
    agreement = [_float(row.agreement) for row in rows]
    axes.plot(agreement, places, "s", mfc="none", color=ORANGE, ms=4, label="agreement")
    if named:
        axes.set_yticks(places, [row.facts.clip for row in rows])
        axes.tick_params(axis="y", labelsize=8)
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{len(rows):,} clips, from the lowest kappa")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _from_zero(axes, [_float(row.kappa) for row in rows])
    undefined = sum(isinstance(row.kappa, Undefined) for row in rows)
    said = f" (kappa not defined in {undefined})" if undefined else ""
    axes.set_title(f"Each clip{said}")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


@_styled
def weeks(rows: list[PartRow]) -> Figure:
    """Return kappa by the week in which the later of the two raters scored."""
    figure, axes = _figure(4.6, 2.8)
    places = np.arange(len(rows))
    for place, row in zip(places, rows, strict=True):
        if not isinstance(row.kappa.interval, Undefined):
            axes.plot([place, place], [row.kappa.interval.low, row.kappa.interval.high], color=BLUE, lw=2)
    axes.plot(places, [_float(row.kappa.value) for row in rows], "o-", color=BLUE)
    shown = places[:: 1 + len(rows) // _NAMED_WEEKS]
    names = [f"{rows[place].name} ({rows[place].clips})" for place in shown]
    axes.set_xticks(shown, names, rotation=35, ha="right", rotation_mode="anchor")
    axes.set_xlabel("week (clips)")
    axes.set_ylabel("kappa")
    axes.set_title("Drift over weeks")
    return figure


def _from_zero(axes: Axes, values: list[float]) -> None:
    """Show 0 to 1 whole, and negative values where there are any."""
    finite: NDArray[np.float64] = np.array([value for value in values if np.isfinite(value)])
    low = min(0.0, float(finite.min()) - 0.05) if finite.size else 0.0
    axes.set_xlim(low, 1.02)
    axes.grid(axis="x", color=GRAY, alpha=0.3)


def _float(value: Value) -> float:
    """Return a number to draw; NaN is what matplotlib leaves out."""
    return float("nan") if isinstance(value, Undefined) else value


def _short(frames: int) -> str:
    if frames >= 10_000_000:
        return f"{frames / 1e6:.0f}M"
    return f"{frames / 1000:.0f}k" if frames >= 100_000 else f"{frames:,}"
