"""The agreement dock in a napari window with real mouse clicks: from a number to the frames and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from double_coded import submitted_in_weeks, twice_scored
from napari_ethoprofile.annotation.agreement.kinds import Kind
from napari_ethoprofile.annotation.project import Project
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QWidget
from rating_files import frames_file, rescored, scored
from small_project import write_recording

from napari_ethoprofile.typist import focused_widget
from napari_ethoprofile.widgets.agreement import AgreementWidget
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
OpenDesk = Callable[[], Workspace]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")).close()
    submitted_in_weeks(tmp_path / "project", ["2026-02-02", "2026-02-10"])
    return tmp_path / "project"


@pytest.fixture
def open_agreement(open_desk: OpenDesk, qtbot) -> Callable[..., tuple[Workspace, AgreementWidget]]:
    """Return a function that opens a project as Dora with the agreement of Ada and Ben."""

    def open_both(folder: Path, *, compare: bool = True) -> tuple[Workspace, AgreementWidget]:
        desk = open_desk()
        desk.open_project(folder, "Dora")
        viewer = desk.display._viewer
        _dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Agreement of annotators")
        QTest.qWait(100)
        if compare:
            click(widget.choice.compare, widget.choice.compare.rect().center())
            assert widget.agreeing.busy
            qtbot.waitUntil(lambda: widget.agreeing.report is not None, timeout=20_000)
        return desk, widget

    return open_both


def click(widget: QWidget, at: QPoint) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


def show_tab(widget: AgreementWidget, title: str) -> None:
    tabs = widget.page.tabs
    dock = widget.parentWidget()
    dock.raise_()
    tabs.setCurrentIndex([tabs.tabText(n) for n in range(tabs.count())].index(title))
    QTest.qWait(50)


def listed(desk: Workspace) -> tuple[str, list[tuple[int, int]]]:
    return desk.session.current.clip.id[-6:], [(item.start, item.stop) for item in desk.comparing.items]


def test_a_click_on_a_cell_plays_its_stretches_over_all_clips(open_agreement: Callable, folder: Path) -> None:
    desk, widget = open_agreement(folder)
    show_tab(widget, "Matrix")
    matrix = widget.page.matrix
    rect = matrix.matrix.cell_rect(*matrix.cell_of(2, 1))
    click(matrix.matrix, rect.center().toPoint())
    QTest.qWait(100)
    assert listed(desk) == ("s0_n50", [(20, 25)])
    assert (desk.transport.player.loop, desk.transport.player.playing) == ((0, 50), True)
    viewer = desk.display._viewer
    compare = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Compare behavior labels")[1]
    assert compare.page.playlist.text() == "Ada eat, Ben drink: 2 stretches in 2 clips; this is clip 1"
    assert compare.page.isVisible()
    assert [button.text().split()[0] for button in compare.page.question.sources.values()] == ["F1", "F2"]
    QTest.keyClick(focused_widget(), Qt.Key.Key_F2)
    assert desk.session.track.bout_at(22).label == 1
    QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
    assert listed(desk) == ("50_n50", [(10, 14)])
    assert desk.transport.player.loop == (0, 39)
    compare.page.all_button.click()
    assert compare.page.playlist.isHidden()


def test_bars_and_dots_and_rows_play_theirs(open_agreement: Callable, folder: Path) -> None:
    desk, widget = open_agreement(folder)
    page = widget.page
    show_tab(widget, "Kinds")
    click(page.kinds, page.kinds.bar_rect(Kind.SPURIOUS).center().toPoint())
    assert listed(desk) == ("50_n50", [(20, 30)])
    show_tab(widget, "Clips")
    first = next(row.facts.clip for row in page._agreeing.pair.clip_rows)
    click(page.clips, page.clips.dot(first).toPoint())
    assert listed(desk) == ("s0_n50", [(20, 25)])
    show_tab(widget, "Weeks")
    click(page.weeks, page.weeks.dot("2026-W07").toPoint())
    assert listed(desk) == ("50_n50", [(10, 14), (20, 30)])
    show_tab(widget, "Numbers")
    view = page.tables.view
    click(view.viewport(), view.visualRect(page.tables.model.index(4, 0)).center())
    assert listed(desk) == ("50_n50", [(20, 30)])
    assert widget.agreeing.report is not None


def test_blind_work_puts_the_numbers_away(open_agreement: Callable, folder: Path) -> None:
    desk, widget = open_agreement(folder)
    project = desk.session.require_project()
    project.start_pass(project.clips()[0].id, "Dora", "blind")
    desk.session.passes_changed()
    assert widget.pages.currentWidget() is widget.choice
    assert "blind work of Dora" in widget.message.text()
    assert widget.choice.raters.closed.isVisibleTo(widget)


def test_label_files_have_numbers_and_say_why_nothing_is_played(
    open_agreement: Callable, folder: Path, tmp_path: Path, qtbot
) -> None:
    _desk, widget = open_agreement(folder, compare=False)
    labels = scored(200, 1)
    widget.choice.sources.setCurrentWidget(widget.choice.files)
    widget.choice.files.add(
        [
            frames_file(tmp_path, "a.csv", labels, fps=25),
            frames_file(tmp_path, "b.csv", rescored(labels, 2, share=0.5), fps=25),
        ]
    )
    click(widget.choice.compare, widget.choice.compare.rect().center())
    qtbot.waitUntil(lambda: widget.agreeing.report is not None, timeout=20_000)
    show_tab(widget, "Kinds")
    kinds = widget.page.kinds
    click(kinds, kinds.marks()[0].rect.center().toPoint())
    assert "belong to no project" in widget.message.text()


def test_the_window_stays_usable_and_a_canceled_report_never_comes(
    open_agreement: Callable, folder: Path
) -> None:
    desk, widget = open_agreement(folder, compare=False)
    widget.choice.compare.click()
    assert (widget.choice.busy.isVisible(), widget.choice.compare.isEnabled()) == (True, False)
    widget.choice.cancel.click()
    assert (widget.choice.busy.isVisible(), widget.choice.compare.isEnabled()) == (False, True)
    QTest.qWait(3000)
    assert widget.agreeing.report is None
    viewer = desk.display._viewer
    widget.choice.compare.click()
    viewer.window.remove_dock_widget(widget.parentWidget())
    QTest.qWait(500)
    assert desk.session.project is not None


def test_closing_the_docks_for_annotating_closes_it(open_agreement: Callable, folder: Path) -> None:
    desk, _widget = open_agreement(folder)
    viewer = desk.display._viewer
    viewer.window.remove_dock_widget(desk.dock.parentWidget())
    QTest.qWait(50)
    assert list(viewer.window.dock_widgets) == []
    with Project.open(folder) as project:
        assert len(project.passes()) == 4
