"""Whom a person can compare: by annotator and kind, without what blind work closes to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from double_coded import twice_scored
from napari_ethoprofile.annotation.agreement.sources import choosable_raters, open_passes
from napari_ethoprofile.annotation.project import Project
from small_project import write_recording


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")) as project:
        yield project


def names(project: Project, acting: str | None) -> list[str]:
    return [rater.name for rater in choosable_raters(project, acting).raters]


def test_annotators_come_with_their_kinds_where_they_have_several(project: Project) -> None:
    first = project.clips()[0]
    project.start_pass(first.id, "Ada", "blind")
    found = choosable_raters(project, "Dora")
    assert [(rater.name, rater.kind, rater.clips) for rater in found.raters] == [
        ("Ada", "", 2),
        ("Ada:first", "first", 2),
        ("Ada:blind", "blind", 1),
        ("Ben", "blind", 2),
    ]
    assert found.closed == 0


def test_what_blind_work_closes_is_counted_and_not_named(project: Project) -> None:
    for clip in project.clips():
        project.start_pass(clip.id, "Dora", "blind")
    found = choosable_raters(project, "Dora")
    assert [rater.name for rater in found.raters] == ["Dora"]
    assert found.closed == 4
    assert names(project, "Ada") == ["Ada", "Ben", "Dora"]
    assert names(project, None) == ["Dora"]  # her own blind pass is what closes the others
    assert len(open_passes(project, "Ada")) == 6
