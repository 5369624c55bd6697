from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import EthogramError
from napari_ethoprofile.annotation.ethogram import (
    HOME_CAGE,
    NONE_COLOR,
    PALETTE,
    Behavior,
    Ethogram,
    conflicts,
    make_ethogram,
    preset,
)

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)
names = st.lists(
    st.lists(words, min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda name: name.casefold() not in ("none", "unlabeled")),
    max_size=40,
    unique_by=str.casefold,
)


@given(names, st.booleans())
def test_any_names_make_an_ethogram_without_clashes(given_names: list[str], exclusive: bool) -> None:
    ethogram = make_ethogram(given_names, exclusive=exclusive)
    assert conflicts(ethogram.behaviors, ethogram.none_keys) == []
    assert [b.name for b in ethogram.behaviors] == given_names
    assert [b.id for b in ethogram.behaviors] == list(range(1, len(given_names) + 1))
    expected = 1 if exclusive or not given_names else len(given_names)
    assert len(ethogram.groups) == expected


@given(names)
def test_plain_data_hold_everything(given_names: list[str]) -> None:
    ethogram = make_ethogram(given_names, "test")
    behaviors = tuple(
        replace(b, definition=f"what {b.name} is", examples=(("v1", 3), ("v2", 0)))
        for b in ethogram.behaviors
    )
    ethogram = replace(ethogram, behaviors=behaviors)
    assert Ethogram.from_dict(ethogram.to_dict()) == ethogram


@given(names)
def test_files_hold_everything(tmp_path_factory: pytest.TempPathFactory, given_names: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "ethogram.yaml"
    ethogram = make_ethogram(given_names)
    ethogram.save(path)
    assert Ethogram.load(path) == ethogram


def test_the_home_cage_preset() -> None:
    ethogram = preset("home-cage")
    assert [b.name for b in ethogram.behaviors] == [
        "drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk",
    ]  # fmt: skip
    assert ethogram.groups == ("behavior",)
    assert [b.keys[0] for b in ethogram.behaviors] == list("12345678")
    assert all(len(b.keys) == 2 and b.definition == HOME_CAGE[b.name] for b in ethogram.behaviors)
    assert len({b.color for b in ethogram.behaviors}) == 8


def test_the_other_presets() -> None:
    assert preset("empty").behaviors == ()
    assert preset("empty").groups == ("behavior",)
    with pytest.raises(EthogramError, match="no ethogram preset 'fish'"):
        preset("fish")


def test_looking_things_up() -> None:
    ethogram = preset("home-cage")
    walk = ethogram.by_name(" WALK ")
    assert walk is not None
    assert ethogram.by_id(8) == ethogram.by_key("8") == walk
    assert ethogram.by_key("W") == walk
    assert (ethogram.by_name("fly"), ethogram.by_key("q")) == (None, None)
    assert [ethogram.label_name(code) for code in (-1, 0, 8)] == ["unlabeled", "none", "walk"]
    assert (ethogram.label_color(0), ethogram.label_color(1)) == (NONE_COLOR, PALETTE[0])
    assert (ethogram.group_of(3), ethogram.next_id()) == (0, 9)
    with pytest.raises(EthogramError, match="no behavior with the id 99"):
        ethogram.by_id(99)


@pytest.mark.parametrize(
    ("behaviors", "problem"),
    [
        ((Behavior(1, "a"), Behavior(2, "A")), "the name 'a' is used 2 times"),
        ((Behavior(1, "a"), Behavior(1, "b")), "the id 1 is used 2 times"),
        ((Behavior(1, "a", ("q",)), Behavior(2, "b", ("q",))), "the key 'q' is given to a and b"),
        ((Behavior(1, "a", ("0",)),), "the key '0' is given to a and none"),
        ((Behavior(1, "a", ("F1",)),), "the key 'F1' of a is not a bare letter"),
        ((Behavior(1, "a", ("Q",)),), "the key 'Q' of a is not a bare letter"),
        ((Behavior(0, "a"),), "the id of a must be 1 or more"),
        ((Behavior(1, "None"),), "a behavior cannot be called 'None'"),
        ((Behavior(1, " "),), "a behavior cannot be called ' '"),
        ((Behavior(1, "a\nb"),), r"a behavior cannot be called 'a\nb'"),
        ((Behavior(1, "a", color="red"),), "the color 'red' of a is not #rrggbb"),
    ],
)
def test_what_contradicts_itself_is_refused(behaviors: tuple[Behavior, ...], problem: str) -> None:
    assert any(found.startswith(problem) for found in conflicts(behaviors))
    with pytest.raises(EthogramError) as caught:
        Ethogram(behaviors)
    assert problem in str(caught.value)


def test_every_clash_is_named() -> None:
    behaviors = (Behavior(1, "a", ("q",)), Behavior(1, "a", ("q",)))
    assert len(conflicts(behaviors)) == 3


def test_a_file_may_leave_out_nearly_everything(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text("behaviors:\n  - sniff\n  - {name: run, keys: [R], group: gait}\n", encoding="utf-8-sig")
    ethogram = Ethogram.load(path)
    assert ethogram.behaviors[0] == Behavior(1, "sniff", ("1", "s"), PALETTE[0])
    assert ethogram.behaviors[1] == Behavior(2, "run", ("r",), PALETTE[1], "gait")
    assert ethogram.groups == ("behavior", "gait")


def test_spaces_in_names_are_plain_spaces() -> None:
    assert make_ethogram(["  dig\u00a0 \n hole "]).behaviors[0].name == "dig hole"


def test_given_ids_are_kept_and_others_fit_around_them() -> None:
    data = {"behaviors": ["a", {"name": "b", "id": 1}, "c"]}
    assert [b.id for b in Ethogram.from_dict(data).behaviors] == [2, 1, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("behaviors: [", r"is not valid YAML at line \d"),
        ("- a\n- b\n", "needs a list under 'behaviors'"),
        ("behaviors: walk\n", "needs a list under 'behaviors'"),
        ("behaviors:\n  - {keys: [a]}\n", "behavior 1 has no name"),
        ("behaviors:\n  - {name: a, colour: red}\n", "'a' has the unknown entry 'colour'"),
        ("behaviors:\n  - {name: a, id: many}\n", "is not an ethogram"),
        ("behaviors:\n  - {name: a, examples: [3]}\n", "is not an ethogram"),
        ("behaviors:\n  - {name: a, keys: 5}\n", "is not an ethogram"),
        ("behaviors: [a, a]\n", "the name 'a' is used 2 times"),
        ("none_keys: 5\nbehaviors: [a]\n", "is not an ethogram"),
        ("behaviors: [5]\n", "behavior 1 has no name"),
        ("", "needs a list under 'behaviors'"),
        ("behaviors:\n  - {name: a, 5: red, x: y}\n", "unknown entry"),
    ],
)
def test_a_malformed_file_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(EthogramError, match=message) as caught:
        Ethogram.load(path)
    assert str(caught.value).endswith(".")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(
        EthogramError, match=r"binary\.yaml cannot be read: it is not a text file in UTF-8\.$"
    ):
        Ethogram.load(tmp_path / "binary.yaml")
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(EthogramError, match=r"cannot be read: [^\[]*\.$"):
            Ethogram.load(path)
