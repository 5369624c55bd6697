"""The documentation page about the keyboard, made from the registry."""

from __future__ import annotations

from collections.abc import Iterable

from .describe import IN_SCOPE, SCORING
from .keymap import KeyMap
from .presets import PRESETS
from .registry import BY_ID, COMPARE, PROPOSALS

_PAGE = """\
# Keyboard

This page is written by `python -m napari_ethoprofile.keys` from the table that the window uses.

Bare letters and digits belong to the ethogram: `1` to `9` in its order, the first free letter of each name,
and `0` or `X` for *none* (you looked and no behavior could be determined). The digits of the keypad count
too, and the digit row counts by position, so that French keyboards need no Shift.

{scoring}

Painting backward shrinks an open bout to where it began and shows the older labels again. A jump, a change of
clip or the loss of the keyboard closes it at the last shown frame, and says so. `Esc` drops it.

Everything else is a command. The keys work while the window is in annotation mode, from the canvas and from
every dock, docked or floating, but not from a text field; outside annotation mode napari has its keys back.

## Default keys

The last column needs no Shift and no AltGr on US, German and French keyboards.

{default}

Either hand can score and step alone. Left: letters and `1` to `5`, `F2` and `F3` to step, `F4` to play.
Right: the arrows, the digits of the keypad and its `+` `-` `*`, with `Backspace` or `Delete`.

## While a model proposes labels

{proposing}

These keys are taken from all other commands there; `Delete` still unlabels.

{proposals}

## While passes are compared

{comparing}

These keys are taken from all other commands there; the arrows still step and `Space` still plays.

{compare}

## Presets

A preset changes the keys below; a key that it gives to one command is taken from every other.

{presets}
"""


def keyboard_page() -> str:
    """Return the page as Markdown."""
    presets = [
        f"### {preset.title}\n\n{SCORING[preset.mode][0]}\n\n{_preset_table(preset.name)}"
        for preset in list(PRESETS.values())[1:]
    ]
    return _PAGE.format(
        scoring="\n".join(f"- {line}" for line in SCORING["toggle"]),
        default=markdown_table(KeyMap()),
        proposing="\n".join(f"- {line}" for line in IN_SCOPE[PROPOSALS]),
        proposals=markdown_table(KeyMap(), PROPOSALS),
        comparing="\n".join(f"- {line}" for line in IN_SCOPE[COMPARE]),
        compare=markdown_table(KeyMap(), COMPARE),
        presets="\n\n".join(presets),
    )


def markdown_table(keymap: KeyMap, scope: str = "") -> str:
    """Return the commands of a key map, or of one scope, as a Markdown table with their unshifted keys."""
    rows = [
        (
            command.group,
            command.text,
            _code(key for key in keys if key not in command.alternatives),
            _code(key for key in keys if key in command.unshifted),
        )
        for command, keys in keymap.bound(scope)
        if command.scope == scope
    ]
    return _table(("Part", "What it does", "Keys", "Without Shift"), rows)


def _preset_table(name: str) -> str:
    keymap, preset = KeyMap(name), PRESETS[name]
    rows = [(BY_ID[command].text, _code(keymap.keys(command))) for command in preset.keys]
    if preset.codes:
        rows.insert(0, ("The behaviors in the order of the ethogram, then none", _code(preset.codes)))
    return _table(("What it does", "Keys"), rows)


def _code(keys: Iterable[str]) -> str:
    return " ".join(f"`{key}`" for key in keys)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, tuple("---" for _ in head), *rows])
