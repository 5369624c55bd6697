"""The one table of keyboard commands. Bindings, help panel, tooltips and the docs table are made from it.

Keys are written as Qt's portable key sequences (``Ctrl+Shift+Left``). The first `Command.keys` are those that
people know from other tools; `Command.alternatives` need no Shift and no AltGr on US, German and French
keyboards, where those keys would.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Keys of commands that paint while they are held; the behavior-key filter handles them, not a shortcut.
UNLABEL = "unlabel"
REPLACE_NEXT = "replace_next"

#: Commands of this scope have their keys only while passes are compared, and take them from all others there.
COMPARE = "compare"
#: The same while a model proposes labels for the open pass.
PROPOSALS = "proposals"
SCOPES = (COMPARE, PROPOSALS)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a key can do.

    Attributes
    ----------
    id
        Name that handlers and settings use.
    text
        What it does, as the help panel says it.
    group
        Heading in the help panel.
    keys
        Default keys; empty when only some presets have a key for it.
    alternatives
        Further default keys, unshifted on every supported layout.
    repeat
        Whether holding the key repeats the command.
    tooltip
        A further sentence for tooltips; may be empty.
    frames
        By how many frames the command steps, for commands that step by a fixed number.
    scope
        One of `SCOPES` where the command exists in that mode only; empty where it always does.
    """

    id: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    repeat: bool = False
    tooltip: str = ""
    frames: int = 0
    scope: str = ""

    @property
    def unshifted(self) -> tuple[str, ...]:
        """Default keys that need no Shift and no AltGr on any supported layout."""
        return self.alternatives or tuple(key for key in self.keys if _is_everywhere(key))


def _is_everywhere(key: str) -> bool:
    """Return whether a key sequence has no Shift, and a letter or a named key, which every layout has."""
    held, base = _split(key)
    return "shift" not in held and (len(base) > 1 or base.isalpha())


def _split(key: str) -> tuple[set[str], str]:
    """Return the modifiers of a key sequence in lower case, and its key."""
    text = key.strip()
    is_plus = text == "+" or text.endswith("++")
    head, base = (text[:-1], "+") if is_plus else text.rpartition("+")[::2]
    return {part.strip().casefold() for part in head.split("+") if part.strip()}, base.strip()


def _step(frames: int, keys: tuple[str, ...] = (), alternatives: tuple[str, ...] = ()) -> Command:
    """Return the command that steps by a number of frames."""
    size, way = abs(frames), "forward" if frames > 0 else "back"
    return Command(
        f"step_{way}" if size == 1 else f"step_{way}_{size}",
        f"Step {size} frame{'' if size == 1 else 's'} {way}",
        "Move",
        keys,
        alternatives,
        repeat=True,
        frames=frames,
    )


#: What can be done while passes are compared.
COMPARING: tuple[Command, ...] = tuple(
    Command(id_, text, "Compare", keys, alternatives, repeat, tooltip, scope=COMPARE)
    for id_, text, keys, alternatives, repeat, tooltip in (
        ("take_a", "Take the label of A", ("F1",), (), False, ""),
        ("take_b", "Take the label of B", ("F2",), (), False, ""),
        ("take_c", "Take the label of C", ("Ctrl+F3",), (), False, "Further raters have buttons."),
        ("take_model", "Take the label of the model", ("F3",), (), False, ""),
        (
            "leave_unresolved", "Leave this disagreement unresolved", ("F4",), (), False,
            "An answer of its own: somebody looked and could not decide.",
        ),
        (
            "take_proposal", "Take the proposal", ("Return", "Enter"), (), False,
            "What the raters' votes lead to, with three raters or more.",
        ),
        ("previous_disagreement", "Previous disagreement", ("Shift+Tab",), ("Ctrl+J",), True, ""),
        ("next_disagreement", "Next disagreement", ("Tab",), ("Ctrl+K",), True, ""),
        (
            "loop_disagreement", "Play this disagreement in a loop", ("Shift+Space",), ("Ctrl+L",), False,
            "With one second before and after it; again to stop.",
        ),
        (
            "finish_comparison", "Finish: everything is decided", ("Ctrl+Return", "Ctrl+Enter"), (), False,
            "The consensus is submitted.",
        ),
    )
)  # fmt: skip

#: What can be done while a model proposes labels.
DECIDING: tuple[Command, ...] = tuple(
    Command(id_, text, "Proposals", keys, alternatives, repeat, tooltip, scope=PROPOSALS)
    for id_, text, keys, alternatives, repeat, tooltip in (
        (
            "accept_proposal", "Accept the proposal here and go to the next uncertain one",
            ("Return", "Enter"), (), False,
            "Where nothing is proposed, only go there. Sure proposals come last.",
        ),
        (
            "reject_proposal", "Reject the proposal here and go to the next uncertain one",
            ("Backspace",), (), False,
            "The stretch stays unlabeled. Where nothing is proposed, the bout is unlabeled.",
        ),
        ("previous_proposal", "Previous proposal", ("Shift+Tab",), ("Ctrl+J",), True, ""),
        ("next_proposal", "Next proposal", ("Tab",), ("Ctrl+K",), True, ""),
        (
            "accept_sure_proposals", "Accept all proposals that are sure enough", ("Alt+Return",),
            ("Alt+Enter", "Ctrl+B"), False, "Asks first; one step to undo.",
        ),
    )
)  # fmt: skip

COMMANDS: tuple[Command, ...] = (
    Command("play_pause", "Play or pause", "Play", ("Space",), ("F4",)),
    Command("play_reverse", "Play backward or pause", "Play", ("F5",)),
    Command(
        "loop_bout", "Play this bout in a loop", "Play", ("Shift+Space",), ("Ctrl+L",),
        tooltip="With half a second before and after it.",
    ),
    Command("slower", "Slower", "Play", ("-",), ("F7",), repeat=True),
    Command("faster", "Faster", "Play", ("+",), ("F8",), repeat=True),
    Command("normal_speed", "Normal speed", "Play", ("*",), ("F6",)),
    _step(-1, ("Left",), ("F2",)),
    _step(1, ("Right",), ("F3",)),
    _step(-10, ("Shift+Left",), ("Alt+Left",)),
    _step(10, ("Shift+Right",), ("Alt+Right",)),
    _step(-3),
    _step(3),
    _step(-31),
    _step(31),
    Command("back_1s", "Step 1 second back", "Move", ("Down",), repeat=True),
    Command("forward_1s", "Step 1 second forward", "Move", ("Up",), repeat=True),
    Command(
        "previous_boundary", "Previous start or end of a bout", "Move",
        ("Ctrl+Left",), ("Alt+Up",), repeat=True,
    ),
    Command(
        "next_boundary", "Next start or end of a bout", "Move", ("Ctrl+Right",), ("Alt+Down",), repeat=True
    ),
    Command(
        "previous_same_boundary", "Previous start or end of the same behavior", "Move",
        ("Ctrl+Shift+Left",), ("Ctrl+PgUp",), repeat=True,
    ),
    Command(
        "next_same_boundary", "Next start or end of the same behavior", "Move",
        ("Ctrl+Shift+Right",), ("Ctrl+PgDown",), repeat=True,
    ),
    Command(
        "previous_item", "Previous unlabeled stretch", "Move", ("Shift+Tab",), ("Ctrl+J",), repeat=True,
        tooltip="In other modes the previous thing to decide.",
    ),
    Command(
        "next_item", "Next unlabeled stretch", "Move", ("Tab",), ("Ctrl+K",), repeat=True,
        tooltip="In other modes the next thing to decide.",
    ),
    Command("clip_start", "First frame of the clip", "Move", ("Home",), ("Ctrl+Home",)),
    Command("clip_end", "Last frame of the clip", "Move", ("End",), ("Ctrl+End",)),
    Command("go_to", "Go to a frame or time", "Move", ("Ctrl+G",)),
    Command("previous_clip", "Previous clip", "Clip", ("PgUp",)),
    Command("next_clip", "Next clip", "Clip", ("PgDown",)),
    Command(
        "submit", "Submit the clip and open the next", "Clip", ("Ctrl+Return", "Ctrl+Enter"),
        tooltip="Asks first when frames are unlabeled.",
    ),
    Command(
        "checkpoint", "Make sure that everything is saved", "Clip", ("Ctrl+S",),
        tooltip="Every edit is saved as you make it.",
    ),
    Command(
        UNLABEL, "Unlabel: tap for the bout, hold while moving for frames", "Label", ("Backspace", "Delete")
    ),
    Command(
        REPLACE_NEXT, "Replace this bout by the behavior whose key comes next", "Label", ("Ctrl+R",),
        tooltip="The same as Shift and the behavior's key.",
    ),
    Command("set_start", "The bout starts with this frame", "Label", ("[",), ("F9",)),
    Command("set_end", "The bout ends with this frame", "Label", ("]",), ("F10",)),
    Command(
        "nudge_left", "Move the nearest start or end 1 frame back", "Label",
        ("<",), ("Alt+PgUp",), repeat=True,
    ),
    Command(
        "nudge_right", "Move the nearest start or end 1 frame forward", "Label",
        (">",), ("Alt+PgDown",), repeat=True,
    ),
    Command(
        "select_or_label", "Start a selection, then give it the chosen behavior", "Label",
        tooltip="The behavior that is chosen in the dock.",
    ),
    Command("select_or_clear", "Start a selection, then unlabel it", "Label"),
    Command("select_or_none", "Start a selection, then give it 'none'", "Label"),
    Command("note", "Note on this bout", "Label", ("Ctrl+M",)),
    Command("uncertain", "Flag this bout as uncertain", "Label", ("Ctrl+U",)),
    Command("cancel", "Drop the open bout or the selection", "Label", ("Esc",)),
    Command("undo", "Undo", "Label", ("Ctrl+Z",), repeat=True),
    Command("redo", "Redo", "Label", ("Ctrl+Shift+Z",), ("Ctrl+Y",), repeat=True),
    Command("zoom_in", "Zoom the timeline in", "Timeline", ("Ctrl++", "Ctrl+="), ("Ctrl+Up",), repeat=True),
    Command("zoom_out", "Zoom the timeline out", "Timeline", ("Ctrl+-",), ("Ctrl+Down",), repeat=True),
    Command("help", "Show all keys", "Help", ("?",), ("F1", "Ctrl+F1")),
    *DECIDING,
    *COMPARING,
)  # fmt: skip

#: Commands by which a boundary is gone to or placed: what the key model counts as navigation.
NAVIGATING = frozenset(
    {command.id for command in COMMANDS if command.group in ("Play", "Move")}
    | {"set_start", "set_end", "nudge_left", "nudge_right"}
)

BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}

_MODIFIERS = ("Ctrl", "Shift", "Alt", "Meta")
_NAMES = {"pageup": "PgUp", "pagedown": "PgDown", "escape": "Esc", "del": "Delete", "plus": "+"} | {
    name.casefold(): name
    for name in (
        "Space", "Tab", "Esc", "Return", "Enter", "Backspace", "Delete", "Insert", "Home", "End", "PgUp",
        "PgDown", "Left", "Right", "Up", "Down", *(f"F{number}" for number in range(1, 13)),
    )
}  # fmt: skip


def normal(key: str) -> str:
    """Return one spelling for a key sequence: modifiers in a fixed order, names as in the registry.

    Examples
    --------
    >>> normal("shift+ctrl+pageup")
    'Ctrl+Shift+PgUp'
    >>> normal("Ctrl++")
    'Ctrl++'
    """
    held, name = _split(key)
    if not name or held - {modifier.casefold() for modifier in _MODIFIERS}:
        raise ValueError(f"'{key}' is not a key: write it like Ctrl+Shift+Left.")
    base = _NAMES.get(name.casefold(), name)
    base = base.upper() if len(base) == 1 else base
    return "+".join([*(m for m in _MODIFIERS if m.casefold() in held), base])


def bare(key: str) -> str | None:
    """Return the letter or digit that a key is, in lower case, or None when it is anything else."""
    found = normal(key).lower()
    return found if len(found) == 1 and found.isascii() and found.isalnum() else None
