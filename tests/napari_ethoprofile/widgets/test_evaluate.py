"""The dock that measures models: a real project, a real process, and what the table says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cohort_project import label
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.evaluation.readings import append_reading
from pytestqt.qtbot import QtBot

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.evaluate import EvaluatePanel
from napari_ethoprofile.widgets.evaluate_choice import DEEPETHOPROFILE, JHUANG, TRAINED
from napari_ethoprofile.widgets.evaluation_rows import columns_of, published_rows, remarks_of, rows_of
from napari_ethoprofile.widgets.kind_rows import BATCH_TIER


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[EvaluatePanel]:
    panel = EvaluatePanel(Session())
    qtbot.addWidget(panel)
    yield panel
    panel.let_go()
    panel._session.set_project(None)


def metric(name: str, value: float | None, why: str = "") -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "low": value and value - 0.1,
        "high": value and value + 0.1,
        "why": why,
    }


def arguments(panel: EvaluatePanel, *options: str) -> list[str]:
    """Return the values of options of the command that the dock would run."""
    given = panel._arguments()
    assert given is not None
    return [given[given.index(option) + 1] for option in options]


def test_an_answer_becomes_rows_and_remarks() -> None:
    answer = {
        "sentence": "Every animal is tested.",
        "baselines": {"majority": [{"group": "a", "metrics": [metric("macro F1", 0.25)]}]},
        "groups": [
            {
                "group": "a",
                "metrics": [metric("macro F1", 0.75), metric("recall of drink", None, "nobody drinks")],
            }
        ],
        "human_agreement": [{"blind": True, "clips": 3, "figures": {"kappa": metric("kappa", 0.8)}}],
        "human_agreement_missing": "",
        "warnings": ["rest is left out."],
        "data": "d" * 64,
        "split_hash": "s" * 64,
        "seed": 4,
    }
    assert columns_of(answer) == ["Figure", "Value", "95 %", "majority"]
    assert rows_of(answer) == [
        ["macro F1", "0.750", "0.650 to 0.850", "0.250"],
        ["recall of drink", "not defined because nobody drinks", "", ""],
    ]
    assert remarks_of(answer) == [
        "Every animal is tested.",
        "Two people on 3 of these clips (blind): kappa 0.800.",
        "rest is left out.",
        f"Labels {'d' * 12}, division {'s' * 12}, seed 4.",
    ]


def test_without_a_project_it_says_so(panel: EvaluatePanel) -> None:
    panel.command.start()
    assert "Open a project first" in panel.command.notice.text
    assert not panel.command.process.running


def test_what_the_command_refuses_is_told(panel: EvaluatePanel, project: Project, qtbot: QtBot) -> None:
    panel._session.set_project(project)
    panel._session.set_annotator("Ada")
    panel.choice.model_kind.kind.setCurrentText(BATCH_TIER)
    panel.choice.model_kind.epochs.setValue(3)
    assert arguments(panel, "--tier", "--recipe", "--epochs", "--as") == ["batch", "modern", "3", "Ada"]
    with qtbot.waitSignal(panel.command.process.failed, timeout=500_000):
        panel.command.go.click()
    assert "label" in panel.command.notice.text
    assert not panel.keep.isEnabled()


def test_published_figures_stand_below_ones_own() -> None:
    answer = {
        "learner": "first@1", "split": "leave-one-subject-out",
        "groups": [{"metrics": [metric("frame accuracy", 0.5), metric("macro accuracy", None)]}],
        "published": [{"method": "CNN", "protocol": "p", "frame": 0.836, "macro": None, "source": "paper"}],
    }  # fmt: skip
    assert published_rows(answer) == [
        ["first@1", "leave-one-subject-out", "50.0 %", "", "this evaluation"],
        ["CNN", "p", "83.6 %", "", "paper"],
    ]
    assert published_rows({"groups": []}) == []


def test_what_is_chosen_decides_what_is_shown_and_asked(panel: EvaluatePanel, project: Project) -> None:
    choice = panel.choice
    panel._session.set_project(project)
    choice.protocol.setCurrentText("fixed-holdout")
    choice.tested.setText("03, 07")
    choice.model_kind.kind.setCurrentText("ethocnn")
    choice.model_kind.weights.setText("lab.model")
    given = panel._arguments()
    assert given is not None
    assert [given[n + 1] for n, part in enumerate(given) if part == "--subject"] == ["03", "07"]
    assert arguments(panel, "--backbone", "--weights") == ["ethocnn", "lab.model"]
    choice.data.setCurrentText(JHUANG)
    assert not choice.folder_row.isHidden()
    choice.what.setCurrentText(TRAINED)
    assert [choice.model_kind.kind.isHidden(), choice.model_row.isHidden(), choice.final.isHidden()] == [
        True, False, True,
    ]  # fmt: skip
    panel.command.start()
    assert panel.command.notice.text == "Choose the folder of the database."
    choice.folder.setText("mice")
    choice.kept.setText("made")
    choice.model.setCurrentText("mouse_v5.model")
    choice.names.setText("mm=micromovement")
    assert given[1] != (panel._arguments() or [])[1] == "mice"
    assert arguments(panel, "--layout", "--into", "--model", "--map") == [
        "jhuang", "made", "mouse_v5.model", "mm=micromovement",
    ]  # fmt: skip


def test_whose_labels_and_which_part_of_the_picture_count(panel: EvaluatePanel, project: Project) -> None:
    choice, model = panel.choice, panel.choice.model_kind
    project.start_pass(project.clips()[0].id, "Ada")
    panel._session.set_project(project)
    choice.labels.setCurrentText("only those of Ada")
    model.crop.setText("0, 0, 90, 80")
    assert arguments(panel, "--labels", "--crop") == ["Ada", "0,0,90,80"]
    model.kind.setCurrentText(BATCH_TIER)
    model.rule.setCurrentIndex(1)
    model.flip.setCurrentIndex(2)
    assert arguments(panel, "--rule") == ["paper"]
    assert "--no-flip" in (panel._arguments() or [])
    model.recipe.setCurrentText("published")
    assert model.crop.isHidden()
    assert "--crop" not in (panel._arguments() or [])
    choice.what.setCurrentText(TRAINED)
    choice.final.setChecked(True)
    assert choice.labels.isHidden()
    choice.final.setChecked(False)
    assert not choice.labels.isHidden()
    choice.data.setCurrentText(JHUANG)
    assert choice.labels.isHidden()


def test_the_final_test_set_is_read_only_when_asked(panel: EvaluatePanel, project: Project) -> None:
    asked: list[str] = []
    panel._session.set_project(project)
    panel.choice.what.setCurrentText(TRAINED)
    panel.choice.model.setCurrentText("first")
    panel.choice.final.setChecked(True)
    panel.confirm = lambda question, known: bool(asked.append(f"{question} {known}"))
    panel.command.go.click()
    assert not panel.command.process.running
    append_reading(project.folder / "models" / "final_readings.jsonl", {"by": "Ada", "model": "first"})
    panel.confirm = lambda question, known: not asked.append(f"{question} {known}")
    assert "--final" in (panel._arguments() or [])
    assert asked[0].startswith("Read the final test set with the model 'first'? It has never been read.")
    assert "It has been read once, last on 20" in asked[1]
    assert "by Ada." in asked[1]
    panel.choice.data.setCurrentText(DEEPETHOPROFILE)
    panel.choice.folder.setText("mice")
    assert "--final" not in (panel._arguments() or [])


@pytest.mark.slow
def test_a_protocol_is_run_shown_and_saved(
    panel: EvaluatePanel, qtbot: QtBot, tmp_path: Path, three_mice: Path
) -> None:
    folder = label(tmp_path / "project", three_mice)
    with Project.open(folder) as project:
        panel._session.set_project(project)
        panel.choice.protocol.setCurrentText("clips-90-10")
        with (
            qtbot.waitSignal(panel.command.process.staged, timeout=500_000),
            qtbot.waitSignal(panel.command.answered, timeout=500_000),
        ):
            panel.command.go.click()
        assert "the same animals" in panel.title.text()
        figures = [panel.table.item(row, 0).text() for row in range(panel.table.rowCount())]
        assert {"frame accuracy", "macro accuracy"} <= set(figures)
        assert panel.table.columnCount() == 5
        shown = [panel.figures.choice.itemText(row) for row in range(panel.figures.choice.count())]
        assert "confusion behavior" in shown
        (tmp_path / "saved").mkdir()
        panel.save(tmp_path / "saved")
        saved = json.loads((tmp_path / "saved" / "evaluation.json").read_text("utf-8"))
        assert saved["protocol"] == "clips-90-10"
        assert (tmp_path / "saved" / "confusion_behavior.png").is_file()
        panel._session.set_project(None)
