"""The batch tier in a project: from labels to a model folder that labels recordings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from labeled_stretches import snapshot, stretch
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.batch_training import BatchRecipe, part_to_test, train_batch
from napari_ethoprofile.training.cards import GroupCard
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.evaluation.evaluation import evaluate_model
from napari_ethoprofile.training.examples import Task
from napari_ethoprofile.training.fitting import TrainingCanceledError
from napari_ethoprofile.training.models import damaged_models, list_models
from napari_ethoprofile.training.prediction import predict_recording
from napari_ethoprofile.training.predictors import load_predictor
from napari_ethoprofile.training.project_training import train_in_project
from napari_ethoprofile.training.splits import Fold
from napari_ethoprofile.training.stack_fitting import StackFit
from small_project import write_recording

FRAMES = 200
SHORT = StackFit(epochs=1, batch=4, steps=1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three animals that rest and walk by turns, and never drink."""
    project = Project.create(tmp_path / "project", make_ethogram(["rest", "walk", "drink"]))
    codes = 1 + (np.arange(FRAMES) // 40 % 2).astype(np.int16)[:, None]
    for number in range(3):
        video = project.add_video(write_recording(tmp_path / f"{number}.mkv", FRAMES), subject=f"0{number}")
        project.index_video(video.id)
        project.import_track(Stretch(video.id, 0, FRAMES), "Ada", LabelTrack(codes))
    return project


def test_from_labels_to_a_model_that_labels_recordings(project: Project, tmp_path: Path) -> None:
    stages: list[str] = []
    recipe = BatchRecipe("net", seed=1, fit=SHORT, device="cpu")
    with project:
        done = train_in_project(project, recipe, on_stage=lambda stage, done, total: stages.append(stage))
        card = done.card
        assert card.tier == "batch"
        assert any(sentence.startswith("drink needs 20") for sentence in card.data_summary["warnings"])
        assert card.rate == pytest.approx(25 / 11)
        assert len(card.subjects) == 2
        assert sorted(card.subjects + card.calibrated_on) == ["00", "01", "02"]
        with pytest.raises(LearnError, match="or was calibrated on it; label another one"):
            evaluate_model(take_snapshot(project), "net", project.cache_folder, project=project)
        assert card.split.startswith("holdout of subject")
        assert not any(subject in card.split for subject in card.subjects)
        assert {"frame accuracy", "macro accuracy"} <= {metric.name for metric in card.metrics}
        assert {metric.split for metric in card.metrics} == {card.split}
        assert "training the network" in stages
        predictor = load_predictor("net", project, "cpu")
    result = predict_recording(tmp_path / "0.mkv", predictor, tmp_path / "out")
    assert read_labels(result.labels_file).frames == FRAMES
    assert result.facts["model"] == card.id


def test_a_training_that_was_stopped_goes_on_when_it_is_asked_for_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_ethoprofile.training.batch_training.KEPT_EVERY", 0.0)
    recipe = BatchRecipe("net", fit=StackFit(epochs=1, batch=2, steps=3), device="cpu")
    steps: list[int] = []

    def tell(stage: str, done: int, total: int | None) -> None:
        if stage == "training the network":
            steps.append(done)

    def stopped(recipe: BatchRecipe) -> None:
        steps.clear()
        with pytest.raises(TrainingCanceledError):
            train_in_project(project, recipe, on_stage=tell, cancelled=lambda: len(steps) == 2)

    with project:
        stopped(recipe)
        [kept] = (project.folder / "models").iterdir()
        assert list_models(project) == []
        assert damaged_models(project) == {}
        stopped(replace(recipe, seed=1))  # another training: what was kept of the first is gone
        assert steps == [1, 2]
        assert not kept.exists()
        train_in_project(project, replace(recipe, seed=1), on_stage=tell)
        assert steps == [1, 2, 3]
        assert [folder.name for folder in (project.folder / "models").iterdir()] == ["net"]


def test_one_animal_is_told_before_what_it_lacks(project: Project) -> None:
    with project:
        only = take_snapshot(project).select([0])
        with pytest.raises(LearnError, match="from the subject '00' only; label a second subject"):
            train_batch(only, BatchRecipe("net", fit=SHORT, device="cpu"), project.cache_folder)


def test_what_shows_all_of_a_behavior_is_not_held_out() -> None:
    rare = [1] * 150 + [2] * 50
    data = snapshot(*(stretch(f"0{n}", rare if n in (2, 6) else [1] * 250) for n in range(1, 9)))
    task = Task(0, GroupCard("behavior", ((1, "rest"), (2, "drink"))))
    folds = [Fold("rare", (0, 2, 3, 4, 6, 7), (1, 5)), Fold("usual", (1, 2, 3, 5, 6, 7), (0, 4))]
    assert part_to_test(data, task, folds).name == "usual"
    assert part_to_test(data, task, folds[:1]).name == "rare"


def test_what_is_tested_shows_every_behavior_where_that_is_possible() -> None:
    data = snapshot(*(stretch(f"0{n}", [1] * 150 + [2] * 50 if n < 4 else [1] * 250) for n in range(1, 7)))
    task = Task(0, GroupCard("behavior", ((1, "rest"), (2, "drink"))))
    folds = [Fold("nothing", (0, 1, 2, 3, 4), (5,)), Fold("both", (1, 2, 3, 4), (0, 5))]
    assert part_to_test(data, task, folds).name == "both"


def test_few_frames_of_a_behavior_are_more_than_none() -> None:
    data = snapshot(
        stretch("01", [1] * 150 + [2] * 50 + [3] * 50),
        stretch("02", [1] * 200 + [3] * 50),
        stretch("03", [1] * 180 + [2] * 30 + [3] * 15),
    )
    task = Task(0, GroupCard("behavior", ((1, "rest"), (2, "groom"), (3, "rear"))))
    folds = [Fold("third", (1,), (2,)), Fold("second", (2,), (1,))]
    assert part_to_test(data, task, folds).name == "second"


def test_what_only_the_tested_part_shows_is_left_out_of_the_model_and_told(tmp_path: Path) -> None:
    rare = ["drink", "groom", "rear"]
    with Project.create(tmp_path / "project", make_ethogram(["rest", "walk", *rare])) as project:
        for number in range(3):
            video = project.add_video(
                write_recording(tmp_path / f"{number}.mkv", FRAMES), subject=f"0{number}"
            )
            project.index_video(video.id)
            codes = np.repeat([1, 2, 3 + number, 1, 2], FRAMES // 5).astype(np.int16)[:, None]
            project.import_track(Stretch(video.id, 0, FRAMES), "Ada", LabelTrack(codes))
        recipe = BatchRecipe("net", unit="video", fit=SHORT, device="cpu")
        trained = train_batch(take_snapshot(project), recipe, project.cache_folder)
    names = [name for _, name in trained.model.card.groups[0].behaviors]
    [gone] = [name for name in rare if name not in names]
    assert names == [name for name in ("rest", "walk", *rare) if name != gone]
    [told] = [sentence for sentence in trained.warnings if "left out of the model" in sentence]
    assert f"shows enough of {gone}, so it is" in told


def test_a_folder_that_takes_no_model_is_told_before_the_work(project: Project) -> None:
    with project:
        (project.folder / "models").write_text("no folder")
        stages: list[str] = []
        with pytest.raises(LearnError, match=r"No model can be put into .*models: Not a directory; see that"):
            train_in_project(
                project,
                BatchRecipe("net", fit=SHORT, device="cpu"),
                on_stage=lambda *told: stages.append(told[0]),
            )
        assert stages == []


def test_a_training_that_is_stopped_goes_on_at_that_step(project: Project) -> None:
    recipe = BatchRecipe("net", fit=replace(SHORT, epochs=3, steps=2), device="cpu")
    steps: list[int] = []

    def tell(stage: str, done: int, total: int | None) -> None:
        if stage == "training the network":
            steps.append(done)

    with project:
        with pytest.raises(TrainingCanceledError):
            train_in_project(project, recipe, on_stage=tell, cancelled=lambda: 3 in steps)
        assert steps[-1] == 3
        train_in_project(project, recipe, on_stage=tell)
    assert steps == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_model(project: Project) -> None:
    with project:
        snapshot = take_snapshot(project)
        one, two = (
            train_batch(snapshot, BatchRecipe("net", fit=SHORT, device="cpu"), project.cache_folder).model
            for _ in range(2)
        )
    assert all(np.array_equal(one.weights[name], two.weights[name]) for name in one.weights)
    assert one.card.calibration == two.card.calibration


def test_the_published_recipe_is_kept_in_the_card() -> None:
    recipe = BatchRecipe.published("net")
    assert (recipe.fit.optimizer, recipe.fit.rate, recipe.fit.decay) == ("sgd", 0.03, 0.99)
    assert (recipe.fit.epochs, recipe.fit.composition, recipe.fit.rule) == (40, "published", "repository")
    assert recipe.preprocessing.name == "deepethoprofile"


def test_several_groups_are_told_to_use_the_other_tier(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", make_ethogram(["rest", "walk"], exclusive=False)) as project:
        codes = np.zeros((FRAMES, 2), np.int16)
        codes[:80, 0], codes[90:, 1] = 1, 2
        for number in range(2):
            video = project.add_video(
                write_recording(tmp_path / f"{number}.mkv", FRAMES), subject=f"0{number}"
            )
            project.index_video(video.id)
            project.import_track(Stretch(video.id, 0, FRAMES), "Ada", LabelTrack(codes))
        snapshot = take_snapshot(project)
        with pytest.raises(LearnError, match="this ethogram has 2 groups"):
            train_batch(snapshot, BatchRecipe("net", fit=SHORT), project.cache_folder)
