"""Bouts and boundaries that a model is not sure of: worked by hand, and laws."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.training.queries.doubtful import (
    Doubtful,
    Place,
    Said,
    doubtful_boundaries,
    doubtful_bouts,
    places_of,
    without_overlaps,
)

#: Ten frames a second, five steps a second.
FPS, STEP = 10.0, 2
NAMES = ("eat", "groom", "walk")


def said(*runs: tuple[int, int, float], scale: float = 1.0) -> Said:
    """Let a model say labels for so many steps, each with a probability; the next class gets the rest."""
    rows, path = [], []
    for steps, label, share in runs:
        row = np.zeros(3)
        row[label], row[(label + 1) % 3] = share, 1 - share
        rows += [row] * steps
        path += [label] * steps
    return Said(np.array(path), np.array(rows), np.arange(0, STEP * len(path) + 1, STEP), scale)


def nothing(frames: int) -> np.ndarray:
    return np.zeros(frames, bool)


def test_a_bout_comes_with_half_a_second_around_it_and_is_as_doubtful_as_its_label_is_unlikely() -> None:
    found = doubtful_bouts(
        said((20, 0, 0.9), (10, 1, 0.6), (20, 2, 0.8)), [Place("", 0, 100)], FPS, nothing(100)
    )
    assert [(d.start, d.stop) for d in found] == [(0, 45), (35, 65), (55, 100)]
    assert [d.inner for d in found] == [(0, 40), (40, 60), (60, 100)]
    assert [d.doubt for d in found] == pytest.approx([0.1, 0.4, 0.2])
    assert found[1].sentence(NAMES) == "2.0 s of groom, or walk: 60:40"


def test_a_bout_keeps_to_its_clip_and_to_what_has_no_label() -> None:
    model = said((20, 0, 0.9), (10, 1, 0.6), (20, 2, 0.8))
    places = [Place("a", 0, 57), Place("", 57, 100)]
    labeled = nothing(100)
    labeled[[37, 80]] = True
    found = doubtful_bouts(model, places, FPS, labeled)
    # The last frames of the second bout are too few for a bout of their own, the third one is partly labeled.
    assert [(d.place.clip, d.start, d.stop, d.inner) for d in found] == [("a", 38, 57, (40, 57))]


def test_a_long_bout_is_asked_for_a_minute_at_a_time() -> None:
    found = doubtful_bouts(said((750, 0, 0.9)), [Place("", 0, 1500)], FPS, nothing(1500))
    assert [d.inner for d in found] == [(0, 600), (600, 1200), (1200, 1500)]


def test_a_sharp_boundary_is_certain_and_a_blurred_one_is_open() -> None:
    sharp = said((20, 0, 1 - 1e-6), (20, 1, 1 - 1e-6))
    [found] = doubtful_boundaries(sharp, [Place("", 0, 80)], FPS, nothing(80))
    assert (found.start, found.stop, found.inner) == (30, 50, (40, 40))
    assert found.doubt < 0.001
    assert found.measure == pytest.approx(0.2, rel=0.01)  # one step
    even = np.full((40, 3), [0.5, 0.5, 0.0])
    blurred = Said(sharp.path, even, sharp.edges)
    [found] = doubtful_boundaries(blurred, [Place("", 0, 80)], FPS, nothing(80))
    assert found.doubt == pytest.approx(np.log(11))  # 1 s of 5 steps on either side: 11 places
    assert found.sentence(NAMES) == "where eat ends and groom begins is open within 2.2 s"


def test_two_steps_in_between_are_worked_by_hand() -> None:
    values = np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.1, 0.9]])
    model = Said(np.array([0, 0, 1, 1]), values, np.arange(0, 9, 2), scale=1.0)
    [found] = doubtful_boundaries(model, [Place("", 0, 8)], FPS, nothing(8))
    weights = [np.prod(values[:t, 0]) * np.prod(values[t:, 1]) for t in range(5)]
    shares = np.array(weights) / sum(weights)
    assert found.doubt == pytest.approx(-(shares * np.log(shares)).sum())


def test_a_boundary_at_the_edge_of_a_clip_or_beside_a_label_is_not_asked_for() -> None:
    model = said((20, 0, 0.7), (20, 1, 0.7), (20, 2, 0.7))
    places = [Place("a", 0, 40), Place("b", 40, 120)]
    assert [d.inner[0] for d in doubtful_boundaries(model, places, FPS, nothing(120))] == [80]
    labeled = nothing(120)
    labeled[89] = True
    assert doubtful_boundaries(model, places, FPS, labeled) == []


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Said, list[Place], np.ndarray]:
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    runs = [
        (int(rng.integers(1, 30)), int(rng.integers(3)), float(rng.uniform(0.34, 1)))
        for _ in range(draw(st.integers(1, 12)))
    ]
    model = said(*runs, scale=float(rng.uniform(0.1, 2)))
    frames = int(model.edges[-1])
    clips = []
    for number in range(draw(st.integers(0, 4))):
        start = int(rng.integers(frames))
        clips.append((f"{number}", start, min(frames, start + int(rng.integers(1, 80)))))
    labeled = nothing(frames)
    labeled[rng.integers(frames, size=draw(st.integers(0, 3)))] = True
    return model, places_of(sorted(clips, key=lambda clip: clip[1]), frames), labeled


@given(recordings())
@settings(max_examples=60, deadline=None)
def test_what_is_asked_for_lies_in_one_place_and_has_no_label(
    recording: tuple[Said, list[Place], np.ndarray],
) -> None:
    model, places, labeled = recording
    assert places[0].start == 0
    assert all(one.stop == two.start for one, two in pairwise(places))
    assert places[-1].stop == len(labeled)
    for search in (doubtful_bouts, doubtful_boundaries):
        found = search(model, places, FPS, labeled)
        for one in found:
            assert one.place in places
            assert one.place.start <= one.start <= one.inner[0] <= one.inner[1] <= one.stop <= one.place.stop
            assert one.start < one.stop
            assert not labeled[one.start : one.stop].any()
            assert one.doubt >= -1e-9
            assert one.one != one.other
        kept = without_overlaps([(one, (one.start, one.stop)) for one in found], len(labeled))
        spans = [span for _, span in kept]
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
        if found:  # the most doubtful always stays
            assert max(one.doubt for one in found) == max(one.doubt for one, _ in kept)
        for one in found:  # and nothing is given up without need
            assert any(start < one.stop and one.start < stop for start, stop in spans)


def test_of_equal_doubts_the_earlier_is_kept() -> None:
    place = Place("", 0, 100)
    one, two = (Doubtful(place, start, start + 20, (start, start), 0.5, 0, 1, 0.2) for start in (10, 20))
    assert without_overlaps([(two, (20, 40)), (one, (10, 30))], 100) == [(one, (10, 30))]
