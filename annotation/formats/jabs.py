"""JABS label files: JSON with the blocks of every behavior of every animal, behavior or not behavior."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ethogram import make_ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack, runs_of
from .choosing import chosen_one
from .gap_writing import remark, remarks_of
from .label_format import Format
from .labels import Labels, Loss, Mark
from .options import ReadOptions, WriteOptions
from .text import HEAD_BYTES, Text
from .wording import counted

NAME = "jabs"
VERSION = 1
#: What JABS calls the only animal of a recording.
IDENTITY = "0"
_KEYS = ("num_frames", "labels", "unfragmented_labels")
_TAG = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_TAG = 32


def sniff(text: Text) -> bool:
    """Return whether a file is JSON that names what a JABS file names."""
    head = text.content[:HEAD_BYTES]
    named = [f'"{key}"' in head for key in _KEYS]
    return head.lstrip().startswith("{") and named[0] and any(named[1:])


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read the labels of one animal; every behavior gets a group of its own.

    ``present`` is the behavior, or none where somebody said that it is not there; frames in no block are
    unlabeled. Both ends of a block belong to it. The labels as they were made count, not those that JABS cut
    to the frames on which the animal was tracked.

    Raises
    ------
    FormatError
        When the file is malformed, or it must be said which animal is meant.
    """
    try:
        data = json.loads(text.content)
    except (ValueError, RecursionError) as error:
        raise text.error(f"is no complete JSON ({error}); it may be cut off.") from error
    try:
        return [_read(data, text, options)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise text.error(f"is no JABS file: what JABS would write is not there ({error!r}).") from error


def _read(data: dict[str, Any], text: Text, options: ReadOptions) -> Labels:
    frames = int(data["num_frames"])
    if frames < 1:
        raise text.error(f"says that the recording has {frames} frames.")
    text.check_length(frames)
    found = data["unfragmented_labels"] if "unfragmented_labels" in data else data["labels"]
    held = [name for name, behaviors in found.items() if any(behaviors.values())]
    identity = chosen_one(text, "subject", held, options.subject, known=list(found), noun="animal")
    blocks: dict[str, list[dict[str, Any]]] = found[identity]
    codes = np.full((frames, max(len(blocks), 1)), UNLABELED, CODE)
    twice = 0
    for group, (name, parts) in enumerate(blocks.items()):
        for block in parts:
            start, stop = int(block["start"]), int(block["end"]) + 1
            if not 0 <= start < stop <= frames:
                raise text.error(
                    f"has a block of '{name}' from {start} to {stop - 1}, not on its {frames:,} frames."
                )
            column = codes[start:stop, group]
            twice += int((column != UNLABELED).sum())
            column[:] = group + 1 if block["present"] else NONE
    report = [f"On {counted(twice, 'frame')} blocks overlap: the later one was taken."] if twice else []
    return Labels(
        track=LabelTrack(codes),
        ethogram=make_ethogram(list(blocks), text.path.stem, exclusive=False),
        fps=options.fps,
        annotator=options.annotator or (str(data["labeler"]) if data.get("labeler") else None),
        format=NAME,
        source=text.path,
        report=report,
        marks=_marks(data.get("annotations") or [], identity, frames),
    )


def _marks(annotations: list[dict[str, Any]], identity: str, frames: int) -> tuple[Mark, ...]:
    """Return the notes on the timeline: those on this animal and on no animal."""
    marks = []
    for item in annotations:
        animal = item.get("identity", item.get("animal_id"))
        start, stop = int(item["start"]), int(item["end"]) + 1
        if animal not in (None, identity) and str(animal) != identity:
            continue
        note = str(item.get("description") or item.get("tag") or "")
        if note and 0 <= start < stop <= frames:
            marks.append(Mark(start, stop, note=note))
    return tuple(sorted(marks, key=lambda mark: mark.start))


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file cannot hold: nothing that a frame can say."""
    return []


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the content of a file with one animal.

    Where a group is decided, its other behaviors are written as not present.
    """
    blocks = {}
    for behavior in labels.ethogram.behaviors:
        found = _blocks(labels.track.codes[:, labels.ethogram.group_of(behavior.id)], behavior.id)
        if found:
            blocks[behavior.name] = found
    data: dict[str, Any] = {
        "version": VERSION,
        "file": labels.media or f"{Path(options.file_name).stem}.avi",
        "num_frames": labels.frames,
        "labels": {IDENTITY: blocks},
        "unfragmented_labels": {IDENTITY: blocks},
        "metadata": {"project": {}, "video": {}},
    }
    if labels.annotator:
        data["labeler"] = labels.annotator
    notes = remarks_of(labels)
    if notes:
        data["annotations"] = [
            {
                "start": mark.start,
                "end": mark.stop - 1,
                "tag": _TAG.sub("-", remark(mark)).strip("-")[:_LONGEST_TAG] or "note",
                "color": "#808080",
                "description": remark(mark),
            }
            for mark in notes
        ]
    return json.dumps(data, indent=1)


def _blocks(codes: NDArray[np.int16], behavior: int) -> list[dict[str, Any]]:
    """Return the runs of one behavior and of its absence, both ends included."""
    states = np.where(codes == behavior, 1, np.where(codes == UNLABELED, UNLABELED, NONE))
    found: list[dict[str, Any]] = []
    start = 0
    for length, state in runs_of(states):
        if state != UNLABELED:
            found.append({"start": start, "end": start + length - 1, "present": state == 1})
        start += length
    return found


FORMAT = Format(
    name=NAME,
    title="JABS labels, one animal",
    ending="_jabs.json",
    cannot_hold=(
        "which behaviors exclude each other",
        "behaviors and groups in which nothing is decided",
        "which behavior a note belongs to",
        "provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
    holds_notes=True,
)
