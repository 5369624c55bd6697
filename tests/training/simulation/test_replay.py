"""The replay: nobody looks at the held-out animal, the same seed plays the same, asking well pays."""

from dataclasses import replace

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.training.fitting import TrainingCanceledError
from napari_ethoprofile.training.simulation import asking
from napari_ethoprofile.training.simulation.gaussian import gaussian_material
from napari_ethoprofile.training.simulation.material import Material
from napari_ethoprofile.training.simulation.replay import Plan, Played, Round, play
from napari_ethoprofile.training.simulation.stream import benefits, break_even
from napari_ethoprofile.training.simulation.summary import Summary

QUICK = Plan(("random", "clip_entropy_v1"), seeds=2, batch=6, budget=20, held_out=2)


@pytest.fixture(scope="module")
def material() -> Material:
    return gaussian_material(subjects=4, minutes=2)


@pytest.fixture(scope="module")
def played(material: Material) -> Played:
    return play(material, QUICK)


def _facts(each: Round) -> tuple[object, ...]:
    return (
        each.strategy, each.seed, each.held_out, each.units, each.keys, each.keys_corrected,
        each.test.confusion.tolist(), each.test.stream.tolist(),
    )  # fmt: skip


def test_all_strategies_begin_with_the_same_units(played: Played) -> None:
    for animal in played.held_out:
        for seed in range(2):
            first = [
                _facts(r)[3:] for r in played.rounds if (r.held_out, r.seed, r.number) == (animal, seed, 0)
            ]
            assert len(first) == 2
            assert first[0] == first[1]
    assert [r.units for r in played.rounds[:4]] == [6, 12, 18, 20]


def test_the_held_out_animal_is_never_asked_about_and_its_labels_change_only_what_it_is_told(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[str], list[int]]] = []
    real = asking.choose

    def watched(pool, *arguments):  # type: ignore[no-untyped-def]
        picks = real(pool, *arguments)
        asked.append(([unit.subject for unit in pool.units], [pick.unit for pick in picks]))
        return picks

    monkeypatch.setattr(asking, "choose", watched)
    plan = replace(QUICK, held_out=1)
    before = play(material, plan)
    [animal] = before.held_out
    assert asked
    assert all(animal not in subjects for subjects, _ in asked)
    first = list(asked)
    asked.clear()
    wrong = tuple(
        replace(piece, targets=0 * piece.targets, frames=0 * piece.frames, features=piece.features[::-1])
        if piece.subject == animal
        else piece
        for piece in material.pieces
    )
    after = play(replace(material, pieces=wrong), plan)
    assert asked == first
    assert [r.keys for r in after.rounds] == [r.keys for r in before.rounds]
    assert any(
        not np.array_equal(a.test.confusion, b.test.confusion)
        for a, b in zip(after.rounds, before.rounds, strict=True)
    )


def test_the_same_seed_plays_the_same_in_one_process_and_in_two(material: Material, played: Played) -> None:
    again = play(material, QUICK, processes=2)
    for one, two in ((played.rounds, again.rounds), (played.few, again.few), (played.full, again.full)):
        assert [_facts(each) for each in one] == [_facts(each) for each in two]


def test_progress_is_told_and_a_cancel_is_heard(material: Material) -> None:
    told: list[tuple[str, int, int | None]] = []
    play(material, replace(QUICK, seeds=1), lambda *stage: told.append(stage))
    assert told[-1][1:] == (4, 4)
    with pytest.raises(TrainingCanceledError):
        play(material, QUICK, cancelled=lambda: True)


def test_what_cannot_be_simulated_is_refused_in_a_sentence(material: Material) -> None:
    with pytest.raises(LearnError, match="no strategy 'magic'"):
        Plan(("magic",))
    with pytest.raises(LearnError, match="three animals or more"):
        play(replace(material, pieces=material.pieces[:2]), QUICK)
    with pytest.raises(LearnError, match="the initial pool alone needs 50"):
        play(material, replace(QUICK, first=50))


def test_sums_and_costs_of_the_summary_are_those_of_the_rounds(played: Played) -> None:
    summary = Summary(played)
    points = [p for p in summary.points() if p.strategy == "random"]
    last = [r for r in played.rounds if (r.strategy, r.number) == ("random", 3)]
    assert points[-1].keys == pytest.approx(np.mean([r.keys for r in last]))
    counts = sum(r.test.confusion for r in last)
    assert points[-1].accuracy == pytest.approx(np.trace(counts) / counts.sum())
    # Under the model's own number of navigation keys the sensitivity is the figure itself.
    figures = {(f.strategy, f.name): f.value for f in summary.figures()}
    assert summary.navigation_sensitivity()[2.0]["random"] == pytest.approx(figures["random", "keys to 95 %"])
    assert figures["random", "keys to 95 %"] <= played.full[0].keys + played.full[1].keys


def test_proposals_on_the_stream_are_counted_for_every_model(played: Played) -> None:
    [_, benefit, _] = benefits(played)
    assert sum(each.models for each in benefit.bins) == len(played.rounds) + len(played.few)


def test_the_accuracy_at_which_proposals_break_even_lies_between_models() -> None:
    accuracy = np.array([0.4, 0.6, 0.8])
    assert break_even(accuracy, np.array([1.3, 1.1, 0.7])) == pytest.approx(0.65)
    assert "even the best model" in str(break_even(accuracy, np.array([1.3, 1.2, 1.1])))
    assert "even the worst model" in str(break_even(accuracy, np.array([0.9, 0.8, 0.7])))


def test_asking_by_entropy_learns_more_of_the_same_number_of_units_than_by_chance() -> None:
    material = gaussian_material(subjects=5, minutes=4)
    plan = Plan(("random", "clip_entropy_v1"), seeds=3, batch=8, budget=40, held_out=2)
    points = Summary(play(material, plan)).points()
    means = {
        name: np.mean([p.macro_f1 for p in points if p.strategy == name and p.number])
        for name in plan.strategies
    }
    assert means["clip_entropy_v1"] > means["random"]
