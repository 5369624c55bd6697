"""The painted confusion matrix: what its cells say, where they lie, what a click tells."""

import numpy as np
import pytest
from qtpy.QtCore import QPointF, Qt
from qtpy.QtGui import QColor
from qtpy.QtTest import QTest

from napari_ethoprofile.timeline.theme import Theme
from napari_ethoprofile.widgets.confusion_matrix import ConfusionMatrix, Shown

NAMES = ["eat", "groom", "none"]
COUNTS = np.array([[300, 100, 0], [1, 199, 0], [0, 20, 12_000]])


@pytest.fixture
def matrix(qtbot) -> ConfusionMatrix:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.set_counts(NAMES, COUNTS, ("A Ada", "B Ben"), apart=1)
    matrix.resize(400, 400)
    matrix.show()
    qtbot.waitExposed(matrix)
    return matrix


def test_cells_say_frames_or_shares(matrix: ConfusionMatrix) -> None:
    assert [matrix.cell_text(0, column) for column in range(3)] == ["300", "100", ""]
    assert matrix.cell_text(2, 2) == "12k"
    matrix.show_as(Shown.ROW)
    assert [matrix.cell_text(0, column) for column in range(3)] == ["75", "25", ""]
    matrix.show_as(Shown.COLUMN)
    assert [matrix.cell_text(row, 0) for row in range(3)] == ["100", "<1", ""]
    np.testing.assert_allclose(matrix.shares().sum(axis=0), 1)


def test_every_cell_is_found_where_it_lies_and_none_stands_apart(matrix: ConfusionMatrix) -> None:
    for row in range(3):
        for column in range(3):
            assert matrix.cell_at(matrix.cell_rect(row, column).center()) == (row, column)
    gap = matrix.cell_rect(0, 2).left() - matrix.cell_rect(0, 1).right()
    assert gap > matrix.cell_rect(0, 1).left() - matrix.cell_rect(0, 0).right() + 1
    assert matrix.cell_at(QPointF(5, 5)) is None


def test_a_click_tells_the_cell_unless_it_is_empty(matrix: ConfusionMatrix, qtbot) -> None:
    clicked = []
    matrix.cell_clicked.connect(lambda row, column: clicked.append((row, column)))
    for cell in ((0, 1), (0, 2), (2, 2)):
        point = matrix.cell_rect(*cell).center().toPoint()
        QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=point)
    assert clicked == [(0, 1), (2, 2)]


@pytest.mark.parametrize(("background", "text"), [("#262930", "#f0f1f2"), ("#efebe9", "#3b3a39")])
def test_agreement_and_disagreement_differ_in_both_themes(
    matrix: ConfusionMatrix, background: str, text: str
) -> None:
    matrix.set_theme(Theme(QColor(background), QColor(text), QColor("#4560c4")))
    image = matrix.grab().toImage()

    def color(row: int, column: int) -> QColor:
        corner = matrix.cell_rect(row, column).topLeft().toPoint()
        return image.pixelColor(corner.x() + 4, corner.y() + 4)

    agreed, differing, empty = color(0, 0), color(0, 1), color(0, 2)
    assert agreed.blue() > agreed.red()
    assert differing.red() > differing.blue()
    assert len({agreed.name(), differing.name(), empty.name()}) == 3


def test_nothing_compared_is_told_and_nothing_can_be_clicked(qtbot) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(200, 200)
    matrix.grab()
    assert matrix.cell_at(QPointF(100, 100)) is None
