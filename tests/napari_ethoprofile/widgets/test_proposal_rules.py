from collections.abc import Iterator
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.proposal_gate import GATE_KEY, SHARE_KEY, SURE_KEY
from proposing_project import proposing_project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.proposal_rules import ProposalRulesDialog


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    project = proposing_project(tmp_path / "desk", 120, held_out=0.9, real=False)
    session = Session()
    session.set_project(project)
    session.set_annotator("Ada")
    yield session
    session.set_project(None)


def test_the_rules_of_a_project_are_shown_and_kept(qtbot: QtBot, session: Session) -> None:
    dialog = ProposalRulesDialog(session)
    qtbot.addWidget(dialog)
    assert (dialog.accuracy.value(), dialog.without.value(), dialog.sure.value()) == (75, 10, 90)
    assert "expected to be right in 90% of the frames" in dialog.model.text()
    dialog.accuracy.setValue(80)
    dialog.without.setValue(25)
    dialog.sure.setValue(60)
    QTest.mouseClick(dialog.buttons.button(dialog.buttons.StandardButton.Ok), Qt.MouseButton.LeftButton)
    settings = session.require_project().settings
    assert [settings.get(key) for key in (GATE_KEY, SHARE_KEY, SURE_KEY)] == [0.8, 0.25, 0.6]


def test_nothing_is_kept_in_a_project_that_is_only_read(qtbot: QtBot, session: Session) -> None:
    folder = session.require_project().folder
    session.set_project(Project.open(folder, read_only=True))
    dialog = ProposalRulesDialog(session)
    qtbot.addWidget(dialog)
    dialog.accuracy.setValue(10)
    dialog.accept()
    assert "open for reading only" in dialog.problem.text()
    assert session.require_project().settings.get(GATE_KEY) is None
