import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.job import Job
from napari_ethoprofile.training.jobs.preparing import prepare_job

#: Enough for generated mice.
QUICK = HeadFit(epochs=2, least_steps=20)


@pytest.fixture(scope="package")
def mouse_project(tmp_path_factory: pytest.TempPathFactory, labeled_mice: Path) -> Path:
    """A copy of the labeled mice, whose features are computed once for all tests here."""
    folder = tmp_path_factory.mktemp("jobs") / "project"
    shutil.copytree(labeled_mice, folder)
    return folder


@pytest.fixture
def prepared(mouse_project: Path) -> Callable[..., Job]:
    """Return what prepares a job of the same labels."""

    def prepare(**options: object) -> Job:
        with Project.open(mouse_project) as project:
            return prepare_job(project, **{"head": QUICK} | options)

    return prepare
