import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Kind, Project
from napari_ethoprofile.annotation.project.queries import NewQuery
from napari_ethoprofile.training.decisions import label_track
from napari_ethoprofile.training.fitting import HeadFit, TrainingCanceledError
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.jobs.adopting import adopt
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.jobs.running import run_job
from napari_ethoprofile.training.models import read_card
from napari_ethoprofile.training.prediction import predict_clip
from napari_ethoprofile.training.predictors import load_predictor
from napari_ethoprofile.training.project_training import train_in_project
from napari_ethoprofile.training.proposing import (
    adopt_proposals,
    clips_to_propose,
    propose,
    read_proposal,
)

QUICK = HeadFit(epochs=2, least_steps=20)


@pytest.fixture
def folder(tmp_path: Path, labeled_mice: Path) -> Path:
    """A copy of the labeled mice with two clips on each that nobody has labeled."""
    shutil.copytree(labeled_mice, tmp_path / "project")
    with Project.open(tmp_path / "project") as project:
        for video in project.videos():
            project.add_clips([Stretch(video.id, 0, 100), Stretch(video.id, 150, 290)])
    return tmp_path / "project"


@pytest.mark.slow
def test_what_a_model_says_apart_from_the_project_is_what_it_says_inside(
    folder: Path, tmp_path: Path
) -> None:
    with Project.open(folder) as project:
        model = train_in_project(project, Recipe("first", head=QUICK)).folder
        [clip, other, *_] = clips_to_propose(project, 3)
        assert propose(model, [clip, other], project.cache_folder, tmp_path / "out") == ()
        inside = predict_clip(project, project.get_clip(clip.clip), load_predictor("first", project))
        card = read_card(tmp_path / "out")
        apart = label_track(read_proposal(tmp_path / "out", "0.npz", card), card, project.ethogram)
        np.testing.assert_array_equal(apart.codes, project.door.labels(inside.id, None).codes)
        made = adopt_proposals(project, tmp_path / "out")
        assert made[0] == inside  # what the same model has said before is not said twice
        assert (made[1].clip, made[1].kind, made[1].annotator) == (other.clip, Kind.MODEL, "first")
        assert adopt_proposals(project, tmp_path / "out") == made


def test_clips_of_animals_that_are_kept_apart_and_finished_ones_are_left_out(folder: Path) -> None:
    with Project.open(folder) as project:
        project.keep_subjects("champion", ["02"])
        project.keep_subjects("test", ["03"])
        first = project.videos()[0]
        project.add_annotator("Ada")
        with project.edit(project.start_pass(f"{first.id}_s0_n100", "Ada").id, "Ada") as editor:
            editor.submit()
        clips = [clip.clip for clip in clips_to_propose(project, 99)]
        shown = {project.get_video(project.get_clip(clip).video).subject for clip in clips}
        assert shown == {"01", "04"}
        assert f"{first.id}_s0_n100" not in clips
        assert f"{first.id}_s150_n140" in clips
        assert len(clips_to_propose(project, 2)) == 2


def test_a_job_brings_what_its_model_says_about_the_next_clips(folder: Path) -> None:
    with Project.open(folder) as project:
        job = prepare_job(project, head=QUICK, clips=3)
        stages: list[str] = []
        run_job(job, lambda event: stages.append(event.get("stage", "")), lambda: False)
        assert "proposals" in stages
        adopted = adopt(project, job)
        made = [p for p in project.passes() if p.kind is Kind.MODEL]
        assert {p.source for p in made} == {adopted.model}
        assert sorted(p.clip for p in made) == sorted(clip["clip"] for clip in job.plan.clips)


def test_a_missing_recording_is_told_and_a_stop_is_heard(folder: Path, tmp_path: Path) -> None:
    with Project.open(folder) as project:
        model = train_in_project(project, Recipe("first", head=QUICK)).folder
        first, second, *_ = clips_to_propose(project, 4)
        lost, long = replace(first, path=str(tmp_path / "gone.mkv")), replace(second, stop=10**6)
        told = propose(model, [lost, long], project.cache_folder, tmp_path / "out")
        assert "gone.mkv" in told[0]
        assert "does not lie on its recording any more" in told[1]
        assert adopt_proposals(project, tmp_path / "out") == []
        with pytest.raises(TrainingCanceledError):
            propose(model, [first], project.cache_folder, tmp_path / "more", cancelled=lambda: True)
        (tmp_path / "out" / "clips.json").unlink()
        with pytest.raises(LearnError, match="cannot be read"):
            adopt_proposals(project, tmp_path / "out")


def test_clips_that_are_asked_for_come_first(folder: Path) -> None:
    with Project.open(folder) as project:
        last = project.clips()[-1]
        project.add_queries([NewQuery(last.video, last.start, last.stop, last.id, reason="by chance")])
        assert [clip.clip for clip in clips_to_propose(project, 1)] == [last.id]
