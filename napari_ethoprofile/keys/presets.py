"""Key presets: habits from other annotation tools. What a preset leaves out stays as in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..annotation.edits.other_scorers import ScoringMode
from ..annotation.tracks import NONE


@dataclass(frozen=True)
class Preset:
    """A named set of keys.

    Attributes
    ----------
    name
        What settings store.
    title
        What the window shows.
    keys
        Command id -> keys. A key that a preset gives to one command is taken from every other.
    mode
        How behavior keys score: ``toggle``, ``advance`` or ``select``.
    codes
        Digit -> position of the behavior in the ethogram (from 1), or `NONE`. When it is given, these digits
        are the only behavior keys; empty means the keys of the ethogram.
    """

    name: str
    title: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mode: ScoringMode = "toggle"
    codes: Mapping[str, int] = field(default_factory=dict)


_ALL = (
    Preset("default", "Default"),
    Preset(
        "boris",
        "BORIS",
        {
            "faster": ("Home",),
            "slower": ("End",),
            "normal_speed": ("Backspace",),
            "unlabel": ("Delete",),
            "forward_1s": ("Up", "Ctrl+F"),
            "back_1s": ("Down", "Ctrl+B"),
            "go_to": ("Ctrl+T",),
        },
    ),
    Preset(
        "deepethogram",
        "DeepEthogram",
        {
            "step_back_3": ("Up",),
            "step_forward_3": ("Down",),
            "step_back_31": ("Ctrl+Left",),
            "step_forward_31": ("Ctrl+Right",),
            "back_1s": ("Shift+Down",),
            "forward_1s": ("Shift+Up",),
            "submit": ("Ctrl+F", "Ctrl+Return", "Ctrl+Enter"),
        },
    ),
    Preset(
        "jabs",
        "JABS/JAABA",
        {
            "select_or_label": ("Z",),
            "select_or_clear": ("X",),
            "select_or_none": ("C",),
            "step_forward_10": ("Up", "Shift+Right", "Alt+Right"),
            "step_back_10": ("Down", "Shift+Left", "Alt+Left"),
            "back_1s": ("Shift+Down",),
            "forward_1s": ("Shift+Up",),
            "previous_clip": (",", "PgUp"),
            "next_clip": (".", "PgDown"),
        },
        mode="select",
    ),
    Preset(
        "deepethoprofile",
        "DeepEthoProfile viewer",
        {
            "step_forward": ("N", "Right", "F3"),
            "step_back": ("B", "Left", "F2"),
            "slower": ("S", "-", "F7"),
            "faster": ("F", "+", "F8"),
            "checkpoint": ("W", "Ctrl+S"),
            "go_to": ("J", "Ctrl+G"),
        },
        mode="advance",
        codes={**{str(code): code + 1 for code in range(8)}, "8": NONE},
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
