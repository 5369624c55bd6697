from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import AssignmentRecord, ClipRecord, Kind, State
from napari_ethoprofile.annotation.review_plans import (
    Candidate,
    Workload,
    clips_from_table,
    draw,
    workloads,
)

SUBJECTS = st.lists(st.sampled_from("ABC"), min_size=1, max_size=60)


def candidates_of(subjects: list[str]) -> list[Candidate]:
    return [Candidate(f"c{n:02}", subject) for n, subject in enumerate(subjects)]


@given(SUBJECTS, st.integers(1, 70), st.integers(0, 5))
def test_every_layer_gets_its_share_to_within_one_clip(subjects: list[str], count: int, seed: int) -> None:
    candidates = candidates_of(subjects)
    drawn = draw(candidates, count=count, by=("subject",), seed=seed)
    total = min(count, len(candidates))
    assert len(drawn) == len(set(drawn)) == total
    layer_of = {candidate.clip: candidate.subject for candidate in candidates}
    for subject in set(subjects):
        exact = subjects.count(subject) * total / len(subjects)
        assert abs([layer_of[clip] for clip in drawn].count(subject) - exact) < 1


@given(SUBJECTS, st.permutations(range(60)), st.integers(0, 5))
def test_the_order_of_candidates_does_not_matter(subjects: list[str], order: list[int], seed: int) -> None:
    candidates = candidates_of(subjects)
    shuffled = [candidates[n] for n in order if n < len(candidates)]
    assert draw(candidates, share=0.3, seed=seed) == draw(shuffled, share=0.3, seed=seed)


def test_a_fifth_of_ten_is_two_and_seeds_differ() -> None:
    candidates = candidates_of(["A"] * 10)
    draws = {tuple(draw(candidates, share=0.2, seed=seed)) for seed in range(20)}
    assert {len(clips) for clips in draws} == {2}
    assert len(draws) > 5
    assert draw(candidates, share=1.0) == [candidate.clip for candidate in candidates]
    assert draw([], share=0.5) == []


def test_layers_cross() -> None:
    candidates = [
        Candidate(f"{subject}{phase}{n}", subject, phase=phase)
        for subject in "AB"
        for phase in ("light", "dark")
        for n in range(4)
    ]
    drawn = draw(candidates, share=0.25, by=("subject", "phase"))
    assert sorted(clip[:-1] for clip in drawn) == ["Adark", "Alight", "Bdark", "Blight"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either a share of the clips or their number"),
        ({"share": 0.5, "count": 3}, "either a share of the clips or their number"),
        ({"share": 0.0}, "0 is not"),
        ({"share": 20.0}, "20 is not"),
        ({"share": float("nan")}, "nan is not"),
        ({"count": 0}, "1 or more"),
        ({"share": 0.5, "by": ("cage",)}, "'cage' is none of these"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        draw(candidates_of(["A"]), **arguments)


CLIPS = [ClipRecord("v_s0_n50", "v", 0, 50), ClipRecord("v_s50_n50", "v", 50, 100)]


@pytest.mark.parametrize(
    "text",
    ["clip\nv_s50_n50\nv_s50_n50\n", "\ufeffVideo;start;stop\nv;50;100\n", "note,clip\nx,v_s50_n50\n"],
)
def test_clips_are_read_from_a_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    assert clips_from_table(CLIPS, path) == ["v_s50_n50"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip\nv_s50_n50\nw\n", r"row 3 of .* stands 'w'"),
        ("video,start,stop\nv,50,101\n", r"row 2 of .* stands 'v 50 101'"),
        ("video\nv\n", "needs a column clip"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ProjectError, match=message):
        clips_from_table(CLIPS, path)


def test_work_is_counted_by_annotator() -> None:
    def record(name: str, state: State, deadline: date | None) -> AssignmentRecord:
        return AssignmentRecord("a", "c", name, Kind.BLIND, state, "", "", deadline, "", "", "")

    today, past, coming = date(2026, 3, 10), date(2026, 3, 9), date(2026, 4, 1)
    records = [
        record("Ben", State.ASSIGNED, past),
        record("Ben", State.OPEN, coming),
        record("Ben", State.OPEN, today),
        record("Ben", State.COMPARED, past),
        record("Ada", State.SUBMITTED, past),
    ]
    assert workloads(records, today) == [
        Workload("Ada", 0, 0, 1, 0, None),
        Workload("Ben", 1, 2, 1, 1, past),
    ]
