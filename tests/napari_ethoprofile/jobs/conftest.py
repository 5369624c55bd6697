import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from cohort_project import label
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.project_training import take_snapshot
from napari_ethoprofile.training.recordings import Recordings
from training_desk import QUICK, Desk

from napari_ethoprofile.jobs.status import AtClose


@pytest.fixture(scope="session")
def mouse_project(tmp_path_factory: pytest.TempPathFactory, three_mice: Path) -> Path:
    """A labeled project of three mice with its recordings indexed; not to be changed."""
    folder = tmp_path_factory.mktemp("learning")
    shutil.copytree(three_mice, folder / "recordings")
    project = label(folder / "project", folder / "recordings")
    with Project.open(project) as opened:
        recordings = Recordings(opened.cache_folder)
        for stretch in take_snapshot(opened).stretches:
            recordings.index_of(stretch)
    return project


@pytest.fixture
def own_project(tmp_path: Path, mouse_project: Path) -> Path:
    """A copy, beside the same recordings."""
    shutil.copytree(mouse_project, tmp_path / "project")
    shutil.copytree(mouse_project.parent / "recordings", tmp_path / "recordings")
    return tmp_path / "project"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[HeadFit], None]:
    """Return what sets how long trainings of the window take."""

    def use(head: HeadFit) -> None:
        monkeypatch.setattr("napari_ethoprofile.jobs.learning.prepare_job", partial(prepare_job, head=head))

    use(QUICK)
    return use


@pytest.fixture
def open_desk(qapp: object, quick: object, own_project: Path) -> Iterator[Callable[[], Desk]]:
    """Return what opens the project once more; trainings are stopped at the end."""
    desks: list[Desk] = []

    def open_one() -> Desk:
        desks.append(Desk(own_project))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.answer = AtClose.STOP
        desk.learning.may_close()
        desk.leave()
