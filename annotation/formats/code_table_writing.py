"""Writing the tables of DeepEthoProfile: which code stands for which behavior, and what has no code."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray

from ..ethogram import NONE_NAME
from ..tracks import NONE, UNLABELED
from .code_table import EIGHT, NONE_CODE
from .collapsing import one_label_a_frame
from .columns import Column, cells_of
from .labels import Labels, Layout, Loss
from .names import same_as
from .options import WriteOptions
from .wording import counted

UNLABELED_CHOICES = ("none",)
NONE_CHOICES = (str(NONE_CODE),)
SCHEME_CHOICES = ("own",)


@dataclass(frozen=True)
class Plan:
    """What a table will hold.

    Attributes
    ----------
    names
        ``(code, name)`` pairs of the header.
    codes
        File codes (frames,).
    losses
        What the options leave open.
    layout
        The layout of the source to reproduce; None for the standard one.
    """

    names: tuple[tuple[int, str], ...]
    codes: NDArray[np.int64]
    losses: list[Loss]
    layout: Layout | None


def make_plan(
    labels: Labels, options: WriteOptions, format_name: str, *, none_allowed: bool, short_allowed: bool
) -> Plan:
    """Return what a table of these labels holds and what is lost.

    Parameters
    ----------
    labels, options
        What to write and what the caller decided.
    format_name
        The format that is written; the layout of a source of another format does not count.
    none_allowed
        The file may hold code 8 without asking.
    short_allowed
        The file may have fewer rows than frames: an unlabeled tail is left out.
    """
    track, losses = one_label_a_frame(labels, options)
    if short_allowed:
        decided = np.flatnonzero(track != UNLABELED)
        track = track[: int(decided[-1]) + 1 if decided.size else 0]
        if not decided.size:
            losses.append(Loss("unlabeled", "no frame is labeled"))
    open_frames = int((track == UNLABELED).sum())
    if open_frames and options.choice("unlabeled", UNLABELED_CHOICES):
        track = np.where(track == UNLABELED, NONE, track)
    elif open_frames:
        losses.append(
            Loss("unlabeled", f"{counted(open_frames, 'frame', 'is', 'are')} unlabeled", UNLABELED_CHOICES)
        )
    layout = _source_layout(labels, track, options, format_name)
    names, foreign = (layout.names, []) if layout else _choose_names(labels, track, options)
    by_name = {same_as(name): code for code, name in names}
    codes = {b.id: by_name.get(same_as(b.name), NONE_CODE) for b in labels.ethogram.behaviors}
    codes[NONE], none_losses = _none_code(track, dict(names), options, none_allowed)
    codes[UNLABELED] = NONE_CODE
    values, positions = np.unique(track, return_inverse=True)
    table = np.array([codes[int(value)] for value in values], np.int64)
    return Plan(names, table[positions], losses + foreign + none_losses, layout)


def _source_layout(
    labels: Labels, track: NDArray[np.int16], options: WriteOptions, format_name: str
) -> Layout | None:
    """Return the layout of the source where it was asked for and its classes hold every label."""
    layout = labels.layout
    if options.layout != "source" or layout is None or layout.format != format_name:
        return None
    return None if _unnamed(labels, _used(track), layout.names) else layout


def _choose_names(
    labels: Labels, track: NDArray[np.int16], options: WriteOptions
) -> tuple[tuple[tuple[int, str], ...], list[Loss]]:
    used = _used(track)
    eight = tuple(enumerate(EIGHT))
    foreign = _unnamed(labels, used, eight)
    if options.scheme == "own" or (foreign and options.scheme is None and options.allow_loss):
        return _own_names(labels), []
    if not foreign:
        return eight, []
    listed = ", ".join(
        f"'{labels.ethogram.label_name(code)}' ({counted(used[code], 'frame')})" for code in foreign
    )
    phrase = f"{listed} {'is' if len(foreign) == 1 else 'are'} none of its eight classes"
    choices = SCHEME_CHOICES if options.scheme is None else ()
    return eight, [Loss("scheme", f"{phrase}; map to {', '.join(EIGHT)} or none", choices)]


def _used(track: NDArray[np.int16]) -> dict[int, int]:
    """Return the behaviors on a track and their numbers of frames."""
    values, counts = np.unique(track, return_counts=True)
    return {int(code): int(frames) for code, frames in zip(values, counts, strict=True) if code > NONE}


def _unnamed(labels: Labels, used: dict[int, int], names: tuple[tuple[int, str], ...]) -> list[int]:
    known = {same_as(name) for _, name in names}
    return [code for code in used if same_as(labels.ethogram.by_id(code).name) not in known]


def _own_names(labels: Labels) -> tuple[tuple[int, str], ...]:
    """Return the ethogram's names, numbered from 0 on without the code that means none."""
    free = (code for code in count() if code != NONE_CODE)
    names = [behavior.name for behavior in labels.ethogram.behaviors]
    return tuple(zip(islice(free, len(names)), names, strict=True))


def _none_code(
    track: NDArray[np.int16], names: dict[int, str], options: WriteOptions, allowed: bool
) -> tuple[int, list[Loss]]:
    named = next((code for code, name in names.items() if name.casefold() == NONE_NAME), None)
    if named is not None:
        return named, []
    frames = int((track == NONE).sum())
    if not frames:
        return NONE_CODE, []
    are = counted(frames, "frame", "is", "are")
    if NONE_CODE in names:
        taken = f"{are} none, and the code {NONE_CODE} means '{names[NONE_CODE]}' here"
        return NONE_CODE, [Loss("none", taken)]
    if allowed or options.choice("none", NONE_CHOICES):
        return NONE_CODE, []
    phrase = f"{are} none, a code that only files named '_map_new_v2.csv' may hold"
    return NONE_CODE, [Loss("none", phrase, NONE_CHOICES)]


def header_line(names: tuple[tuple[int, str], ...], tail: str) -> str:
    """Return the first line: ``0:drink; 1:eat; `` and what follows the last ``; ``."""
    return "".join(f"{code}:{name}; " for code, name in names) + tail


def render(lines: list[str], columns: list[list[str]], layout: Layout | None) -> str:
    """Return the text of a table; `layout` gives other line ends than the standard ones."""
    rows = map(";".join, zip(*columns, strict=True))
    if layout is None:
        return "\n".join([*lines, *rows, ""])
    text = "\n".join([*lines, *rows]) + layout.details.get("tail", "\n")
    return ("\ufeff" if layout.bom else "") + text.replace("\n", layout.newline)


def frame_cells(column: Column | None, rows: int, frames: int, first: int) -> list[str]:
    """Return the frame column as it came in, or numbers from `first` on."""
    if column is not None and column.size == frames:
        return cells_of(column[:rows])
    return [str(frame) for frame in range(first, first + rows)]
