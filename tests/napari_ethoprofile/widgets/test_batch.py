"""The dock of the batch queue: a real recording labeled by a real process, and what the table says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_weights import write_weights
from napari_ethoprofile.annotation.formats import read_labels
from napari_ethoprofile.training.queue import Item, State
from numbered_video import RECIPES, write_numbered
from pytestqt.qtbot import QtBot

from napari_ethoprofile.prediction_process import CommandLabeling
from napari_ethoprofile.widgets.batch import BatchPanel
from napari_ethoprofile.widgets.batch_table import cells_of
from napari_ethoprofile.widgets.result_dialog import budget_of


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[BatchPanel]:
    dock = BatchPanel(lambda: None)
    qtbot.addWidget(dock)
    yield dock
    dock.let_go()


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.mkv").write_bytes(b"x")
    return folder


def titles(dock: BatchPanel) -> list[str]:
    return [dock.table.index(row, 0).data() for row in range(dock.table.rowCount())]


def test_folders_order_and_removal(dock: BatchPanel, recordings: Path) -> None:
    dock.add([recordings])
    assert titles(dock) == ["a.mkv", "b.mkv", "c.mkv"]
    assert dock.summary.text() == "3 waiting"
    dock.view.selectRow(2)
    dock.move(-1)
    assert titles(dock) == ["a.mkv", "c.mkv", "b.mkv"]
    dock.view.selectRow(0)
    dock.stop()
    assert dock.table.items[0].state is State.CANCELED
    assert dock.again.isEnabled()
    dock.retry()
    dock.remove()
    assert titles(dock) == ["c.mkv", "b.mkv"]


def test_only_what_does_something_can_be_pressed(dock: BatchPanel, recordings: Path) -> None:
    dock.add([recordings])
    enabled = []
    for row in range(3):
        dock.view.selectRow(row)
        enabled.append((dock.up.isEnabled(), dock.down.isEnabled()))
    assert enabled == [(False, True), (True, True), (True, False)]
    dock.up.click()
    assert titles(dock) == ["a.mkv", "c.mkv", "b.mkv"]
    dock.up.click()
    assert titles(dock) == ["c.mkv", "a.mkv", "b.mkv"]
    assert not dock.up.isEnabled()  # it is the first now
    dock.view.selectAll()
    assert not dock.up.isEnabled()
    assert not dock.down.isEnabled()


def test_what_is_missing_is_said(dock: BatchPanel, recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    dock.add([tmp_path / "empty"])
    assert "no recording in the folder" in dock.notice.text
    dock.add([recordings])
    assert dock.notice.text == ""
    dock.start_or_pause()
    assert "Choose the model" in dock.notice.text
    dock.choices.model.setText("nothing")
    dock.start_or_pause()
    assert "There is no model 'nothing'" in dock.notice.text
    assert dock.queue.paused


def test_of_what_is_added_together_only_the_bad_is_left_out(dock: BatchPanel, recordings: Path) -> None:
    (recordings / "empty").mkdir()
    dock.add([recordings / "a.mkv", recordings / "empty", recordings / "b.mkv"])
    assert titles(dock) == ["a.mkv", "b.mkv"]
    assert "There is no recording in the folder" in dock.notice.text
    dock.add([recordings / "c.mkv"])
    assert dock.notice.text == ""


def test_choices_are_handed_to_the_process(dock: BatchPanel, tmp_path: Path) -> None:
    weights, choices = write_weights(tmp_path / "mouse_v5.model"), dock.choices
    choices.model.setText(str(weights))
    assert choices.labeling() == CommandLabeling(str(weights))
    assert choices.labeling().arguments() == ["--model", str(weights), "--device", "auto"]
    choices.device.setCurrentText("processor")
    choices.stride.setValue(5)
    choices.fps.setValue(12.5)
    told = choices.labeling().arguments()
    assert told[2:] == ["--device", "cpu", "--stride", "5", "--fps", "12.5"]
    choices.names.setText("sleep=rest, climb=hang")
    assert choices.labeling().arguments()[-4:] == ["--map", "sleep=rest", "--map", "climb=hang"]
    choices.names.setText("sleep")
    dock.start_or_pause()
    assert "'sleep' renames no behavior" in dock.notice.text


@pytest.mark.parametrize(
    ("item", "cells"),
    [
        (Item(1, Path("a.mkv")), ("a.mkv", "waiting", "", "", "")),
        (
            Item(1, Path("a.mkv"), state=State.RUNNING, done=50, total=200, speed=2.0),
            ("a.mkv", "running", "25%", "2", "1:15"),
        ),
        (
            Item(1, Path("a.mkv"), state=State.RUNNING, done=200, total=200, speed=2.0),
            ("a.mkv", "running", "99%", "2", "0:00"),
        ),
        (
            Item(1, Path("a.mkv"), state=State.PARTIAL, done=100, total=200),
            ("a.mkv", "partial", "100 frames", "", ""),
        ),
        (Item(1, Path("a.mkv"), state=State.DONE, done=9, total=9), ("a.mkv", "done", "100%", "", "")),
        (Item(1, Path("a.mkv"), state=State.DONE), ("a.mkv", "done", "100%", "", "")),
        (Item(1, Path("home/study"), "a_s0_n50"), ("a_s0_n50\nof study", "waiting", "", "", "")),
    ],
)
def test_a_row_says_how_far_an_item_is(item: Item, cells: tuple[str, ...]) -> None:
    assert cells_of(item) == cells


def test_a_recording_is_labeled_and_its_result_shown(dock: BatchPanel, qtbot: QtBot, tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "mouse_v5.model")
    good = write_numbered(tmp_path / "good.mkv", RECIPES["h264-b.mkv"], 40)
    (tmp_path / "bad.mkv").write_bytes(b"")
    dock.add([tmp_path / "bad.mkv", good])
    dock.choices.model.setText(str(weights))
    dock.choices.out.setText(str(tmp_path / "out"))
    dock.start_or_pause()
    assert dock.go.text() == "Pause"
    qtbot.waitUntil(lambda: dock.queue.wait(0), timeout=120_000)
    dock.refresh()
    bad, done = dock.table.items
    assert (bad.state, done.state) == (State.FAILED, State.DONE)
    assert "is empty" in bad.sentence
    assert dock.summary.text() == "1 failed, 1 done"
    assert dock.why.text() == f"bad.mkv: {bad.sentence}"
    assert Path(done.result) == tmp_path / "out" / "good_results_v5.csv"
    dock.view.selectRow(1)
    assert dock.why.isHidden()
    dock.open_result()
    shown = dock.result.table
    assert shown.rowCount() == len(budget_of(read_labels(done.result)))
    assert sum(float(shown.item(row, 2).text()[:-1]) for row in range(shown.rowCount())) == pytest.approx(
        100, abs=1
    )


def test_a_stopped_recording_is_not_done(dock: BatchPanel, qtbot: QtBot, tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "mouse_v5.model")
    long = write_numbered(tmp_path / "long.mkv", RECIPES["h264-b.mkv"], 4000)
    dock.add([long])
    dock.choices.model.setText(str(weights))
    dock.start_or_pause()
    qtbot.waitUntil(lambda: dock.queue.items[0].state is State.RUNNING, timeout=20_000)
    dock.go.click()
    assert dock.go.text() == "Go on"
    assert not dock.choices.isEnabled()  # it still works as is shown there
    dock.view.selectRow(0)
    dock.stop()
    qtbot.waitUntil(lambda: dock.queue.wait(0), timeout=60_000)
    qtbot.waitUntil(dock.choices.isEnabled)
    assert dock.go.text() == "Start"
    assert dock.queue.items[0].state is State.CANCELED
    assert "goes on the next time" in dock.queue.items[0].sentence
    assert not list(tmp_path.glob("*.csv"))


def test_what_begins_later_is_labeled_as_the_dock_shows_then(
    dock: BatchPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    bad, good, later = (tmp_path / f"{name}.mkv" for name in ("bad", "good", "later"))
    bad.write_bytes(b"")
    write_numbered(good, RECIPES["h264-b.mkv"], 40)
    dock.add([bad, good])
    dock.choices.model.setText(str(write_weights(tmp_path / "mouse_v5.model")))
    dock.choices.out.setText(str(tmp_path / "first"))
    dock.go.click()
    assert not dock.choices.isEnabled()
    qtbot.waitUntil(dock.choices.isEnabled, timeout=120_000)  # it is through, and pauses by itself
    assert [item.state for item in dock.table.items] == [State.FAILED, State.DONE]
    assert dock.go.text() == "Start"

    bad.unlink()
    write_numbered(bad, RECIPES["h264-b.mkv"], 40)
    dock.add([write_numbered(later, RECIPES["h264-b.mkv"], 40)])
    dock.choices.out.setText(str(tmp_path / "second"))
    dock.choices.names.setText("sleep")
    dock.view.selectAll()
    dock.again.click()
    assert "'sleep' renames no behavior" in dock.notice.text
    assert [item.state for item in dock.queue.items] == [State.FAILED, State.DONE, State.WAITING]

    dock.choices.names.setText("")
    dock.again.click()
    assert dock.notice.text == ""
    assert dock.queue.items[1].state is State.DONE  # what is done stays as it is
    qtbot.waitUntil(dock.choices.isEnabled, timeout=120_000)
    assert [Path(item.result).relative_to(tmp_path).as_posix() for item in dock.table.items] == [
        "second/bad_results_v5.csv", "first/good_results_v5.csv", "second/later_results_v5.csv",
    ]  # fmt: skip
