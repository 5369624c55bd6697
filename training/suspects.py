"""Labels that a model doubts: bouts to look at again, never to be changed by themselves.

Ranked by how much more likely the model finds its own label than that of the person, over the whole bout
(mean difference of log-probabilities times the square root of the number of steps).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..annotation.errors import LearnError
from ..annotation.files import write_whole
from ..annotation.tracks import runs_of
from .examples import Task, step_targets
from .probabilities import Probabilities
from .smoothing import both_sides
from .snapshots import IGNORED, Snapshot

NAME = "suspects.csv"
COLUMNS = ("score", "video", "start", "stop", "group", "label", "model_says", "pass", "annotator")
#: Where a bout begins and ends is a matter of opinion: so much of it at either end is not looked at.
BOUNDARY_SECONDS = 0.3
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, slots=True)
class Suspect:
    """A bout that a model which has not learned from it doubts.

    Attributes
    ----------
    score
        The higher, the more doubtful; above 0.
    video, start, stop
        Frames ``[start, stop)`` of a recording.
    group, label, model_says
        Names of the group, of the person's label and of what the model finds likeliest.
    pass_id, annotator
        Whose label it is.
    """

    score: float
    video: str
    start: int
    stop: int
    group: str
    label: str
    model_says: str
    pass_id: str
    annotator: str


def suspects_of(
    snapshot: Snapshot, tasks: Sequence[Task], held_out: Sequence[Probabilities]
) -> list[Suspect]:
    """Return doubtful bouts, the most doubtful first.

    Parameters
    ----------
    snapshot
        The labels.
    tasks
        What was learned of every group.
    held_out
        What was said about every stretch by a model that had not learned from it.
    """
    found = []
    for stretch, said in zip(snapshot.stretches, held_out, strict=True):
        starts = said.edges[:-1] - stretch.start
        edge = round(BOUNDARY_SECONDS * stretch.fps / float(np.median(np.diff(said.edges))))
        for task, values in zip(tasks, said.groups, strict=True):
            names = [name for _, name in task.card.behaviors]
            names = [f"no {names[0]}", names[0]] if task.outputs == 1 else names
            logs = np.log(np.clip(both_sides(values), _LEAST_PROBABILITY, 1))
            step = 0
            for length, label in runs_of(step_targets(task.targets(stretch), starts, len(names))):
                rows, step = slice(step, step + length), step + length
                inner = slice(rows.start + edge, rows.stop - edge)
                if label == IGNORED or inner.start >= inner.stop:
                    continue
                score = float((logs[inner].max(axis=1) - logs[inner, label]).mean() * np.sqrt(length))
                likeliest = int(logs[inner].mean(axis=0).argmax())
                if score <= 0 or likeliest == label:
                    continue
                found.append(
                    Suspect(
                        score, stretch.video, int(said.edges[rows.start]), int(said.edges[rows.stop]),
                        task.card.name, names[label], names[likeliest],
                        next(iter(stretch.passes), ""), next(iter(stretch.annotators), ""),
                    )
                )  # fmt: skip
    return sorted(found, key=lambda item: -item.score)


def read_suspects(folder: Path) -> list[Suspect]:
    """Read the table that `write_suspects` wrote; empty where the model came without one.

    Raises
    ------
    LearnError
        When it is damaged.
    """
    path = folder / NAME
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                Suspect(
                    float(row["score"]), row["video"], int(row["start"]), int(row["stop"]), row["group"],
                    row["label"], row["model_says"], row["pass"], row["annotator"],
                )
                for row in csv.DictReader(file)
            ]  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        raise LearnError(f"The table {path} of doubtful labels cannot be read; train again.") from error


def write_suspects(suspects: Sequence[Suspect], folder: Path) -> None:
    """Write the table ``suspects.csv`` into a folder."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for s in suspects:
        row = (s.video, s.start, s.stop, s.group, s.label, s.model_says, s.pass_id, s.annotator)
        writer.writerow([f"{s.score:.3f}", *row])
    write_whole(folder / NAME, text.getvalue())
