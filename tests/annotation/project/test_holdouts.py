"""Animals that are kept apart: never for two purposes, chosen over the strains, told for every recording."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.assigning import pass_to_score
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project, Purpose
from napari_ethoprofile.annotation.tracks import LabelTrack

STRAINS = {"01": "C57", "02": "C57", "03": "C57", "04": "C57", "05": "SWISS", "06": "SWISS", "07": "SWISS"}
FRAMES = 100


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory, recording: Path) -> Iterator[Project]:
    """A project of seven animals of two strains with a recording each."""
    folder = tmp_path_factory.mktemp("cohort")
    with Project.create(folder / "project", preset("home-cage")) as project:
        for name, strain in STRAINS.items():
            path = shutil.copy(recording, folder / f"mouse {name}.mp4")
            project.record_frames(project.add_video(path, name).id, FRAMES, 25.0, exact=True)
            project.add_subject(name, strain)
        yield project


@pytest.fixture
def project(cohort: Project) -> Iterator[Project]:
    yield cohort
    for purpose in Purpose:
        cohort.keep_subjects(purpose, [])


def test_an_animal_is_kept_for_one_purpose_only(project: Project) -> None:
    project.keep_subjects("champion", ["06", "02", "02"])
    assert project.kept_subjects("champion") == ("02", "06")
    assert project.kept_subjects("test") == ()
    with pytest.raises(ProjectError, match="'06' is kept for comparing models already"):
        project.keep_subjects("test", ["05", "06"])
    assert project.kept_subjects("test") == ()
    project.keep_subjects("test", ["05"])
    with pytest.raises(ProjectError, match="'05' is kept for the final test already"):
        project.keep_subjects("champion", ["05"])
    with pytest.raises(ProjectError, match="No recording of the project shows the subject '99'"):
        project.keep_subjects("champion", ["99"])
    assert [project.kept_apart(video.id) for video in project.videos()] == [
        "", "champion", "", "", "test", "champion", "",
    ]  # fmt: skip
    project.keep_subjects("champion", ["01"])
    assert project.kept_subjects("champion") == ("01",)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(1, 3), seed=st.integers(0, 999))
def test_animals_are_suggested_over_the_strains(cohort: Project, number: int, seed: int) -> None:
    chosen = cohort.suggest_subjects(number, seed)
    assert len(set(chosen)) == number
    assert chosen == cohort.suggest_subjects(number, seed)
    strains = Counter(STRAINS[name] for name in chosen)
    assert strains == {1: {"C57": 1}, 2: {"C57": 1, "SWISS": 1}, 3: {"C57": 2, "SWISS": 1}}[number]
    assert cohort.kept_subjects("champion") == ()


def test_other_seeds_suggest_other_animals_and_those_that_were_learned_from_come_last(
    project: Project,
) -> None:
    assert len({project.suggest_subjects(2, seed) for seed in range(20)}) > 3
    for seed in range(10):
        assert project.suggest_subjects(2, seed, avoid=["01", "02", "03", "05", "06"]) == ("04", "07")


def test_what_is_kept_already_is_not_suggested_and_enough_stays_to_learn_from(project: Project) -> None:
    project.keep_subjects("test", ["05"])
    assert project.spare_subjects() == 3
    for seed in range(10):
        assert "05" not in project.suggest_subjects(3, seed)
    with pytest.raises(ProjectError, match="so that 3 can be kept at most"):
        project.suggest_subjects(4)
    with pytest.raises(ProjectError, match="ask for 1 or more"):
        project.suggest_subjects(0)


def test_clips_of_animals_for_comparing_models_are_begun_blind(project: Project) -> None:
    project.add_annotator("Ada")
    project.keep_subjects("champion", ["02"])
    project.keep_subjects("test", ["03"])
    clips = project.add_clips([Stretch(f"mouse 0{number}", 0, 50) for number in (1, 2, 3)])
    kinds = [pass_to_score(project, clip.id, "Ada").kind for clip in clips]
    assert kinds == ["first", "blind", "first"]
    assert pass_to_score(project, clips[1].id, "Ada") == project.passes(clip=clips[1].id, acting="Ada")[0]


def test_an_animal_with_frozen_test_labels_is_kept_for_the_test(
    make_project: Callable[..., Project], recording: Path
) -> None:
    project = make_project()
    video = project.add_video(recording)
    project.record_frames(video.id, FRAMES, 25.0, exact=True)
    record = project.import_track(Stretch(video.id, 0, 50), "Ada", LabelTrack.blank(50))
    assert project.frozen_animals() == frozenset()
    with project.edit(record.id, "Ada") as editor:
        editor.submit()
    project.freeze_passes([record.id], "test", "Ada")
    assert project.frozen_animals() == {"01"}
    assert project.kept_apart(video.id) == "test"
    with pytest.raises(ProjectError, match="'01' is kept for the final test already"):
        project.keep_subjects("champion", ["01"])
    project.keep_subjects("test", ["01"])
