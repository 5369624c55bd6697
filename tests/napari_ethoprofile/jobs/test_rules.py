from hypothesis import given
from hypothesis import strategies as st

from napari_ethoprofile.jobs.rules import StartRule, Wish, Wishes


@given(st.integers(0, 20), st.floats(0, 100), st.integers(1, 20), st.integers(1, 100))
def test_a_rule_needs_enough_clips_and_rest(fresh: int, idle: float, clips: int, rest: int) -> None:
    assert StartRule(True, clips, rest).due(fresh, idle) == (fresh >= clips and idle >= rest)
    assert not StartRule(False, clips, rest).due(fresh, idle)


def test_several_wishes_become_the_last_one() -> None:
    wishes = Wishes()
    assert wishes.take() is None
    for seed in range(3):
        wishes.add(Wish("by hand", seed=seed))
    assert wishes.any
    assert wishes.take() == Wish("by hand", seed=2)
    assert wishes.take() is None
