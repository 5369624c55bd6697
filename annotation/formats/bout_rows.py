"""Bouts brought to tracks: annotators apart, overlapping behaviors in groups of their own, gaps as told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import GapsError
from ..ethogram import NONE_NAME, UNLABELED_NAME, Ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .labels import Labels, Layout, Mark
from .options import OVERLAP_RULES, ReadOptions
from .text import LabelFile
from .wording import counted

DEFAULT_GROUP = "behavior"
#: Stands for a frame that no row covers, until the caller's choice fills it.
_GAP = -2


@dataclass(frozen=True)
class Row:
    """One bout of a file, in frames of the track."""

    start: int
    stop: int
    name: str
    group: str
    annotator: str = ""
    provenance: str = ""
    note: str = ""
    uncertain: bool = False


@dataclass(frozen=True)
class Declared:
    """A behavior that a file lists, whether it occurs or not."""

    name: str
    group: str
    definition: str = ""


def labels_of_rows(
    rows: Sequence[Row],
    file: LabelFile,
    options: ReadOptions,
    format_name: str,
    *,
    fps: float | None,
    report: Sequence[str] = (),
    declared: Sequence[Declared] = (),
    length: int | None = None,
    assessed: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    layout: Layout | None = None,
) -> list[Labels]:
    """Return the labels of every annotator, in the order of their first rows.

    All of them share one ethogram and one length, so that they can be compared.

    Parameters
    ----------
    rows
        The bouts in the file's order. Names are compared without case; a row called ``none`` or ``unlabeled``
        is that label.
    file
        Where they come from.
    options
        ``overlaps``, ``gaps`` and ``frames`` count here.
    format_name, fps, report, layout
        Of the labels.
    declared
        Behaviors that the file lists; they come first in the ethogram.
    length
        Number of frames, where the file says so; otherwise the track ends with the last bout.
    assessed
        Group to the stretches ``[start, stop)`` that somebody looked at; what no bout covers outside of them
        is unlabeled, whatever `gaps` says. A group that is not named was looked at throughout.

    Raises
    ------
    FormatError
        When there is nothing to read, or the file leaves open what lies between the bouts.
    """
    if options.overlaps not in (None, *OVERLAP_RULES):
        raise file.error(f"is read with overlaps={' or '.join(OVERLAP_RULES)}, not '{options.overlaps}'.")
    rows = [replace(row, name=" ".join(row.name.split())) for row in rows]
    if length is not None:
        rows = [row for row in rows if row.start < length]
    looked_at = [stop for stretches in (assessed or {}).values() for _start, stop in stretches]
    frames = length or max([*(row.stop for row in rows), *looked_at, options.frames or 0])
    file.check_length(frames)
    if not frames:
        raise file.error("holds no bout; say how many frames the recording has to read it as unlabeled.")
    report = list(report)
    parts: dict[str, list[str]] = {}
    if options.overlaps != "later":
        rows, parts, overlapping = _apart(rows, frames)
        report += overlapping
    else:
        report += _decided(rows, frames)
    ethogram = _ethogram(rows, parts, file, declared)
    painter = _Painter(ethogram, parts, in_order=options.overlaps == "later")
    outside = painter.outside(assessed or {}, frames)
    found = []
    for annotator in dict.fromkeys(row.annotator for row in rows) or [""]:
        own = [row for row in rows if row.annotator == annotator]
        codes = painter.codes(own, frames)
        codes[outside & (codes == _GAP)] = UNLABELED
        found.append(
            Labels(
                track=_track(codes, options.gaps, file),
                ethogram=ethogram,
                fps=fps,
                annotator=annotator or None,
                format=format_name,
                source=file.path,
                report=list(report),
                marks=painter.marks(own),
                open_ended=length is None,
                after=NONE if options.gaps == "none" and not assessed else UNLABELED,
                layout=layout,
            )
        )
    return found


def _apart(rows: list[Row], frames: int) -> tuple[list[Row], dict[str, list[str]], list[str]]:
    """Give the behaviors of a group in which bouts overlap groups of their own.

    Returns
    -------
    rows
        The rows with their new groups; rows of none keep the old one.
    parts
        Every group that was split, to its new groups.
    report
        What was done.
    """
    report: list[str] = []
    parts: dict[str, list[str]] = {}
    groups = list(dict.fromkeys(row.group for row in rows))
    for group in groups:
        count = _overlapping(rows, group, frames)
        if count:
            parts[group] = []
            report.append(
                f"Bouts of different behaviors overlap on {counted(count, 'frame')}: "
                "each behavior got a group of its own."
            )
    kept = {group.casefold() for group in groups if group not in parts}
    moved = []
    for row in rows:
        if row.group in parts and not _is_special(row.name):
            new = f"{row.name} ({row.group})" if row.name.casefold() in kept else row.name
            parts[row.group].append(new)
            row = replace(row, group=new)
        moved.append(row)
    return moved, parts, report


def _decided(rows: list[Row], frames: int) -> list[str]:
    """Return on how many frames the later of several behaviors was taken."""
    count = sum(_overlapping(rows, group, frames) for group in dict.fromkeys(row.group for row in rows))
    if not count:
        return []
    return [f"Bouts of different behaviors overlap on {counted(count, 'frame')}: the later one was taken."]


def _overlapping(rows: list[Row], group: str, frames: int) -> int:
    """Return on how many frames one annotator has several behaviors in a group."""
    total = 0
    for annotator in dict.fromkeys(row.annotator for row in rows):
        own = [r for r in rows if r.annotator == annotator and r.group == group and not _is_special(r.name)]
        depth = np.zeros(frames, np.int32)
        for name in {row.name.casefold() for row in own}:
            edges = np.zeros(frames + 1, np.int32)
            np.add.at(edges, [row.start for row in own if row.name.casefold() == name], 1)
            np.add.at(edges, [row.stop for row in own if row.name.casefold() == name], -1)
            depth += np.cumsum(edges[:-1]) > 0
        total += int((depth > 1).sum())
    return total


def _is_special(name: str) -> bool:
    return name.casefold() in (NONE_NAME, UNLABELED_NAME)


def _ethogram(
    rows: list[Row], parts: dict[str, list[str]], file: LabelFile, declared: Sequence[Declared]
) -> Ethogram:
    """Return the ethogram of the names in the file's order.

    A group in which only none occurs is kept by a behavior of its name that never occurs.
    """
    items = _listed(rows, parts, declared)
    for row in rows:
        if _is_special(row.name):
            continue
        known = items.setdefault(row.name.casefold(), {"name": row.name, "group": row.group})
        if known["group"] != row.group and known["name"].casefold() != known["group"].casefold():
            raise file.error(f"has '{row.name}' in the groups '{known['group']}' and '{row.group}'.")
    groups = {item["group"] for item in items.values()}
    silent = [g for g in dict.fromkeys(row.group for row in rows) if g not in groups and g not in parts]
    if groups or silent != [DEFAULT_GROUP]:
        for group in silent:
            name = f"{group} (group)" if group.casefold() in items else group
            items[name.casefold()] = {"name": name, "group": group}
    return Ethogram.from_dict({"name": file.path.stem, "behaviors": list(items.values())}, str(file.path))


def _listed(
    rows: list[Row], parts: dict[str, list[str]], declared: Sequence[Declared]
) -> dict[str, dict[str, str]]:
    """Return the behaviors that the file lists, in the groups that its rows have by now."""
    groups = {row.name.casefold(): row.group for row in rows}
    items = {}
    for behavior in declared:
        name = " ".join(behavior.name.split())
        if not name or _is_special(name):
            continue
        group = groups.get(name.casefold(), behavior.group)
        if group in parts:
            group = name
            parts[behavior.group].append(group)
        items[name.casefold()] = {"name": name, "group": group, "definition": behavior.definition}
    return items


class _Painter:
    """Paints rows on tracks of one ethogram.

    Parameters
    ----------
    ethogram
        Of the whole file.
    parts
        Groups that were split, to their new groups: a row of none there speaks of all of them.
    in_order
        Later rows win; otherwise a behavior wins over none.
    """

    def __init__(self, ethogram: Ethogram, parts: dict[str, list[str]], *, in_order: bool) -> None:
        self._groups = {name: [index] for index, name in enumerate(ethogram.groups)}
        self._groups |= {old: [ethogram.groups.index(n) for n in new] for old, new in parts.items()}
        self._codes = {behavior.name.casefold(): behavior.id for behavior in ethogram.behaviors}
        self._codes |= {NONE_NAME: NONE, UNLABELED_NAME: UNLABELED}
        self._shape = len(ethogram.groups)
        self._in_order = in_order

    def codes(self, rows: list[Row], frames: int) -> NDArray[np.int16]:
        """Return codes (frames, groups), `_GAP` where no row is."""
        codes = np.full((frames, self._shape), _GAP, CODE)
        ordered = rows if self._in_order else sorted(rows, key=lambda row: not _is_special(row.name))
        for row in ordered:
            codes[row.start : row.stop, self._groups[row.group]] = self._codes[row.name.casefold()]
        return codes

    def outside(self, assessed: Mapping[str, Sequence[tuple[int, int]]], frames: int) -> NDArray[np.bool_]:
        """Return where nobody looked (frames, groups)."""
        outside = np.zeros((frames, self._shape), bool)
        for group, stretches in assessed.items():
            for index in self._groups.get(group, []):
                outside[:, index] = True
                for start, stop in stretches:
                    outside[max(start, 0) : max(stop, 0), index] = False
        return outside

    def marks(self, rows: list[Row]) -> tuple[Mark, ...]:
        """Return what the rows say beyond labels, in time order."""
        marks = [
            Mark(row.start, row.stop, group, row.provenance, row.note, row.uncertain)
            for row in rows
            if row.provenance or row.note or row.uncertain
            for group in self._groups[row.group]
        ]
        return tuple(sorted(marks, key=lambda mark: (mark.start, mark.group)))


def _track(codes: NDArray[np.int16], gaps: str | None, file: LabelFile) -> LabelTrack:
    """Return the track with its gaps filled as the caller says."""
    open_frames = int((codes == _GAP).any(axis=1).sum())
    if open_frames and gaps is None:
        raise GapsError(
            f"The label file {file.path} does not say what the {open_frames:,} of {len(codes):,} frames are "
            "that its bouts leave open; say it (gaps=none: somebody looked and saw nothing; gaps=unlabeled: "
            "nobody looked; on the command line with --gaps)."
        )
    codes[codes == _GAP] = NONE if gaps == "none" else UNLABELED
    return LabelTrack(codes)
