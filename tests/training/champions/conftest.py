"""Six generated mice: two to learn from, four whose clips are labeled blind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cohort_project import film
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, read_truth
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.project_training import train_in_project

HELD = ("03", "04", "05", "06")
CLIP = 200


#: One that has hardly learned anything, and one that has.
WEAK = Recipe("weak", seed=1, head=HeadFit(epochs=1, least_steps=1, window=64))
GOOD = Recipe("good", head=HeadFit(least_steps=60))


def score(project: Project, video: str, start: int, who: str, kind: str, track: LabelTrack) -> str:
    """Add a submitted pass over 200 frames and return its id."""
    own = LabelTrack(track.codes[start : start + CLIP].copy())
    record = project.import_track(Stretch(video, start, start + CLIP), who, own, kind, provenance="typed")
    with project.edit(record.id, who) as editor:
        editor.submit()
    return record.id


@pytest.fixture(scope="session")
def trained_mice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with blind labels of four mice and a model of the two others; to be copied, not changed."""
    home = tmp_path_factory.mktemp("champions")
    recordings = film(home / "recordings", subjects=6, seconds=40.0)
    with Project.create(home / "project", ETHOGRAM) as project:
        project.add_annotator("Ben")
        for path in sorted(recordings.glob("*.mkv")):
            video = project.add_video(path)
            project.index_video(video.id)
            truth = read_truth(path)
            kind = "blind" if video.subject in HELD else "first"
            for start in (0, CLIP):
                score(project, video.id, start, "Ada", kind, truth)
        project.keep_subjects("champion", HELD)
        for recipe in (WEAK, GOOD):
            train_in_project(project, recipe)
    return home


@pytest.fixture
def mice_project(trained_mice: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(trained_mice, tmp_path / "copy")
    with Project.open(tmp_path / "copy" / "project") as project:
        yield project
