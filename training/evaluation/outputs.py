"""An evaluation as files: JSON, tables and figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from ...annotation.files import write_together
from .evaluation import Evaluation
from .scoring import ClipRow, GroupScores

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_evaluation(evaluation: Evaluation, folder: Path, extra: dict[str, Any] | None = None) -> list[Path]:
    """Write ``evaluation.json``, and for every group its confusion, clips and figures.

    Parameters
    ----------
    evaluation
        What was measured.
    folder
        Made when missing; files of an earlier evaluation there are replaced.
    extra
        Further keys of the JSON file.

    Raises
    ------
    EthoprofileError
        When the disk refuses; no file is changed then for want of room.
    """
    files: dict[str, str | bytes] = {
        "evaluation.json": json.dumps(evaluation.to_dict() | (extra or {}), indent=2)
    }
    for group in evaluation.groups:
        stem = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in group.group)
        header = ["labeled", *group.labels, "unsure"]
        rows = [[name, *counts] for name, counts in zip(group.labels, group.confusion.tolist(), strict=True)]
        files[f"confusion_{stem}.csv"] = _table(header, rows)
        names = [field.name for field in fields(ClipRow)]
        files[f"clips_{stem}.csv"] = _table(names, [list(asdict(row).values()) for row in group.clips])
        files |= _drawn(confusion_figure(group, evaluation.split), f"confusion_{stem}")
        if group.reliability:
            files |= _drawn(reliability_figure(group, evaluation.split), f"reliability_{stem}")
    return write_together(folder, files)


def confusion_figure(group: GroupScores, split: str) -> Figure:
    """Return the confusion matrix: color is the share of the row, the number are frames."""
    from matplotlib.figure import Figure

    columns = [*group.labels, "unsure"]
    figure = Figure(figsize=(3.2 + 0.8 * len(columns), 1.8 + 0.55 * len(group.labels)), layout="constrained")
    axis = figure.subplots()
    totals = group.confusion.sum(axis=1, keepdims=True)
    shares = np.divide(group.confusion, totals, out=np.zeros(group.confusion.shape), where=totals > 0)
    image = axis.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (row, column), frames in np.ndenumerate(group.confusion):
        if frames:
            ink = "black" if shares[row, column] > 0.55 else "white"
            axis.text(column, row, f"{frames:,}", ha="center", va="center", color=ink, fontsize=8)
    axis.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    axis.set_yticks(range(len(group.labels)), group.labels)
    axis.set(xlabel="model", ylabel="people")
    figure.suptitle(f"Frames of {group.group}\n{split}", fontsize=9)
    figure.colorbar(image, ax=axis, label="share of the row")
    return figure


def reliability_figure(group: GroupScores, split: str) -> Figure:
    """Return how often the model is right where it is so sure; the bars below are frames."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    known = [row for row in group.reliability if row.accuracy is not None]
    above.plot([0, 1], [0, 1], color="#8C8C8C", linestyle="--", label="as sure as right")
    above.plot(
        [row.confidence for row in known], [row.accuracy for row in known], marker="o", color="#0072B2",
        label="model",
    )  # fmt: skip
    above.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that is right")
    above.legend(frameon=False)
    middle = [(row.low + row.high) / 2 for row in group.reliability]
    below.bar(middle, [row.frames for row in group.reliability], width=0.09, color="#0072B2")
    below.set(xlabel="confidence", ylabel="frames")
    figure.suptitle(f"Calibration on {group.group}\n{fill(split, 60)}", fontsize=9)
    return figure


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _drawn(figure: Figure, stem: str) -> dict[str, bytes]:
    """Return the files of a figure by their names."""
    found = {}
    for ending in ("png", "svg"):
        drawn = io.BytesIO()
        figure.savefig(drawn, format=ending, dpi=150)
        found[f"{stem}.{ending}"] = drawn.getvalue()
    return found
