import shutil
from pathlib import Path

import numpy as np
import pytest
from cohort_project import FPS, label
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import UNLABELED
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training.cards import ModelCard
from napari_ethoprofile.training.decisions import label_track
from napari_ethoprofile.training.ensemble import Ensemble
from napari_ethoprofile.training.fitting import HeadFit, TrainingCanceledError
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.models import Model, list_models
from napari_ethoprofile.training.project_training import train_in_project
from napari_ethoprofile.training.snapshots import Snapshot

#: Enough for generated mice.
QUICK = HeadFit(least_steps=60)


@pytest.fixture(scope="module")
def trained(labeled_mice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a model."""
    folder = tmp_path_factory.mktemp("trained") / "project"
    shutil.copytree(labeled_mice, folder)
    with Project.open(folder) as project:
        train_in_project(project, Recipe("first", head=QUICK))
    return folder


@pytest.fixture
def card(trained: Path) -> ModelCard:
    return Model.read(trained / "models" / "first").card


def figure(card: ModelCard, name: str) -> float:
    value = next(metric.value for metric in card.metrics if metric.name == name)
    assert value is not None
    return value


def test_a_model_beats_the_majority_on_animals_it_has_not_seen(trained: Path, card: ModelCard) -> None:
    snapshot = Snapshot.read(trained / "models" / "first")
    codes = np.concatenate([s.codes[:, 0] for s in snapshot.stretches])
    majority = np.bincount(codes).max() / len(codes)
    assert figure(card, "frame accuracy") > majority + 0.1
    assert figure(card, "macro accuracy") > 2 / len(card.groups[0].behaviors)
    assert card.split == "3-fold by subject (seed 0)"
    assert card.data == snapshot.hash
    assert card.subjects == ("01", "02", "03", "04")


def test_a_recording_streams_to_the_probabilities_of_its_clips(
    trained: Path, mice: Path, tmp_path: Path
) -> None:
    model = Model.read(trained / "models" / "first")
    ensemble = Ensemble.of(model)
    path = sorted(mice.glob("*.mkv"))[1]
    index = index_video(path, tmp_path)
    whole = ensemble.recording(path, index, FPS)
    assert (whole.start, whole.frames) == (0, index.frames)
    assert whole.groups[0].sum(axis=1) == pytest.approx(1, abs=1e-5)
    part = ensemble.stretch(tmp_path, path, index, FPS, (151, 260))
    assert (part.start, part.frames) == (151, 109)
    np.testing.assert_allclose(
        part.per_frame(part.groups[0]), whole.per_frame(whole.groups[0])[151:260], atol=1e-5
    )
    later = list(ensemble.stream(path, index, FPS, first=70))
    assert later[0][0] == 70
    np.testing.assert_allclose(
        np.concatenate([groups[0] for _, groups in later]), whole.groups[0][70:], atol=1e-5
    )
    with Project.open(trained, read_only=True) as project:
        track = label_track(whole, model.card, project.ethogram)
    assert track.codes.shape == (index.frames, 1)
    assert set(np.unique(track.codes)) <= {
        UNLABELED,
        *(number for number, _ in model.card.groups[0].behaviors),
    }


def test_the_same_seed_trains_the_same_model_and_its_place_is_kept(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(trained, folder)
    recipe = Recipe("again", seed=3, head=HeadFit(epochs=2, least_steps=4))
    with Project.open(folder) as project:
        first = train_in_project(project, recipe)
        with pytest.raises(LearnError, match="has a model 'again' already"):
            train_in_project(project, recipe)
        second = train_in_project(project, recipe, replace_old=True)
        assert first.card.weights_sha256 == second.card.weights_sha256
        assert [c.name for c in list_models(project)][-1] == "first"
        with pytest.raises(LearnError, match=r"cannot be called '\.\./out'"):
            train_in_project(project, Recipe("../out"))


def test_a_stopped_training_leaves_nothing(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(trained, folder)
    with Project.open(folder) as project:
        stages: list[str] = []
        with pytest.raises(TrainingCanceledError):
            train_in_project(
                project, Recipe("second", head=QUICK), on_stage=lambda stage, *_: stages.append(stage),
                cancelled=lambda: "heads" in stages,
            )  # fmt: skip
    assert [path.name for path in (folder / "models").iterdir()] == ["first"]


def test_labels_that_were_swapped_are_doubted_first(labeled_mice: Path, tmp_path: Path) -> None:
    from napari_ethoprofile.annotation.edits import Edit

    folder = tmp_path / "project"
    shutil.copytree(labeled_mice, folder)
    with Project.open(folder) as project:
        video = project.videos()[0].id
        (record,) = project.passes(video=video)
        labels = project.door.labels(record.id, None)
        walks = [bout for bout in labels.bouts() if project.ethogram.label_name(bout.label) == "walk"]
        longest = max(walks, key=lambda bout: bout.length)
        rest = project.ethogram.by_name("rest")
        assert rest is not None
        with project.edit(record.id, "truth") as editor:
            editor.commit(Edit.paint(editor.track, longest.start, longest.stop, rest.id))
        done = train_in_project(project, Recipe("doubting", head=QUICK))
    rows = [line.split(",") for line in (done.folder / "suspects.csv").read_text().splitlines()[1:]]
    place = [n for n, row in enumerate(rows) if row[1] == video and row[5:7] == ["rest", "walk"]]
    assert place
    assert place[0] < len(rows) / 2


def test_one_animal_is_not_enough_and_the_sentence_says_so(mice: Path, tmp_path: Path) -> None:
    folder = label(tmp_path / "project", mice, subjects=1)
    with (
        Project.open(folder) as project,
        pytest.raises(LearnError, match="come from the subject '01' only; label a second subject"),
    ):
        train_in_project(project, Recipe("first"))
    assert not (folder / "models").exists()


def test_another_file_in_the_place_of_a_recording_is_noticed(
    labeled_mice: Path, mice: Path, tmp_path: Path
) -> None:
    recordings = tmp_path / "recordings"
    shutil.copytree(mice, recordings)
    folder = label(tmp_path / "project", recordings, subjects=2)
    first, second = sorted(recordings.glob("*.mkv"))[:2]
    shutil.copy(second, first)
    with Project.open(folder) as project, pytest.raises(LearnError, match="is not the file that was labeled"):
        train_in_project(project, Recipe("first"))
