"""Text files of the Caltech Behavior Annotator: streams without gaps, frames from 1, both ends included."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..ethogram import Ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .choosing import chosen_one
from .gap_writing import gap_losses, name_losses
from .label_format import Format
from .labels import Labels, Layout, Loss
from .options import ReadOptions, WriteOptions
from .text import Text
from .wording import counted

NAME = "caltech"
FIRST_LINE = "Caltech Behavior Annotator - Annotation File"
#: What stands for "no behavior" in files that are written, the first that no behavior is called.
_OTHERS = ("other", "base", "no_behavior")
_STREAM = re.compile(r"S(\d+):.*")
_NAMES = re.compile(r"\S+")


@dataclass
class _Content:
    """The listed names in the file's order, and the rows (line, start, stop, name) of every stream."""

    names: list[str] = field(default_factory=list)
    streams: dict[str, list[tuple[int, int, int, str]]] = field(default_factory=dict)


def sniff(text: Text) -> bool:
    """Return whether the first line is that of a Caltech file."""
    return text.head[0].strip().casefold() == FIRST_LINE.casefold()


def read(text: Text, options: ReadOptions) -> list[Labels]:
    """Read all streams, each as a group, or one of them where streams share behaviors.

    The first name of the configuration fills what is no behavior, and is read as none; ``background``
    makes it unlabeled.

    Raises
    ------
    FormatError
        When the file is malformed, or it must be said which stream is meant.
    """
    content = _parsed(text)
    other = content.names[0].casefold()
    streams = _streams(content, other, text, options)
    frames = max(content.streams[name][-1][2] for name in streams)
    text.check_length(frames)
    items = [
        {"name": name, "group": stream}
        for stream in streams
        for name in _held(content, stream, other)
    ]  # fmt: skip
    used = {item["name"].casefold() for item in items}
    items += [{"name": n, "group": streams[0]} for n in content.names[1:] if n.casefold() not in used]
    ethogram = Ethogram.from_dict({"name": text.path.stem, "behaviors": items}, str(text.path))
    codes = np.full((frames, len(ethogram.groups)), UNLABELED, CODE)
    background = UNLABELED if options.background == "unlabeled" else NONE
    report = []
    for stream in streams:
        if stream in ethogram.groups or len(ethogram.groups) == 1:
            group = ethogram.groups.index(stream) if stream in ethogram.groups else 0
            report += _paint(
                codes[:, group], content.streams[stream], stream, other, background, ethogram, text
            )
    count = int((codes == background).all(axis=1).sum())
    word = "unlabeled" if background == UNLABELED else "none"
    report.append(f"'{content.names[0]}' stands for no behavior: {counted(count, 'frame')} taken as {word}.")
    return [
        Labels(
            track=LabelTrack(codes), ethogram=ethogram, fps=options.fps, annotator=options.annotator,
            format=NAME, source=text.path, report=report,
            layout=Layout(NAME, text.newline, text.bom, details={"other": content.names[0]}),
        )
    ]  # fmt: skip


def _parsed(text: Text) -> _Content:
    content, stream, configuring = _Content(), "", False
    for number, raw in enumerate(text.content.split("\n"), start=1):
        line = raw.strip()
        opening = _STREAM.fullmatch(line)
        if opening:
            stream, configuring = f"S{opening[1]}", False
            content.streams[stream] = []
        elif line.casefold().startswith("configuration file"):
            configuring = True
        elif not line or set(line) == {"-"}:
            configuring = configuring and not content.names
        elif configuring:
            content.names.append(line.split()[0])
        elif stream:
            content.streams[stream].append(_row(text, number, line, content.streams[stream]))
    content.streams = {name: rows for name, rows in content.streams.items() if rows}
    if not content.streams:
        raise text.error("holds no stream of annotations; it may be cut off.")
    listed = {name.casefold() for name in content.names}
    for rows in content.streams.values():
        for row in rows:
            if row[3].casefold() not in listed:
                listed.add(row[3].casefold())
                content.names.append(row[3])
    return content


def _row(
    text: Text, number: int, line: str, before: list[tuple[int, int, int, str]]
) -> tuple[int, int, int, str]:
    cells = line.split(maxsplit=2)
    if len(cells) < 3 or not (cells[0].isdigit() and cells[1].isdigit()):
        raise text.error(f"has '{line[:40]}' in line {number} where start, end and type are expected.")
    start, stop = int(cells[0]) - 1, int(cells[1])
    if not 0 <= start < stop:
        raise text.error(
            f"has a bout that stops before it starts in line {number}: {cells[0]} to {cells[1]}."
        )
    if before and start < before[-1][2]:
        raise text.error(f"has a bout in line {number} that begins before the one above it ends.")
    return number, start, stop, cells[2]


def _streams(content: _Content, other: str, text: Text, options: ReadOptions) -> list[str]:
    """Return the streams to read: all, unless they share behaviors as those of two animals do."""
    names = list(content.streams)
    if options.subject is not None or len(names) == 1:
        return [chosen_one(text, "subject", names, options.subject, noun="stream")]
    held = [name.casefold() for stream in names for name in _held(content, stream, other)]
    if len(set(held)) < len(held):
        return [chosen_one(text, "subject", names, None, noun="stream")]
    return [name for name in names if _held(content, name, other)] or names[:1]


def _held(content: _Content, stream: str, other: str) -> list[str]:
    """Return the behaviors of a stream, in the order of the configuration."""
    present = {row[3].casefold() for row in content.streams[stream]} - {other}
    return [name for name in content.names if name.casefold() in present]


def _paint(
    column: NDArray[np.int16],
    rows: list[tuple[int, int, int, str]],
    stream: str,
    other: str,
    background: int,
    ethogram: Ethogram,
    text: Text,
) -> list[str]:
    """Write the rows of a stream into a column of the track, and return what was odd."""
    for _line, start, stop, name in rows:
        behavior = None if name.casefold() == other else ethogram.by_name(name)
        column[start:stop] = background if behavior is None else behavior.id
    covered = sum(stop - start for _line, start, stop, _name in rows)
    report = []
    if covered < rows[-1][2]:
        missing = counted(rows[-1][2] - covered, "frame", "is", "are")
        report.append(f"{missing} in no row of {stream}: unlabeled.")
    if rows[-1][2] < column.size:
        report.append(f"{stream} ends after {rows[-1][2]:,} of {counted(column.size, 'frame')}.")
    return report


def losses(labels: Labels, options: WriteOptions) -> list[Loss]:
    """Return what a file cannot hold: unlabeled frames, and names with spaces."""
    return [*gap_losses(labels, options), *name_losses(labels, _NAMES, "names are told apart by spaces")]


def write(labels: Labels, options: WriteOptions) -> str:
    """Return the text of a file, one stream a group; none and what is left are ``other``."""
    taken = {behavior.name.casefold() for behavior in labels.ethogram.behaviors}
    known = labels.layout.details.get("other") if labels.layout else None
    candidates = [known, *_OTHERS] if known else list(_OTHERS)
    other = next(name for name in candidates if name.casefold() not in taken)
    keys = set("".join(key for b in labels.ethogram.behaviors for key in b.keys[:1]))
    free = iter(letter for letter in "oz" + string.ascii_letters if letter not in keys)
    lines = [FIRST_LINE, "", "Configuration file:", f"{other}\t{next(free)}"]
    lines += [f"{b.name}\t{b.keys[0] if b.keys else next(free)}" for b in labels.ethogram.behaviors]
    for group in range(labels.track.groups):
        lines += ["", f"S{group + 1}:\tstart\tend\ttype", "-" * 29]
        column = np.maximum(labels.track.codes[:, [group]], NONE)
        for bout in LabelTrack(column).bouts():
            name = labels.ethogram.label_name(bout.label) if bout.label > NONE else other
            lines.append(f"   \t{bout.start + 1}\t{bout.stop}\t{name}")
    return "\n".join([*lines, ""])


FORMAT = Format(
    name=NAME,
    title="Caltech Behavior Annotator",
    ending="_caltech.txt",
    cannot_hold=(
        "unlabeled frames",
        "the difference between none and no behavior (both are the first name of the configuration)",
        "behavior names with spaces",
        "names of groups, who labeled, notes and provenance",
    ),
    sniff=sniff,
    read=read,
    losses=losses,
    write=write,
)
