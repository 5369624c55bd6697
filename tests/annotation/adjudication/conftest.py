from collections.abc import Iterator
from pathlib import Path

import pytest
from compared_passes import FRAMES, add_two, new_project
from napari_ethoprofile.annotation.project import Project
from small_project import write_recording


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("recordings") / "mouse.mp4", FRAMES)


@pytest.fixture
def project(tmp_path: Path, recording: Path) -> Iterator[Project]:
    """A home-cage project with one clip of 100 frames, and Ada, Ben, Cora and Dora."""
    made = new_project(tmp_path / "project", recording)
    yield made
    made.close(discard=True)


@pytest.fixture
def two(project: Project) -> list[str]:
    """Ids of the passes of `add_two`."""
    return add_two(project)
