"""Wiring on real pixels: moving or not, by an independent rule. No accuracy is claimed."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.project_training import train_in_project
from realdata import realdata_file

#: A clip counts as moving in the frames whose foreground changes more than this share of its size.
CHANGE = 0.12
CLIPS = 6


def moving(path: Path, frames: int) -> np.ndarray:
    """Return where the animal moves, by OpenCV's background subtraction and a running mean over a second."""
    import cv2

    reader, subtractor = cv2.VideoCapture(str(path)), cv2.createBackgroundSubtractorMOG2(detectShadows=False)
    masks = []
    for _ in range(frames):
        there, image = reader.read()
        assert there
        small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (160, 120), interpolation=cv2.INTER_AREA)
        masks.append(subtractor.apply(small) > 0)
    reader.release()
    changed = np.array([0] + [(a != b).sum() for a, b in pairwise(masks)], float)
    size = np.median([mask.sum() for mask in masks]) + 1
    smooth = np.convolve(changed / size, np.ones(25) / 25, mode="same")
    threshold = CHANGE if 0.1 < (smooth > CHANGE).mean() < 0.9 else float(np.median(smooth))
    return smooth > threshold


@pytest.mark.slow
def test_moving_and_not_moving_are_told_apart_within_a_recording(tmp_path: Path) -> None:
    path = realdata_file("tracktor/mouse_video.mp4")
    with Project.create(tmp_path / "project", make_ethogram(["moving", "still"])) as project:
        video = project.index_video(project.add_video(path).id)
        assert video.frames is not None
        labels = np.where(moving(path, video.frames), 1, 2).astype(np.int16)
        bounds = np.linspace(0, video.frames, CLIPS + 1).astype(int).tolist()
        for start, stop in pairwise(bounds):
            track = LabelTrack(labels[start:stop, None])
            project.import_track(Stretch(video.id, start, stop), "background subtraction", track)
        done = train_in_project(project, Recipe("wiring", unit="clips", head=HeadFit(least_steps=100)))
    assert "the same animals and recordings on both sides" in done.card.split
    accuracy = next(m.value for m in done.card.metrics if m.name == "macro accuracy")
    assert accuracy is not None
    assert accuracy > 0.6
