"""The ethograms of several label files joined to one, by the names of behaviors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import AgreementError
from ...ethogram import Ethogram
from ...formats import Labels, map_to
from ...formats.names import same_as
from ...formats.wording import counted
from ...tracks import NONE, UNLABELED, LabelTrack


def on_one_ethogram(found: list[Labels], notes: list[str]) -> tuple[Ethogram, list[Labels]]:
    """Bring all labels to one ethogram: one group if all have one, else one group a behavior.

    Parameters
    ----------
    found
        Labels with the names of their raters.
    notes
        Sentences about behaviors that only some raters scored are added to it.

    Raises
    ------
    AgreementError
        When two raters have no behavior in common.
    """
    single = all(labels.track.groups == 1 for labels in found)
    names: dict[str, str] = {}
    for labels in found:
        for behavior in labels.ethogram.behaviors:
            names.setdefault(same_as(behavior.name), behavior.name)
    _check_names_meet(found, names)
    items = [{"name": name} if single else {"name": name, "group": name} for name in names.values()]
    ethogram = Ethogram.from_dict({"name": "compared", "behaviors": items}, "What the files hold")
    mapped = []
    for labels in found:
        held = {same_as(b.name) for b in labels.ethogram.behaviors}
        new = map_to(replace(labels, report=[]), ethogram)
        if not single:
            new = replace(new, track=LabelTrack(_absent_is_none(new, held)))
        mapped.append(replace(new, report=labels.report))
    notes += _names_of_one_only(mapped, ethogram)
    return ethogram, mapped


def _check_names_meet(found: list[Labels], names: Mapping[str, str]) -> None:
    by_rater: dict[str, set[str]] = {}
    for labels in found:
        used = {same_as(labels.ethogram.label_name(int(c))) for c in np.unique(labels.track.codes) if c > 0}
        by_rater.setdefault(str(labels.annotator), set()).update(used)
    (first, own), *others = by_rater.items() or [("", set())]
    for other, theirs in others:
        if own and theirs and not own & theirs:
            raise AgreementError(
                f"{first} and {other} share no behavior: {first} has {_listed(own, names)}, {other} has "
                f"{_listed(theirs, names)}; map the names (--map 'old name=new name')."
            )


def _listed(keys: set[str], names: Mapping[str, str]) -> str:
    shown = sorted(names[key] for key in keys)
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")


def _absent_is_none(labels: Labels, held: set[str]) -> NDArray[np.int16]:
    """Return codes in which a behavior that a file never mentions is none wherever its rater looked."""
    codes = labels.track.codes.copy()
    looked = (codes != UNLABELED).any(axis=1)
    for group, name in enumerate(labels.ethogram.groups):
        if same_as(name) not in held:
            codes[looked, group] = NONE
    return codes


def _names_of_one_only(found: list[Labels], ethogram: Ethogram) -> list[str]:
    """Return which behaviors some raters scored and others never did."""
    used: dict[str, dict[int, int]] = {}
    for labels in found:
        counts = used.setdefault(str(labels.annotator), {})
        values, numbers = np.unique(labels.track.codes, return_counts=True)
        for code, number in zip(values.tolist(), numbers.tolist(), strict=True):
            if code > 0:
                counts[code] = counts.get(code, 0) + number
    said = []
    for behavior in ethogram.behaviors:
        scored = {rater: counts[behavior.id] for rater, counts in used.items() if behavior.id in counts}
        never = [rater for rater in used if rater not in scored]
        if scored and never:
            by = ", ".join(f"{rater} ({counted(number, 'frame')})" for rater, number in scored.items())
            said.append(f"'{behavior.name}' was scored by {by}, and never by {', '.join(never)}.")
    return said
