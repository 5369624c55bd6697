from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import Ethogram, preset
from napari_ethoprofile.annotation.project import Project

FRAMES = 100


def write_recording(path: Path, frames: int = FRAMES, size: int = 64, seed: int = 0) -> Path:
    """Write a small gray-noise MPEG-4 recording at 25 fps."""
    noise = np.random.default_rng(seed)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for _ in range(frames):
            picture = noise.integers(0, 255, (size, size, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of 100 frames whose name follows the published convention."""
    return write_recording(tmp_path_factory.mktemp("recordings") / "01_20180418_1200.mp4")


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Make projects that are closed at the end of the test."""
    made: list[Project] = []

    def make(name: str = "project", ethogram: Ethogram | None = None) -> Project:
        made.append(Project.create(tmp_path / name, ethogram or preset("home-cage"), name))
        return made[-1]

    yield make
    for project in made:
        project.close(discard=True)


@pytest.fixture
def project(make_project: Callable[..., Project], recording: Path) -> Project:
    """A home-cage project with one counted recording, two clips of 50 frames, and Ada and Bob."""
    project = make_project()
    video = project.add_video(recording)
    project.record_frames(video.id, FRAMES, 25.0, exact=True)
    project.add_clips([Stretch(video.id, 0, 50), Stretch(video.id, 50, 100)])
    project.add_annotator("Ada")
    project.add_annotator("Bob")
    return project


@pytest.fixture
def clip(project: Project) -> str:
    """Id of the first clip of the project."""
    return project.clips()[0].id
