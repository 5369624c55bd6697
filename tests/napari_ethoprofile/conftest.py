"""A small project on a generated recording, with a session and the commands on it; no window."""

from collections.abc import Iterator
from pathlib import Path

import napari
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import record
from quiet_desk import FRAMES, Answers, Desk, StillPlayer

from napari_ethoprofile.commands import Commands
from napari_ethoprofile.scoring import Scoring
from napari_ethoprofile.session import Session


@pytest.fixture
def viewer(qapp: object) -> Iterator[napari.Viewer]:
    """Return a napari window as users get it; napari's own fixtures undo the registration of plugins."""
    viewer = napari.Viewer()
    yield viewer
    viewer.close()


@pytest.fixture(scope="session")
def small_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "01_20260105_1200_synthetic.mkv"
    record(path, seconds=FRAMES / 25, size=(352, 288))
    return path


@pytest.fixture
def quiet_desk(tmp_path: Path, small_recording: Path) -> Iterator[Desk]:
    project = Project.create(tmp_path / "project", preset("home-cage"))
    record_ = project.add_video(small_recording)
    project.index_video(record_.id)
    [clip] = project.add_clips([Stretch(record_.id, 0, FRAMES)])
    project.add_annotator("Ada")
    session = Session()
    scoring = Scoring(session)
    player, answers, opened_next = StillPlayer(), Answers(), []
    commands = Commands(session, scoring, player, answers, lambda step: None, lambda: opened_next.append(1))
    messages: list[str] = []
    session.message.connect(messages.append)
    session.set_project(project)
    session.set_annotator("Ada")
    session.open_pass(project.start_pass(clip.id, "Ada").id)
    yield Desk(session, scoring, commands, player, answers, messages, opened_next)
    session.set_project(None)
