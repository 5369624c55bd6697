from pathlib import Path

import pytest
from napari_ethoprofile.annotation.clips import Source, Stretch
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import VideoRecord

from napari_ethoprofile.widgets.clip_plan import (
    ClipPlan,
    PlanKind,
    counted,
    shares_of,
    sources_of,
    spoken_duration,
)

HOUR = Source("hour", 90_000, 25.0, "m1")
SHORT = Source("short", 250, 25.0, "m2")


@pytest.mark.parametrize(
    ("plan", "name", "clips"),
    [
        (ClipPlan(), "5min every 30min", 3),
        (ClipPlan(PlanKind.CUT, length=600), "whole in clips of 10min", 7),
        (ClipPlan(PlanKind.WHOLE), "whole", 2),
        (ClipPlan(PlanKind.RANDOM, length=5, count=4, seed=3), "4 random of 5s, seed 3", 5 + 1),
    ],
)
def test_a_plan_has_a_name_and_clips(plan: ClipPlan, name: str, clips: int) -> None:
    stretches = plan.stretches([HOUR, SHORT])
    assert plan.name == name
    assert len(stretches) <= clips if plan.kind is PlanKind.RANDOM else len(stretches) == clips


def test_a_list_of_clips_must_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="Choose the CSV file"):
        ClipPlan(PlanKind.TABLE).stretches([HOUR])
    table = tmp_path / "list.csv"
    table.write_text("video,start,stop\nhour,10,20\n", encoding="utf-8")
    plan = ClipPlan(PlanKind.TABLE, table=table)
    assert plan.stretches([HOUR]) == [Stretch("hour", 10, 20)]
    assert plan.name == "list list.csv"


def test_shares_add_up_per_recording() -> None:
    shares = shares_of([HOUR, SHORT], ClipPlan().stretches([HOUR, SHORT]))
    assert [(s.video, s.subject, s.clips, s.seconds, s.length) for s in shares] == [
        ("hour", "m1", 2, 600.0, 3600.0),
        ("short", "m2", 1, 10.0, 10.0),
    ]


def test_only_clips_at_an_estimated_end_are_uncertain() -> None:
    plan = ClipPlan()
    stretches = plan.stretches([HOUR, SHORT])
    assert plan.uncertain([HOUR, SHORT], stretches, {"hour"}) == []
    assert plan.uncertain([HOUR, SHORT], stretches, {"hour", "short"}) == [Stretch("short", 0, 250)]
    assert plan.to_count([HOUR, SHORT], {"hour", "short"}) == {"short"}
    assert plan.to_count([HOUR, Source("unknown", 0, 25.0)], {"hour", "unknown"}) == {"unknown"}


def test_a_random_plan_needs_every_length() -> None:
    """Every length goes into the draw: with estimates the same seed would not give the same clips again."""
    plan = ClipPlan(PlanKind.RANDOM, length=5, count=2)
    stretches = plan.stretches([HOUR, SHORT])
    assert plan.uncertain([HOUR, SHORT], stretches, {"hour"}) == stretches
    assert plan.uncertain([HOUR, SHORT], stretches, set()) == []
    assert plan.to_count([HOUR, SHORT], {"hour"}) == {"hour"}


def test_records_become_sources_with_what_is_known() -> None:
    records = [
        VideoRecord("a", "a.mkv", frames=10, fps=30.0, subject="m"),
        VideoRecord("b", "b.mkv", estimated_frames=99),
    ]
    assert sources_of(records) == ([Source("a", 10, 30.0, "m"), Source("b", 99, 25.0)], {"b"})


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "45 s"), (90, "1.5 min"), (28_800, "8 h"), (5_400, "1.5 h")]
)
def test_durations_are_spoken(seconds: float, text: str) -> None:
    assert spoken_duration(seconds) == text
    assert (counted(1, "clip"), counted(1200, "clip")) == ("1 clip", "1,200 clips")
