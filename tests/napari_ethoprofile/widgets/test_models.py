"""The panel on models, without a napari window: real clicks on a widget, made-up models in a real project."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from judged_project import judged_project
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtGui import QDesktopServices
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QWidget
from quiet_desk import StillPlayer

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.models import ModelsPanel


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[SimpleNamespace]:
    project = judged_project(tmp_path / "home")
    session, player, needed = Session(), StillPlayer(), []
    session.set_project(project)
    session.set_annotator("Ben")
    workspace = SimpleNamespace(
        session=session, transport=player, indexing=SimpleNamespace(need=needed.append)
    )
    panel = ModelsPanel(workspace)  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.resize(420, 700)
    panel.show()
    qtbot.waitExposed(panel)
    yield SimpleNamespace(panel=panel, session=session, player=player, project=project, needed=needed)
    panel.let_go()
    session.set_project(None)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def choose(panel: ModelsPanel, name: str) -> None:
    row = [row.name for row in panel.table.rows].index(name)
    click_row(panel.view, row)


def click_row(view: QWidget, row: int) -> None:
    rect = view.visualRect(view.model().index(row, 0))  # type: ignore[attr-defined]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())  # type: ignore[attr-defined]


def finish(panel: ModelsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not panel.desk.busy, timeout=20_000)


def judge(desk: SimpleNamespace, qtbot: QtBot, name: str) -> None:
    choose(desk.panel, name)
    click(desk.panel.judge)
    assert desk.panel.desk.busy
    assert not desk.panel.judge.isEnabled()
    finish(desk.panel, qtbot)


def fates(panel: ModelsPanel) -> dict[str, str]:
    return {row.name: row.fate for row in panel.table.rows}


def test_models_are_judged_and_rolled_back_by_clicks(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel: ModelsPanel = desk.panel
    told: list[str] = []
    desk.session.models_changed.connect(lambda: told.append("changed"))
    assert [row.name for row in panel.table.rows] == ["worse", "better", "early"]
    assert panel.title.text() == "No model is the current one yet: compare one."
    judge(desk, qtbot, "early")
    assert panel.title.text() == "Current model: early"
    assert "It is not verified" in panel.why.text()
    assert not panel.judge.isEnabled()
    judge(desk, qtbot, "better")
    judge(desk, qtbot, "worse")
    assert fates(panel) == {"worse": "kept aside", "better": "current", "early": "was current"}
    assert panel.why.text().startswith("'worse' is kept aside, 'better' stays")
    verdicts = [panel.table.index(row, panel.table.VERDICT).data() for row in range(3)]
    assert verdicts == ["kept aside\nunverified", "● current\nunverified", "was current\nunverified"]
    for row, parent in enumerate(("better", "early", "none")):
        assert f"parent {parent}," in panel.table.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
    choose(panel, "worse")
    assert panel.back.text() == "Make current"
    choose(panel, "early")
    assert panel.back.text() == "Roll back"
    click(panel.back)
    assert panel.title.text() == "Current model: early"
    assert panel.why.text() == "Made the current model by hand by Ben, in place of better."
    assert desk.project.current_model().name == "early"
    assert "parent none," in panel.table.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert len(told) == 4


def test_a_click_on_what_changed_plays_it(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel: ModelsPanel = desk.panel
    for name in ("early", "better"):
        judge(desk, qtbot, name)
    changes = panel.changes
    assert (changes.before.currentText(), changes.after.currentText()) == ("early", "better")
    assert not changes.on.isEnabled()
    click(changes.go)
    finish(panel, qtbot)
    flips = changes.table.flips
    assert flips
    assert changes.summary.text().startswith(f"{len(flips)} bouts flipped in 6 clips, ")
    click_row(changes.view, 0)
    opened, flip = desk.session.current, flips[0]
    assert (opened.clip.id, opened.record.annotator) == (flip.clip, "Ada")
    assert opened.editor.read_only  # Ben has no pass there
    assert not [record for record in desk.project.passes() if record.annotator == "Ben"]
    start, stop = flip.start - opened.clip.start, flip.stop - opened.clip.start
    assert desk.player.asked[-1] == ("loop", max(0, start - 25), min(50, stop + 25))
    assert desk.needed == [flip.video]
    click(changes.on)
    assert changes.view.selectionModel().selectedRows()[0].row() == 1
    assert desk.session.current.clip.id == flips[1].clip
    click(changes.back)
    assert desk.session.current.clip.id == flip.clip
    own = desk.project.start_pass(flip.clip, "Ben", "first")
    desk.session.close_pass()
    click_row(changes.view, 0)
    assert desk.session.current.record.id == own.id
    assert not desk.session.current.editor.read_only


def test_blind_work_closes_what_changed(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel: ModelsPanel = desk.panel
    changes = panel.changes
    changes.choose("early", "better")
    click(changes.go)
    finish(panel, qtbot)
    flip = changes.table.flips[0]
    desk.project.start_pass(flip.clip, "Ben", "blind")
    click(changes.go)
    finish(panel, qtbot)
    assert flip.clip not in {flip.clip for flip in changes.table.flips}
    assert f"The clip {flip.clip} is closed by blind work." in changes.summary.text()
    desk.session.set_annotator("Ada")  # another person sees nothing of it
    assert changes.table.flips == ()


def test_animals_are_suggested_and_kept(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel: ModelsPanel = desk.panel
    page = panel.holdout
    panel.tabs.setCurrentWidget(page)
    assert "compared by cross-validation, unverified" in page.state.text()
    assert not page.keep.isEnabled()
    page.number.setValue(4)
    click(page.suggest)
    assert "so that 1 can be kept at most" in panel.notice.text
    page.number.setValue(1)
    click(page.suggest)
    assert page.checked in (["01"], ["03"])
    click(page.keep)
    assert desk.project.kept_subjects("champion") == tuple(page.checked)
    assert "No further model learns from them" in panel.notice.text
    assert "8 clips of 4 animals are needed" in page.state.text()
    desk.project.keep_subjects("champion", [])
    desk.project.keep_subjects("test", ["02"])
    page.refresh()
    item = page.animals.item(1)
    assert item.text() == "02, SWISS, kept for the final test"
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_ceiling_needs_two_people(desk: SimpleNamespace, qtbot: QtBot) -> None:
    panel: ModelsPanel = desk.panel
    panel.tabs.setCurrentWidget(panel.ceiling)
    choose(panel, "better")
    assert panel.ceiling.go.text() == "Measure 'better'"
    click(panel.ceiling.go)
    finish(panel, qtbot)
    assert "only Ada has scored anything" in panel.ceiling.sentence.text()
    for clip in desk.project.clips()[:2]:
        [ada] = desk.project.passes(clip=clip.id)
        labels = desk.project.door.labels(ada.id, None)
        record = desk.project.import_track(clip.id, "Ben", labels, "blind", provenance="typed")
        with desk.project.edit(record.id, "Ben") as editor:
            editor.submit()
    click(panel.ceiling.go)
    finish(panel, qtbot)
    assert panel.ceiling.sentence.text().startswith("On the same 2 blind clips: two people agree on 1.000")
    cells = [panel.ceiling.table.item(0, column).text() for column in range(3)]
    assert cells[0] == "frame accuracy"
    assert cells[1].startswith("1.000")
    assert cells[2].startswith("0.800")  # two of the ten runs of ten frames are wrong


def test_the_card_opens_and_a_project_for_reading_changes_nothing(
    desk: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel: ModelsPanel = desk.panel
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    choose(panel, "better")
    click(panel.card)
    assert opened == [str(desk.project.folder / "models" / "better" / "model.md")]
    folder = desk.project.folder
    desk.session.set_project(Project.open(folder, read_only=True))
    choose(panel, "better")
    assert not panel.judge.isEnabled()
    assert not panel.back.isEnabled()
    assert panel.card.isEnabled()
    panel.tabs.setCurrentWidget(panel.holdout)
    assert panel.holdout.animals.count() == 3
    assert not panel.holdout.suggest.isEnabled()
    panel.changes.choose("early", "better")
    click(panel.changes.go)
    finish(panel, qtbot)
    assert panel.changes.table.flips
    desk.session.set_project(None)
    assert panel.table.rows == []
    assert panel.title.text() == "There is no model yet."
    assert not panel.card.isEnabled()
