"""The keys in words: tooltips and the text of the help panel. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from ..annotation.ethogram import NONE_NAME, Ethogram
from ..annotation.tracks import NONE
from .keymap import KeyMap
from .registry import BY_ID, COMMANDS, COMPARE, PROPOSALS

_REPLACE = "Shift and a behavior's key replaces the bout under the playhead."
_TOGGLE = (
    "Tap a behavior's key to start it and tap it again to stop it; another key of the same group takes over "
    "on the same frame."
)

#: How the behavior keys of each way to score work, a sentence each.
SCORING = {
    "toggle": (
        _TOGGLE,
        "Hold the key while the playhead moves to paint until you let go.",
        _REPLACE,
        "With a range selected on the timeline, a behavior's key labels the range.",
    ),
    "advance": (
        "A behavior's key labels the shown frame and goes on to the next one; hold it to label on and on.",
        _REPLACE,
    ),
    "select": (
        "The first key starts a selection at the shown frame; move to its other end; the next key labels it.",
        _REPLACE,
    ),
}

#: How the behavior keys work in each scope, in place of `SCORING`.
IN_SCOPE = {
    COMPARE: (
        "A behavior's key is your own answer for the whole disagreement under the playhead.",
        "Backspace takes an answer back.",
        "With a range selected on the timeline, a behavior's key labels the range in the consensus.",
    ),
    PROPOSALS: (
        "Stripes are what a model proposes: nothing is a label before you say so.",
        "While nothing plays, a tap on a behavior's key labels the whole proposed bout under the playhead.",
        "Keys that set or move a start or end do so with the proposed bout under the playhead.",
        "Everything else scores as always: play and tap, or hold a key while the playhead moves to paint.",
    ),
}

Rows = Iterable[tuple[str, tuple[str, ...]]]


def tooltip(keymap: KeyMap, command: str) -> str:
    """Return what the tooltip of a command's button says: text, keys, and the further sentence."""
    entry, keys = BY_ID[command], keymap.keys(command)
    text = f"{entry.text} ({', '.join(keys)})" if keys else entry.text
    return f"{text}. {entry.tooltip}" if entry.tooltip else text


def label_rows(keymap: KeyMap, ethogram: Ethogram) -> list[tuple[str, tuple[str, ...]]]:
    """Return every behavior, and none, with the keys that score it now, in the order of the ethogram."""
    keys = keymap.label_keys(ethogram)
    rows = [(behavior.name, behavior.id) for behavior in ethogram.behaviors] + [(NONE_NAME, NONE)]
    return [(name, tuple(key.upper() for key, label in keys.items() if label == code)) for name, code in rows]


def help_html(
    keymap: KeyMap, ethogram: Ethogram, spelled: Callable[[str], str] = str, scope: str = ""
) -> str:
    """Return the help panel's text.

    Parameters
    ----------
    keymap, ethogram
        Which key does what now.
    spelled
        How a key is written on this machine (``Ctrl`` is another sign on macOS).
    scope
        The mode whose keys are shown, its own commands first.
    """
    parts = [_html_table("Behaviors", label_rows(keymap, ethogram), spelled)]
    parts += [f"<p>{escape(line)}</p>" for line in IN_SCOPE.get(scope) or SCORING[keymap.mode]]
    special_first = sorted(COMMANDS, key=lambda command: command.scope != scope or not scope)
    for group in dict.fromkeys(command.group for command in special_first):
        rows = [(command.text, keys) for command, keys in keymap.bound(scope) if command.group == group]
        parts.append(_html_table(group, rows, spelled))
    return "\n".join(parts)


def _html_table(title: str, rows: Rows, spelled: Callable[[str], str]) -> str:
    lines = []
    for text, keys in rows:
        caps = "&ensp;".join(f"<b>{escape(spelled(key))}</b>" for key in keys) or "–"
        lines.append(f"<tr><td>{caps}&nbsp;&nbsp;</td><td>{escape(text)}</td></tr>")
    return f"<h3>{escape(title)}</h3><table>{''.join(lines)}</table>" if lines else ""
