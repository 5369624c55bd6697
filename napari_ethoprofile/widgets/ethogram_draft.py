"""An ethogram while it is being edited: it may contradict itself until it is taken over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..annotation.ethogram import PALETTE, Behavior, Ethogram, conflicts

DEFAULT_GROUP = "behavior"
FREE_KEYS = "abcdefghijklmnopqrstuvwxyz123456789"


class EthogramDraft:
    """A working copy of an ethogram.

    Parameters
    ----------
    ethogram
        What is edited; it does not change.
    next_id
        The first id that no behavior of the project ever had. Ids never change meaning and never return.

    Attributes
    ----------
    name, none_keys, behaviors
        As in `Ethogram`, but not checked.
    merges
        Ids that were merged, and the id of the behavior that took their labels over.
    """

    def __init__(self, ethogram: Ethogram, next_id: int | None = None) -> None:
        self.base = ethogram
        self.name = ethogram.name
        self.none_keys = ethogram.none_keys
        self.behaviors = list(ethogram.behaviors)
        self.merges: dict[int, int] = {}
        self._next_id = max(next_id or 1, ethogram.next_id())

    def problems(self) -> list[str]:
        """Return what stops this from being an ethogram, one phrase each."""
        return conflicts(self.behaviors, self.none_keys)

    def hints(self) -> list[str]:
        """Return what is pending or probably not meant, one phrase each."""
        old = {b.id: b.name for b in self.base.behaviors}
        new = {b.id: b.name for b in self.behaviors}
        hints = [f"{old[gone]} will be merged into {new[kept]}" for gone, kept in self.merges.items()]
        hints += [f"{b.name} will be removed" for b in self.removed]
        keyless = [b.name for b in self.behaviors if not b.keys]
        if keyless:
            hints.append(f"{' and '.join(keyless)} can only be scored with the mouse (no key)")
        return hints

    def to_ethogram(self) -> Ethogram:
        """Return the ethogram, or raise `EthogramError` when it contradicts itself."""
        behaviors = (replace(b, definition=b.definition.strip()) for b in self.behaviors)
        return Ethogram(tuple(behaviors), self.name, self.none_keys)

    @property
    def changed(self) -> bool:
        """Whether anything differs from what the editing began with."""
        return bool(self.merges) or (self.name, self.none_keys, tuple(self.behaviors)) != (
            self.base.name,
            self.base.none_keys,
            self.base.behaviors,
        )

    @property
    def removed(self) -> list[Behavior]:
        """Behaviors that were taken out and not merged into another."""
        kept = {b.id for b in self.behaviors} | set(self.merges)
        return [b for b in self.base.behaviors if b.id not in kept]

    @property
    def groups(self) -> list[str]:
        """Names of the exclusive groups in order of first appearance."""
        return list(dict.fromkeys(b.group for b in self.behaviors)) or [DEFAULT_GROUP]

    def add(self, name: str = "") -> int:
        """Add a behavior with a fresh id and a free palette color; return its row."""
        group = self.behaviors[-1].group if self.behaviors else DEFAULT_GROUP
        self.behaviors.append(
            Behavior(self._take_id(), name or self._free_name(), color=self.free_color(), group=group)
        )
        return len(self.behaviors) - 1

    def change(self, row: int, **values: object) -> None:
        """Give fields of a behavior other values. A new behavior that gets its name gets a free key, too."""
        behavior = self.behaviors[row]
        if "name" in values and not behavior.keys and self._is_new(behavior):
            values.setdefault("keys", self._suggest_keys(str(values["name"])))
        self.behaviors[row] = replace(behavior, **values)  # type: ignore[arg-type]

    def remove(self, rows: Iterable[int]) -> None:
        """Take behaviors out."""
        gone = {self.behaviors[row].id for row in rows}
        self.behaviors = [b for b in self.behaviors if b.id not in gone]
        self.merges = {old: new for old, new in self.merges.items() if new not in gone}

    def move(self, row: int, to: int) -> None:
        """Move a behavior so that it stands in row `to`."""
        self.behaviors.insert(to, self.behaviors.pop(row))

    def merge(self, rows: Sequence[int], into: int) -> None:
        """Give the labels of several behaviors to the one in row `into`; the others are taken out."""
        target = self.behaviors[into].id
        gone = {self.behaviors[row].id for row in rows} - {target}
        self.merges = {old: target if new in gone else new for old, new in self.merges.items()}
        known = {b.id for b in self.base.behaviors}
        self.merges.update({old: target for old in gone if old in known})
        self.behaviors = [b for b in self.behaviors if b.id not in gone]

    def adopt(self, other: Ethogram) -> None:
        """Take over another ethogram; behaviors whose name is known keep their id, and so their labels."""
        ids = {b.name.casefold(): b.id for b in self.base.behaviors}
        self.name, self.none_keys, self.merges = other.name, other.none_keys, {}
        self.behaviors = []
        for behavior in other.behaviors:
            known = ids.get(behavior.name.casefold())
            self.behaviors.append(replace(behavior, id=self._take_id() if known is None else known))

    def free_color(self) -> str:
        """Return the first color of the colorblind-safe palette that no behavior has."""
        used = {b.color.upper() for b in self.behaviors}
        return next((c for c in PALETTE if c not in used), PALETTE[len(self.behaviors) % len(PALETTE)])

    def _is_new(self, behavior: Behavior) -> bool:
        return all(b.id != behavior.id for b in self.base.behaviors)

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _free_name(self) -> str:
        taken = {b.name.casefold() for b in self.behaviors}
        number = 1
        while f"behavior {number}" in taken:
            number += 1
        return f"behavior {number}"

    def _suggest_keys(self, name: str) -> tuple[str, ...]:
        taken = {key for b in self.behaviors for key in b.keys} | set(self.none_keys)
        letters = [c for c in name.lower() if c in FREE_KEYS]
        return next(((c,) for c in [*letters, *FREE_KEYS] if c not in taken), ())


def keys_of(text: str) -> tuple[str, ...]:
    """Return the single keys that a typed text such as ``1 D`` or ``1, d`` names."""
    return tuple(dict.fromkeys(c for c in text.lower() if not c.isspace() and c not in ",;/"))


def sentence_of(phrases: Sequence[str]) -> str:
    """Return phrases as one sentence; empty when there is none."""
    text = "; ".join(phrases)
    return f"{text[0].upper()}{text[1:]}." if text else ""
