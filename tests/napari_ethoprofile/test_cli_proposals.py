import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.proposals import moved, reject
from napari_ethoprofile.training.proposal_gate import GATE_KEY, SHARE_KEY, offer_for
from napari_ethoprofile.training.proposal_store import proposals_of
from proposing_project import proposing_project, say, truth
from typer.testing import CliRunner

from napari_ethoprofile.cli.app import app

FRAMES = 120


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with proposing_project(tmp_path / "desk", FRAMES, held_out=0.9, real=False) as project:
        project.settings.set(SHARE_KEY, 0.0)
        say(project, project.clips()[1].id, truth(FRAMES), sure=0.6)
        folder = project.folder
    return folder


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def clip_of(home: Path) -> str:
    with Project.open(home, read_only=True) as project:
        return project.clips()[1].id


def test_sure_proposals_are_accepted_as_one_step_and_the_threshold_is_on_record(home: Path) -> None:
    clip = clip_of(home)
    accept = ("accept", home, "--clip", clip, "--annotator", "Ada", "--json")
    assert json.loads(run(*accept, "--above", "0.61")[1])["accepted"] == 0
    told = json.loads(run(*accept, "--above", "0.59")[1])
    assert (told["accepted"], told["undecided"]) == (6, 0)
    with Project.open(home) as project, project.edit(told["pass"], "Ada") as editor:
        assert editor.track == truth(FRAMES)
        assert "0.59" in editor.origins(0, 20)[0][2].reason
        editor.undo()
        assert editor.coverage.unlabeled == FRAMES


def test_hidden_proposals_cannot_be_accepted(home: Path) -> None:
    with Project.open(home) as project:
        project.settings.set(GATE_KEY, 0.95)
    clip = clip_of(home)
    result = CliRunner().invoke(
        app, ["accept", str(home), "--clip", clip, "--annotator", "Ada", "--above", "0.5"]
    )
    assert result.exit_code != 0
    assert "shown from 95% on" in str(result.exception) + result.output
    with Project.open(home, read_only=True) as project:
        assert all(project.door.coverage(p.id, "Ada").labeled == 0 for p in project.passes(clip, "Ada"))


def test_anchoring_tells_both_sides(home: Path) -> None:
    clip = clip_of(home)
    told = json.loads(
        run("accept", home, "--clip", clip, "--annotator", "Ada", "--above", "0.5", "--json")[1]
    )
    with Project.open(home) as project, project.edit(told["pass"], "Ada") as editor:
        editor.submit()
    status, output = run("anchoring", home, "--as", "Ada", "--json")
    found = json.loads(output)
    assert status == 0
    assert (found["with_proposals"]["accepted"], found["with_proposals"]["at_once"]) == (6, 6)
    assert found["without"]["passes"] == 1
    assert "100.0%" in run("anchoring", home, "--as", "Ada")[1]


def test_rejected_and_moved_proposals_stand_in_the_history_and_are_undone(home: Path) -> None:
    with Project.open(home) as project:
        record = project.start_pass(clip_of(home), "Ada")
        said = proposals_of(project, offer_for(project, record.id, "Ada").shown, "Ada", None)
        with project.edit(record.id, "Ada") as editor:
            editor.commit_all([reject(said.undecided(editor.track)[0], said)])
            editor.commit_all([moved(Edit.move_boundary(said.track, 40, 42), said)])
    rows = json.loads(run("history", home, record.id, "--as", "Ada", "--json")[1])
    assert [(row["author"], row["from"], row["to"]) for row in rows] == [
        ("Ada", "proposed: walk 20", "proposed: unlabeled 20 (rejected)"),
        ("Ada", "proposed: groom 2", "proposed: rest 2 (moved)"),
    ]
    assert "mice@" in rows[0]["reason"]
    assert run("notes", home, record.id, "--annotator", "Ada", "--json")[1].strip() == "[]"
    assert "proposed: rest 2" in run("undo", home, record.id, "--annotator", "Ada")[1]
    told = json.loads(
        run("accept", home, "--clip", record.clip, "--annotator", "Ada", "--above", "0", "--json")[1]
    )
    assert (told["accepted"], told["undecided"]) == (5, 0)  # what was rejected is not asked about again


def test_when_proposals_are_shown_is_told_and_changed(home: Path) -> None:
    told = json.loads(run("proposals", home, "--as", "Ada", "--json")[1])
    assert (told["from"], told["without"], told["sure"], told["expected_accuracy"]) == (0.75, 0.0, 0.9, 0.9)
    assert "on its training labels" in told["measured"]
    status, text = run("proposals", home, "--from", "0.95", "--without", "0.2")
    assert status == 0
    assert "from an expected accuracy of 95% on" in text
    with Project.open(home, read_only=True) as project:
        assert (project.settings.get(GATE_KEY), project.settings.get(SHARE_KEY)) == (0.95, 0.2)
    assert "from a confidence of 0.70 on" in run("proposals", home, "--sure", "0.7")[1]
    assert run("proposals", home, "--from", "1.2")[0] == 2
