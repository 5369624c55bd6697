"""The numbers of the compared clip: what the table says, and what a click lists."""

from pathlib import Path

import pytest
from compared_passes import FRAMES, add_two, new_project
from napari_ethoprofile.annotation.adjudication import compare_passes
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from small_project import write_recording

from napari_ethoprofile.widgets.agreement_numbers import AgreementNumbers


@pytest.fixture
def numbers(qtbot, tmp_path: Path) -> AgreementNumbers:
    with new_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", FRAMES)) as project:
        comparison = compare_passes(project, add_two(project), "Dora")
        ethogram = project.ethogram
    widget = AgreementNumbers()
    qtbot.addWidget(widget)
    widget.show_pair(comparison, (0, 1), ethogram, 0)
    return widget


def row(numbers: AgreementNumbers, name: str) -> list[str]:
    table = numbers.table
    for number in range(table.rowCount()):
        cells = [table.item(number, column).text() for column in range(table.columnCount())]
        if cells[0] == name:
            return cells
    raise AssertionError(f"no row {name}")


def test_the_clip_and_its_behaviors(numbers: AgreementNumbers) -> None:
    # Worked by hand: of 90 frames that both labeled, 70 are equal; the last ten frames only Ada labeled.
    text = numbers.overall.text()
    assert text.startswith("90 frames: agreement 77.8%")
    assert "Left out, labeled by one or by neither: 10." in text
    # drink: Ada 50 frames, Ben 40, both 40: F1 = 80 / 90
    assert row(numbers, "drink")[:3] == ["drink", "2.0 / 1.6", "1 / 1"]
    assert row(numbers, "drink")[4] == "0.89"
    assert [numbers.table.item(n, 0).text() for n in range(4)] == ["drink", "eat", "groom", "micromovement"]
    assert "Cohen's kappa" in numbers.table.horizontalHeaderItem(3).toolTip()


def test_a_click_asks_for_the_disagreements_of_a_behavior(numbers: AgreementNumbers, qtbot) -> None:
    asked = []
    numbers.behavior_clicked.connect(asked.append)
    table = numbers.table
    numbers.resize(400, 200)
    numbers.show()
    qtbot.waitExposed(numbers)
    center = table.visualItemRect(table.item(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=center)
    assert asked == [2]
