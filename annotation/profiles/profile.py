"""Everything that a profile says, as tables and figures in a folder."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import FormatError
from ..files import write_together
from .bouts import bout_statistics
from .budget_figure import budget_figure
from .budgets import HOUR, time_budget
from .figures import actogram_figure, daily_figure, transition_figure
from .rasters import MOST_STRETCHES, day_raster_figure, raster_figure
from .rhythms import Cosinor, cosinor, daily_profile
from .scored import Lights, Scored, behaviors_of
from .transitions import transition_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_DAY = 86_400


def write_profile(
    scored: Sequence[Scored],
    folder: Path,
    *,
    seconds: float = HOUR,
    lights: Lights | None = None,
    behavior: str | None = None,
    on_stage: Callable[[str, int, int | None], None] | None = None,
) -> list[Path]:
    """Write the tables (CSV) and figures (PNG and SVG) of a profile.

    Parameters
    ----------
    scored
        The material.
    folder
        Made when missing; files of an earlier profile there are replaced.
    seconds
        Length of a bin of time; a day must be a whole number of them.
    lights
        The light schedule, to shade the dark phase.
    behavior
        Whose actogram is drawn and to which the cosinor is fitted; all of them when None.
    on_stage
        Told what is done, how much of it is done, and how much there is.

    Returns
    -------
    list of Path
        What was written: ``time_budget.csv``, ``bouts.csv``, ``transitions.csv``, and where the clock is
        known ``daily.csv``, ``cosinor.csv`` and actograms.

    Raises
    ------
    FormatError
        When there is nothing to profile, bins do not divide the day, or the behavior was never scored.
    EthoprofileError
        When the disk refuses; no file is changed then for want of room.
    """
    if not scored or not any(item.assessed.any() for item in scored):
        raise FormatError("There is nothing to profile: nobody has labeled anything in these files.")
    if seconds <= 0 or abs(_DAY / seconds - round(_DAY / seconds)) > 1e-9:
        raise FormatError(
            f"A day is no whole number of bins of {seconds:g} s; take a bin such as 30min or 1h."
        )
    tell = on_stage or (lambda _stage, _done, _total: None)
    colors = behaviors_of(scored)
    if behavior is not None and behavior not in colors:
        raise FormatError(f"The behavior '{behavior}' is not in these files; they have {', '.join(colors)}.")
    tell("counting", 0, None)
    budget = time_budget(scored, seconds, lights)
    transitions = transition_table(scored)
    tables = {"time_budget": budget, "bouts": bout_statistics(scored), "transitions": transitions}
    figures = {
        "time_budget": budget_figure(budget, colors, seconds, lights),
        "transitions": transition_figure(transitions, list(colors)),
    }
    if len(scored) <= MOST_STRETCHES:
        figures["raster"] = raster_figure(scored, colors)
    on_clock = [item for item in scored if item.began is not None]
    if on_clock:
        chosen = [behavior] if behavior else list(colors)
        animals = list(dict.fromkeys(item.animal for item in on_clock))
        daily = daily_profile(budget)
        tables |= {"daily": daily, "cosinor": _cosinors(budget, animals, chosen, seconds)}
        figures["daily"] = daily_figure(daily, chosen, seconds, lights)
        day_raster = day_raster_figure(on_clock, colors, lights)
        if day_raster is not None:
            figures["raster_days"] = day_raster
        for name in chosen:
            figures[f"actogram_{name}"] = actogram_figure(budget, seconds, animals, name, lights)
    files: dict[str, str | bytes] = {f"{name}.csv": _as_csv(table) for name, table in tables.items()}
    for number, (name, figure) in enumerate(figures.items()):
        tell("drawing", number, len(figures))
        files |= _drawn(figure, name)
    return write_together(folder, files)


def _cosinors(
    budget: pd.DataFrame, animals: Sequence[str], behaviors: Sequence[str], seconds: float
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for animal in animals:
        for behavior in behaviors:
            own = budget[(budget["animal"] == animal) & (budget["behavior"] == behavior)]
            own = own[own["from"].str.contains(":")]
            moments = pd.to_datetime(own["from"])
            middle = (moments - moments.dt.normalize()).dt.total_seconds() + seconds / 2
            fit = cosinor(middle.to_numpy(float) / HOUR, own["share"].to_numpy(float))
            rows.append(_cosinor_row(animal, behavior, fit))
    return pd.DataFrame(rows)


def _cosinor_row(animal: str, behavior: str, fit: Cosinor) -> dict[str, object]:
    return {
        "animal": animal, "behavior": behavior, "mesor": fit.mesor, "amplitude": fit.amplitude,
        "acrophase_h": fit.acrophase, "r_squared": fit.r_squared, "bins": fit.bins, "remark": fit.reason,
    }  # fmt: skip


def _as_csv(table: pd.DataFrame) -> str:
    text: str = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return text


def _drawn(figure: Figure, name: str) -> dict[str, bytes]:
    """Return the files of a figure by their names."""
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
    found = {}
    for ending in ("png", "svg"):
        drawn = io.BytesIO()
        figure.savefig(drawn, format=ending, dpi=150)
        found[f"{stem}.{ending}"] = drawn.getvalue()
    return found


def totals(scored: Sequence[Scored]) -> dict[str, dict[str, float]]:
    """Return seconds and share of the assessed time of every behavior over everything.

    Returns
    -------
    dict
        Behavior to ``{"seconds", "share", "bouts"}``; shares are 0 to 1.
    """
    assessed = sum(float(item.assessed.sum()) / item.fps for item in scored)
    found = {}
    for name in behaviors_of(scored):
        shown = [(item.shows(name), item.fps) for item in scored]
        seconds = sum(float(on.sum()) / fps for on, fps in shown)
        bouts = sum(int((np.diff(on.astype(np.int8), prepend=0) == 1).sum()) for on, _fps in shown)
        found[name] = {"seconds": seconds, "share": seconds / assessed if assessed else 0.0, "bouts": bouts}
    return found
