"""The names of a file brought to the names of an ethogram: by name, never by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..ethogram import NONE_NAME, UNLABELED_NAME, Behavior, Ethogram
from ..tracks import CODE, NONE, UNLABELED, LabelTrack
from .collapsing import OVERLAP_CHOICES, merge_columns, overlap_sentence
from .labels import Labels, Loss, LossError
from .names import same_as
from .wording import counted

#: Classes of older DeepEthoProfile files that today's eight lack. ``mm+`` is grooming and micromovement in
#: one, which nobody can tell apart any more: its frames are left to be decided.
OLD_CLASSES: Mapping[str, str] = {"groom back": "groom", "mm+": UNLABELED_NAME}


@dataclass(frozen=True)
class _Targets:
    """Where labels go.

    Attributes
    ----------
    behaviors
        Behavior id of the file to (group, code) of the new ethogram; no group for none and unlabeled.
    none
        What none becomes.
    """

    behaviors: dict[int, tuple[int | None, int]]
    none: int


def map_to(
    labels: Labels,
    ethogram: Ethogram,
    mapping: Mapping[str, str] | None = None,
    *,
    overlaps: str | None = None,
) -> Labels:
    """Bring labels to another ethogram by their names.

    Names are compared without case, and ``mm`` is micromovement. A group of `ethogram` to which no name of
    the file belongs stays unlabeled. On a frame of an exclusive group, a behavior goes before none and
    unlabeled.

    Parameters
    ----------
    labels
        What a reader gave.
    ethogram
        Usually the project's.
    mapping
        Old to new names; ``none`` and ``unlabeled`` are possible on the right, ``none`` also on the left.
    overlaps
        ``priority``: where several behaviors of one exclusive group stand on a frame, the first in the order
        of `ethogram` wins.

    Raises
    ------
    FormatError
        When a name that occurs is not in `ethogram` and not mapped; the sentence lists all of them.
    LossError
        When several behaviors of one exclusive group stand on a frame and `overlaps` is not given.
    """
    targets, report = _targets(labels, ethogram, mapping or {})
    order = [behavior.id for behavior in ethogram.behaviors]
    sources = [_sources(labels.ethogram, ethogram, targets, group) for group in range(len(ethogram.groups))]
    codes = np.full((labels.frames, len(ethogram.groups)), UNLABELED, CODE)
    clashes = np.zeros(labels.frames, bool)
    for group, columns in enumerate(sources):
        if columns:
            codes[:, group], overlapping = _merge(labels, targets, group, columns, order)
            clashes |= overlapping
    if clashes.any():
        if overlaps not in OVERLAP_CHOICES:
            loss = Loss("overlaps", overlap_sentence(labels, clashes), OVERLAP_CHOICES)
            raise LossError(f"The ethogram '{ethogram.name}' holds one behavior a frame, but {loss}.", [loss])
        report.append(
            f"On {counted(int(clashes.sum()), 'frame')} with several behaviors, the first one was kept."
        )
    marks = tuple(
        sorted(
            (
                replace(mark, group=group)
                for mark in labels.marks
                for group, columns in enumerate(sources)
                if mark.group in columns
            ),
            key=lambda mark: (mark.start, mark.group),
        )
    )
    after = targets.none if labels.after == NONE else labels.after
    mapped = replace(labels, track=LabelTrack(codes), ethogram=ethogram, marks=marks, after=after)
    return mapped.reported(*report)


def rename(labels: Labels, mapping: Mapping[str, str]) -> Labels:
    """Give behaviors other names; two that get one name become one behavior.

    Parameters
    ----------
    labels
        What a reader gave.
    mapping
        Old to new names; ``none`` and ``unlabeled`` are possible on the right, ``none`` also on the left.

    Raises
    ------
    LossError
        When behaviors of one exclusive group would stand on one frame.
    """
    plain = {_plain(old): new.strip() for old, new in mapping.items()}
    behaviors = labels.ethogram.behaviors
    own_groups = all(b.group == b.name for b in behaviors) and len(labels.ethogram.groups) == len(behaviors)
    items: dict[str, dict[str, str]] = {}
    names = [(plain.get(_plain(b.name), b.name), b.group) for b in behaviors]
    known = {_plain(name) for name, _ in names}
    added = [(new, labels.ethogram.groups[0]) for old, new in plain.items() if old == NONE_NAME]
    for name, group in names + [pair for pair in added if _plain(pair[0]) not in known]:
        if _plain(name) not in (NONE_NAME, UNLABELED_NAME):
            items.setdefault(_plain(name), {"name": name, "group": name if own_groups else group})
    new = Ethogram.from_dict(
        {"name": labels.ethogram.name, "behaviors": list(items.values())}, "The renamed ethogram"
    )
    return map_to(labels, new, mapping)


def old_classes(labels: Labels, ethogram: Ethogram | None = None) -> dict[str, str]:
    """Return the mapping of the old classes that a file holds: of ten classes, or of seven, to today's eight.

    Parameters
    ----------
    labels
        What a reader gave.
    ethogram
        Classes that it has under their old name stay as they are.
    """
    names = {_plain(behavior.name) for behavior in labels.ethogram.behaviors}
    own = {_plain(behavior.name) for behavior in ethogram.behaviors} if ethogram is not None else set()
    return {old: new for old, new in OLD_CLASSES.items() if old in names - own}


def _targets(labels: Labels, ethogram: Ethogram, mapping: Mapping[str, str]) -> tuple[_Targets, list[str]]:
    plain = {_plain(old): new for old, new in mapping.items()}
    used = _used(labels)
    behaviors: dict[int, tuple[int | None, int]] = {}
    unknown, left_out = [], []
    for behavior in labels.ethogram.behaviors:
        target = _target(plain.pop(_plain(behavior.name), behavior.name), ethogram)
        if target is not None:
            behaviors[behavior.id] = target
        elif used.get(behavior.id):
            unknown.append(f"'{behavior.name}' ({counted(used[behavior.id], 'frame')})")
        else:
            left_out.append(f"'{behavior.name}'")
    if unknown:
        raise FormatError(_unknown_sentence(labels, ethogram, unknown))
    none = NONE
    if NONE_NAME in plain:
        new = plain.pop(NONE_NAME)
        found = _target(new, ethogram)
        if found is None:
            raise FormatError(f"The mapping none={new} names a behavior that '{ethogram.name}' lacks.")
        none = found[1]
    report = []
    if left_out:
        report.append(f"Listed in the file but never used, and left out: {', '.join(left_out)}.")
    if plain:
        report.append(f"The mapping names what the file does not hold: {', '.join(sorted(plain))}.")
    return _Targets(behaviors, none), report


def _target(name: str, ethogram: Ethogram) -> tuple[int | None, int] | None:
    plain = _plain(name)
    if plain in (NONE_NAME, UNLABELED_NAME):
        return None, NONE if plain == NONE_NAME else UNLABELED
    found = ethogram.by_name(plain) or _by_alias(plain, ethogram)
    return (ethogram.group_of(found.id), found.id) if found else None


def _by_alias(name: str, ethogram: Ethogram) -> Behavior | None:
    return next((b for b in ethogram.behaviors if same_as(b.name) == same_as(name)), None)


def _unknown_sentence(labels: Labels, ethogram: Ethogram, unknown: list[str]) -> str:
    source = f"The label file {labels.source}" if labels.source else "The labels"
    example = unknown[0].split("'")[1]
    known = ", ".join(behavior.name for behavior in ethogram.behaviors)
    sentence = (
        f"{source} holds names that the ethogram '{ethogram.name}' lacks: {', '.join(unknown)}; map each to "
        f"one of {known or '(no behaviors)'}, none or unlabeled, such as --map '{example}'=none"
    )
    old = ", ".join(f"{old} = {new}" for old, new in old_classes(labels, ethogram).items())
    return (
        f"{sentence}, or let the old classes be read as today's ({old}) with --map-old-classes."
        if old
        else f"{sentence}."
    )


def _used(labels: Labels) -> dict[int, int]:
    values, counts = np.unique(labels.track.codes, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _sources(old: Ethogram, new: Ethogram, targets: _Targets, group: int) -> list[int]:
    """Return the groups of the file that say something about a group of the new ethogram."""
    single = len(new.groups) == 1
    if single and not old.behaviors:
        return list(range(len(old.groups)))
    found = []
    for number, name in enumerate(old.groups):
        reached = {
            targets.behaviors[b.id][0] for b in old.behaviors if b.group == name and b.id in targets.behaviors
        }
        same_name = name.casefold() == new.groups[group].casefold()
        if group in reached or same_name or (single and None in reached):
            found.append(number)
    return found


def _merge(
    labels: Labels, targets: _Targets, group: int, columns: list[int], order: list[int]
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Return the codes of one new group, and the frames on which several of its behaviors stand."""
    highest = max((b.id for b in labels.ethogram.behaviors), default=0)
    # The last entry is that of UNLABELED, which indexes from the end.
    table = np.full(highest + 2, NONE, CODE)
    table[NONE], table[UNLABELED] = targets.none, UNLABELED
    becomes_none = np.zeros(highest + 2, bool)
    for identity, (target_group, code) in targets.behaviors.items():
        if target_group is None:
            table[identity] = code
            becomes_none[identity] = code == NONE
        elif target_group == group:
            table[identity] = code
    own = [labels.track.codes[:, column] for column in columns]
    merged, overlaps = merge_columns([table[codes] for codes in own], order)
    # Whoever scored a behavior that is now called none did look, whatever the other groups say.
    looked = np.logical_or.reduce([becomes_none[codes] for codes in own])
    merged[looked & (merged == UNLABELED)] = NONE
    return merged, overlaps


def _plain(name: str) -> str:
    return name.strip().casefold()
