"""The list of disagreements as a table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from compared_passes import FRAMES, add_two, new_project
from qtpy.QtCore import Qt
from quiet_desk import StillPlayer
from small_project import write_recording

from napari_ethoprofile.compared_parts import Order
from napari_ethoprofile.comparing import Comparing
from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.disagreements_table import DisagreementsModel
from napari_ethoprofile.wires import Wires


@pytest.fixture
def comparing(tmp_path: Path) -> Iterator[Comparing]:
    project = new_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", FRAMES))
    passes = add_two(project)
    session = Session()
    made = Comparing(session, StillPlayer())
    session.set_project(project)
    session.set_annotator("Dora")
    made.open(passes)
    yield made
    session.set_project(None)


@pytest.fixture
def model(comparing: Comparing, qtmodeltester) -> DisagreementsModel:
    model = DisagreementsModel(comparing, comparing._session, Wires())
    comparing.list_changed()
    qtmodeltester.check(model)
    return model


def rows(model: DisagreementsModel) -> list[list[str]]:
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_every_disagreement_has_a_row(model: DisagreementsModel) -> None:
    assert model.headers == ["Time", "Kind", "A", "B", "Sec.", "Decision"]
    assert rows(model) == [
        ["0:01.6", "boundary shift", "drink", "eat", "0.40", "open"],
        ["0:02.4", "split", "eat", "micromovement", "0.40", "open"],
        ["0:03.6", "unlabeled on one side", "groom", "unlabeled", "0.40", "open"],
    ]
    tip = model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole)
    assert "−400 ms" in tip


def test_rows_follow_the_order_and_the_decisions(model: DisagreementsModel, comparing: Comparing) -> None:
    changed = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    comparing.next()
    comparing.take("A")
    comparing.next()
    comparing.reason = "too dark"
    comparing.leave()
    assert [row[-1] for row in rows(model)] == ["A", "unresolved", "open"]
    assert set(changed) == {0, 1}
    assert model.data(model.index(1, 5), Qt.ItemDataRole.ToolTipRole) == "Reason: too dark"
    comparing.set_order(Order.KIND)
    assert [row[-1] for row in rows(model)] == ["A", "unresolved", "open"]
    comparing.go(comparing.items[2])
    comparing.answer(7)
    assert rows(model)[2][-1] == "own"
