"""The dialog that trains any kind of model: what it asks the command for, and a real training."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cohort_project import film, label
from napari_ethoprofile.annotation.errors import LearnError
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
    dialog.model_kind.recipe.setCurrentText("published")
    assert dialog.model_kind.crop.isHidden()
    assert "--crop" not in dialog._arguments()
    dialog.model_kind.kind.setCurrentText("ethocnn")
    assert "--rule" not in dialog._arguments()
    dialog.model_kind.weights.setText("mouse_v5.model")
    assert after(dialog._arguments(), "--weights") == "mouse_v5.model"


@pytest.mark.slow
def test_a_model_is_trained_beside_the_window(dialog: TrainDialog, qtbot: QtBot, folder: Path) -> None:
    dialog.name.setText("cropped")
    dialog.model_kind.crop.setText("0,0,160,140")
    with qtbot.waitSignal(dialog.command.answered, timeout=300_000):
        dialog.command.go.click()
    assert "The model 'cropped' is among the models of the project" in dialog.told.text()
    assert (folder / "models" / "cropped" / "model.json").is_file()
