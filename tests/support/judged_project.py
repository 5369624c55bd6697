"""A project with three animals and models that were never trained: what they said is made up."""

from pathlib import Path

import numpy as np
from model_folders import model_folder, right
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.datasets import take_snapshot
from small_project import write_recording

SUBJECTS = ("01", "02", "03")
CLIP = 50


def judged_project(folder: Path) -> Project:
    """Make a project in which Ada scored two clips of 50 frames of every animal, with models on them.

    Of runs of 10 frames `early` is right in about 7 of 10, `better` in nearly all, `worse` in 4 of 10; nobody
    has judged them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    project = Project.create(folder / "project", make_ethogram(["eat", "sleep", "walk"]), "Judged")
    for name in ("Ada", "Ben"):
        project.add_annotator(name)
    for number, subject in enumerate(SUBJECTS):
        video = project.add_video(write_recording(folder / f"mouse {subject}.mp4", 100 + number), subject)
        project.index_video(video.id)
        project.add_subject(subject, ("C57", "SWISS", "C57")[number])
        for start in (0, CLIP):
            labels = np.repeat(np.random.default_rng([number, start]).integers(1, 4, CLIP // 10), 10)
            track = LabelTrack(labels.astype(np.int16)[:, None])
            record = project.import_track(
                Stretch(video.id, start, start + CLIP), "Ada", track, provenance="typed"
            )
            with project.edit(record.id, "Ada") as editor:
                editor.submit()
    data = take_snapshot(project)
    home = project.folder / "models"
    for day, (name, share) in enumerate([("early", 0.7), ("better", 0.95), ("worse", 0.4)], start=5):
        model_folder(home / name, data, right(share, day, 10), created=f"2026-01-{day:02}T12:00:00+00:00")
    return project
