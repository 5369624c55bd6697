"""Names that are typed as pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import EthoprofileError

from napari_ethoprofile.renaming import renamings

_NAMES = st.text(st.characters(exclude_characters=",=", exclude_categories=["C"]), min_size=1).filter(
    lambda name: name == name.strip()
)


@given(st.dictionaries(_NAMES, _NAMES))
def test_what_is_typed_comes_back(names: dict[str, str]) -> None:
    pairs = [f" {old} = {new} " for old, new in names.items()]
    assert renamings(pairs) == names
    assert renamings(",".join(pairs)) == names


@pytest.mark.parametrize("typed", ["grooming", "grooming=", "=groom", "a=b, grooming"])
def test_a_part_that_is_no_pair_is_said(typed: str) -> None:
    with pytest.raises(EthoprofileError, match="renames no behavior; write it like grooming=groom"):
        renamings(typed)


def test_one_name_cannot_become_two() -> None:
    assert renamings("a=b, a=b") == {"a": "b"}
    with pytest.raises(EthoprofileError, match="'a' is renamed twice, to 'b' and to 'c'"):
        renamings("a=b, a=c")
