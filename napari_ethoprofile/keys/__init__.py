"""The keyboard: one registry of commands, presets and remapping, shortcuts, behavior keys, help."""

from .keymap import KeyMap, KeyMapError, conflicts
from .presets import PRESETS, Preset
from .registry import BY_ID, COMMANDS, Command

__all__ = ["BY_ID", "COMMANDS", "PRESETS", "Command", "KeyMap", "KeyMapError", "Preset", "conflicts"]
