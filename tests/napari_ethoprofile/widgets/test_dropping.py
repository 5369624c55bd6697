"""What is dropped on panels and path lines."""

from pathlib import Path

from drops import drop
from pytestqt.qtbot import QtBot

from napari_ethoprofile.widgets.dropping import DropPanel, PathLine


class Panel(DropPanel):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Path] = []

    def add(self, paths: list[Path]) -> None:
        self.taken += paths


def test_a_panel_takes_files_and_nothing_else(qtbot: QtBot, tmp_path: Path) -> None:
    panel = Panel()
    qtbot.addWidget(panel)
    assert drop(panel, tmp_path / "a.mkv", tmp_path)
    assert panel.taken == [tmp_path / "a.mkv", tmp_path]
    assert not drop(panel)
    assert len(panel.taken) == 2


def test_a_line_shows_the_path_and_keeps_it_from_the_panel(qtbot: QtBot, tmp_path: Path) -> None:
    panel = Panel()
    qtbot.addWidget(panel)
    line = PathLine(panel)
    line.setText("before")
    assert drop(line, tmp_path)
    assert (line.text(), panel.taken) == (str(tmp_path), [])
