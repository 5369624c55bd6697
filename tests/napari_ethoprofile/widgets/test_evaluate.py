"""The dock that measures models: a real project, a real process, and what the table says."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import napari
import psutil
import pytest
from cohort_project import label
from judged_project import judged_project
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.evaluation.readings import append_reading
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QScrollArea
from small_project import create_project

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


def evaluations() -> list[psutil.Process]:
    """Return our processes that evaluate."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            found += [child] if "evaluate" in child.cmdline() else []
    return found


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


def answered(name: str, *files: Path) -> dict[str, object]:
    """Return an answer of the command about a model."""
    return {
        "learner": name, "split": "leave-one-subject-out", "sentence": "Every animal is tested.",
        "baselines": {}, "groups": [{"group": "a", "metrics": [metric("macro F1", 0.75)]}],
        "human_agreement": [], "human_agreement_missing": "", "warnings": [], "data": "d", "split_hash": "s",
        "seed": 0, "files": [str(path) for path in files],
    }  # fmt: skip


def test_long_texts_scroll_and_leave_the_window_as_high_as_it_was(panel: EvaluatePanel, qtbot: QtBot) -> None:
    panel.resize(400, 600)
    panel.show()
    qtbot.waitExposed(panel)
    before = panel.minimumSizeHint().height()
    panel._on_answer(answered("first") | {"warnings": ["There is much to say about it."] * 80}, [])
    panel.views.setCurrentIndex(panel.views.count() - 1)
    panel.command.tell("It went wrong in more ways than can be counted. " * 40, problem=True)
    qtbot.waitUntil(lambda: panel.command.said.verticalScrollBar().maximum() > 0)
    assert panel.minimumSizeHint().height() <= before + 160
    area = panel.findChild(QScrollArea, "evaluate_remarks_area")
    assert area.verticalScrollBar().maximum() > area.height()
    assert area.horizontalScrollBar().maximum() == 0
    panel.command.tell("It went wrong.", problem=True)
    assert panel.command.said.height() < 40


def test_figures_of_another_project_than_the_open_one_are_named_so(
    panel: EvaluatePanel, project: Project, tmp_path: Path, recording: Path
) -> None:
    panel.command.start()
    assert "Open a project first" in panel.command.notice.text
    panel._session.set_project(project)
    assert panel.command.notice.text == ""
    assert panel.title.isHidden()
    table = tmp_path / "table.csv"
    table.write_text("figures")
    panel._arguments()
    panel._session.set_project(create_project(tmp_path / "other", recording))
    panel.command._on_answer(answered("first", table), [])
    named = "Of the project 'project', which is not the open one: first, leave-one-subject-out"
    assert panel.title.text() == named
    assert panel.title.toolTip() == str(tmp_path / "project")
    assert panel.keep.isEnabled()
    panel.save(tmp_path / "saved")
    assert (tmp_path / "saved" / "table.csv").read_text() == "figures"
    panel._session.set_project(Project.open(tmp_path / "project"))
    assert panel.title.text() == "Of the project 'project': first, leave-one-subject-out"
    assert panel.command.notice.text == ""
    panel.choice.data.setCurrentText(DEEPETHOPROFILE)
    panel.choice.folder.setText("lab/mice")
    panel._arguments()
    panel._session.set_project(None)
    panel.command._on_answer(answered("second"), [])
    assert panel.title.text() == "Of the database 'mice': second, leave-one-subject-out"


def test_an_evaluation_that_fails_in_another_project_names_its_own(
    panel: EvaluatePanel, project: Project, qtbot: QtBot, tmp_path: Path, recording: Path
) -> None:
    panel._session.set_project(project)
    with qtbot.waitSignal(panel.command.process.failed, timeout=500_000):
        panel.command.go.click()
        panel._session.set_project(create_project(tmp_path / "other", recording))
    assert panel.command.notice.text.startswith("In the project 'project', which is not the open one: ")


@pytest.mark.window
def test_a_closed_dock_measures_on_and_ends_with_its_desk(
    viewer: napari.Viewer, project: Project, qtbot: QtBot
) -> None:
    dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Evaluate a model")
    desk, panel = widget.workspace, widget.panel
    desk.open_project(project.folder, "Ada")
    qtbot.waitUntil(widget.isVisible)
    panel.command._on_answer(answered("first"), [])
    panel.choice.protocol.setCurrentText("clips-90-10")
    panel.command.go.click()
    with qtbot.waitSignal(panel.command.process.failed, timeout=500_000):
        viewer.window.remove_dock_widget(dock)
        assert panel.command.process.running
    dock, again = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Evaluate a model")
    assert again.panel is panel
    qtbot.waitUntil(panel.isVisible)
    assert panel.choice.protocol.currentText() == "clips-90-10"
    assert panel.title.text().endswith("first, leave-one-subject-out")
    panel.command.go.click()
    viewer.window.remove_dock_widget(dock)
    with qtbot.waitSignal(panel.destroyed):
        viewer.window.remove_dock_widget(desk.dock.parentWidget())
        assert not panel.command.process.running


@pytest.mark.window
@pytest.mark.parametrize("closed_before", [False, True], ids=["open dock", "closed dock"])
def test_what_runs_ends_with_the_window(
    viewer: napari.Viewer, project: Project, qtbot: QtBot, closed_before: bool
) -> None:
    dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", "Evaluate a model")
    widget.workspace.open_project(project.folder, "Ada")
    panel = widget.panel
    panel.command.go.click()
    qtbot.waitUntil(lambda: bool(evaluations()))
    [child] = evaluations()
    if closed_before:
        viewer.window.remove_dock_widget(dock)
    with qtbot.waitSignal(panel.destroyed):
        viewer.close()
    qtbot.waitUntil(lambda: not child.is_running(), timeout=10_000)


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


def test_a_model_of_another_project_is_not_offered_any_more(
    panel: EvaluatePanel, project: Project, tmp_path: Path
) -> None:
    model = panel.choice.model
    with judged_project(tmp_path / "judged") as other:
        panel._session.set_project(other)
        names = [model.itemText(row) for row in range(model.count())]
        assert sorted(names) == ["better", "early", "worse"]
        model.setCurrentText("worse")
        panel._session.models_changed.emit()
        assert model.currentText() == "worse"
        panel._session.set_project(project)
        assert (model.count(), model.currentText()) == (0, "")
        model.setCurrentText("lab/mouse_v5.model")
        panel._session.set_project(other)
        assert model.currentText() == "lab/mouse_v5.model"
        panel._session.set_project(None)


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
    assert "--device" not in (panel._arguments() or [])
    model.device.setCurrentText("processor")
    assert arguments(panel, "--device") == ["cpu"]
    model.recipe.setCurrentText("published")
    assert model.crop.isHidden()
    assert "--crop" not in (panel._arguments() or [])
    choice.what.setCurrentText(TRAINED)
    choice.model.setCurrentText("first")
    assert arguments(panel, "--model", "--device") == ["first", "cpu"]
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
