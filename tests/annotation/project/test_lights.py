from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.lights import _first_frame_at

HOUR = 25 * 3600


@pytest.fixture
def video(project: Project) -> str:
    """A recording from noon on, with lights from 7 to 19."""
    project.set_lights("07:00", "19:00")
    return project.videos()[0].id


def test_time_of_day_of_a_frame(project: Project, video: str) -> None:
    assert project.time_of(video, 90 * 25) == datetime(2018, 4, 18, 12, 1, 30)


def test_the_lights_change_on_the_exact_frame(project: Project, video: str) -> None:
    assert project.phase_at(video, 0) == "light"
    assert project.phase_at(video, 7 * HOUR - 1) == "light"
    assert project.phase_at(video, 7 * HOUR) == "dark"
    assert project.phase_at(video, 19 * HOUR - 1) == "dark"
    assert project.phase_at(video, 19 * HOUR) == "light"


def test_phases_cover_a_stretch_without_gaps(project: Project, video: str) -> None:
    assert project.phases(video, 100, 44 * HOUR) == [
        (100, 7 * HOUR, "light"),
        (7 * HOUR, 19 * HOUR, "dark"),
        (19 * HOUR, 31 * HOUR, "light"),
        (31 * HOUR, 43 * HOUR, "dark"),
        (43 * HOUR, 44 * HOUR, "light"),
    ]
    assert project.phases(video, 5, 5) == []


def test_lights_may_be_on_over_midnight(project: Project, video: str) -> None:
    project.set_lights("20:00", "08:00")
    assert project.phase_at(video, 0) == "dark"
    assert project.phase_at(video, 10 * HOUR) == "light"


def test_without_a_schedule_there_is_no_phase(project: Project, video: str) -> None:
    project.set_lights("", "")
    assert project.phase_at(video, 0) is None
    assert project.phases(video, 0, 10) == []


@pytest.mark.parametrize(
    ("on", "off", "message"),
    [("7am", "19:00", "'7am' is not a time"), ("07:00", "", "'' is not"), ("07:00", "07:00", "same time")],
)
def test_a_schedule_that_makes_no_sense_is_refused(project: Project, on: str, off: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        project.set_lights(on, off)


@given(st.integers(-10_000_000, 10_000_000), st.sampled_from([25.0, 30.0, 30_000 / 1001, 23.976, 12.5]))
def test_rounding_never_moves_a_frame(frame: int, fps: float) -> None:
    assert _first_frame_at(frame / fps, fps) == frame
