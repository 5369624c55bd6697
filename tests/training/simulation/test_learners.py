"""The learners of a simulation: what they make of lessons, and that little is enough."""

import numpy as np
import pytest
from napari_ethoprofile.training.simulation.gaussian import gaussian_material
from napari_ethoprofile.training.simulation.learners import LEARNERS, Lesson, Logistic, fit
from napari_ethoprofile.training.simulation.material import Material
from napari_ethoprofile.training.smoothing import viterbi, viterbi_of_many
from napari_ethoprofile.training.snapshots import IGNORED


@pytest.fixture(scope="module")
def material() -> Material:
    return gaussian_material(subjects=3, minutes=2, noise=1.0)


def _lessons(material: Material, rows: list[np.ndarray], pieces: tuple[int, ...], count: int) -> list[Lesson]:
    places = material.places(pieces)[:: max(1, len(pieces) * 12 // count)][:count]
    return [
        Lesson(
            material.pieces[p.piece].subject, rows[p.piece][p.start : p.stop], material.targets(p)
        )
        for p in places
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["logistic", "head"])
def test_a_learner_knows_an_animal_it_has_not_seen(material: Material, name: str) -> None:
    learner = LEARNERS[name]
    rows = learner.prepared([piece.features for piece in material.pieces], [0, 1])
    fitted = fit(learner, _lessons(material, rows, (0, 1), 16), len(material.names), 0)
    probabilities = fitted.probabilities(rows[2])
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (fitted.decide(probabilities) == material.pieces[2].targets).mean() > 0.6


def test_what_is_prepared_for_seen_animals_does_not_depend_on_the_others(material: Material) -> None:
    pieces = [piece.features for piece in material.pieces]
    changed = [*pieces[:2], pieces[2] * 100]
    for one, two in zip(
        Logistic().prepared(pieces, [0, 1])[:2], Logistic().prepared(changed, [0, 1]), strict=False
    ):
        assert np.array_equal(one, two)


def test_one_unit_of_one_behavior_is_enough_to_say_that(material: Material) -> None:
    rows = Logistic().prepared([piece.features for piece in material.pieces], [0, 1])
    lesson = Lesson("01", rows[0][:50], np.full(50, 3))
    fitted = fit(Logistic(), [lesson], len(material.names), 0)
    assert set(fitted.decide(fitted.probabilities(rows[2])).tolist()) == {3}


def test_steps_without_a_label_teach_nothing(material: Material) -> None:
    rows = Logistic().prepared([piece.features for piece in material.pieces], [0, 1])
    lessons = _lessons(material, rows, (0, 1), 12)
    half = [
        Lesson(e.subject, e.features, np.where(np.arange(50) < 40, e.targets, IGNORED)) for e in lessons
    ]  # fmt: skip
    noise = [
        Lesson(e.subject, np.where(np.arange(50)[:, None] < 40, e.features, 9), e.targets) for e in half
    ]  # fmt: skip
    one, two = (
        fit(Logistic(), each, len(material.names), 0).probabilities(rows[2]) for each in (half, noise)
    )
    assert one == pytest.approx(two, abs=1e-5)


def test_many_viterbi_paths_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    emissions = np.log(rng.dirichlet(np.ones(4), (6, 30)))
    transitions, start = np.log(rng.dirichlet(np.ones(4), 4)), np.log(rng.dirichlet(np.ones(4)))
    together = viterbi_of_many(emissions, transitions, start)
    assert together.tolist() == [viterbi(each, transitions, start).tolist() for each in emissions]
