"""The dock of behavior profiles: real files, a real process, and figures that are shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtGui import QPixmap
from qtpy.QtWidgets import QDialog, QLabel

from napari_ethoprofile.widgets.profile import ProfilePanel


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[ProfilePanel]:
    dock = ProfilePanel()
    qtbot.addWidget(dock)
    yield dock
    dock.command.process.close()


def result(folder: Path) -> Path:
    """Write 2 s of rest and 1 s of eat as DeepEthoProfile does."""
    lines = ["0:drink; 1:eat; 6:rest; v4", "frame;annotation;time"]
    lines += [f"{frame};{code};{frame * 40}" for frame, code in enumerate([6] * 50 + [1] * 25)]
    path = folder / "01_20260105_1200_results_v5.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_is_missing_is_said_before_anything_runs(dock: ProfilePanel, tmp_path: Path) -> None:
    dock.command.start()
    assert "Add the result files" in dock.command.notice.text
    dock.add([result(tmp_path), result(tmp_path)])
    assert len(dock.paths()) == 1
    dock.command.start()
    assert "Choose the folder" in dock.command.notice.text
    dock.out.setText(str(tmp_path / "out"))
    dock.lights.setText("dawn")
    dock.command.start()
    assert "'dawn' is not a light schedule" in dock.command.notice.text
    assert not dock.command.process.running
    dock.lights.setText("07:00-19:00")
    dock.fps.setValue(12.5)
    dock.gaps.setCurrentIndex(2)
    told = dock._arguments()
    assert told[told.index("--fps") + 1] == "12.5"
    assert told[told.index("--gaps") + 1] == "unlabeled"
    assert not dock.take_off.isEnabled()
    dock.list.selectAll()
    dock.take_off.click()
    assert dock.paths() == ()
    assert not dock.take_off.isEnabled()


def test_files_become_a_table_and_figures(dock: ProfilePanel, qtbot: QtBot, tmp_path: Path) -> None:
    dock.add([result(tmp_path)])
    dock.out.setText(str(tmp_path / "out"))
    dock.lights.setText("07:00-19:00")
    with qtbot.waitSignal(dock.command.answered, timeout=500_000):
        dock.command.go.click()
        assert dock.command.halt.isEnabled()
        assert not dock.command.go.isEnabled()
    assert dock.command.go.isEnabled()
    table = dock.table
    cells = {
        table.item(row, 0).text(): [table.item(row, column).text() for column in range(1, 4)]
        for row in range(table.rowCount())
    }
    assert cells["rest"] == ["2.0", "66.7%", "1"]
    assert cells["eat"] == ["1.0", "33.3%", "1"]
    assert "1 animal, 1 table." in dock.remark.text()
    names = [dock.figures.choice.itemText(row) for row in range(dock.figures.choice.count())]
    assert {"time budget", "transitions", "raster"} <= set(names)
    dock.resize(420, 800)
    dock.show()
    assert not dock.figures.picture.pixmap().isNull()
    dock.figures.choice.setCurrentText("raster")
    dock.figures.larger.click()
    window = dock.findChild(QDialog, "figure_window")
    assert window.windowTitle() == "raster"
    whole, shown = QPixmap(str(tmp_path / "out" / "raster.png")), window.findChild(QLabel).pixmap()
    assert shown.width() == min(whole.width(), round(0.9 * window.screen().availableSize().width()) - 24)
    window.close()
    assert dock.folder == tmp_path / "out"


def test_a_file_that_is_none_gives_the_sentence_of_the_command(
    dock: ProfilePanel, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "notes.csv").write_text("hello\n", encoding="utf-8")
    dock.add([tmp_path / "notes.csv"])
    dock.out.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(dock.command.process.failed, timeout=500_000):
        dock.command.go.click()
    assert "notes.csv" in dock.command.notice.text
    assert dock.command.go.isEnabled()
    assert not (tmp_path / "out").exists()
