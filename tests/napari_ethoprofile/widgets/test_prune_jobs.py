"""Removing old trainings from the dock: asked with the size, and only then done."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_jobs import made_job
from napari_ethoprofile.training.jobs.job import list_jobs
from napari_ethoprofile.training.jobs.standing import JobState
from proposing_project import proposing_project
from qtpy.QtCore import Qt, QTimer
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication
from training_desk import Desk

from napari_ethoprofile.widgets.prune_jobs import PruneJobsDialog
from napari_ethoprofile.widgets.train_panel import TrainPanel
from napari_ethoprofile.wires import Wires

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    with proposing_project(tmp_path / "desk", 40, real=False) as project:
        for number in (1, 2, 3):
            made_job(project, number, JobState.FAILED)
        made_job(project, 4, JobState.DONE, adopted=True)
        made_job(project, 5, JobState.STOPPED)
    desk = Desk(tmp_path / "desk" / "project", "Ada")
    yield desk
    desk.leave()


def answer(act: Callable[[PruneJobsDialog], None]) -> list[PruneJobsDialog]:
    """Do something with the dialog that will be asked; it is returned in a list then."""
    seen: list[PruneJobsDialog] = []

    def come() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PruneJobsDialog)
        seen.append(dialog)
        act(dialog)

    QTimer.singleShot(0, come)
    return seen


def test_old_trainings_are_told_with_their_size_and_removed_when_asked(desk: Desk) -> None:
    panel = TrainPanel(desk.learning, desk.session, Wires())
    told: list[str] = []

    def cancel(dialog: PruneJobsDialog) -> None:
        told.append(dialog.told.text())
        dialog.days.setValue(60)
        told.append(dialog.told.text())
        assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
        QTest.mouseClick(dialog.buttons.button(dialog.buttons.StandardButton.Cancel), LEFT)

    def remove(dialog: PruneJobsDialog) -> None:
        QTest.mouseClick(dialog.buttons.button(dialog.buttons.StandardButton.Ok), LEFT)

    project = desk.session.require_project()
    assert answer(cancel) == []
    QTest.mouseClick(panel.prune, LEFT)
    assert told[0].startswith("4 trainings, ")
    assert "kB (3: it failed; 1: its model was taken over)" in told[0]
    assert told[1].startswith("nothing.")
    assert len(list_jobs(project)) == panel.table.rowCount() == 5
    answer(remove)
    QTest.mouseClick(panel.prune, LEFT)
    assert [job.plan.model for job in list_jobs(project)] == ["model-5"]
    assert panel.table.rowCount() == 1
    assert not panel.prune.isEnabled()
    assert desk.told[-1].startswith("4 trainings were removed: ")


def test_all_buttons_have_room_in_a_dock_as_narrow_as_it_goes(desk: Desk) -> None:
    panel = TrainPanel(desk.learning, desk.session, Wires())
    panel.show()
    assert panel.resume.isVisible()
    panel.resize(panel.minimumSizeHint())
    assert panel.width() <= 400
    buttons = [panel.start, panel.stop, panel.resume, panel.other, panel.prune]
    for button in buttons:
        assert panel.rect().contains(button.geometry())
        assert button.width() > button.fontMetrics().horizontalAdvance(button.text())
