"""The table of commands: every one reachable, on US, German and French keyboards, with either hand."""

import pytest
from napari_ethoprofile.annotation.ethogram import preset

from napari_ethoprofile.keys import BY_ID, COMMANDS, KeyMap
from napari_ethoprofile.keys.digits import digit_of
from napari_ethoprofile.keys.registry import COMPARE, SCOPES, bare, normal

#: What the printing keys give without Shift and AltGr: X11 key code -> character, row by row.
#: Sources: the xkb symbols "us", "de" and "fr" (the basic layouts).
ROWS = {
    "us": ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),
    "de": ("^1234567890ß´", "qwertzuiopü+#", "asdfghjklöä", "<yxcvbnm,.-"),
    "fr": ("²&é\"'(-è_çà)=", "azertyuiop^$*", "qsdfghjklmù", "<wxcvbn,;:!"),
}
#: Keys that carry a name on every keyboard.
NAMED = {
    "Space", "Tab", "Esc", "Return", "Enter", "Backspace", "Delete", "Home", "End", "PgUp", "PgDown",
    "Left", "Right", "Up", "Down", *(f"F{n}" for n in range(1, 13)),
}  # fmt: skip


#: Commands whose place a scope takes altogether.
INSTEAD = {"previous_item", "next_item", "loop_bout", "submit"}


def unshifted(layout: str) -> set[str]:
    return NAMED | {character.upper() for row in ROWS[layout] for character in row}


def is_reachable(key: str, layout: str) -> bool:
    modifiers, base = (key[:-1], "+") if key.endswith("+") else key.rpartition("+")[::2]
    return "Shift" not in modifiers and base in unshifted(layout)


@pytest.mark.parametrize("layout", ROWS)
@pytest.mark.parametrize("command", [c.id for c in COMMANDS if c.keys])
def test_every_default_command_has_an_unshifted_key(command, layout):
    assert any(is_reachable(key, layout) for key in KeyMap().keys(command))


@pytest.mark.parametrize("layout", ROWS)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_what_is_called_unshifted_is(command, layout):
    assert all(is_reachable(key, layout) for key in command.unshifted)


@pytest.mark.parametrize("layout", ROWS)
def test_every_behavior_key_is_unshifted_by_letter_and_by_position(layout):
    """Digits sit on X11 key codes 10 to 19, whatever the layout writes there."""
    typed = {
        digit_of("xcb", code, 0, text, shift=False)
        for code, text in zip(range(10, 20), ROWS[layout][0][1:11], strict=True)
    }
    assert typed == set("0123456789")
    letters = {key for b in preset("home-cage").behaviors for key in b.keys if key.isalpha()}
    assert {letter.upper() for letter in letters} <= unshifted(layout)


@pytest.mark.parametrize(
    ("platform", "scan", "virtual", "text", "digit"),
    [
        ("xcb", 10, 0x26, "&", "1"),  # French
        ("xcb", 15, 0x2D, "-", "6"),
        ("wayland", 19, 0xE0, "à", "0"),
        ("windows", 0x02, 0x31, "&", "1"),
        ("windows", 0x4F, 0x61, "1", None),  # the keypad: its own key says 1
        ("cocoa", 1, 22, "§", "6"),
        ("cocoa", 1, 0, "a", None),
        ("offscreen", 0, 0, "1", None),
        ("xcb", 17, 0x5B, "[", None),  # German AltGr+8 means [
        ("xcb", 38, 0x61, "a", None),
    ],
)
def test_the_digit_row_counts_by_position(platform, scan, virtual, text, digit):
    assert digit_of(platform, scan, virtual, text, shift=False) == digit


def test_shift_and_a_digit_of_the_row_is_still_that_digit():
    assert digit_of("xcb", 17, 0x2A, "*", shift=True) == "8"  # US
    assert digit_of("xcb", 12, 0x23, "#", shift=True) == "3"


def test_scoring_and_stepping_with_either_hand_alone():
    keys = {key: command.id for command, bound in KeyMap().bound() for key in bound}
    left = [keys[key] for key in ("F2", "F3", "F4")]
    right = [keys[key] for key in ("Left", "Right", "Up", "Down", "+", "-", "Delete")]
    assert left == ["step_back", "step_forward", "play_pause"]
    assert right[:2] == ["step_back", "step_forward"]
    assert right[4:] == ["faster", "slower", "unlabel"]
    letters = {key for behavior in preset("home-cage").behaviors[:5] for key in behavior.keys}
    assert set("12345") <= letters


def test_ids_are_unique_and_defaults_do_not_clash():
    assert len(BY_ID) == len(COMMANDS)
    keys = [key for _, bound in KeyMap().bound() for key in bound]
    assert len(keys) == len(set(keys))
    assert not [key for key in keys if bare(key)]


@pytest.mark.parametrize("scope", SCOPES)
def test_in_every_scope_keys_do_not_clash_and_no_command_is_out_of_reach(scope):
    bound = KeyMap().bound(scope)
    keys = [key for _, given in bound for key in given]
    assert len(keys) == len(set(keys))
    for layout in ROWS:
        unreachable = [c.id for c, given in bound if not any(is_reachable(key, layout) for key in given)]
        assert unreachable == []
    everywhere = {c.id for c, _ in KeyMap().bound() if c.id not in INSTEAD}
    assert everywhere <= {c.id for c, _ in bound}


def test_keys_of_a_scope_do_nothing_outside_it():
    assert not [command.id for command, _ in KeyMap().bound() if command.scope]
    owners = {key: command.id for command, keys in KeyMap().bound(COMPARE) for key in keys}
    assert [owners[key] for key in ("F1", "F2", "F3", "F4", "Tab")] == [
        "take_a", "take_b", "take_model", "leave_unresolved", "next_disagreement",
    ]  # fmt: skip


def test_stepping_commands_say_how_far():
    assert {c.id: c.frames for c in COMMANDS if c.frames}["step_back_10"] == -10


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("shift+ctrl+pageup", "Ctrl+Shift+PgUp"),
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("escape", "Esc"),
        ("q", "Q"),
    ],
)
def test_keys_have_one_spelling(written, key):
    assert normal(written) == key


@pytest.mark.parametrize("written", ["", "Hyper+A", "Ctrl+"])
def test_what_is_no_key_is_refused(written):
    with pytest.raises(ValueError, match="is not a key"):
        normal(written)
