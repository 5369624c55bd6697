"""The first list, strains, light and dark, and what people differ about."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.training.queries.cold_start import kinds_of
from napari_ethoprofile.training.queries.evenness import GROUP_CAP
from napari_ethoprofile.training.queries.pool import APART_SECONDS, Pool, Use
from napari_ethoprofile.training.queries.strategies import (
    DIFFERING,
    OPINIONS,
    STRATEGIES,
    choose,
    round_half_up,
)
from query_pools import CLASSES, make_pool
from sklearn.metrics import adjusted_rand_score


def with_kinds(pool: Pool, count: int, seed: int) -> tuple[Pool, np.ndarray]:
    """Let units look like one of some kinds, with a few that look like nothing else; return the kinds."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(count, size=len(pool.units))
    centers = 10 * rng.permutation(np.eye(count, 12))
    rows = centers[kinds] + rng.normal(scale=0.3, size=(len(pool.units), 12))
    return replace(pool, features=rows), kinds


@given(animals=st.integers(1, 4), each=st.integers(1, 2), seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_the_first_list_is_even_and_apart(animals: int, each: int, seed: int) -> None:
    pool = make_pool(animals, 16, seed, gap=15, model=False)
    number = 2 * animals * each
    picks = choose(pool, "clip_entropy_v1", number, seed, 0)
    strata = Counter((pool.units[p.unit].subject, pool.units[p.unit].light) for p in picks)
    assert set(strata.values()) == {each}
    assert len(strata) == 2 * animals
    if each == 1:  # there is room
        for at, pick in enumerate(picks):
            assert all(pool.seconds_apart(pick.unit, o.unit) >= APART_SECONDS for o in picks[:at])


def test_kinds_are_found_and_the_most_typical_unit_of_each_comes_first() -> None:
    pool, truth = with_kinds(make_pool(1, 120, 1, model=False), 4, 2)
    pool = replace(pool, units=tuple(replace(unit, light="") for unit in pool.units))
    kinds, ranks = kinds_of(pool, np.random.default_rng(0))
    # More kinds are sought than there are: none of them mixes two.
    assert all(len(set(truth[np.array(kinds) == kind])) == 1 for kind in set(kinds))
    assert adjusted_rand_score(truth, kinds) > 0.4
    for kind in set(kinds):
        own = np.flatnonzero(np.array(kinds) == kind)
        assert sorted(np.array(ranks)[own]) == list(range(len(own)))
    picks = choose(pool, "clip_entropy_v1", 8, 3, 0)
    assert {truth[p.unit] for p in picks} == {0, 1, 2, 3}
    centers = np.array([pool.features[truth == kind].mean(axis=0) for kind in truth])
    far = np.linalg.norm(pool.features - centers, axis=1)
    assert far[[p.unit for p in picks]].mean() < 0.9 * far.mean()


def test_kinds_that_move_come_in_the_second_half_more_often() -> None:
    pool, kinds = with_kinds(make_pool(1, 60, 5, model=False), 6, 6)
    restless = kinds == 0
    pool = replace(pool, motion=np.where(restless, 1.0, 0.001))
    lists = [choose(pool, "entropy", 2, seed, 0) for seed in range(20)]
    moving = [sum(restless[picks[half].unit] for picks in lists) for half in (0, 1)]
    assert moving[0] < 10 < moving[1]


@pytest.mark.parametrize("units", [1, 2, 5])
def test_a_few_units_that_all_look_the_same_can_be_asked_for(units: int) -> None:
    pool = make_pool(1, units, 0, model=False)
    pool = replace(pool, features=np.ones_like(pool.features))
    assert len(choose(pool, "clip_entropy_v1", units, 0, 0)) == units


# strains


def bred(pool: Pool, strains: dict[int, str]) -> Pool:
    return replace(pool, strains={f"mouse {animal}": strain for animal, strain in strains.items()})


def test_of_animals_with_as_few_labels_one_of_another_strain_comes_first() -> None:
    strains = {0: "B6", 1: "B6", 2: "B6", 3: "B6", 4: "SWISS"}
    pool = bred(make_pool(5, 4, 0, model=False), strains)
    for seed in range(10):
        picks = choose(pool, "stratified", 4, seed, 0)
        assert Counter(strains[int(pool.units[p.unit].subject[-1])] for p in picks) == {"B6": 2, "SWISS": 2}
    everyone = choose(pool, "stratified", 10, 0, 0)  # never at the cost of animals
    assert set(Counter(pool.units[p.unit].subject for p in everyone).values()) == {2}


def test_labels_of_a_strain_count_for_all_its_animals() -> None:
    pool = bred(make_pool(4, 4, 0, model=False), {0: "B6", 1: "B6", 2: "SWISS", 3: "SWISS"})
    pool = replace(pool, labeled={("mouse 0", "light"): 1, ("mouse 0", "dark"): 1})
    picks = choose(pool, "stratified", 2, 0, 0)
    assert {pool.units[p.unit].subject for p in picks} <= {"mouse 2", "mouse 3"}


@given(number=st.integers(1, 30), seed=st.integers(0, 10_000), rare=st.integers(1, 3))
@settings(max_examples=6, deadline=None)
def test_no_strain_has_much_more_than_its_share_where_the_others_can_have_the_rest(
    number: int, seed: int, rare: int
) -> None:
    strains = {animal: "SWISS" if animal < rare else "B6" for animal in range(6)}
    pool = bred(make_pool(6, 120, seed, gap=15), strains)
    picks = choose(pool, "clip_entropy_v1", number, seed, 1)
    found = Counter(strains[int(pool.units[p.unit].subject[-1])] for p in picks)
    assert len(picks) == number
    assert found["B6"] <= max(np.ceil(GROUP_CAP * number / 2), number - rare * np.ceil(2 * number / 6))
    one = bred(pool, dict.fromkeys(range(6), "B6"))  # a single strain is none
    assert choose(one, "clip_entropy_v1", number, seed, 1) == choose(
        bred(pool, {}), "clip_entropy_v1", number, seed, 1
    )


# light and dark


def dark_is_unsure(pool: Pool) -> Pool:
    said = [np.full((10, CLASSES), 1 / CLASSES), np.repeat(np.eye(CLASSES)[:1], 10, axis=0)]
    return replace(pool, probabilities=tuple(said[unit.light != "dark"] for unit in pool.units))


def phases_of(pool: Pool, number: int, seed: int) -> Counter[str]:
    picks = choose(pool, "clip_entropy_v1", number, seed, 1)
    assert len(picks) == number
    return Counter(pool.units[pick.unit].light for pick in picks)


@pytest.mark.parametrize("seed", range(5))
def test_neither_light_nor_dark_has_much_more_than_its_share(seed: int) -> None:
    pool = dark_is_unsure(make_pool(4, 40, seed))
    pool = replace(pool, labeled={(f"mouse {animal}", "dark"): 5 for animal in range(4)})
    assert phases_of(pool, 20, seed)["dark"] == GROUP_CAP * 20 / 2
    asked = choose(pool, "clip_entropy_v1", 20, seed, 1)
    assert any(pool.units[pick.unit].light == "light" for pick in asked if not pick.audit)


def test_where_the_other_phase_has_little_left_the_list_is_filled_all_the_same() -> None:
    pool = dark_is_unsure(make_pool(2, 40, 1))
    light = [n for n, unit in enumerate(pool.units) if unit.light == "light"]
    found = phases_of(pool.take([n for n in range(len(pool.units)) if n not in light[2:]]), 20, 1)
    assert found["dark"] >= 18


def test_recordings_whose_phase_nobody_knows_are_not_limited() -> None:
    pool = dark_is_unsure(make_pool(4, 40, 2))
    unknown = {"dark": "", "light": "light"}
    pool = replace(pool, units=tuple(replace(unit, light=unknown[unit.light]) for unit in pool.units))
    assert phases_of(pool, 20, 2)[""] > GROUP_CAP * 20 / 2


# what people differ about


def controversial(pool: Pool, about: dict[int, float]) -> Pool:
    units = tuple(
        replace(u, use=Use.OPINION) if n in about else u for n, u in enumerate(pool.units)
    )  # fmt: skip
    return replace(pool, units=units, differing=np.array([about.get(n, 0.0) for n in range(len(units))]))


@given(number=st.integers(1, 40), seed=st.integers(0, 10_000), model=st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_tenth_asks_for_another_opinion_the_most_controversial_first(
    number: int, seed: int, *, model: bool
) -> None:
    about = {3: 0.2, 50: 0.9, 111: 0.5, 170: 0.1, 230: 0.7}
    pool = controversial(make_pool(4, 60, seed, model=model), about)
    picks = choose(pool, "clip_entropy_v1", number, seed, 1)
    asked = [p for p in picks if p.unit in about]
    assert [p.unit for p in asked] == [50, 230, 111, 3][: round_half_up(OPINIONS * number)]
    assert all(p.reason == DIFFERING and p.score == about[p.unit] and not p.audit for p in asked)
    assert len(picks) == number


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "clip_entropy_v1"])
def test_only_the_mixture_asks_for_another_opinion(strategy: str) -> None:
    pool = make_pool(2, 20, 0)
    settled = pool.take([n for n in range(40) if n not in (3, 30)])
    picks = choose(controversial(pool, {3: 0.9, 30: 0.5}), strategy, 10, 1, 1)
    assert [pool.units[p.unit] for p in picks] == [
        settled.units[p.unit] for p in choose(settled, strategy, 10, 1, 1)
    ]


def test_what_is_kept_for_chance_is_drawn_by_chance_only() -> None:
    pool = make_pool(4, 40, 3)
    units = tuple(replace(u, use=Use.CHANCE) if n % 2 else u for n, u in enumerate(pool.units))
    pool = replace(pool, units=units, doubts=np.linspace(0, 1, len(units)))
    picks = choose(pool, "clip_entropy_v1", 20, 0, 1)
    assert all((p.unit % 2 == 1) == p.audit for p in picks)
    assert sum(p.audit for p in picks) == 4
    best = choose(pool, "entropy", 3, 0, 1)
    assert [p.unit for p in best] == [158, 156, 154]  # by the pool's own doubts
