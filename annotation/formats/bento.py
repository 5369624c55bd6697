"""Annotation files of Bento and MARS (``.annot``): channels of bouts, in frames or seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np

from .bout_rows import DEFAULT_GROUP, Declared, Row, labels_of_rows
from .choosing import chosen_one
from .gap_writing import behavior_bouts, gap_losses, name_losses, rate_to_write
from .label_format import Format
from .labels import Labels, Loss
from .options import ReadOptions, WriteOptions
from .rates import clock_difference, nearest_frames, rate_difference
from .text import Text

NAME = "bento"
_FIRST_LINE = "bento annotation file"
_FIELD = re.compile(
    r"(annotation (?:start|stop) (?:frame|time)|annotation framerate):\s*(\S+)", re.IGNORECASE
)
_RULE = re.compile(r"(.+?)-{3,}")
_NAMES = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass
class _Content:
    """What stands in a file.

    Attributes
    ----------
    fields
        Lines of the header that carry a number.
    behaviors
        The list of annotations.
    bouts
        Channel to the bouts in it: line, behavior, start, stop, as they stand there.
    """

    fields: dict[str, float] = field(default_factory=dict)
    behaviors: list[str] = field(default_factory=list)
    bouts: dict[str, list[tuple[int, str, str, str]]] = field(default_factory=dict)


def sniff(text: Text) -> bool:
    """Return whether the first line is that of a Bento file."""
    return text.head[0].strip().casefold().startswith(_FIRST_LINE)


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read the bouts of all channels, or of one where channels share behaviors.

    Frames count from 1 and the stop frame belongs to the bout. Seconds are such frame numbers divided by the
    frame rate. What lies outside of the annotated span is unlabeled; inside of it ``gaps`` says what it is.

    Raises
    ------
    FormatError
        When the file is malformed, or leaves open which channel is meant, the frame rate, or what the frames
        between the bouts are.
    """
    content = _parsed(text)
    channels = _channels(content, text, options)
    own = content.fields.get("annotation framerate")
    fps = options.fps or own
    bouts = [(name, bout) for name in channels for bout in content.bouts[name]]
    in_seconds = any("." in start + stop for _, (_, _, start, stop) in bouts)
    report = (clock_difference if in_seconds else rate_difference)(own, options.fps)
    rows = []
    for name, (line, behavior, start, stop) in bouts:
        first, last = _frames(text, line, start, stop, fps, options)
        group = name if len(channels) > 1 else DEFAULT_GROUP
        rows.append(Row(max(first, 0), last, behavior, group))
    groups = dict.fromkeys([row.group for row in rows] or [DEFAULT_GROUP])
    declared = [Declared(name, next(iter(groups))) for name in content.behaviors]
    span = _span(content, fps)
    return labels_of_rows(
        [replace(row, stop=max(row.stop, row.start + 1)) for row in rows],
        text, options, NAME, fps=fps, report=report, declared=declared,
        assessed=None if span is None else {group: [span] for group in groups},
    )  # fmt: skip


def _parsed(text: Text) -> _Content:
    content, channel, behavior, listing = _Content(), "", "", ""
    for number, raw in enumerate(text.content.split("\n"), start=1):
        line = raw.strip()
        rule, known = _RULE.fullmatch(line), _FIELD.fullmatch(line)
        if not line:
            listing = ""
        elif known:
            try:
                content.fields[known[1].casefold()] = float(known[2])
            except ValueError as error:
                raise text.error(f"has '{known[2]}' in line {number} where a number is expected.") from error
        elif line.casefold().startswith(("list of channels", "list of annotations")):
            listing = "annotations" if "annotations" in line.casefold() else "channels"
        elif rule and not listing:
            channel, behavior = rule[1].strip(), ""
            content.bouts.setdefault(channel, [])
        elif listing == "annotations":
            content.behaviors.append(line)
        elif channel and line.startswith(">"):
            behavior = line[1:].strip()
        elif channel and behavior and not line.casefold().startswith("start"):
            cells = line.split()
            if len(cells) < 2:
                raise text.error(f"has '{line[:40]}' in line {number} where start and stop are expected.")
            content.bouts[channel].append((number, behavior, cells[0], cells[1]))
    if not content.bouts:
        raise text.error("holds no channel of annotations; it may be cut off.")
    return content


def _channels(content: _Content, text: Text, options: ReadOptions) -> list[str]:
    """Return the channels to read: all, unless they share behaviors as those of two animals do."""
    held = [name for name, bouts in content.bouts.items() if bouts]
    if options.subject is not None:
        return [chosen_one(text, "subject", held, options.subject, known=list(content.bouts), noun="channel")]
    names = [name for channel in held for name in {bout[1] for bout in content.bouts[channel]}]
    if len(set(names)) < len(names):
        return [chosen_one(text, "subject", held, None, noun="channel")]
    return held


def _frames(
    text: Text, line: int, start: str, stop: str, fps: float | None, options: ReadOptions
) -> tuple[int, int]:
    """Return the first frame of a bout and the frame after its last one, from 0."""
    try:
        begins, ends = float(start), float(stop)
    except ValueError as error:
        raise text.error(f"has '{start} {stop}' in line {line} where start and stop are expected.") from error
    if not (np.isfinite(begins) and np.isfinite(ends)) or ends < begins:
        raise text.error(f"has a bout that stops before it starts in line {line}: {start} to {stop}.")
    if "." not in start + stop and "e" not in (start + stop).casefold():
        return int(begins) - 1 - options.first_frame, int(ends) - options.first_frame
    if fps is None:
        raise text.error("gives seconds; say how many frames per second the recording has (fps).")
    # Seconds stand for frame numbers from 1: without a table of times, they are only divided by the rate.
    first, last = nearest_frames(np.array([begins, ends]), fps, None)
    return int(first) - 1 - options.first_frame, int(last) - options.first_frame


def _span(content: _Content, fps: float | None) -> tuple[int, int] | None:
    """Return the annotated stretch, where the file says which it is."""
    get = content.fields.get
    start, stop = get("annotation start frame"), get("annotation stop frame")
    if stop is None and fps is not None and get("annotation stop time") is not None:
        start, stop = (get(f"annotation {end} time", 0.0) * fps for end in ("start", "stop"))
        start = (start or 0.0) + 1
    if stop is None:
        return None
    first, last = int(np.floor((start or 1.0) - 1 + 0.5)), int(np.floor(stop + 0.5))
    return (max(first, 0), last) if last > first else None


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file cannot hold: unlabeled frames, and names that are no field of a MATLAB struct."""
    why = "Bento takes letters, digits and underscores, a letter first"
    return [*gap_losses(labels, options), *name_losses(labels, _NAMES, why)]


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a file in frames, one channel a group."""
    fps = rate_to_write(labels, options, "A Bento file")
    channels = [f"Ch{group + 1}" for group in range(labels.track.groups)]
    lines = [
        "Bento annotation file",
        f"Movie file(s): {labels.media or ''}".rstrip(),
        "",
        "Stimulus name:",
        "Annotation start frame: 1",
        f"Annotation stop frame: {labels.frames}",
        f"Annotation framerate: {fps:.9g}",
        "",
        "List of channels:",
        *channels,
        "",
        "List of annotations:",
        *(behavior.name for behavior in labels.ethogram.behaviors),
        "",
    ]
    for group, channel in enumerate(channels):
        lines.append(f"{channel}----------")
        bouts = behavior_bouts(labels, group)
        for code in dict.fromkeys(bout.label for bout in bouts):
            lines += [f">{labels.ethogram.label_name(code)}", "Start\tStop\tDuration"]
            lines += [f"{b.start + 1}\t{b.stop}\t{b.length}" for b in bouts if b.label == code]
            lines.append("")
        lines.append("")
    return "\n".join(lines)


FORMAT = Format(
    name=NAME,
    title="Bento and MARS annotations",
    ending=".annot",
    cannot_hold=(
        "which behaviors exclude each other",
        "unlabeled frames, and none as a label of its own (both are time without a behavior)",
        "behavior names with anything but letters, digits and underscores",
        "who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
