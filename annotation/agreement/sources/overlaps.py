"""What is made of several behaviors of one rater on one frame: compared one by one, or decided by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import AgreementError
from ...formats import Labels
from ...formats.collapsing import merge_columns
from ...formats.names import same_as
from ...formats.wording import counted
from ...tracks import LabelTrack

#: Rules for bouts of one rater that overlap, beside a list of behaviors.
OVERLAP_RULES = ("later", "apart")
#: The format whose readers take the later row when nothing is said.
_LATER_WINS = "dlcanalyzer"


def in_one_group(found: list[Labels], priority: tuple[str, ...], notes: list[str]) -> list[Labels]:
    """Bring the groups of each file to one exclusive group where that can be done.

    It can where the caller gave an order of behaviors, or where no frame of any file carries several
    behaviors, as in one-hot tables of behaviors that exclude each other.

    Parameters
    ----------
    found
        Labels with the names of their raters.
    priority
        A rule of `OVERLAP_RULES`, or behaviors, the first of which wins; empty when nothing was said.
    notes
        Sentences about what was done are added to it.

    Raises
    ------
    AgreementError
        When the order names a behavior that no file holds.
    """
    if priority and priority[0] in OVERLAP_RULES:
        return found
    _check_known(found, priority)
    if all(labels.track.groups == 1 for labels in found):
        return found
    merged = [_merged(labels, priority) for labels in found]
    several: dict[str, int] = {}
    for labels, (_, overlaps) in zip(found, merged, strict=True):
        who = str(labels.annotator)
        several[who] = several.get(who, 0) + int(overlaps.sum())
    if not priority and any(several.values()):
        return found
    if not priority:
        notes.append("No frame carries several behaviors; they are compared as one exclusive group.")
    rule = " before ".join(priority)
    for who, count in several.items():
        if count:
            carry = counted(count, "frame", "carries", "carry")
            notes.append(f"{who}: {carry} several behaviors; decided by the priority {rule}.")
    return [labels for labels, _ in merged]


def overlap_rule(found: list[Labels], priority: tuple[str, ...], read_rule: str | None) -> str:
    """Return what was made of overlapping bouts, as the end of a sentence; empty where there are none.

    Parameters
    ----------
    found
        Labels as they are compared.
    priority
        As for `in_one_group`.
    read_rule
        What the readers were told about overlaps.
    """
    if priority and priority[0] not in OVERLAP_RULES:
        return f"the priority was {' before '.join(priority)}"
    rule = priority[0] if priority else read_rule
    if rule == "later" or (rule is None and any(labels.format == _LATER_WINS for labels in found)):
        return "the later row counted"
    several = any(labels.track.groups > 1 for labels in found)
    return "each behavior was compared by itself" if several else ""


def _check_known(found: list[Labels], priority: Sequence[str]) -> None:
    known = {same_as(b.name) for labels in found for b in labels.ethogram.behaviors}
    missing = [name for name in priority if same_as(name) not in known]
    if missing:
        raise AgreementError(f"The priority names '{missing[0]}', which no file holds; correct the name.")


def _merged(labels: Labels, priority: Sequence[str]) -> tuple[Labels, NDArray[np.bool_]]:
    """Return labels in one group, and the frames (frames,) on which several behaviors stood."""
    ranks = {same_as(name): rank for rank, name in enumerate(priority)}
    behaviors = labels.ethogram.behaviors
    order = sorted(behaviors, key=lambda behavior: ranks.get(same_as(behavior.name), len(ranks)))
    codes, overlaps = merge_columns(list(labels.track.codes.T), [behavior.id for behavior in order])
    one_group = tuple(replace(behavior, group="behavior") for behavior in behaviors)
    ethogram = replace(labels.ethogram, behaviors=one_group)
    return replace(labels, track=LabelTrack(codes[:, None]), ethogram=ethogram), overlaps
