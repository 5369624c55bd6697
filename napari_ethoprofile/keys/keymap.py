"""Which key does what now: a preset, the user's own keys, and the keys of the ethogram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..annotation.edits.other_scorers import ScoringMode
from ..annotation.errors import EthoprofileError
from ..annotation.ethogram import NONE_NAME, Ethogram
from ..annotation.tracks import NONE, UNLABELED
from .presets import PRESETS, Preset
from .registry import BY_ID, COMMANDS, SCOPES, UNLABEL, Command, bare, normal


class KeyMapError(EthoprofileError):
    """Keys were asked for that do not exist or cannot be written like this."""


@dataclass(frozen=True)
class KeyMap:
    """A preset with the user's own keys on top.

    Attributes
    ----------
    preset
        Name of a preset.
    overrides
        Command id -> keys that the user gave it, in place of all others; no keys switch it off.

    Raises
    ------
    KeyMapError
        When the preset, a command or a key does not exist.
    """

    preset: str = "default"
    overrides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise KeyMapError(f"There is no key preset '{self.preset}'; there are {', '.join(PRESETS)}.")
        for command, keys in self.overrides.items():
            if command not in BY_ID:
                raise KeyMapError(f"There is no command '{command}' that a key could be given to.")
            for key in keys:
                try:
                    normal(key)
                except ValueError as error:
                    raise KeyMapError(str(error)) from error
                if command == UNLABEL and "+" in key:
                    raise KeyMapError(
                        f"{key} cannot unlabel: a key that is held to paint has no Ctrl or Shift."
                    )

    @property
    def mode(self) -> ScoringMode:
        """How behavior keys score."""
        return self._preset.mode

    @property
    def _preset(self) -> Preset:
        return PRESETS[self.preset]

    def keys(self, command: str) -> tuple[str, ...]:
        """Return the keys of a command, first the one to show; empty when it has none."""
        if command in self.overrides:
            return _normal(self.overrides[command])
        given = self._preset.keys
        if command in given:
            return _normal(given[command])
        default = BY_ID[command]
        taken = {normal(key) for keys in given.values() for key in keys if not default.scope}
        return tuple(key for key in _normal(default.keys + default.alternatives) if key not in taken)

    def bound(self, scope: str = "") -> list[tuple[Command, tuple[str, ...]]]:
        """Return the commands that have keys, in the order of the registry.

        Parameters
        ----------
        scope
            One of `SCOPES`: its commands are there too, and their keys are taken from all others.
        """
        special = [command for command in COMMANDS if scope and command.scope == scope]
        taken = {key for command in special for key in self.keys(command.id)}
        found = []
        for command in COMMANDS:
            if command.scope in ("", scope):
                keys = self.keys(command.id)
                left = keys if command.scope else tuple(key for key in keys if key not in taken)
                found += [(command, left)] if left else []
        return found

    def label_keys(self, ethogram: Ethogram, scope: str = "") -> dict[str, int]:
        """Return which bare letter or digit scores which label; keys that a command has are left out."""
        commands = {bare(key) for _, keys in self.bound(scope) for key in keys}
        return {key: label for key, label in self._wanted(ethogram).items() if key not in commands}

    def paint_keys(self, ethogram: Ethogram, scope: str = "") -> dict[str, int]:
        """Return every key that paints: those of `label_keys`, and those of the unlabel command."""
        taken = {key for command, keys in self.bound(scope) if command.scope for key in keys}
        unlabel = {key.lower(): UNLABELED for key in self.keys(UNLABEL) if key not in taken}
        return self.label_keys(ethogram, scope) | unlabel

    def _wanted(self, ethogram: Ethogram) -> dict[str, int]:
        codes = self._preset.codes
        if codes:
            behaviors = ethogram.behaviors
            labels = {k: behaviors[n - 1].id for k, n in codes.items() if 0 < n <= len(behaviors)}
            return labels | {key: NONE for key, number in codes.items() if number == NONE}
        labels = {key: behavior.id for behavior in ethogram.behaviors for key in behavior.keys}
        return labels | dict.fromkeys(ethogram.none_keys, NONE)

    def with_key(self, command: str, keys: str | Iterable[str]) -> KeyMap:
        """Return this map with other keys for a command; see `conflicts` for what they may clash with."""
        given = (keys,) if isinstance(keys, str) else tuple(keys)
        return replace(self, overrides={**self.overrides, command: given})

    def without_override(self, command: str) -> KeyMap:
        """Return this map with the preset's keys for a command again."""
        return replace(self, overrides={c: k for c, k in self.overrides.items() if c != command})

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for settings: the inverse of `from_dict`."""
        return {"preset": self.preset, "overrides": {c: list(k) for c, k in self.overrides.items()}}

    @classmethod
    def from_dict(cls, data: Any) -> KeyMap:
        """Return the map that settings describe.

        Raises
        ------
        KeyMapError
            When they describe none.
        """
        overrides = data.get("overrides", {}) if isinstance(data, dict) else None
        if not isinstance(overrides, dict) or not all(isinstance(k, list) for k in overrides.values()):
            raise KeyMapError("The stored keys cannot be read; choose a key preset again.")
        return cls(
            str(data.get("preset", "default")), {str(c): tuple(map(str, k)) for c, k in overrides.items()}
        )


def conflicts(keymap: KeyMap, ethogram: Ethogram) -> list[str]:
    """Return one sentence for every key that two commands, or a command and a label, want.

    A command wins over a label; of two commands none is sure to run.
    """
    sentences = []
    for scope in ("", *SCOPES):
        owners: dict[str, list[str]] = {}
        for command, keys in keymap.bound(scope):
            for key in dict.fromkeys(keys):
                owners.setdefault(key, []).append(command.text)
        for key, names in owners.items():
            if len(names) > 1:
                both = "' and '".join(names)
                sentences.append(f"The key {key} is given to '{both}'; change one of them.")
        left = keymap.label_keys(ethogram, scope)
        for key, label in keymap._wanted(ethogram).items():
            if key not in left:
                name = NONE_NAME if label == NONE else ethogram.by_id(label).name
                sentences.append(f"The key {key} of {name} is used for '{owners[key.upper()][0]}'.")
    sentences = list(dict.fromkeys(sentences))
    left = keymap.label_keys(ethogram)
    reachable = set(left.values())
    for behavior in ethogram.behaviors:
        if behavior.id not in reachable:
            sentences.append(f"The behavior {behavior.name} has no key {_where(keymap)}.")
    return sentences


def _where(keymap: KeyMap) -> str:
    if keymap._preset.codes:
        return f"in the preset {keymap._preset.title}, which knows {len(keymap._preset.codes)} labels"
    return "left; give it one in the ethogram"


def _normal(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal(key) for key in keys))
