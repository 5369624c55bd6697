"""The dialog that trains any kind of model: what it asks the command for, and a real training."""

import sys
from collections.abc import Iterator
from pathlib import Path

import napari
import pytest
from cohort_project import film, label
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.kind_rows import BATCH_TIER
from napari_ethoprofile.widgets.train_dialog import TrainDialog


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("train")
    return label(home / "project", film(home / "recordings", subjects=2, seconds=12))


@pytest.fixture
def dialog(qtbot: QtBot, folder: Path) -> Iterator[TrainDialog]:
    session = Session()
    dialog = TrainDialog(session)
    qtbot.addWidget(dialog)
    with pytest.raises(LearnError, match="Open a project first"):
        dialog._arguments()
    with Project.open(folder) as project:
        session.set_project(project)
        dialog.show_project()
        yield dialog
        dialog.command.process.close()
        session.set_project(None)


def after(arguments: list[str], option: str) -> str | None:
    return arguments[arguments.index(option) + 1] if option in arguments else None


def test_choices_become_the_options_of_the_command(dialog: TrainDialog, folder: Path) -> None:
    with pytest.raises(LearnError, match="Give the model a name"):
        dialog._arguments()
    dialog.name.setText("net")
    told = dialog._arguments()
    assert told[:2] == ["train", str(folder.resolve())]
    assert (after(told, "--split"), after(told, "--backbone"), after(told, "--labels")) == (
        "subject", "motion", None,
    )  # fmt: skip
    dialog.labels.setCurrentText("only those of truth")
    dialog.model_kind.crop.setText("0, 0, 90, 80")
    dialog.split.setCurrentIndex(2)
    told = dialog._arguments()
    assert [after(told, option) for option in ("--labels", "--crop", "--split")] == [
        "truth",
        "0,0,90,80",
        "clips",
    ]
    dialog.model_kind.kind.setCurrentText(BATCH_TIER)
    dialog.model_kind.epochs.setValue(3)
    told = dialog._arguments()
    assert [after(told, option) for option in ("--tier", "--recipe", "--epochs")] == ["batch", "modern", "3"]
    assert not {"--rule", "--flip", "--no-flip"} & set(told)
    dialog.model_kind.rule.setCurrentIndex(2)
    dialog.model_kind.flip.setCurrentIndex(2)
    told = dialog._arguments()
    assert after(told, "--rule") == "repository"
    assert "--no-flip" in told
    assert "--device" not in told
    dialog.model_kind.device.setCurrentText("CUDA")
    assert after(dialog._arguments(), "--device") == "cuda"
    dialog.model_kind.recipe.setCurrentText("published")
    assert dialog.model_kind.crop.isHidden()
    assert "--crop" not in dialog._arguments()
    dialog.model_kind.kind.setCurrentText("ethocnn")
    assert dialog.model_kind.device.isHidden()
    assert not {"--rule", "--device"} & set(dialog._arguments())
    dialog.model_kind.weights.setText("mouse_v5.model")
    assert after(dialog._arguments(), "--weights") == "mouse_v5.model"


def answered(name: str) -> dict[str, object]:
    """Return an answer of the command about a model."""
    figures = ("frame accuracy", "macro accuracy")
    metrics = [{"name": each, "value": 0.5, "low": None, "high": None} for each in figures]
    return {"name": name, "split": "3-fold by subject", "metrics": metrics}


def test_what_was_told_goes_with_the_next_training_and_with_the_project(
    dialog: TrainDialog, folder: Path, tmp_path: Path
) -> None:
    dialog.show()
    dialog.name.setText("first")
    dialog._arguments()
    dialog.command._on_answer(answered("first"), ["Rest is left out."])
    assert dialog.told.isVisible()
    assert dialog.told.text().startswith("The model 'first' is among the models of the project 'project' (3-")
    dialog.name.clear()
    dialog.command.go.click()
    assert dialog.command.notice.text == "Give the model a name."
    assert not dialog.told.isVisible()
    assert dialog.told.text() == ""
    dialog.command._on_answer(answered("first"), [])
    dialog.command.tell("It is small.")
    dialog._session.set_project(Project.create(tmp_path / "other", preset("home-cage")))
    assert (dialog.told.text(), dialog.command.notice.text) == ("", "")
    dialog.command._on_answer(answered("first"), [])
    assert "models of the project 'project', which is not the open one (3-fold" in dialog.told.text()
    dialog._session.set_project(Project.open(folder))
    assert dialog.told.text() == ""


@pytest.mark.window
def test_a_closed_dock_trains_on_and_ends_with_its_desk(
    viewer: napari.Viewer, qtbot: QtBot, tmp_path: Path
) -> None:
    Project.create(tmp_path / "empty", preset("home-cage")).close()
    dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Learn from labels")
    desk, dialog = widget.workspace, widget.train.dialog
    desk.open_project(tmp_path / "empty", "Ada")
    qtbot.waitUntil(widget.isVisible)
    widget.train.other.click()
    dialog.name.setText("net")
    dialog.command.go.click()
    with qtbot.waitSignal(dialog.command.process.failed, timeout=500_000):
        viewer.window.remove_dock_widget(dock)
        assert dialog.command.process.running
        assert not dialog.isVisible()
    dock, again = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Learn from labels")
    qtbot.waitUntil(again.isVisible)
    assert again.train.dialog is dialog
    again.train.other.click()
    assert dialog.isVisible()
    assert dialog.isWindow()
    assert dialog.command.notice.text.startswith("Nothing is labeled yet")
    dialog.command.go.click()
    viewer.window.remove_dock_widget(dock)
    with qtbot.waitSignal(dialog.destroyed):
        viewer.window.remove_dock_widget(desk.dock.parentWidget())
        assert not dialog.command.process.running


@pytest.mark.slow
def test_a_model_is_trained_beside_the_window(dialog: TrainDialog, qtbot: QtBot, folder: Path) -> None:
    dialog.name.setText("cropped")
    dialog.model_kind.crop.setText("0,0,160,140")
    with qtbot.waitSignal(dialog.command.answered, timeout=300_000):
        dialog.command.go.click()
    assert "The model 'cropped' is among the models of the project" in dialog.told.text()
    assert (folder / "models" / "cropped" / "model.json").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal of another process")
@pytest.mark.slow
def test_a_stopped_training_says_that_it_goes_on(dialog: TrainDialog, qtbot: QtBot) -> None:
    dialog.name.setText("net")
    dialog.model_kind.kind.setCurrentText(BATCH_TIER)
    steps: list[int] = []

    def listen(stage: str, done: int, _total: int) -> None:
        if stage == "training the network":
            steps.append(done)
            dialog.command.halt.click()

    dialog.command.process.staged.connect(listen)
    for _ in range(2):
        with qtbot.waitSignal(dialog.command.process.stopped, timeout=300_000):
            dialog.command.go.click()
        assert dialog.command.notice.text.endswith(
            "Ask for the same training again, and it goes on from there."
        )
    assert steps == sorted(set(steps))  # no step was done twice
