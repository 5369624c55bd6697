import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.ethogram import PALETTE, make_ethogram, preset

from napari_ethoprofile.widgets.ethogram_draft import EthogramDraft, keys_of, sentence_of

acts = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "move", "merge", "adopt"]), st.integers(0, 20), st.integers(0, 20)
    ),
    max_size=12,
)


@given(acts)
def test_ids_stay_unique_and_merges_point_at_behaviors_that_are_there(
    acts: list[tuple[str, int, int]],
) -> None:
    draft = EthogramDraft(preset("home-cage"), next_id=30)
    for act, first, second in acts:
        count = len(draft.behaviors)
        if act == "add":
            draft.add()
        elif act == "adopt":
            draft.adopt(make_ethogram(["walk", "jump"]))
        elif count and act == "remove":
            draft.remove([first % count])
        elif count and act == "move":
            draft.move(first % count, second % count)
        elif count and act == "merge":
            draft.merge([first % count], second % count)
    ids = [b.id for b in draft.behaviors]
    base = {b.id for b in draft.base.behaviors}
    assert len(ids) == len(set(ids))
    assert all(i in base or i >= 30 for i in ids)
    assert set(draft.merges) <= base - set(ids)
    assert set(draft.merges.values()) <= set(ids)
    assert {b.id for b in draft.removed} == base - set(ids) - set(draft.merges)


def test_a_chain_of_merges_ends_at_the_last_behavior() -> None:
    draft = EthogramDraft(make_ethogram(["a", "b", "c"]))
    draft.merge([0, 1], into=1)
    draft.merge([0, 1], into=1)
    assert draft.merges == {1: 3, 2: 3}
    assert [b.name for b in draft.behaviors] == ["c"]


def test_a_new_behavior_gets_a_free_color_and_a_free_key_with_its_name() -> None:
    draft = EthogramDraft(make_ethogram(["rear", "rest"]))
    row = draft.add()
    assert draft.behaviors[row].color == PALETTE[2]
    draft.change(row, name="reach")
    assert draft.behaviors[row].keys == ("a",)  # r and e belong to rear and rest
    draft.change(row, keys=())
    assert sentence_of(draft.hints()) == "Reach can only be scored with the mouse (no key)."


def test_a_preset_keeps_the_ids_of_behaviors_it_knows() -> None:
    draft = EthogramDraft(make_ethogram(["walk", "jump"]), next_id=7)
    draft.adopt(preset("home-cage"))
    ids = {b.name: b.id for b in draft.behaviors}
    assert ids["walk"] == 1
    assert sorted(set(ids.values()) - {1}) == list(range(7, 14))
    assert [b.name for b in draft.removed] == ["jump"]


@pytest.mark.parametrize(("text", "keys"), [("1 D", ("1", "d")), ("1,d;1", ("1", "d")), ("", ())])
def test_keys_are_typed_in_any_way(text: str, keys: tuple[str, ...]) -> None:
    assert keys_of(text) == keys
