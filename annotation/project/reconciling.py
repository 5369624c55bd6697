"""How labels of another computer's ethogram are those of this project: by id, and by name where both went on.

Two copies of a project share the first versions of the ethogram. Behaviors and groups that come from these
have the same ids on both sides, whatever they were renamed to since. Those that one side added later are the
same when they have the same name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..ethogram import Ethogram
from ..tracks import NONE, UNLABELED
from .ethograms import EthogramState
from .journal import dump_runs
from .notes import NoteEdit


@dataclass(frozen=True)
class Translation:
    """From another computer's ids to those of this project.

    Attributes
    ----------
    labels, groups
        Ids there and here; those that this project does not have are not in it.
    names, group_names
        What behaviors and groups are called there.
    """

    labels: Mapping[int, int]
    groups: Mapping[int, int]
    names: Mapping[int, str]
    group_names: Mapping[int, str]

    def label(self, label: int) -> int:
        """Return a label here; what this project does not have is nobody's decision."""
        return label if label <= NONE else self.labels.get(label, UNLABELED)

    def missing(self, bouts: Sequence[Sequence[int]]) -> str:
        """Return what bouts ``[group, start, stop, label]`` use that is not in this project, or nothing."""
        for group, _start, _stop, label in bouts:
            if group not in self.groups:
                return f"the group '{self.group_names.get(group, group)}'"
            if label > NONE and label not in self.labels:
                return f"the behavior '{self.names.get(label, label)}'"
        return ""

    def row(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a row of the journal in ids of this project; None when its group is used nowhere."""
        if row["group"] not in self.groups:
            return None
        changed: dict[str, Any] = {"group": self.groups[row["group"]]}
        if row["what"] != NoteEdit.what:
            for side in ("before", "after"):
                runs = [(int(length), self.label(int(label))) for length, label in json.loads(row[side])]
                changed[side] = dump_runs(tuple(runs))
        return {**row, **changed}


def translation(versions: Sequence[Mapping[str, Any]], here: EthogramState) -> Translation:
    """Return how the ethogram of another computer translates to the present one.

    Parameters
    ----------
    versions
        All versions there, oldest first, as `taking_out` writes them.
    here
        All versions of this project.
    """
    shared = _shared(versions, here)
    shared_labels = {b.id for v in here.versions[:shared] for b in v.ethogram.behaviors}
    shared_groups = {number for v in here.versions[:shared] for number in v.groups.values()}
    there = versions[-1]
    ethogram = Ethogram.from_dict(there["data"], source="the ethogram of the bundle")
    group_ids = {name: int(there["groups"][name]) for name in ethogram.groups}
    now = here.current
    groups = {}
    for name, number in group_ids.items():
        if number in shared_groups:
            if number in now.groups.values():
                groups[number] = number
        elif name in now.groups:
            groups[number] = now.groups[name]
    homes = {b.id: now.groups[b.group] for b in now.ethogram.behaviors}
    by_name = {b.name.casefold(): b.id for b in now.ethogram.behaviors}
    merged = here.columns.merged
    labels = {}
    for behavior in ethogram.behaviors:
        known = behavior.id if behavior.id in shared_labels else by_name.get(behavior.name.casefold())
        if known is not None and homes.get(merged.get(known, known)) == groups.get(group_ids[behavior.group]):
            labels[behavior.id] = known
    return Translation(
        labels,
        groups,
        {b.id: b.name for b in ethogram.behaviors},
        {number: name for name, number in group_ids.items()},
    )


def _shared(versions: Sequence[Mapping[str, Any]], here: EthogramState) -> int:
    """Return how many of the first versions are the same on both sides."""
    count = 0
    for there, own in zip(versions, here.versions, strict=False):
        same = (
            there["data"] == own.ethogram.to_dict()
            and there["groups"] == own.groups
            and {int(old): new for old, new in there["merged"].items()} == own.merged
            and there["at"] == own.at
        )
        if not same:
            break
        count += 1
    return count
