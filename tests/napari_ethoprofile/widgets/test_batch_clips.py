"""The dock of the batch queue with the clips of projects: real processes, and passes that land there."""

from collections.abc import Iterator
from pathlib import Path

import napari
import pytest
from drops import drop
from lab_weights import write_model
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from numbered_video import RECIPES, write_numbered
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from small_project import create_project, write_recording

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.batch import BatchPanel
from napari_ethoprofile.workspace import workspace_of


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.set_project(None)


@pytest.fixture
def dock(session: Session, qtbot: QtBot) -> Iterator[BatchPanel]:
    dock = BatchPanel(lambda: session)
    qtbot.addWidget(dock)
    yield dock
    dock.let_go()


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """A project with two clips that a network can look at, and a model `first`."""
    recording = write_numbered(tmp_path / "mouse.mkv", RECIPES["h264-b.mkv"], 100)
    project = create_project(tmp_path / "study", recording)
    write_model(project.folder / "models" / "first")
    return project


def entries(dock: BatchPanel) -> list[tuple[Path, str]]:
    return [(item.source, item.clip) for item in dock.queue.items]


def work(dock: BatchPanel, qtbot: QtBot) -> list[str]:
    """Start the queue, wait until it is through, and return what became of the items."""
    dock.choices.device.setCurrentText("processor")
    dock.start_or_pause()
    assert dock.notice.text == ""
    qtbot.waitUntil(lambda: dock.queue.wait(0), timeout=120_000)
    dock.refresh()
    return [f"{item.state} {item.sentence}".strip() for item in dock.table.items]


def test_clips_of_the_open_project_are_labeled_beside_the_window(
    dock: BatchPanel, session: Session, study: Project, qtbot: QtBot
) -> None:
    assert not dock.add_own.isEnabled()
    session.set_project(study)
    session.set_annotator("Ada")
    dock.refresh()
    assert dock.add_own.isEnabled()
    dock.add_own.trigger()
    assert entries(dock) == [(study.folder, "mouse_s0_n50"), (study.folder, "mouse_s50_n50")]
    first = dock.table.index(0, 0)
    assert first.data() == "mouse_s0_n50\nof study"
    assert str(study.folder) in first.data(Qt.ItemDataRole.ToolTipRole)

    dock.choices.menu.aboutToShow.emit()
    assert [action.text() for action in dock.choices.menu.actions() if action.text()] == [
        "first", "Model folder…", "Weights of DeepEthoProfile…",
    ]  # fmt: skip
    dock.choices.menu.actions()[0].trigger()
    assert dock.choices.model.text() == "first"
    dock.choices.out.setText(str(study.folder.parent / "results"))  # of recordings; clips get passes
    seen: list[int] = []
    session.passes_changed.connect(lambda: seen.append(len(study.passes())))
    assert work(dock, qtbot) == ["done", "done"]
    assert seen[-1] == 2  # the window was told when the last pass was there
    told = len(seen)
    dock.refresh()
    assert len(seen) == told

    made = {record.id: record for record in study.passes()}
    for item in dock.table.items:
        assert (made[item.result].clip, made[item.result].annotator) == (item.clip, "first")
        assert (study.door.labels(item.result, "Ada").codes > 0).all()
    assert not list(study.folder.parent.glob("*.csv"))

    dock.view.selectRow(1)
    dock.open_result()
    assert dock.result.windowTitle() == "Result: mouse_s50_n50"
    table = dock.result.table
    shown = {table.item(row, 0).text(): table.item(row, 2).text() for row in range(table.rowCount())}
    codes = study.door.labels(dock.table.items[1].result, "Ada").codes[:, 0]
    assert shown == {
        study.ethogram.label_name(int(code)): f"{(codes == code).mean():.1%}" for code in set(codes)
    }


def test_what_is_closed_to_the_annotator_stays_closed(
    dock: BatchPanel, session: Session, study: Project, qtbot: QtBot
) -> None:
    session.set_project(study)
    session.set_annotator("Ada")
    dock.add_open_project()
    dock.view.selectRow(1)
    dock.remove()
    dock.choices.model.setText("first")
    assert work(dock, qtbot) == ["done"]
    study.start_pass("mouse_s0_n50", "Ada", "blind")
    dock.view.selectRow(0)
    dock.open_result()
    assert "Ada has a blind pass open on frames 0 to 50" in dock.notice.text
    assert not hasattr(dock, "result")


def test_a_dropped_project_means_its_clips_and_a_name_its_own_model(
    dock: BatchPanel, session: Session, study: Project, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = study.folder
    study.close()
    (folder / "raw.mkv").write_bytes(b"")  # a recording in the project folder is none of its clips
    assert drop(dock, folder)
    assert entries(dock) == [(folder, "mouse_s0_n50"), (folder, "mouse_s50_n50")]

    other = create_project(tmp_path / "other", write_recording(tmp_path / "rat.mkv"))
    session.set_project(other)
    dock.add_open_project()
    for row in (1, 2):
        dock.view.selectRow(row)
        dock.stop()
    told: list[None] = []
    session.passes_changed.connect(lambda: told.append(None))
    dock.choices.model.setText("first")
    *rest, refused = work(dock, qtbot)
    assert rest == ["done", "canceled", "canceled"]
    assert refused.startswith("failed There is no model 'first': train one")
    assert told == []  # the open project has got nothing
    with Project.open(folder, read_only=True) as project:
        assert [record.annotator for record in project.passes()] == ["first"]
    dock.view.selectRow(0)
    dock.open_result()
    assert dock.result.windowTitle() == "Result: mouse_s0_n50"


def test_what_has_no_clips_is_said(dock: BatchPanel, tmp_path: Path) -> None:
    Project.create(tmp_path / "bare", preset("home-cage")).close()
    dock.add([tmp_path / "bare"])
    assert "bare has no clips; plan some" in dock.notice.text
    assert entries(dock) == []


def test_a_name_means_the_model_of_the_clips_own_project(
    dock: BatchPanel, session: Session, study: Project
) -> None:
    session.set_project(study)
    dock.choices.model.setText("first")
    labeling = dock.choices.labeling()
    assert labeling.arguments()[:2] == ["--model", str(study.folder / "models" / "first")]
    of_clip = labeling.arguments("rat_s0_n50")
    assert (of_clip[:2], of_clip[-2:]) == (["--model", "first"], ["--clip", "rat_s0_n50"])


def test_a_name_without_its_project_is_refused_before_anything_begins(
    dock: BatchPanel, session: Session, study: Project
) -> None:
    session.set_project(study)
    dock.add_open_project()
    dock.choices.model.setText("second")
    dock.start_or_pause()
    assert "There is no model 'second': the project has first" in dock.notice.text
    assert dock.queue.paused


@pytest.mark.window
def test_the_dock_needs_no_project(viewer: napari.Viewer, tmp_path: Path) -> None:
    create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")).close()
    _dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Batch prediction")
    assert workspace_of(viewer) is None
    assert not widget.panel.add_own.isEnabled()
    widget.panel.add([tmp_path / "project"])
    assert len(widget.panel.queue.items) == 2
