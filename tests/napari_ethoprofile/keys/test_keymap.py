"""Presets, the user's own keys, and what clashes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.ethogram import make_ethogram, preset
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED

from napari_ethoprofile.keys import COMMANDS, PRESETS, KeyMap, KeyMapError, conflicts
from napari_ethoprofile.keys.describe import help_html, label_rows, tooltip
from napari_ethoprofile.keys.page import keyboard_page
from napari_ethoprofile.keys.registry import bare

HOME_CAGE = preset("home-cage")


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_gives_a_key_to_two_commands(name):
    keys = [key for _, bound in KeyMap(name).bound() for key in bound]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_leaves_every_default_command_a_key(name):
    keymap = KeyMap(name)
    assert not [c.id for c in COMMANDS if c.keys and not keymap.keys(c.id)]


@pytest.mark.parametrize("name", [n for n in PRESETS if n != "jabs"])
def test_presets_agree_with_the_home_cage_ethogram(name):
    assert conflicts(KeyMap(name), HOME_CAGE) == []


def test_behavior_keys_come_from_the_ethogram():
    keys = KeyMap().paint_keys(HOME_CAGE)
    groom = HOME_CAGE.by_name("groom").id
    assert keys["3"] == keys["g"] == groom
    assert keys["0"] == NONE
    assert keys["backspace"] == keys["delete"] == UNLABELED


def test_the_boris_preset_moves_speed_to_home_and_end():
    keymap = KeyMap("boris")
    assert keymap.keys("faster") == ("Home",)
    assert keymap.keys("clip_start") == ("Ctrl+Home",)
    assert keymap.keys("normal_speed") == ("Backspace",)
    assert keymap.paint_keys(HOME_CAGE).get("backspace") is None


def test_the_deepethogram_preset_steps_three_frames_down():
    keymap = KeyMap("deepethogram")
    assert keymap.keys("step_forward_3") == ("Down",)
    assert keymap.keys("next_boundary") == ("Alt+Down",)


def test_the_viewer_preset_labels_by_code():
    keymap = KeyMap("deepethoprofile")
    keys = keymap.label_keys(HOME_CAGE)
    names = [HOME_CAGE.label_name(keys[str(code)]) for code in range(9)]
    assert names == ["drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk", "none"]
    assert set(keys) == set("012345678")
    assert keymap.mode == "advance"
    assert {bare(key) for c in ("step_forward", "step_back", "go_to") for key in keymap.keys(c)} >= set("nbj")


def test_the_jabs_preset_takes_its_letters_from_the_ethogram_and_says_so():
    keymap = KeyMap("jabs")
    assert keymap.mode == "select"
    assert "x" not in keymap.label_keys(HOME_CAGE)
    assert conflicts(keymap, HOME_CAGE) == [
        "The key x of none is used for 'Start a selection, then unlabel it'."
    ]


def test_a_remapped_command_has_only_its_new_keys():
    keymap = KeyMap().with_key("play_pause", "p")
    assert keymap.keys("play_pause") == ("P",)
    assert keymap.without_override("play_pause") == KeyMap()
    assert KeyMap().with_key("help", ()).keys("help") == ()


def test_clashes_are_said_in_sentences():
    keymap = KeyMap().with_key("note", "ctrl+z").with_key("go_to", "G")
    assert conflicts(keymap, HOME_CAGE) == [
        "The key Ctrl+Z is given to 'Note on this bout' and 'Undo'; change one of them.",
        "The key g of groom is used for 'Go to a frame or time'.",
    ]
    alone = make_ethogram(["groom"])
    keymap = KeyMap().with_key("go_to", ("G", "1"))
    assert conflicts(keymap, alone)[-1] == "The behavior groom has no key left; give it one in the ethogram."


def test_more_behaviors_than_codes_are_said():
    many = make_ethogram([f"number {number}" for number in range(10)])
    assert conflicts(KeyMap("deepethoprofile"), many) == [
        f"The behavior number {number} has no key in the preset DeepEthoProfile viewer, which knows 9 labels."
        for number in (8, 9)
    ]


@given(
    st.sampled_from(sorted(PRESETS)),
    st.dictionaries(
        st.sampled_from([c.id for c in COMMANDS if c.id != "unlabel"]),
        st.lists(st.sampled_from(["Ctrl+K", "F11", "Shift+Tab", "+", "q"]), max_size=3).map(tuple),
    ),
)
def test_settings_keep_a_map(name, overrides):
    keymap = KeyMap(name, overrides)
    assert KeyMap.from_dict(keymap.to_dict()) == keymap


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ({"preset": "emacs"}, "no key preset 'emacs'"),
        ({"overrides": {"fly": ["F"]}}, "no command 'fly'"),
        ({"overrides": {"help": ["Hyper+H"]}}, "is not a key"),
        ({"overrides": {"unlabel": ["Ctrl+D"]}}, "cannot unlabel"),
        ({"overrides": ["help"]}, "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_settings_that_make_no_sense_are_refused(data, match):
    with pytest.raises(KeyMapError, match=match):
        KeyMap.from_dict(data)


def test_tooltips_and_help_are_made_from_the_map():
    keymap = KeyMap().with_key("play_pause", "P")
    assert tooltip(keymap, "play_pause") == "Play or pause (P)"
    assert tooltip(keymap, "checkpoint").endswith("(Ctrl+S). Every edit is saved as you make it.")
    assert ("groom", ("3", "G")) in label_rows(keymap, HOME_CAGE)
    text = help_html(keymap, HOME_CAGE, lambda key: f"[{key}]")
    assert "<b>[P]</b>" in text
    assert "<b>[&lt;]</b>" in text
    assert "[F4]" not in text


def test_the_page_of_the_documentation_is_up_to_date():
    page = Path(__file__).parents[3] / "docs" / "keyboard.md"
    assert page.read_text("utf-8") == keyboard_page(), (
        "run: python -m napari_ethoprofile.keys > docs/keyboard.md"
    )
