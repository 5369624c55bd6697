"""The panel on what to label next, without a napari window: real clicks, a real project."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from judged_project import judged_project
from napari_ethoprofile.annotation.assigning import pass_to_score
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.model_events import ModelAct
from napari_ethoprofile.annotation.project.queries import NewQuery, QueryState
from napari_ethoprofile.training.models import Model
from napari_ethoprofile.training.queries.gain import keep_gain
from napari_ethoprofile.training.suspects import Suspect, write_suspects
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QTableView, QWidget
from quiet_desk import StillPlayer
from small_project import write_recording

from napari_ethoprofile.background import Background
from napari_ethoprofile.proposing import Proposing
from napari_ethoprofile.query_desk import QueryDesk
from napari_ethoprofile.query_link import QueryLink
from napari_ethoprofile.session import Session
from napari_ethoprofile.timeline import TimelineModel
from napari_ethoprofile.widgets.queue import QueuePanel


def make_desk(project: Project, qtbot: QtBot, name: str) -> SimpleNamespace:
    session, player, needed, beyond = Session(), StillPlayer(), [], []
    parent = QWidget()
    qtbot.addWidget(parent)

    def open_clip(clip: str) -> None:
        session.open_pass(pass_to_score(project, clip, name).id)

    timeline = TimelineModel()
    session.opened.connect(lambda opened: timeline.set_clip(opened.frames if opened else 0, 25.0))
    queries = QueryDesk(session, player, open_clip, needed.append, Background(parent))
    proposing = Proposing(session)
    commands = SimpleNamespace(handlers={"next_item": lambda: beyond.append(1)})
    link = QueryLink(queries, session, commands, proposing, timeline)  # type: ignore[arg-type]
    session.set_project(project)
    session.set_annotator(name)
    panel = QueuePanel(SimpleNamespace(session=session, queries=queries))  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.resize(420, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return SimpleNamespace(
        panel=panel, desk=queries, session=session, player=player, needed=needed, project=project,
        timeline=timeline, next_item=commands.handlers["next_item"], beyond=beyond, link=link,
        proposing=proposing, parent=parent,
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[SimpleNamespace]:
    """Ada has a list of three: two within a clip of 400 frames, one that is a clip of its own."""
    project = Project.create(tmp_path / "project", preset("home-cage"), "Asking")
    for name in ("Ada", "Ben"):
        project.add_annotator(name)
    video = project.add_video(write_recording(tmp_path / "mouse 1.mp4", 500), "01")
    project.index_video(video.id)
    [clip] = project.add_clips([Stretch("mouse 1", 0, 400)])
    project.add_queries(
        [
            NewQuery("mouse 1", 100, 200, clip.id, "entropy", "groom or eat, 52:48", 1.2, 30),
            NewQuery("mouse 1", 300, 400, clip.id, "entropy", "the model is unsure", 1.1, 30),
            NewQuery("mouse 1", 400, 500, strategy="random", reason="by chance", seconds=30, audit=True),
        ],
        "Ada",
    )
    desk = make_desk(project, qtbot, "Ada")
    yield desk
    desk.panel.let_go()
    desk.session.set_project(None)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(view: QTableView, row: int, *, double: bool = False) -> None:
    at = view.visualRect(view.model().index(row, 1)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if double:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def paint(session: Session, start: int, stop: int, label: int = 1) -> None:
    session.commit([Edit.paint(session.track, start, stop, label)])


def cells(desk: SimpleNamespace, column: int) -> list[str]:
    table = desk.panel.table
    return [table.index(row, column).data() for row in range(table.rowCount())]


def test_the_list_tells_animal_time_reason_and_work(desk: SimpleNamespace) -> None:
    table = desk.panel.table
    assert cells(desk, table.SUBJECT) == ["01"] * 3
    assert cells(desk, table.TIME) == ["00:04", "00:12", "00:16"]
    assert cells(desk, table.WHY)[0] == "groom or eat, 52:48"
    assert cells(desk, table.WORK) == ["30"] * 3
    assert desk.panel.view.isColumnHidden(table.LIGHT)  # nobody knows it
    assert desk.panel.summary.text() == "3 stretches left, about 2 min"
    keep_gain(desk.project, "Ada", 1, 14.2)
    desk.desk.refresh()
    assert desk.panel.summary.text() == (
        "3 stretches left, about 2 min; the model was likely wrong in 14 s of the list"
    )
    tip = table.index(2, table.WHY).data(Qt.ItemDataRole.ToolTipRole)
    assert "served without proposals" in tip


def test_serving_labeling_and_the_key_for_the_next_gap_go_through_the_list(desk: SimpleNamespace) -> None:
    panel, session = desk.panel, desk.session
    click(panel.serve)
    opened = session.current
    assert (opened.clip.id, session.playhead) == ("mouse 1_s0_n400", 100)
    assert desk.timeline.focus == (100, 200)
    assert desk.timeline.question == "groom or eat, 52:48"
    assert cells(desk, panel.table.STATE) == ["▶", "", ""]
    paint(session, 100, 150)
    desk.next_item()
    assert session.playhead == 150
    paint(session, 150, 199)
    assert desk.desk.current is not None
    paint(session, 199, 200, 0)
    assert desk.desk.current is None
    assert desk.timeline.focus is None
    assert cells(desk, panel.table.STATE) == ["✓", "", ""]
    assert panel.notice.text == "Labeled. 2 stretches left on the list."
    [done, *_] = desk.project.queries(acting="Ada")
    assert (done.state, done.pass_id) == (QueryState.DONE, opened.record.id)
    desk.next_item()
    assert session.current is opened  # the same clip is not opened anew
    assert (session.playhead, desk.timeline.focus) == (300, (300, 400))
    paint(session, 300, 400)
    desk.next_item()
    assert (session.current.clip.id, session.playhead) == ("mouse 1_s400_n100", 0)
    assert desk.timeline.question == "by chance; without proposals"
    paint(session, 0, 100)
    assert panel.notice.text == "Labeled: that was the last stretch of the list."
    assert panel.summary.text() == "All done: make another list."
    assert not panel.serve.isEnabled()
    assert desk.beyond == []
    desk.next_item()
    assert desk.beyond == [1]  # nothing is asked any more: the key does what it always does


def test_a_double_click_serves_and_skip_takes_off(desk: SimpleNamespace) -> None:
    panel = desk.panel
    click_row(panel.view, 2, double=True)
    assert desk.session.current.clip.id == "mouse 1_s400_n100"
    assert desk.desk.current.audit
    click(panel.skip)
    assert desk.desk.current is None
    assert cells(desk, panel.table.STATE) == ["", "", "–"]
    click_row(panel.view, 0)
    click(panel.skip)
    assert [query.state.value for query in desk.project.queries()] == ["skipped", "open", "skipped"]


def test_another_clip_leaves_the_query_open(desk: SimpleNamespace) -> None:
    desk.desk.serve(desk.desk.open[2])
    assert desk.desk.current is not None
    desk.session.open_pass(pass_to_score(desk.project, "mouse 1_s0_n400", "Ada").id)
    assert desk.desk.current is None  # nothing is asked for where it begins
    assert desk.timeline.focus is None
    desk.next_item()
    assert desk.beyond == [1]
    assert len(desk.desk.open) == 3


def test_a_query_is_taken_up_when_its_clip_is_opened_where_it_lies(desk: SimpleNamespace) -> None:
    session, queries = desk.session, desk.desk
    record = desk.project.start_pass("mouse 1_s400_n100", "Ada")
    session.open_pass(record.id)  # by the clip, as at the start of a window, not by the list
    assert (queries.current.start, session.playhead) == (400, 0)
    assert desk.timeline.focus == (0, 100)
    zoom = desk.timeline.window
    assert (zoom.first, zoom.last) == (0, 100)  # as it was left
    paint(session, 0, 100)
    assert cells(desk, desk.panel.table.STATE) == ["", "", "✓"]
    session.open_pass(record.id)
    assert queries.current is None  # that one is done
    session.open_pass(record.id, read_only=True)
    assert queries.current is None


def test_what_was_labeled_elsewhere_is_done_at_the_next_look(desk: SimpleNamespace) -> None:
    record = desk.project.start_pass("mouse 1_s400_n100", "Ada")
    with desk.project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 100, 2))
    desk.panel.hide()
    desk.panel.show()
    assert cells(desk, desk.panel.table.STATE) == ["", "", "✓"]


def test_the_list_of_one_is_not_that_of_another(desk: SimpleNamespace) -> None:
    desk.session.set_annotator("Ben")
    assert desk.panel.table.rowCount() == 0
    assert desk.panel.summary.text() == "There is no list yet."
    assert not desk.panel.serve.isEnabled()


def test_a_list_is_made_for_the_time_there_is(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel = desk.panel
    panel.strategy.setCurrentIndex(panel.strategy.findData("random"))
    panel.minutes.setValue(10)
    click(panel.make)
    assert panel.make.text() == "Stop"
    qtbot.waitUntil(lambda: not desk.desk.busy, timeout=60_000)
    assert panel.make.text() == "Make list"
    assert panel.table.rowCount() == 2  # 0 to 250 and 250 to 400 of the clip; the rest is too short
    assert panel.notice.text.startswith("2 stretches, about")
    assert {query.strategy for query in desk.desk.open} == {"random"}


def test_bouts_need_a_model(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel = desk.panel
    panel.mode.setCurrentIndex(panel.mode.findData("bout"))
    assert panel.meaning.text().startswith("Bouts that the current model predicts")
    click(panel.make)
    qtbot.waitUntil(lambda: not desk.desk.busy, timeout=60_000)
    assert panel.notice.text.startswith("There is no current model whose bouts could be asked for; train one")
    assert len(desk.desk.open) == 3  # the list stays as it is


def test_nothing_to_ask_for_is_told_as_a_problem(desk: SimpleNamespace, qtbot: QtBot) -> None:
    desk.project.keep_subjects("test", ["01"])
    click(desk.panel.make)
    qtbot.waitUntil(lambda: not desk.desk.busy, timeout=60_000)
    assert desk.panel.notice.text.startswith("There is nothing left to ask for")


def test_doubted_labels_are_played_and_those_corrected_go(tmp_path: Path, qtbot: QtBot) -> None:
    project = judged_project(tmp_path / "home")
    record = project.passes(annotator="Ada")[0]
    clip = project.get_clip(record.clip)
    codes = project.door.labels(record.id, None).codes[:, 0]
    names = [project.ethogram.label_name(int(codes[at])) for at in (5, 25)]
    place = (clip.video, clip.start, clip.start + 10), (clip.video, clip.start + 20, clip.start + 30)
    group = project.ethogram.groups[0]
    folder = project.folder / "models" / "better"
    found = [
        Suspect(3.0 - n, *place[n], group, names[n], "walk", record.id, "Ada") for n in range(2)
    ]  # fmt: skip
    found.append(
        Suspect(0.5, *place[0], group, "sleep" if names[0] != "sleep" else "eat", "walk", record.id, "Ada")
    )
    write_suspects(found, folder)
    project.note_model(Model.read(folder).card.id, "better", ModelAct.CURRENT)
    desk = make_desk(project, qtbot, "Ada")
    panel = desk.panel
    panel.tabs.setCurrentIndex(1)
    assert panel.tabs.tabText(1) == "Doubted labels (2)"  # the third is not labeled so any more
    click(panel.on)
    assert desk.session.current.record.id == record.id
    assert desk.player.asked[-1] == ("loop", 0, 35)
    click(panel.on)
    assert desk.player.asked[-1] == ("loop", 0, 50)
    click_row(panel.doubts_view, 0)
    assert desk.player.asked[-1] == ("loop", 0, 35)
    desk.session.set_annotator("Ben")
    click_row(panel.doubts_view, 0)
    assert desk.session.current.editor.read_only
    project.start_pass(clip.id, "Ben", "blind")
    desk.desk.refresh_doubts()
    assert panel.doubts.rowCount() == 0  # closed to Ben while his blind pass is open
    panel.let_go()
    desk.session.set_project(None)
