from collections.abc import Iterator
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from small_project import create_project, write_recording

from napari_ethoprofile.session import Session


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 frames at 25 fps; the name says that it is mouse 01, from noon of 2018-04-18 on."""
    return write_recording(tmp_path_factory.mktemp("recordings") / "01_20180418_1200.mp4")


@pytest.fixture
def project(tmp_path: Path, recording: Path) -> Iterator[Project]:
    """Ada's project with one recording and two clips."""
    project = create_project(tmp_path / "project", recording)
    yield project
    project.close(discard=True)


@pytest.fixture
def session(project: Project) -> Iterator[Session]:
    """The session of a window that has the project open and acts as Ada."""
    session = Session()
    session.set_project(project)
    session.set_annotator("Ada")
    yield session
    session.close_pass()
