"""Small recordings and projects for tests of the window."""

from pathlib import Path

import av
import numpy as np
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project

FRAMES, FPS = 100, 25


def write_recording(path: Path, frames: int = FRAMES) -> Path:
    """Write a recording of 64 x 48 pixels whose gray level grows with the frame number."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            picture = np.full((48, 64, 3), 20 + 2 * number % 200, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return path


def create_project(folder: Path, *recordings: Path) -> Project:
    """Make a home-cage project of Ada's with counted recordings and two clips of 50 frames each."""
    project = Project.create(folder, preset("home-cage"), "Test")
    project.add_annotator("Ada")
    for path in recordings:
        video = project.add_video(path)
        project.index_video(video.id)
        project.add_clips([Stretch(video.id, 0, 50), Stretch(video.id, 50, 100)])
    return project
