"""Changing a project's ethogram: what a change would touch, and carrying it out.

Ids of behaviors and of groups never change, so a renaming touches no label. Merging one behavior into
another rewrites its labels in every pass, as further steps of their journals. A behavior or group that is in
use is never removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, insert

from ..edits import Edit
from ..errors import EthogramError, ProjectError
from ..ethogram import Behavior, Ethogram
from ..tracks import NONE, Bout
from . import schema
from .clock import now
from .editing import Editing
from .ethograms import EthogramState, EthogramVersion, write_version
from .journal import Act, Columns, Step, rows_of
from .locks import all_locks
from .pass_rows import read_pass
from .people import known_annotator
from .writer import write_coverage


@dataclass(frozen=True)
class EthogramChange:
    """What a change of the ethogram does.

    Attributes
    ----------
    added, removed
        Names of behaviors.
    renamed, merged
        Pairs of names, old and new.
    problems
        Why it cannot be done, one sentence each; empty when it can.
    passes, bouts, frames
        How much would be labeled anew by merging.
    hidden
        How many of these passes are not counted in `bouts` and `frames`, because a blind pass is open.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    passes: int = 0
    bouts: int = 0
    frames: int = 0
    hidden: int = 0

    def sentence(self) -> str:
        """Say what labels the change touches."""
        if not self.passes:
            return "No label is touched."
        counted = f"{self.bouts} bouts ({self.frames} frames) in {self.passes - self.hidden} passes change"
        hidden = f", and bouts in {self.hidden} passes that stay blind until then" if self.hidden else ""
        return f"{counted}{hidden}."


@dataclass
class _Plan:
    """A change worked out against the present version, and the bouts that it rewrites."""

    old: EthogramVersion
    new: Ethogram
    merge: dict[int, int]
    groups: dict[str, int]
    problems: list[str]
    rewrites: dict[str, list[Bout]] = field(default_factory=dict)
    last_steps: dict[str, int] = field(default_factory=dict)

    @property
    def regroups(self) -> bool:
        """Whether tracks get other columns."""
        return [self.groups[g] for g in self.new.groups] != [
            self.old.groups[g] for g in self.old.ethogram.groups
        ]

    @property
    def relabels(self) -> bool:
        """Whether labels that someone may hold in memory, undone ones included, are not valid any more."""
        return self.regroups or bool(self.merge) or bool(self.gone)

    @property
    def gone(self) -> dict[int, Behavior]:
        """Behaviors that are removed, or that leave their group: neither may be in use."""
        kept = {b.id: self.groups[b.group] for b in self.new.behaviors}
        return {
            b.id: b
            for b in self.old.ethogram.behaviors
            if b.id not in self.merge and kept.get(b.id) != self.old.groups[b.group]
        }

    @property
    def gone_groups(self) -> dict[int, str]:
        """Ids and names of groups that disappear."""
        kept = {self.groups[name] for name in self.new.groups}
        return {number: name for name, number in self.old.groups.items() if number not in kept}


class EthogramChanges(Editing):
    """Changes of the ethogram."""

    def next_behavior_id(self) -> int:
        """Return an id that no behavior of any version has had."""
        versions = self.ethogram_state().versions
        return max((b.id for v in versions for b in v.ethogram.behaviors), default=0) + 1

    def preview_ethogram_change(
        self, new: Ethogram, merge: Mapping[int, int] | None = None, acting: str | None = None
    ) -> EthogramChange:
        """Return what `change_ethogram` would do, without doing it.

        Parameters
        ----------
        new
            The ethogram as it shall be.
        merge
            Ids of behaviors that go, and those that take over their labels.
        acting
            Who is asking: labels that must stay blind to them are not counted.
        """
        state = self.ethogram_state()
        plan = _plan(state, new, dict(merge or {}))
        with self.database.reading() as connection:
            self._look_for_use(connection, plan, state.columns)
        return self._describe(plan, acting)

    def change_ethogram(
        self, new: Ethogram, author: str, merge: Mapping[int, int] | None = None
    ) -> EthogramChange:
        """Make `new` the project's ethogram, and merge labels where asked.

        Open editors of this project follow: their tracks are replaced (`PassEditor.reloaded`).

        Parameters
        ----------
        new
            The ethogram as it shall be. Behaviors keep their ids; new ones have one from `next_behavior_id`.
        author
            Who changes it.
        merge
            Ids of behaviors that go, and those of the same group that take over their labels.

        Raises
        ------
        EthogramError
            When a behavior that is in use would be removed or moved to another group, or an id come back.
        ProjectError
            When labels change and a pass is open in another window, or a bout is open in this one.
        """
        state = self.ethogram_state()
        plan = _plan(state, new, dict(merge or {}))
        if new == plan.old.ethogram and not plan.merge:
            return EthogramChange()
        for editor in self._editors:
            editor.flush()
            if editor.open_bouts:
                raise ProjectError(
                    "A bout is still open; finish or cancel it before you change the ethogram."
                )
        number = plan.old.version + 1
        with self.database.writing() as connection:
            self._look_for_use(connection, plan, state.columns)
            if plan.problems:
                raise EthogramError(plan.problems[0])
            self._check_not_held(connection, plan)
            change = self._describe(plan, author)
            write_version(connection, number, new, plan.groups, plan.merge, author)
            for pass_id, bouts in plan.rewrites.items():
                step = _rewriting_step(plan, pass_id, bouts, number, author)
                connection.execute(insert(schema.edits), rows_of(step, pass_id, state.columns))
            if plan.regroups:
                following = replace(
                    plan.old, version=number, ethogram=new, groups=plan.groups, merged=plan.merge
                )
                self._count_again(connection, EthogramState((*state.versions, following)).columns)
        for editor in self._editors:
            if plan.relabels:
                editor.reload()
        return change

    def _look_for_use(self, connection: Connection, plan: _Plan, columns: Columns) -> None:
        """Find the bouts to rewrite, and what is in use though it should go."""
        gone, groups = plan.gone, plan.gone_groups
        used: dict[int, int] = {}
        frozen: dict[int, int] = {}
        used_groups: dict[int, int] = {}
        suspects = self.door.passes_with(connection, {*plan.merge, *gone}, set(groups))
        for pass_id in suspects:
            replay, _ = self.door.load_unchecked(connection, pass_id, columns)
            bouts = [b for g in range(replay.track.groups) for b in replay.track.bouts(g)]
            for label in {b.label for b in bouts} & set(gone):
                used[label] = used.get(label, 0) + 1
            for group in {columns.groups[b.group] for b in bouts if b.label == NONE} & set(groups):
                used_groups[group] = used_groups.get(group, 0) + 1
            rewrites = [b for b in bouts if b.label in plan.merge]
            if read_pass(connection, pass_id).state.frozen:
                for label in {b.label for b in rewrites}:
                    frozen[label] = frozen.get(label, 0) + 1
            elif rewrites:
                plan.rewrites[pass_id] = rewrites
                plan.last_steps[pass_id] = replay.last
        kept = {b.id for b in plan.new.behaviors}
        for label, count in used.items():
            what = "moved to another group" if label in kept else "removed"
            plan.problems.append(
                f"'{gone[label].name}' is used in {_passes(count)} and cannot be {what}; "
                "merge it into another behavior, or keep it."
            )
        for label, count in frozen.items():
            plan.problems.append(
                f"'{plan.old.ethogram.label_name(label)}' is used in {_passes(count)} that "
                f"{'is' if count == 1 else 'are'} frozen and cannot be merged."
            )
        for group, count in used_groups.items():
            plan.problems.append(
                f"The group '{groups[group]}' holds 'none' labels in {_passes(count)} and cannot be removed."
            )

    def _check_not_held(self, connection: Connection, plan: _Plan) -> None:
        """Refuse when another window would go on with labels that are not there any more."""
        own = {editor.token for editor in self._editors}
        for lock in all_locks(connection):
            if plan.relabels and lock.token not in own and lock.alive:
                raise ProjectError(
                    f"{lock.annotator} has a pass open on {lock.host} whose labels this change may touch; "
                    "close it there, then change the ethogram."
                )

    def _count_again(self, connection: Connection, columns: Columns) -> None:
        for pass_id in self.door.passes_with_labels(connection):
            replay, _ = self.door.load_unchecked(connection, pass_id, columns)
            write_coverage(connection, pass_id, replay.track.coverage())

    def _describe(self, plan: _Plan, acting: str | None) -> EthogramChange:
        old = {b.id: b.name for b in plan.old.ethogram.behaviors}
        new = {b.id: b.name for b in plan.new.behaviors}
        with self.database.reading() as connection:
            reader = known_annotator(connection, acting or "")
        visible = [p for p in plan.rewrites if self.door.allowed(p, reader.name if reader else None)]
        bouts = [bout for pass_id in visible for bout in plan.rewrites[pass_id]]
        return EthogramChange(
            added=tuple(new[i] for i in new if i not in old),
            removed=tuple(old[i] for i in old if i not in new and i not in plan.merge),
            renamed=tuple((old[i], new[i]) for i in new if i in old and old[i] != new[i]),
            merged=tuple((old[a], new[b]) for a, b in plan.merge.items() if a in old and b in new),
            problems=tuple(plan.problems),
            passes=len(plan.rewrites),
            bouts=len(bouts),
            frames=sum(bout.length for bout in bouts),
            hidden=len(plan.rewrites) - len(visible),
        )


def _plan(state: EthogramState, new: Ethogram, merge: dict[int, int]) -> _Plan:
    old = state.current
    problems = _merge_problems(old.ethogram, new, merge) + _returning(state, new)
    groups = _group_ids(state, new)
    for source, target in merge.items():
        names = [_group_of(old.ethogram, source), _group_of(new, target)]
        if all(names) and old.groups[names[0]] != groups[names[1]]:
            problems.append(
                f"'{old.ethogram.label_name(source)}' cannot be merged into '{new.label_name(target)}', "
                "which is in another group."
            )
    return _Plan(old, new, merge, groups, problems)


def _merge_problems(old: Ethogram, new: Ethogram, merge: dict[int, int]) -> list[str]:
    before, after = {b.id: b.name for b in old.behaviors}, {b.id: b.name for b in new.behaviors}
    problems = []
    for source, target in merge.items():
        if source not in before:
            problems.append(f"There is no behavior with the id {source} that could be merged.")
        elif source in after:
            problems.append(f"'{before[source]}' cannot be merged and kept; take it out of the ethogram.")
        if target not in after:
            problems.append(f"There is no behavior with the id {target} to merge into.")
    return problems


def _returning(state: EthogramState, new: Ethogram) -> list[str]:
    """Return what is wrong with ids that come back: only a removed behavior may have its own id again."""
    present = {b.id for b in state.current.ethogram.behaviors}
    former = {b.id: b.name for v in state.versions for b in v.ethogram.behaviors}
    merged = {old for version in state.versions for old in version.merged}
    return [
        f"The id {b.id} belonged to '{former[b.id]}' and cannot be given to '{b.name}'; use a new id."
        for b in new.behaviors
        if b.id not in present
        and b.id in former
        and (b.id in merged or former[b.id].casefold() != b.name.casefold())
    ]


def _group_ids(state: EthogramState, new: Ethogram) -> dict[str, int]:
    """Return the stable ids of the groups of `new`.

    A group whose name is new is an old one renamed when its behaviors all come from one group whose name
    is gone.
    """
    old = state.current
    home = {b.id: b.group for b in old.ethogram.behaviors}
    following = max(number for version in state.versions for number in version.groups.values()) + 1
    found = {name: old.groups[name] for name in new.groups if name in old.groups}
    for name in new.groups:
        if name in found:
            continue
        origins = {home[b.id] for b in new.behaviors if b.group == name and b.id in home}
        origin = origins.pop() if len(origins) == 1 else ""
        if origin and origin not in new.groups and old.groups[origin] not in found.values():
            found[name] = old.groups[origin]
        else:
            found[name], following = following, following + 1
    return found


def _rewriting_step(plan: _Plan, pass_id: str, bouts: list[Bout], number: int, author: str) -> Step:
    changes = []
    for bout in bouts:
        target = plan.merge[bout.label]
        reason = f"{plan.old.ethogram.label_name(bout.label)} merged into {plan.new.label_name(target)}"
        before, after = ((bout.length, bout.label),), ((bout.length, target),)
        changes.append(Edit(bout.group, bout.start, before, after, f"ethogram v{number}", reason))
    return Step(plan.last_steps[pass_id] + 1, Act.ETHOGRAM, tuple(changes), now(), author)


def _group_of(ethogram: Ethogram, behavior: int) -> str:
    return next((b.group for b in ethogram.behaviors if b.id == behavior), "")


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count} passes"
