"""BORIS projects (``.boris``, ``.boris.gz``): JSON with the ethogram and the events of every observation."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import boris_project
from .boris_events import NO_SUBJECT, POINT, Event, paired, rows_of, snapped
from .bout_rows import Declared, labels_of_rows
from .choosing import chosen_one
from .gap_writing import gap_losses, millisecond_losses, name_losses
from .label_format import Format
from .labels import Labels, Layout, Loss
from .options import ReadOptions, WriteOptions
from .rates import clock_difference, nearest_frames
from .text import HEAD_BYTES, Text
from .wording import counted

NAME = "boris"
#: Keys of a project, of which a file names at least two at its beginning.
_KEYS = (
    "project_format_version", "behaviors_conf", "subjects_conf", "behavioral_categories", "project_name",
    "time_format",
)  # fmt: skip
_NAMES = re.compile(r"[^|,]+")


def sniff(text: Text) -> bool:
    """Return whether a file is JSON that names what a BORIS project names."""
    head = text.content[:HEAD_BYTES]
    return head.lstrip().startswith("{") and sum(f'"{key}"' in head for key in _KEYS) > 1


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read one subject of one observation.

    START and STOP take turns for each behavior and modifier. Behaviors that exclude each other share a group.
    Point events become bouts of one frame, modifiers and comments notes.

    Raises
    ------
    FormatError
        When the file is no BORIS project, or leaves open which observation or subject is meant, the frame
        rate, or what the frames between the bouts are.
    """
    try:
        project = json.loads(text.content)
    except (ValueError, RecursionError) as error:
        raise text.error(f"is no complete JSON ({error}); it may be cut off.") from error
    try:
        return _read(project, text, options)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise text.error(f"is no BORIS project: what BORIS would write is not there ({error!r}).") from error


def _read(project: dict[str, Any], text: Text, options: ReadOptions) -> list[Labels]:
    observations: dict[str, Any] = project["observations"]
    held = [name for name, observation in observations.items() if observation["events"]]
    name = chosen_one(text, "observation", held, options.observation, known=list(observations))
    observation = observations[name]
    behaviors = list(project["behaviors_conf"].values())
    kinds = {item["code"]: str(item["type"]).casefold() for item in behaviors}
    fields = [list(event) for event in observation["events"]]
    subjects = list(dict.fromkeys(str(event[1]) or NO_SUBJECT for event in fields))
    subject = chosen_one(text, "subject", subjects, options.subject) if subjects else ""
    fps, single = _media(observation)
    offset = float(observation.get("time offset") or 0)
    events = [
        _event(event, kinds, offset, indexed=single)
        for event in fields
        if (str(event[1]) or NO_SUBJECT) == subject
    ]
    last = max((float(event[0]) - offset for event in fields), default=0.0)
    spans, report = paired(events, last)
    excluded = {item["code"]: _codes(item.get("excluded")) for item in behaviors}
    spans, moved = snapped(spans, lambda cause, ended: ended in excluded.get(cause, ()))
    if moved:
        report.append(f"{counted(moved, 'stop')} put onto the START that caused it.")
    groups = exclusive_groups([item["code"] for item in behaviors], excluded)
    report += clock_difference(fps, options.fps)
    rate = options.fps or fps
    rows, oddities = rows_of(spans, text, options, rate, groups)
    declared = [Declared(i["code"], groups[i["code"]], str(i.get("description") or "")) for i in behaviors]
    points = [item["code"] for item in behaviors if "point" in kinds[item["code"]]]
    return labels_of_rows(
        rows, text, options, NAME, fps=rate, report=report + oddities, declared=declared,
        assessed=_assessed(observation, groups, rate, options),
        layout=Layout(NAME, text.newline, text.bom, details={"points": "|".join(points)}),
    )  # fmt: skip


def _event(fields: Sequence[Any], kinds: dict[str, str], offset: float, *, indexed: bool) -> Event:
    """Return an event of a project; a frame counts only where one recording alone was watched."""
    modifier = "" if fields[3] in ("None", None) else str(fields[3])
    frame = fields[5] if indexed and len(fields) > 5 and isinstance(fields[5], int) else None
    status = POINT if "point" in kinds.get(fields[2], "") else ""
    return Event(float(fields[0]) - offset, str(fields[2]), modifier, str(fields[4] or ""), status, frame)


def _media(observation: dict[str, Any]) -> tuple[float | None, bool]:
    """Return the frame rate of the first recording of the first player, and whether it is the only one."""
    files = observation.get("file") or {}
    first = list(files.get("1", [])) if isinstance(files, dict) else []
    rates = (observation.get("media_info") or {}).get("fps") or {}
    fps = float(rates.get(first[0]) or 0) if first else 0.0
    return fps or None, len(first) == 1


def _assessed(
    observation: dict[str, Any], groups: dict[str, str], fps: float | None, options: ReadOptions
) -> dict[str, list[tuple[int, int]]] | None:
    """Return what was observed, where the observation is limited to an interval."""
    interval = observation.get("observation time interval") or [0, 0]
    if not float(interval[1]) or (fps is None and options.times is None):
        return None
    bounds = nearest_frames(np.array(interval, np.float64), fps, options.times) - options.first_frame
    stretch = (int(bounds[0]), int(bounds[1]))
    return {group: [stretch] for group in groups.values()}


def _codes(excluded: Any) -> set[str]:
    return {code.strip() for code in str(excluded or "").split(",") if code.strip()}


def exclusive_groups(codes: Sequence[str], excluded: dict[str, set[str]]) -> dict[str, str]:
    """Return the group of every behavior: those that all exclude each other share one.

    Parameters
    ----------
    codes
        Behaviors in the file's order.
    excluded
        Behavior to those that it ends when it begins.
    """
    groups: list[list[str]] = []
    for code in codes:
        fitting = (
            group
            for group in groups
            if all(other in excluded[code] and code in excluded[other] for other in group)
        )
        home = next(fitting, None)
        if home is None:
            groups.append([code])
        else:
            home.append(code)
    shared = [group for group in groups if len(group) > 1]
    names = {}
    for group in groups:
        number = f" {shared.index(group) + 1}" if len(shared) > 1 and len(group) > 1 else ""
        for code in group:
            names[code] = f"behavior{number}" if len(group) > 1 else code
    return names


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a project cannot hold: unlabeled frames, some names, frames shorter than milliseconds."""
    return [
        *gap_losses(labels, options),
        *name_losses(labels, _NAMES, "BORIS separates names by comma and bar"),
        *millisecond_losses(labels, options),
    ]


def write(labels: Labels, options: WriteOptions) -> str | bytes:
    """Return the content of a project with one observation; compressed where the name ends with ``.gz``."""
    return boris_project.project_file(labels, options)


FORMAT = Format(
    name=NAME,
    title="BORIS project, one observation",
    ending=".boris",
    cannot_hold=(
        "unlabeled frames, and none as a label of its own (both are time without a behavior)",
        "who labeled, other than in the description of the observation",
        "provenance",
        "frame times finer than milliseconds",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    holds_notes=True,
)
