"""What to label next: the laws of every strategy, and the answers of scikit-activeml."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.queries.evenness import CAP
from napari_ethoprofile.training.queries.pool import APART_SECONDS, Pool
from napari_ethoprofile.training.queries.strategies import (
    AUDIT,
    STRATEGIES,
    choose,
    entropies,
    round_half_up,
)
from query_pools import CLASSES, STEPS, make_pool
from skactiveml.pool import k_greedy_center, uncertainty_scores


def steady(pool: Pool) -> Pool:
    """Let the model say the same all over a unit, so that averaging over time changes nothing."""
    said = tuple(np.repeat(p.mean(axis=0)[None], STEPS, axis=0) for p in pool.probabilities or ())
    return replace(pool, probabilities=said)


pools = st.builds(
    make_pool, st.integers(1, 5), st.integers(1, 12), st.integers(0, 10_000), model=st.booleans()
)


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(pool=pools, number=st.integers(0, 40), seed=st.integers(0, 99), batch=st.integers(0, 3))
@settings(max_examples=8, deadline=None)
def test_as_many_as_asked_for_none_twice_and_the_same_again_whatever_the_order(
    strategy: str, pool: Pool, number: int, seed: int, batch: int
) -> None:
    picks = choose(pool, strategy, number, seed, batch)
    assert len(picks) == min(number, len(pool.units))
    assert len({pick.unit for pick in picks}) == len(picks)
    assert choose(pool, strategy, number, seed, batch) == picks
    order = np.random.default_rng(seed).permutation(len(pool.units)).tolist()
    moved = choose(pool.take(order), strategy, number, seed, batch)
    assert [order[pick.unit] for pick in moved] == [pick.unit for pick in picks]


@given(animals=st.integers(2, 6), number=st.integers(1, 20), seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_mixture_keeps_apart_caps_animals_and_has_its_share_of_chance(
    animals: int, number: int, seed: int
) -> None:
    # Hundreds of units that begin every 15 s: every third can be taken, so there is room for all.
    pool = make_pool(animals, 300, seed, gap=15)
    picks = choose(pool, "clip_entropy_v1", number, seed, 1)
    for at, pick in enumerate(picks):
        for other in picks[:at]:
            assert pool.seconds_apart(pick.unit, other.unit) >= APART_SECONDS
    subjects = Counter(pool.units[pick.unit].subject for pick in picks)
    assert max(subjects.values()) <= np.ceil(CAP * number / animals)
    assert sum(pick.audit for pick in picks) == round_half_up(AUDIT * number)


def test_what_is_drawn_by_chance_depends_on_no_model_and_is_spread_over_the_list() -> None:
    pool = make_pool(4, 40, 3)
    other = replace(pool, probabilities=tuple(p[:, ::-1] ** 2 for p in pool.probabilities or ()))
    one, two = (choose(p, "clip_entropy_v1", 20, 5, 1) for p in (pool, other))
    assert [p.unit for p in one if p.audit] == [p.unit for p in two if p.audit]
    assert [p.unit for p in one] != [p.unit for p in two]
    places = [place for place, pick in enumerate(one) if pick.audit]
    assert len(places) == 4
    assert places[0] < 5
    assert max(np.diff(places)) <= 5


def test_another_seed_or_batch_draws_others() -> None:
    pool = make_pool(4, 40, 3)
    drawn = [
        tuple(p.unit for p in choose(pool, "random", 20, seed, batch))
        for seed, batch in ((0, 0), (1, 0), (0, 1))
    ]
    assert len(set(drawn)) == 3


@given(animals=st.integers(1, 5), each=st.integers(1, 3), seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_stratified_draw_gives_every_animal_the_same_in_light_and_dark(
    animals: int, each: int, seed: int
) -> None:
    pool = make_pool(animals, 8, seed, model=False)
    picks = choose(pool, "stratified", 2 * animals * each, seed, 0)
    strata = Counter((pool.units[p.unit].subject, pool.units[p.unit].light) for p in picks)
    assert set(strata.values()) == {each}
    assert len(strata) == 2 * animals


def test_animals_with_labels_wait_until_the_others_have_as_many() -> None:
    pool = replace(make_pool(3, 8, 1, model=False), labeled={("mouse 0", p): 5 for p in ("light", "dark")})
    picks = choose(pool, "stratified", 12, 0, 0)
    assert {pool.units[p.unit].subject for p in picks} == {"mouse 1", "mouse 2"}


def test_motion_prefers_what_moves_and_half_of_the_first_batch_does_not() -> None:
    pool = make_pool(1, 200, 4, model=False)
    pool = replace(pool, motion=np.where(np.arange(200) < 100, 0.001, 1.0))
    moving = [sum(p.unit >= 100 for p in choose(pool, "motion", 40, 2, batch)) for batch in (0, 1)]
    assert moving[1] > 36
    assert 20 < moving[0] < 36


def test_sequential_goes_by_recording_and_time() -> None:
    pool = make_pool(2, 5, 0).take([7, 3, 1, 9, 0, 2, 8, 4, 5, 6])
    picks = choose(pool, "sequential", 6, 0, 0)
    assert [pool.units[p.unit] for p in picks] == sorted(pool.units)[:6]


def test_what_is_rare_comes_forward() -> None:
    pool = make_pool(1, 40, 2)
    said = np.full((len(pool.units), CLASSES), 0.02)
    said[:, 0], said[:, 1] = 0.5, 0.46
    said[7] = [0.5, 0.02, 0.02, 0.46]  # as unsure as all others, but between the most common and the rarest
    pool = replace(pool, probabilities=tuple(np.repeat(row[None], STEPS, axis=0) for row in said))
    rare = [p.unit for p in choose(pool, "clip_entropy_v1", 10, 0, 1) if "rare" in p.reason]
    assert rare
    entropy = [p.unit for p in choose(pool, "entropy", 1, 0, 1)]
    assert entropy == [0]  # all the same: the first
    audits = {p.unit for p in choose(pool, "clip_entropy_v1", 10, 0, 1) if p.audit}
    assert rare[0] == 7 or 7 in audits


def test_an_unknown_strategy_is_named() -> None:
    with pytest.raises(LearnError, match="no strategy 'best'; choose one of sequential, random"):
        choose(make_pool(1, 2, 0), "best", 1, 0, 0)


# scikit-activeml's answers


@pytest.mark.parametrize("seed", range(5))
def test_entropy_ranks_as_scikit_activeml_does(seed: int) -> None:
    pool = steady(make_pool(3, 20, seed))
    rows = np.array([p[0] for p in pool.probabilities or ()])
    theirs = uncertainty_scores(rows, method="entropy")
    assert entropies(pool) == pytest.approx(theirs)
    picked = [p.unit for p in choose(pool, "entropy", 15, 0, 1)]
    assert picked == np.argsort(-theirs, kind="stable")[:15].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_margin_ranks_as_scikit_activeml_does(seed: int) -> None:
    pool = steady(make_pool(3, 20, seed))
    rows = np.array([p[0] for p in pool.probabilities or ()])
    theirs = uncertainty_scores(rows, method="margin_sampling")
    picks = choose(pool, "margin", 15, 0, 1)
    assert [p.unit for p in picks] == np.argsort(-theirs, kind="stable")[:15].tolist()
    assert [p.score for p in picks] == pytest.approx(np.sort(theirs)[::-1][:15])


@pytest.mark.parametrize("seed", range(5))
def test_the_core_set_is_that_of_scikit_activeml(seed: int) -> None:
    pool = make_pool(3, 20, seed)
    spread = pool.features.std(axis=0)
    known = np.random.default_rng(seed + 100).normal(size=(4, 6)) * spread
    pool = replace(pool, labeled_features=known)
    rows = np.concatenate([known, pool.features]) / spread
    labels = np.concatenate([np.zeros(len(known)), np.full(len(pool.units), np.nan)])
    theirs, _ = k_greedy_center(rows, labels, batch_size=10)
    assert [p.unit for p in choose(pool, "coreset", 10, 0, 1)] == (np.asarray(theirs) - len(known)).tolist()
