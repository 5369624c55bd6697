"""The dock "Learn from labels" in a real napari window, with a real training beside it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from cohort_project import label
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.models import list_models
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_ethoprofile.jobs.status import AtClose, RunState
from napari_ethoprofile.keys.focus import main_window_of
from napari_ethoprofile.widgets.learn import LearnWidget
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what sets the training steps of the trainings of the window."""

    def use(steps: int) -> None:
        quick = partial(prepare_job, head=HeadFit(epochs=2, least_steps=steps))
        monkeypatch.setattr("napari_ethoprofile.jobs.learning.prepare_job", quick)

    use(20)
    return use


@pytest.fixture
def desk(
    open_desk: Callable[[], Workspace], fit: object, tmp_path: Path, three_mice: Path
) -> Iterator[Workspace]:
    folder = label(tmp_path / "project", three_mice)
    workspace = open_desk()
    workspace.open_project(folder, "truth")
    yield workspace
    workspace.dialogs.ask_at_close = lambda status: AtClose.STOP  # type: ignore[method-assign]
    workspace.learning.stop()
    until(lambda: not workspace.learning.busy)


@pytest.fixture
def learn(desk: Workspace) -> LearnWidget:
    _dock, widget = desk.display._viewer.window.add_plugin_dock_widget(
        "napari-ethoprofile", "Learn from labels"
    )
    until(widget.isVisible)
    return widget


def until(true: Callable[[], bool], seconds: int = 240) -> None:
    """Wait as long as the limit of a test allows: a training lets everything else on the machine go first."""
    for _ in range(seconds * 20):
        if true():
            return
        QTest.qWait(50)
    raise AssertionError("It did not happen in time.")


def test_a_model_is_trained_from_the_dock_while_labels_are_set(desk: Workspace, learn: LearnWidget) -> None:
    from napari.utils import progress

    panel, status = learn.train, desk.learning.status
    assert panel.form.name.placeholderText() == "model-1"
    assert not panel.stop.isEnabled()
    QTest.keyClicks(panel.form.name, "mine")
    QTest.mouseClick(panel.start, LEFT)
    assert not panel.start.isEnabled()
    until(lambda: status.state is RunState.RUNNING)
    until(panel.stop.isEnabled)
    assert panel.bar.isVisibleTo(panel)
    assert any("mine" in repr(bar) for bar in progress._all_instances)
    desk.open_clip(desk.session.require_project().clips()[0].id)
    before = desk.session.playhead
    desk.session.advance(before + 1)
    assert desk.session.playhead == before + 1
    until(lambda: status.state is RunState.DONE)
    until(panel.start.isEnabled)
    assert not panel.stop.isEnabled()
    assert panel.notice.text.startswith("'mine' is trained on")
    assert "is the current model now" in panel.notice.text
    assert [panel.table.index(0, column).data() for column in (1, 2, 3)] == ["mine", "done", "by hand"]
    assert sorted(panel.curve.lines) == ["head 1", "head 2", "head 3"]
    assert "done:" in panel.log.toPlainText()
    assert not progress._all_instances
    assert [card.name for card in list_models(desk.session.require_project())] == ["mine"]


def test_a_training_is_stopped_and_resumed_from_the_dock(
    desk: Workspace, learn: LearnWidget, fit: Callable[[int], None]
) -> None:
    fit(1_000_000)
    panel, status = learn.train, desk.learning.status
    QTest.mouseClick(panel.start, LEFT)
    until(lambda: status.stage == "heads")
    assert not panel.resume.isVisibleTo(panel)
    QTest.mouseClick(panel.stop, LEFT)
    until(lambda: status.state is RunState.STOPPED)
    assert panel.notice.text.startswith("Stopped during 'heads'")
    assert panel.table.index(0, 2).data() == "stopped"
    QTest.mouseClick(panel.resume, LEFT)
    until(lambda: status.state is RunState.RUNNING and status.stage == "heads")
    QTest.mouseClick(panel.stop, LEFT)
    until(lambda: status.state is RunState.STOPPED)


def test_the_window_asks_before_it_leaves_a_training(
    desk: Workspace, learn: LearnWidget, fit: Callable[[int], None]
) -> None:
    fit(1_000_000)
    asked: list[str] = []
    answers = [AtClose.CANCEL, AtClose.STOP]

    def answer(status: object) -> AtClose:
        asked.append(desk.learning.status.model)
        return answers.pop(0)

    desk.learning._ask_at_close = answer
    QTest.mouseClick(learn.train.start, LEFT)
    until(lambda: desk.learning.status.stage == "heads")
    window = main_window_of(learn)
    assert window is not None
    window.close()
    assert window.isVisible()
    assert asked == ["model-1"]
    assert desk.session.project is not None
    assert desk.learning.may_close()
    assert asked == ["model-1", "model-1"]
    assert desk.learning.status.state is RunState.STOPPED


def test_the_rule_of_a_project_is_set_and_kept(desk: Workspace, learn: LearnWidget, tmp_path: Path) -> None:
    rule = learn.train.rule
    rule.clips.setValue(7)
    QTest.mouseClick(rule.on, LEFT, pos=rule.on.rect().center())
    rule.on.setChecked(True)
    desk.session.set_project(Project.open(tmp_path / "project"))
    assert (desk.learning.rule.on, desk.learning.rule.clips) == (True, 7)
    assert rule.clips.value() == 7
