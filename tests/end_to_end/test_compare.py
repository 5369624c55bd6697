"""Two passes compared and adjudicated in a napari window with real key events."""

from collections.abc import Callable
from pathlib import Path

import pytest
from compared_passes import FRAMES, add_pass, add_two, labels, new_project
from napari_ethoprofile.annotation.adjudication import Standing
from napari_ethoprofile.annotation.project import Project
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from small_project import write_recording

from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.typist import focused_widget
from napari_ethoprofile.widgets.compare import CompareWidget
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
OpenDesk = Callable[[], Workspace]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", FRAMES)) as project:
        add_two(project)
    return tmp_path / "project"


@pytest.fixture
def open_compare(open_desk: OpenDesk) -> Callable[[Path], tuple[Workspace, CompareWidget]]:
    """Return a function that opens a project as Dora with both docks."""

    def open_both(folder: Path) -> tuple[Workspace, CompareWidget]:
        desk = open_desk()
        desk.open_project(folder, "Dora")
        viewer = desk.display._viewer
        _dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Compare behavior labels")
        QTest.qWait(100)
        return desk, widget

    return open_both


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QTest.keyClick(focused_widget(), key, modifiers)


def standings(desk: Workspace) -> list[str]:
    return [desk.comparing.ruling(item).standing.value for item in desk.comparing.items]


def test_every_disagreement_is_decided_by_keys(open_compare: Callable, folder: Path) -> None:
    desk, widget = open_compare(folder)
    widget.choice.compare_button.click()
    session, key = desk.session, Qt.Key
    track = session.track
    assert widget.page.model.rowCount() == 3
    assert [lane.title for lane in desk.timeline.model.lanes] == [
        "A  Ada", "B  Ben", "Consensus", "Disagreements",
    ]  # fmt: skip

    buttons = widget.page.question.sources
    assert [buttons[letter].text().split() for letter in "AB"] == [["F1", "A", "Ada"], ["F2", "B", "Ben"]]
    press(key.Key_Tab)
    assert session.playhead == 40
    assert desk.timeline.model.focus == (40, 50)
    press(key.Key_F1)
    assert track.bout_at(45).label == 1
    press(key.Key_Tab, key.Key_F2)
    assert track.bout_at(65).label == 5
    press(key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert standings(desk) == ["resolved", "open", "open"]
    press(key.Key_Y, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert standings(desk) == ["resolved", "resolved", "open"]
    press(key.Key_Backtab, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert session.playhead == 40
    press(key.Key_8)  # the own answer takes the place of A's
    assert track.bout_at(45).label == 8
    press(key.Key_Tab, key.Key_Tab, key.Key_F4)
    assert standings(desk) == ["resolved", "resolved", "unresolved"]
    assert widget.page.progress.text() == "3 of 3 decided, 1 unresolved"
    pass_id = session.current.record.id
    press(key.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert session.current is None
    assert session.require_project().get_pass(pass_id).state == "adjudicated"
    assert widget.pages.currentWidget() is widget.choice


def test_keys_are_those_of_scoring_again_after_a_comparison(open_compare: Callable, folder: Path) -> None:
    desk, widget = open_compare(folder)
    widget.choice.compare_button.click()
    press(Qt.Key.Key_F4)  # play or pause while scoring; here: nothing is under the playhead
    assert not desk.transport.player.playing
    assert "no disagreement" in widget.message.text()
    widget.page.close_button.click()
    [clip] = desk.session.require_project().clips()
    first = desk.session.require_project().start_pass(clip.id, "Dora")
    desk.session.open_pass(first.id)
    press(Qt.Key.Key_F4)
    assert desk.transport.player.playing
    desk.transport.pause()
    assert [lane.title for lane in desk.timeline.model.lanes] == ["Dora"]


def test_a_click_on_a_cell_loops_its_stretches_and_they_can_be_decided(
    open_compare: Callable, folder: Path
) -> None:
    desk, widget = open_compare(folder)
    widget.choice.compare_button.click()
    page = widget.page
    page.tabs.setCurrentIndex(1)
    QTest.qWait(50)
    names = page.matrix._names
    rect = page.matrix.cell_rect(names.index("eat"), names.index("micromovement"))
    QTest.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert [(item.start, item.stop) for item in desk.comparing.items] == [(60, 70)]
    assert desk.transport.player.loop == (35, 95)
    assert desk.transport.player.playing
    assert page.tabs.currentIndex() == 0
    press(Qt.Key.Key_F1)
    assert desk.session.track.bout_at(65).label == 2
    page.all_button.click()
    assert standings(desk) == ["open", "resolved", "open"]


def test_the_comparison_is_there_again_after_a_restart(open_compare: Callable, folder: Path) -> None:
    desk, widget = open_compare(folder)
    widget.choice.compare_button.click()
    press(Qt.Key.Key_Tab)
    widget.page.question.reason.setFocus()
    QTest.keyClicks(focused_widget(), "clear onset")
    press(Qt.Key.Key_Return, Qt.Key.Key_F1)
    assert widget.page.question.reason.text() == ""
    desk.session.set_project(None)
    desk.open_project(folder, "Dora")
    assert standings(desk) == ["resolved", "open", "open"]
    ruling = desk.comparing.ruling(desk.comparing.items[0])
    assert (ruling.standing, ruling.verdict.reason) == (Standing.RESOLVED, "clear onset")


def test_three_raters_and_a_model(open_compare: Callable, folder: Path) -> None:
    with Project.open(folder) as project:
        add_pass(project, "Cora", labels((0, 50, 1), (50, 100, 2)))
        add_pass(project, "mobile-3", labels((0, FRAMES, 7)), "model")
    desk, widget = open_compare(folder)
    lines = [widget.choice.pass_list.item(row) for row in range(4)]
    assert [line.checkState() == Qt.CheckState.Checked for line in lines] == [True, True, True, False]
    assert "is not known; proposals are shown from 75% on" in lines[3].toolTip()
    lines[3].setCheckState(Qt.CheckState.Checked)  # asked for
    widget.choice.compare_button.click()
    page, key = widget.page, Qt.Key
    press(key.Key_Tab, key.Key_F3)
    assert desk.session.track.bout_at(45).label == 7
    press(key.Key_F3, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert desk.session.track.bout_at(45).label == 1
    press(key.Key_Tab, key.Key_Return)
    assert "Nothing is proposed" in widget.message.text()
    page.proposal_box.setCurrentIndex(1)
    page.proposal_box.activated.emit(1)
    assert "Majority" in [lane.title for lane in desk.timeline.model.lanes]
    press(key.Key_Return)
    assert desk.session.track.bout_at(65).label == 2
    assert "Majority of Ada, Ben, Cora" in [
        desk.comparing.ruling(item).verdict.by for item in desk.comparing.items[:2]
    ]


def test_closing_either_dock_ends_the_comparison(open_compare: Callable, folder: Path) -> None:
    desk, widget = open_compare(folder)
    viewer = desk.display._viewer
    widget.choice.compare_button.click()
    viewer.window.remove_dock_widget(widget.parentWidget())
    assert desk.session.current is None
    _dock, again = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Compare behavior labels")
    QTest.qWait(50)
    again.choice.compare_button.click()
    assert desk.comparing.comparison is not None
    viewer.window.remove_dock_widget(desk.dock.parentWidget())
    QTest.qWait(50)
    assert main_window_of(again) is None
    assert list(viewer.window.dock_widgets) == []
