from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.proposals import Proposals, accept
from napari_ethoprofile.annotation.proposals.anchoring import audit_anchoring
from proposing_project import FPS, proposing_project, say, truth
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QPushButton

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.anchoring import AnchoringDialog

#: 60 s: 75 bouts of 20 frames.
FRAMES = 60 * FPS


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    project = proposing_project(tmp_path / "desk", FRAMES, held_out=0.9, real=False)
    session = Session()
    session.set_project(project)
    session.set_annotator("Ada")
    yield session
    session.set_project(None)


def show(qtbot: QtBot, session: Session) -> AnchoringDialog:
    dialog = AnchoringDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 0, timeout=30_000)
    return dialog


def cells(dialog: AnchoringDialog, row: int) -> list[str]:
    return [dialog.table.item(row, column).text() for column in range(3)]


def test_with_nothing_decided_yet_it_says_so(qtbot: QtBot, session: Session) -> None:
    dialog = show(qtbot, session)
    assert cells(dialog, 0) == ["Passes", "0", "1"]
    assert cells(dialog, 3) == ["Proposals accepted unchanged", "–", "–"]
    assert "no proposal was decided" in dialog.table.item(3, 1).toolTip()
    assert dialog.notice.text.startswith("In submitted passes 0 proposals were decided")


def test_rubber_stamping_is_told_in_words_as_on_the_command_line(qtbot: QtBot, session: Session) -> None:
    project = session.require_project()
    clip = project.clips()[1].id
    said = say(project, clip, truth(FRAMES))
    record = project.start_pass(clip, "Ada")
    project.pin_proposals(record.id, said.id, "Ada")
    proposals = Proposals.of(truth(FRAMES), np.full((FRAMES, 1), 0.9), said.source)
    with project.edit(record.id, "Ada") as editor:
        for bout in proposals.undecided(editor.track):
            editor.commit(accept(editor.track, bout, said.source))
            qtbot.wait(12)  # nobody looks so fast
        editor.submit()
    dialog = show(qtbot, session)
    assert cells(dialog, 3) == ["Proposals accepted unchanged", "100.0%", "–"]
    assert "were accepted unchanged, one every" in dialog.notice.text
    assert "faster than anybody can look" in dialog.notice.text
    found = audit_anchoring(project, "Ada")
    assert dialog.notice.text == "\n".join(found.sentences)
    assert [cells(dialog, n)[1:] for n in (1, 2)] == [[r.shown, r.without] for r in found.rows[1:3]]
    QTest.mouseClick(dialog.findChild(QPushButton, "anchoring_close"), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
