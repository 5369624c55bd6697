"""Writing a BORIS project with one observation, as BORIS 7 and later open it."""

from __future__ import annotations

import datetime
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..ethogram import Behavior
from ..tracks import NONE
from .gap_writing import behavior_bouts, rate_to_write, remark, remarks_of, remarks_on
from .labels import Labels
from .options import WriteOptions
from .rates import times_of

VERSION = "7.0"
_STATE, _POINT = "State event", "Point event"


def project_file(labels: Labels, options: WriteOptions) -> str | bytes:
    """Return the content of a project; compressed where the file name ends with ``.gz``."""
    text = json.dumps(_project(labels, options), indent=1)
    if options.file_name.endswith(".gz"):
        return gzip.compress(text.encode("ascii"), mtime=0)
    return text


def observation_name(options: WriteOptions) -> str:
    """Return what an observation is called: the name of the file without its endings."""
    return Path(options.file_name.removesuffix(".gz")).stem.strip() or "observation"


def point_behaviors(labels: Labels) -> set[str]:
    """Return the behaviors that were point events in the source and are never longer than one frame."""
    layout = labels.layout
    known = set((layout.details.get("points") or "").split("|")) if layout else set()
    found = set()
    for behavior in labels.ethogram.behaviors:
        if behavior.name in known:
            bouts = labels.track.bouts(labels.ethogram.group_of(behavior.id))
            if {bout.length for bout in bouts if bout.label == behavior.id} <= {1}:
                found.add(behavior.name)
    return found


def events_of(labels: Labels, options: WriteOptions) -> list[tuple[float, int, str, str, str]]:
    """Return the events in the order of time: seconds, frame, behavior, status, comment."""
    fps = rate_to_write(labels, options, "A BORIS file")
    points, remarks = point_behaviors(labels), remarks_of(labels)
    bouts = [bout for group in range(labels.track.groups) for bout in behavior_bouts(labels, group)]
    starts = seconds_at([bout.start for bout in bouts], options, fps)
    stops = seconds_at([bout.stop for bout in bouts], options, fps)
    events = []
    for bout, start, stop in zip(bouts, starts, stops, strict=True):
        name, comment = labels.ethogram.label_name(bout.label), remarks_on(bout, remarks)
        first, last = bout.start + options.first_frame, bout.stop + options.first_frame
        if name in points:
            events.append((start, first, name, "POINT", comment))
        else:
            events.append((start, first, name, "START", comment))
            events.append((stop, last, name, "STOP", ""))
    # A behavior stops before the next one starts.
    return sorted(events, key=lambda event: (event[0], event[3] != "STOP"))


def seconds_at(frames: Sequence[int], options: WriteOptions, fps: float) -> list[float]:
    """Return the seconds at which frames of the track begin, to milliseconds."""
    numbers = np.array(frames, np.int64)
    if options.times is None:
        numbers = numbers + options.first_frame
    seconds = times_of(numbers, fps, options.times)
    return [] if seconds is None else [round(second, 3) for second in seconds.tolist()]


def length_of(labels: Labels, options: WriteOptions, fps: float) -> float:
    """Return the seconds that the labels last."""
    return seconds_at([labels.frames], options, fps)[0]


def unplaced_remarks(labels: Labels) -> list[str]:
    """Return the remarks that stand on no behavior, with their frames: the description takes them."""
    found = []
    for mark in remarks_of(labels):
        if not (labels.track.codes[mark.start : mark.stop, mark.group] > NONE).any():
            found.append(f"Frames {mark.start} to {mark.stop - 1}: {remark(mark)}")
    return found


def _project(labels: Labels, options: WriteOptions) -> dict[str, Any]:
    fps = rate_to_write(labels, options, "A BORIS file")
    now = datetime.datetime.now().isoformat(timespec="seconds")
    points = point_behaviors(labels)
    ethogram = labels.ethogram
    excluded = {
        behavior.name: [other.name for other in ethogram.behaviors if _excludes(behavior, other, points)]
        for behavior in ethogram.behaviors
    }
    media = labels.media or observation_name(options)
    described = [f"Labeled by {labels.annotator}."] if labels.annotator else []
    events = [
        [seconds, "", name, "", comment, frame]
        for seconds, frame, name, _status, comment in events_of(labels, options)
    ]
    observation = {
        "file": {"1": [media], **{str(player): [] for player in range(2, 9)}},
        "type": "MEDIA",
        "date": now,
        "description": "\n".join(described + unplaced_remarks(labels)),
        "time offset": 0.0,
        "observation time interval": [0, 0],
        "independent_variables": {},
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
        "media_info": {
            # Exports of BORIS leave out what lies behind the end: no STOP must be rounded beyond it.
            "length": {media: length_of(labels, options, fps) + 0.001},
            "fps": {media: fps},
            "hasVideo": {media: True},
            "hasAudio": {media: False},
            "offset": {"1": 0.0},
            "zoom level": {"1": 1.0},
        },
        "events": events,
    }
    return {
        "time_format": "hh:mm:ss",
        "project_date": now,
        "project_name": observation_name(options),
        "project_description": "",
        "project_format_version": VERSION,
        "subjects_conf": {},
        "behaviors_conf": {
            str(number): {
                "type": _POINT if behavior.name in points else _STATE,
                "key": behavior.keys[0] if behavior.keys else "",
                "code": behavior.name,
                "description": behavior.definition,
                "color": behavior.color,
                "category": "",
                "modifiers": {},
                "excluded": ",".join(excluded[behavior.name]),
                "coding map": "",
            }
            for number, behavior in enumerate(ethogram.behaviors)
        },
        "observations": {observation_name(options): observation},
        "behavioral_categories": [],
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }


def _excludes(behavior: Behavior, other: Behavior, points: set[str]) -> bool:
    """Return whether one behavior ends the other when it begins; points do not last, and so end nothing."""
    same = behavior.group == other.group and behavior.id != other.id
    return same and behavior.name not in points and other.name not in points
