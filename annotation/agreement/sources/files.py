"""Label files as the material of an agreement report: raters named, frames laid together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import AgreementError
from ...ethogram import NONE_NAME
from ...formats import Labels, read_all, rename
from ...formats.columns import numbers_of
from ...formats.fitting import SHORT_TAIL
from ...formats.rates import SAME_RATE
from ...recordings import parse_name
from ...tracks import NONE
from .ethograms import on_one_ethogram
from .material import Coding, Material, SharedClip
from .overlaps import in_one_group, overlap_rule

#: Used where no file says how many frames a second has, and told so.
ASSUMED_FPS = 25.0
#: Endings of DeepEthoProfile files that review one another: those with one stem have one origin.
_REVIEWED = re.compile(r"_map(_new(_v2)?)?$")


@dataclass(frozen=True)
class FileOptions:
    """What a caller can say about label files that are compared.

    Attributes
    ----------
    format
        Name of their format; found out for each file when not given.
    fps
        Frames per second of the recordings.
    frames
        Number of frames of the recording.
    mapping
        Old to new behavior names, ``none`` and ``unlabeled`` possible on both sides.
    gaps
        What frames between the bouts of bout tables are, ``none`` or ``unlabeled``.
    background
        What a frame of one-hot tables and their like is on which nothing is set, ``none`` or ``unlabeled``.
    priority
        Where bouts of one rater overlap: ``("later",)``, the later row wins; ``("apart",)``, every behavior
        is compared by itself; or behaviors, the first of which wins. Empty: the rule of the format, and one
        exclusive group where no frame of any file carries several behaviors.
    allow_mismatch
        Compare files of very different lengths from the first frame on.
    read
        Further options of the readers, such as ``video`` and ``columns``.
    """

    format: str | None = None
    fps: float | None = None
    frames: int | None = None
    mapping: Mapping[str, str] | None = None
    gaps: str | None = None
    background: str | None = None
    priority: tuple[str, ...] = ()
    allow_mismatch: bool = False
    read: Mapping[str, Any] | None = None


def material_of_files(paths: Sequence[Path], options: FileOptions | None = None) -> Material:
    """Read label files so that they can be compared.

    Each file holds the labels of one rater, or of several, over one recording, or over several. Recordings
    are matched by their names where files give them. Names of behaviors are matched without case. Frames
    beyond the end of the shorter of two frame tables are left out; bout tables end where the longest ends.

    Parameters
    ----------
    paths
        The files, each once.
    options
        What only the caller knows.

    Raises
    ------
    AgreementError
        When fewer than two raters, different recordings, rates, or lengths, or names that do not meet make
        a comparison meaningless: one sentence with numbers.
    FormatError
        When a file cannot be read.
    """
    options = options or FileOptions()
    twice = next((path for path in paths if [p.resolve() for p in paths].count(path.resolve()) > 1), None)
    if twice is not None:
        raise AgreementError(f"{twice} was given twice; agreement needs the labels of two raters.")
    found = [labels for path in paths for labels in _read(path, options)]
    notes: list[str] = []
    fps = _common_rate(found, options.fps, notes)
    found = _renamed(_with_recordings(_with_raters(found)), options.mapping or {})
    ethogram, found = on_one_ethogram(in_one_group(found, options.priority, notes), notes)
    clips, unshared = _shared_clips(found, fps, options, notes)
    raters = tuple(dict.fromkeys(str(labels.annotator) for labels in found))
    gaps = _gaps(found, options)
    overlaps = overlap_rule(found, options.priority, (options.read or {}).get("overlaps"))
    material = Material(raters, ethogram, tuple(clips), gaps, overlaps, unshared)
    said = [sentence for labels in found for sentence in labels.report]
    return replace(material, notes=tuple(dict.fromkeys([*said, *notes, *material.oddities()])))


def _read(path: Path, options: FileOptions) -> list[Labels]:
    given: dict[str, Any] = dict(options.read or {})
    if options.priority:
        given["overlaps"] = "later" if options.priority == ("later",) else "apart"
    found = read_all(
        path,
        options.format,
        fps=options.fps,
        frames=options.frames,
        gaps=options.gaps,
        background=options.background,
        allow_mismatch=options.allow_mismatch,
        **given,
    )
    return sorted(found, key=lambda labels: (labels.annotator or "").casefold())


def _renamed(found: list[Labels], mapping: Mapping[str, str]) -> list[Labels]:
    """Apply the mapping to every file, to the names that it holds; a name that no file holds is a mistake."""
    held = [{_plain(b.name) for b in labels.ethogram.behaviors} | {NONE_NAME} for labels in found]
    unknown = [old for old in mapping if not any(_plain(old) in names for names in held)]
    if unknown:
        known = ", ".join(dict.fromkeys(b.name for labels in found for b in labels.ethogram.behaviors))
        raise AgreementError(
            f"The mapping names '{unknown[0]}', which no file holds; the files hold {known}."
        )
    renamed = []
    for labels, names in zip(found, held, strict=True):
        own = {old: new for old, new in mapping.items() if _plain(old) in names}
        renamed.append(rename(labels, own) if own else labels)
    return renamed


def _common_rate(found: list[Labels], given: float | None, notes: list[str]) -> float:
    if given is not None:
        return given
    rates = {str(labels.source): labels.fps for labels in found if labels.fps is not None}
    if not rates:
        notes.append(
            f"No file says how many frames there are per second; {ASSUMED_FPS:g} were assumed for everything "
            "in seconds (another rate: --fps)."
        )
        return ASSUMED_FPS
    (first, rate), *others = rates.items()
    for other, different in others:
        if abs(different - rate) > SAME_RATE * rate:
            raise AgreementError(
                f"{first} was made at {rate:g} frames per second and {other} at {different:g}; give the rate "
                "of the recording (--fps) if both are of the same one."
            )
    return rate


def _with_raters(found: list[Labels]) -> list[Labels]:
    """Give every rater a name, the file's own or that of the file, so that no two share one."""
    named = [replace(labels, annotator=labels.annotator or _stem(labels)) for labels in found]
    for longer in (lambda labels: _stem(labels), lambda labels: str(labels.source)):
        places = [(labels.annotator, labels.recording or _place(labels)) for labels in named]
        clashing = {rater for rater, place in places if places.count((rater, place)) > 1}
        named = [
            replace(labels, annotator=f"{original.annotator or 'labels'} ({longer(labels)})")
            if labels.annotator in clashing
            else labels
            for labels, original in zip(named, found, strict=True)
        ]
    return named


def _stem(labels: Labels) -> str:
    return labels.source.stem if labels.source else "labels"


def _place(labels: Labels) -> str:
    """Return the recording, or the clip of one, that the name of the file speaks of; empty if of none."""
    said = parse_name(labels.source.name) if labels.source else None
    if said is None:
        return ""
    moment = f"{said.recorded_at:%Y%m%d_%H%M}"
    clip = f"_s{said.start_frame}_n{said.frames}" if said.frames is not None else ""
    return f"{said.subject}_{moment}{clip}"


def _with_recordings(found: list[Labels]) -> list[Labels]:
    """Give every file its recording, and refuse where it can be told that two are of different ones."""
    names = [labels.recording or _place(labels) for labels in found]
    known = list(dict.fromkeys(name for name in names if name))
    if "" in names and len(known) > 1:
        unnamed = found[names.index("")].source
        raise AgreementError(
            f"{unnamed} does not say which of the recordings {', '.join(known[:5])} it belongs to; compare "
            "the files of one recording at a time."
        )
    fallback = known[0] if known else "recording"
    placed = [replace(labels, recording=name or fallback) for labels, name in zip(found, names, strict=True)]
    _check_first_frames(placed)
    return placed


def _check_first_frames(found: list[Labels]) -> None:
    """Refuse frame tables of one recording that begin at different frames of it, as those of two clips do."""
    firsts: dict[str, tuple[str, int]] = {}
    for labels in found:
        if labels.frame_column is None or not labels.frame_column.size:
            continue
        first = numbers_of(labels.frame_column[:1])[0]
        if not np.isfinite(first) or first <= 1:
            continue  # numbered from the clip's own first frame
        file, other = firsts.setdefault(labels.recording, (str(labels.source), int(first)))
        if other != first:
            raise AgreementError(
                f"{file} begins at frame {other:,} and {labels.source} at frame {int(first):,}: they are of "
                "two different clips, which cannot be compared."
            )


def _shared_clips(
    found: list[Labels], fps: float, options: FileOptions, notes: list[str]
) -> tuple[list[SharedClip], dict[str, int]]:
    by_recording: dict[str, list[Labels]] = {}
    for labels in found:
        by_recording.setdefault(labels.recording, []).append(labels)
    clips: list[SharedClip] = []
    unshared: dict[str, int] = {}
    for recording, own in by_recording.items():
        if len({labels.annotator for labels in own}) < 2:
            unshared[_ALONE] = unshared.get(_ALONE, 0) + own[0].frames
            continue
        frames = _common_length(own, options)
        beyond = max(labels.frames for labels in own) - frames
        if beyond:
            unshared[_BEYOND] = unshared.get(_BEYOND, 0) + beyond
            lengths = ", ".join(f"{labels.annotator} {labels.frames:,}" for labels in own)
            notes.append(
                f"{recording}: the files have different lengths ({lengths} frames); the last {beyond:,} "
                "were left out."
            )
        said = parse_name(recording)
        clips.append(
            SharedClip(
                id=recording,
                recording=recording,
                start=0,
                stop=frames,
                fps=fps,
                codings=tuple(_coding(labels, frames) for labels in own),
                subject=(said.subject or None) if said else None,
            )
        )
    if not clips and len({labels.annotator for labels in found}) > 1:
        which = "; ".join(f"{labels.source} is of {labels.recording}" for labels in found[:4])
        raise AgreementError(
            f"No recording was labeled by two raters: {which}; files of different videos cannot be compared."
        )
    return clips, unshared


#: Reasons for which frames of the files are not compared.
_ALONE = "one_rater_only"
_BEYOND = "beyond_shorter_file"


def _common_length(own: list[Labels], options: FileOptions) -> int:
    """Return how many frames all files of a recording speak about."""
    fixed = [labels for labels in own if not labels.open_ended]
    if not fixed:
        return max(labels.frames for labels in own)
    shortest = min(fixed, key=lambda labels: labels.frames)
    longest = max(own, key=lambda labels: labels.frames)
    if longest.frames - shortest.frames > SHORT_TAIL and not options.allow_mismatch:
        raise AgreementError(
            f"{longest.annotator} has labels for {longest.frames:,} frames and {shortest.annotator} for "
            f"{shortest.frames:,}, {longest.frames - shortest.frames:,} fewer: they may be of two different "
            "videos; if both begin at the same frame, allow the mismatch (--allow-mismatch)."
        )
    return shortest.frames


def _coding(labels: Labels, frames: int) -> Coding:
    codes = labels.track.codes[:frames]
    if len(codes) < frames:
        tail = np.full((frames - len(codes), codes.shape[1]), labels.after, codes.dtype)
        codes = np.concatenate([codes, tail])
    ancestor = _REVIEWED.sub("", _stem(labels)) if _REVIEWED.search(_stem(labels)) else ""
    return Coding(
        rater=str(labels.annotator),
        codes=codes,
        source=str(labels.source),
        ancestors=frozenset({ancestor} if ancestor else ()),
    )


def _gaps(found: list[Labels], options: FileOptions) -> str:
    """Return what was made of the gaps of bout tables."""
    if not any(labels.format in _BOUT_TABLES for labels in found):
        return ""
    if options.gaps:
        return options.gaps
    return " and ".join(sorted({"none" if labels.after == NONE else "unlabeled" for labels in found}))


#: Formats that hold bouts only.
_BOUT_TABLES = ("bouts", "dlcanalyzer", "boris", "boris-tabular", "boris-aggregated", "bento", "elan", "nwb")


def _plain(name: str) -> str:
    return name.strip().casefold()
