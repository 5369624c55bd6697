"""The dock that measures models: a real project, a real process, and what the table says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cohort_project import film, label
from napari_ethoprofile.annotation.project import Project
from pytestqt.qtbot import QtBot

from napari_ethoprofile.session import Session
from napari_ethoprofile.widgets.evaluate import BATCH_TIER, EvaluatePanel
from napari_ethoprofile.widgets.evaluation_rows import columns_of, remarks_of, rows_of


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
    panel.kind.setCurrentText(BATCH_TIER)
    assert panel._arguments()[-4:] == ["--tier", "batch", "--as", "Ada"]
    with qtbot.waitSignal(panel.command.process.failed, timeout=500_000):
        panel.command.go.click()
    assert "label" in panel.command.notice.text
    assert not panel.keep.isEnabled()


@pytest.mark.slow
def test_a_protocol_is_run_shown_and_saved(panel: EvaluatePanel, qtbot: QtBot, tmp_path: Path) -> None:
    folder = label(tmp_path / "project", film(tmp_path / "recordings", subjects=3, seconds=24))
    with Project.open(folder) as project:
        panel._session.set_project(project)
        panel.protocol.setCurrentText("clips-90-10")
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
