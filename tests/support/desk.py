"""A project on a real or generated recording, opened in a napari window, and scripts to type into it."""

from pathlib import Path

import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack


def make_project(folder: Path, video: Path, clips: list[tuple[int, int]]) -> list[str]:
    """Make a home-cage project with these clips of one recording and return the clips' ids."""
    project = Project.create(folder, preset("home-cage"))
    record = project.add_video(video)
    project.index_video(record.id)
    created = project.add_clips([Stretch(record.id, start, stop) for start, stop in clips], plan="test")
    project.close()
    return [clip.id for clip in created]


def random_script(frames: int, seed: int) -> LabelTrack:
    """Return labels as a person might type them: bouts of 3 to 120 frames, some none, some unlabeled gaps."""
    rng = np.random.default_rng(seed)
    track, start = LabelTrack.blank(frames), 0
    while start < frames:
        stop = min(frames, start + int(rng.integers(3, 120)))
        track.fill(start, stop, int(rng.choice([UNLABELED, NONE, *range(1, 9)])))
        start = stop
    return track
