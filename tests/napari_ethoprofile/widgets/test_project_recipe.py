from dataclasses import replace
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.errors import EthoprofileError, ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from small_project import write_recording

from napari_ethoprofile.widgets.clip_plan import ClipPlan, PlanKind
from napari_ethoprofile.widgets.project_recipe import (
    CanceledError,
    ChosenRecording,
    ProjectRecipe,
    place_problem,
)


@pytest.fixture
def recipe(tmp_path: Path, recording: Path) -> ProjectRecipe:
    return ProjectRecipe(
        tmp_path / "new",
        "New",
        preset("home-cage"),
        "Ada",
        "AL",
        (ChosenRecording(recording),),
        plan=ClipPlan(PlanKind.CUT, length=2.0),
    )


def make(recipe: ProjectRecipe, cancel_after: int = 1_000_000) -> list[str]:
    told: list[str] = []
    recipe.make(lambda text, _done, _total: told.append(text), lambda: len(told) >= cancel_after)
    return told


def test_everything_of_the_recipe_is_in_the_project(recipe: ProjectRecipe, tmp_path: Path) -> None:
    sheet = tmp_path / "mice.csv"
    sheet.write_text("id;strain\n01;BL6\n", encoding="utf-8")
    told = make(replace(recipe, subjects=sheet, lights=("06:00", "18:00")))
    with Project.open(recipe.folder) as project:
        video = project.videos()[0]
        assert project.name == "New"
        assert [(a.name, a.initials) for a in project.annotators()] == [("Ada", "AL")]
        assert [(s.id, s.strain) for s in project.subjects()] == [("01", "BL6")]
        assert (video.subject, video.frames) == ("01", 100)
        assert [(c.start, c.stop) for c in project.clips()] == [(0, 50), (50, 100)]
        assert project.phase_at(video.id, 0) == "light"
    assert told[0] == "Adding 01_20180418_1200.mp4"
    assert told[-1] == "Counting the frames of 01_20180418_1200"


@pytest.mark.parametrize(("asked", "kept"), [(0, 0), (2, 2), (9, 2)])
def test_animals_are_kept_for_comparing_models_as_far_as_others_stay(
    recipe: ProjectRecipe, tmp_path: Path, asked: int, kept: int
) -> None:
    sheet = tmp_path / "mice.csv"
    sheet.write_text("id;strain\n01;BL6\n02;SWISS\n03;BL6\n04;SWISS\n", encoding="utf-8")
    recordings = tuple(
        ChosenRecording(write_recording(tmp_path / f"0{n}_20180418_1200.mp4", 50)) for n in range(1, 5)
    )
    make(replace(recipe, recordings=recordings, subjects=sheet, holdout=asked))
    with Project.open(recipe.folder) as project:
        chosen = project.kept_subjects("champion")
        strains = {record.id: record.strain for record in project.subjects()}
        assert sorted(strains[name] for name in chosen) == ["BL6", "SWISS"][:kept]
        assert project.kept_subjects("test") == ()


def test_frames_are_not_counted_where_the_plan_does_not_need_them(recipe: ProjectRecipe) -> None:
    make(replace(recipe, plan=ClipPlan(length=1.0, every=3.0)))
    with Project.open(recipe.folder) as project:
        assert [(c.start, c.stop) for c in project.clips()] == [(0, 25), (75, 100)]
        assert project.videos()[0].frames == 100  # the second clip ends with the recording
    other = replace(recipe, folder=recipe.folder.parent / "other", plan=ClipPlan(length=1.0, every=10.0))
    make(other)
    with Project.open(other.folder) as project:
        assert project.videos()[0].frames is None


@pytest.mark.parametrize("existed", [False, True])
def test_a_step_that_fails_leaves_nothing(recipe: ProjectRecipe, tmp_path: Path, existed: bool) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video", encoding="utf-8")
    if existed:
        recipe.folder.mkdir()
    with pytest.raises(EthoprofileError, match=r"bad\.mp4"):
        make(replace(recipe, recordings=(*recipe.recordings, ChosenRecording(bad))))
    assert recipe.folder.exists() == existed
    assert not existed or not list(recipe.folder.iterdir())
    make(recipe)  # and it can be tried again


@pytest.mark.parametrize("cancel_after", [0, 1, 2])
def test_canceling_leaves_nothing(recipe: ProjectRecipe, cancel_after: int) -> None:
    with pytest.raises(CanceledError, match="nothing of it is left"):
        make(recipe, cancel_after)
    assert not recipe.folder.exists()


def test_what_is_not_ours_is_never_removed(recipe: ProjectRecipe) -> None:
    recipe.folder.mkdir()
    (recipe.folder / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="is not empty"):
        make(recipe)
    assert (recipe.folder / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_places_are_judged_before_anything_is_made(recipe: ProjectRecipe, tmp_path: Path) -> None:
    make(recipe)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "file").touch()
    (tmp_path / "blank").mkdir()
    assert place_problem(tmp_path, "fresh") == ""
    assert place_problem(tmp_path, "blank") == ""
    assert "is a project already" in place_problem(tmp_path, "new")
    assert "is a project itself" in place_problem(recipe.folder, "inner")
    assert "is not empty" in place_problem(tmp_path, "full")
    assert "is a file" in place_problem(tmp_path, "file")
    assert "There is no folder" in place_problem(tmp_path / "nowhere", "x")
    assert not (tmp_path / "fresh").exists()


def test_unicode_and_long_names(recipe: ProjectRecipe, tmp_path: Path) -> None:
    video = write_recording(tmp_path / f"Käfig 鼠 {'x' * 180}.mp4", frames=20)
    make(replace(recipe, name="Mäuse 鼠", recordings=(ChosenRecording(video, "Ü1"),)))
    with Project.open(recipe.folder) as project:
        assert (project.name, project.videos()[0].subject) == ("Mäuse 鼠", "Ü1")
