"""Trainings beside a window, in real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from napari.utils.notifications import notification_manager
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.adopting import is_adopted
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.jobs.running import run_job
from napari_ethoprofile.training.jobs.standing import JobState, standing_of
from napari_ethoprofile.training.models import list_models
from pytestqt.qtbot import QtBot
from training_desk import ENDLESS, Desk

from napari_ethoprofile.jobs.rules import StartRule, Wish
from napari_ethoprofile.jobs.status import AtClose, RunState

LONG = 120_000
Open = Callable[[], Desk]
Quick = Callable[[HeadFit], None]


def wait(qtbot: QtBot, desk: Desk, *states: RunState) -> None:
    def there() -> bool:
        return desk.learning.status.state in states and not desk.learning.busy

    qtbot.waitUntil(there, timeout=LONG)


def wait_for_heads(qtbot: QtBot, desk: Desk) -> psutil.Process:
    """Wait until the heads are trained, and return the process that does it."""
    qtbot.waitUntil(lambda: desk.learning.status.stage == "heads", timeout=LONG)
    return psutil.Process(standing_of(desk.learning.jobs()[0]).pid)


def test_a_training_runs_beside_the_window_and_its_model_becomes_the_current_one(
    qtbot: QtBot, open_desk: Open
) -> None:
    desk, stages, adopted = open_desk(), [], []
    status = desk.learning.status
    status.events.stage.connect(stages.append)
    desk.learning.adopted.connect(adopted.append)
    desk.learning.want(Wish("by hand"))
    assert desk.learning.busy
    for _ in range(3):  # while it is prepared or runs
        desk.learning.want(Wish("by hand, again"))
    qtbot.waitUntil(lambda: len(adopted) == 2, timeout=LONG)
    assert [item.name for item in adopted] == ["model-1", "model-2"]  # three wishes became one
    assert not desk.learning.busy
    assert status.state is RunState.DONE
    assert "heads" in stages
    assert "model-2' is" in status.sentence
    project = desk.session.require_project()
    assert sorted(card.name for card in list_models(project)) == ["model-1", "model-2"]
    current = project.current_model()
    assert current is not None
    assert [job.plan.reason for job in desk.learning.jobs()] == ["by hand, again", "by hand"]
    assert all(is_adopted(job) for job in desk.learning.jobs())


@pytest.mark.slow  # the story with mishaps tells it, too
def test_a_training_outlives_its_window_and_is_found_again(
    qtbot: QtBot, open_desk: Open, quick: Quick
) -> None:
    quick(HeadFit(least_steps=150))
    first = open_desk()
    first.learning.want(Wish("by hand"))
    wait_for_heads(qtbot, first)
    assert first.learning.may_close()
    assert [status.model for status in first.asked] == ["model-1"]
    first.leave()
    assert first.learning.status.state is RunState.IDLE

    second = open_desk()
    status = second.learning.status
    assert (status.state, status.model, status.stage) == (RunState.RUNNING, "model-1", "heads")
    assert status.fraction is not None
    wait(qtbot, second, RunState.DONE)
    assert [card.name for card in list_models(second.session.require_project())] == ["model-1"]


def test_what_finished_while_nobody_looked_is_taken_over(
    qtbot: QtBot, open_desk: Open, own_project: Path
) -> None:
    with Project.open(own_project) as project:
        job = prepare_job(project, head=HeadFit(epochs=2, least_steps=20))
    run_job(job, lambda event: None, lambda: False)
    desk = open_desk()
    qtbot.waitUntil(lambda: not desk.learning.busy, timeout=LONG)
    assert [card.name for card in list_models(desk.session.require_project())] == ["model-1"]
    assert is_adopted(job)


def test_a_training_is_stopped_by_closing_or_goes_on(qtbot: QtBot, open_desk: Open, quick: Quick) -> None:
    quick(ENDLESS)
    desk = open_desk()
    assert desk.learning.may_close()
    assert desk.asked == []
    desk.learning.want(Wish("by hand"))
    process = wait_for_heads(qtbot, desk)
    desk.answer = AtClose.CANCEL
    assert not desk.learning.may_close()
    assert process.is_running()
    desk.answer = AtClose.STOP
    assert desk.learning.may_close()
    assert desk.learning.status.state is RunState.STOPPED
    assert desk.learning.status.sentence.startswith("Stopped during 'heads'")
    assert standing_of(desk.learning.jobs()[0]).state.can_resume


def test_closing_while_the_labels_are_read_asks_and_the_training_really_begins(
    qtbot: QtBot, open_desk: Open, quick: Quick
) -> None:
    quick(ENDLESS)
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    assert desk.learning.preparing
    desk.answer = AtClose.CANCEL
    assert not desk.learning.may_close()
    assert desk.learning.preparing
    desk.answer = AtClose.KEEP
    assert desk.learning.may_close()
    assert len(desk.asked) == 2
    desk.leave()
    again = open_desk()
    assert (again.learning.status.state, again.learning.status.model) == (RunState.RUNNING, "model-1")


def test_closing_while_the_labels_are_read_can_stop_it(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    desk.answer = AtClose.STOP
    assert desk.learning.may_close()
    assert len(desk.asked) == 1
    [job] = desk.learning.jobs()
    assert standing_of(job).state is JobState.STOPPED


def test_a_training_that_cannot_begin_keeps_the_window(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    desk.learning.want(Wish("by hand", model="../out"))
    assert not desk.learning.may_close()
    assert "A model cannot be called '../out'" in desk.told[-1]
    assert desk.learning.may_close()
    assert len(desk.asked) == 1


def test_a_training_that_was_prepared_and_never_begun_is_told_at_the_next_start(
    open_desk: Open, own_project: Path
) -> None:
    with Project.open(own_project) as project:
        prepare_job(project)
    notification_manager.records.clear()
    open_desk()
    [told] = [record.message for record in notification_manager.records]
    assert told.startswith("The training of 'model-1' was prepared but has not begun: select it")


def test_a_training_that_is_only_loading_is_found_when_its_project_is_opened_again(
    qtbot: QtBot, open_desk: Open, quick: Quick, own_project: Path
) -> None:
    quick(ENDLESS)
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    qtbot.waitUntil(lambda: desk.learning.status.state.live, timeout=LONG)
    [job] = desk.learning.jobs()
    desk.session.set_project(None)
    notification_manager.records.clear()
    desk.session.set_project(Project.open(own_project))
    assert not job.status_file.exists()
    assert (desk.learning.status.state, desk.learning.status.model) == (RunState.RUNNING, "model-1")
    assert standing_of(job).state is JobState.RUNNING
    assert not [record for record in notification_manager.records if "prepared" in record.message]
    with pytest.raises(LearnError, match="runs already"):
        desk.learning.resume(job.id)
    process = psutil.Process(standing_of(job).pid)
    assert wait_for_heads(qtbot, desk) == process


def test_a_training_that_ends_while_it_loads_has_not_begun(
    qtbot: QtBot, open_desk: Open, own_project: Path
) -> None:
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    qtbot.waitUntil(lambda: desk.learning.status.state.live, timeout=LONG)
    [job] = desk.learning.jobs()
    desk.session.set_project(None)
    desk.session.set_project(Project.open(own_project))
    psutil.Process(standing_of(job).pid).kill()
    wait(qtbot, desk, RunState.FAILED)
    assert desk.learning.status.sentence == "The training did not begin, and its process left no word why."
    assert standing_of(job).state is JobState.PREPARED


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal that freezes a process")
def test_a_training_that_does_not_answer_is_killed(qtbot: QtBot, open_desk: Open, quick: Quick) -> None:
    quick(ENDLESS)
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    process = wait_for_heads(qtbot, desk)
    os.kill(process.pid, signal.SIGSTOP)
    desk.learning.stop()
    assert desk.learning.status.state is RunState.STOPPING
    wait(qtbot, desk, RunState.STOPPED)
    assert not psutil.pid_exists(process.pid) or process.status() == psutil.STATUS_ZOMBIE


def test_a_killed_training_says_so_and_is_resumed(qtbot: QtBot, open_desk: Open, quick: Quick) -> None:
    quick(HeadFit(least_steps=80))
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    process = wait_for_heads(qtbot, desk)
    [job] = desk.learning.jobs()
    qtbot.waitUntil(lambda: any(job.checkpoints.glob("*")), timeout=LONG)
    process.kill()
    wait(qtbot, desk, RunState.FAILED)
    assert "ended without a word during 'heads'" in desk.learning.status.sentence
    project = desk.session.require_project()
    assert list_models(project) == []
    assert project.current_model() is None
    desk.learning.resume(job.id)
    with pytest.raises(LearnError, match="runs already"):
        desk.learning.resume(job.id)
    wait(qtbot, desk, RunState.DONE)
    assert [card.name for card in list_models(project)] == ["model-1"]


def test_a_job_that_cannot_begin_says_why(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    job = prepare_job(desk.session.require_project())
    (job.folder / "job.json").write_text("{}")
    desk.learning._runner.start(job)
    wait(qtbot, desk, RunState.FAILED)
    assert desk.learning.status.sentence.startswith("The training did not begin: The training job")
    assert "is damaged" in desk.learning.status.sentence


@pytest.mark.slow
def test_a_training_that_is_being_prepared_can_be_given_up(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    desk.learning.want(Wish("by hand"))
    desk.learning.stop()
    qtbot.waitUntil(lambda: not desk.learning.busy, timeout=LONG)
    [job] = desk.learning.jobs()
    assert standing_of(job).state is JobState.STOPPED
    desk.learning.resume(job.id)
    wait(qtbot, desk, RunState.DONE)


def test_too_few_labels_are_told_and_nothing_is_left(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    desk.learning.want(Wish("by hand", model="../out"))
    qtbot.waitUntil(lambda: not desk.learning.busy, timeout=LONG)
    assert "A model cannot be called '../out'" in desk.told[-1]
    assert desk.learning.jobs() == []


def test_a_rule_starts_one_training_for_fresh_clips(qtbot: QtBot, open_desk: Open) -> None:
    desk = open_desk()
    project = desk.session.require_project()
    for record in project.passes():
        with project.edit(record.id, "truth") as editor:
            editor.submit()
    desk.learning.follow_rule()
    assert not desk.learning.busy
    desk.learning.set_rule(StartRule(True, clips=3, idle=1))
    desk.session.labels_changed(0, 0, 1)
    desk.learning.follow_rule()
    assert not desk.learning.busy  # somebody is at work
    desk.learning._active -= 5
    desk.learning.follow_rule()
    desk.learning.follow_rule()
    wait(qtbot, desk, RunState.DONE)
    assert [job.plan.reason for job in desk.learning.jobs()] == [
        "3 clips or stretches since the last training"
    ]
    desk.learning._active -= 5
    desk.learning.follow_rule()
    assert not desk.learning.busy  # nothing is fresh any more
    assert StartRule.read(project.settings) == StartRule(True, 3, 1)
    assert JobState.RUNNING not in [standing_of(job).state for job in desk.learning.jobs()]


_WINDOW = """
import sys
from pathlib import Path
from functools import partial
from qtpy.QtWidgets import QApplication
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.jobs import learning
from napari_ethoprofile.jobs.rules import Wish
from training_desk import Desk

app = QApplication([])
learning.prepare_job = partial(prepare_job, head=HeadFit(least_steps=150))
desk = Desk(Path(sys.argv[1]))
desk.learning.status.events.stage.connect(lambda stage: print(stage, flush=True))
desk.learning.want(Wish("by hand"))
app.exec()
"""


@pytest.mark.slow  # the story with mishaps tells it, too
def test_a_training_outlives_a_window_that_is_killed(
    qtbot: QtBot, open_desk: Open, own_project: Path
) -> None:
    support = str(Path(__file__).parents[2] / "support")
    command = [sys.executable, "-c", _WINDOW, str(own_project)]
    environment = os.environ | {"PYTHONPATH": support}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as window:
        assert window.stdout is not None
        assert any(line.startswith("heads") for line in window.stdout)
        window.kill()
    desk = open_desk()
    assert desk.learning.status.state in (RunState.RUNNING, RunState.IDLE)
    qtbot.waitUntil(lambda: is_adopted(desk.learning.jobs()[0]), timeout=LONG)
    assert [card.name for card in list_models(desk.session.require_project())] == ["model-1"]
