"""The panel on models in a napari window: real clicks judge, roll back, and play what changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from judged_project import judged_project
from napari_ethoprofile.annotation.project import Project
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QTableView, QWidget

from napari_ethoprofile.widgets.models import ModelsPanel
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(view: QTableView, row: int) -> None:
    rect = view.visualRect(view.model().index(row, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_from_two_models_to_the_frames_that_they_call_differently(
    tmp_path: Path,
    open_desk: Callable[[], Workspace],
    qtbot,
) -> None:
    judged_project(tmp_path / "home").close()
    desk = open_desk()
    desk.open_project(tmp_path / "home" / "project", "Ben")
    panel = ModelsPanel(desk)
    viewer = desk.display._viewer
    dock = viewer.window.add_dock_widget(panel, name="Models", area="right", tabify=True)
    dock.raise_()
    QTest.qWait(200)

    def finish() -> None:
        qtbot.waitUntil(lambda: not panel.desk.busy, timeout=20_000)

    names = [row.name for row in panel.table.rows]
    for name in ("early", "better"):
        click_row(panel.view, names.index(name))
        click(panel.judge)
        finish()
    assert panel.title.text() == "Current model: better"
    click(panel.changes.go)
    finish()
    flips = panel.changes.table.flips
    click_row(panel.changes.view, 0)
    player = desk.transport.player
    start, stop = flips[0].start, flips[0].stop
    first = desk.session.current.clip.start
    assert desk.session.current.clip.id == flips[0].clip
    assert player.loop == (max(0, start - first - 25), min(50, stop - first + 25))
    assert player.playing
    assert not desk.session.annotating  # Ada's pass is open for looking only
    seen = set()
    desk.session.moved.connect(lambda _before, frame, _how: seen.add(frame))
    qtbot.waitUntil(lambda: len(seen) > 3, timeout=20_000)
    click(panel.changes.on)
    assert desk.session.current.clip.id == flips[1].clip
    desk.transport.pause()
    click_row(panel.view, names.index("early"))
    click(panel.back)
    assert panel.title.text() == "Current model: early"
    panel.let_go()
    with Project.open(tmp_path / "home" / "project", read_only=True) as project:
        assert project.current_model().name == "early"
        assert not [record for record in project.passes() if record.annotator == "Ben"]
