"""The commands on what to label next: a list, what is left of it, labels that are doubted."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.queries import NewQuery
from small_project import write_recording

from napari_ethoprofile.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "project", preset("home-cage")) as project:
        project.add_annotator("Ada")
        video = project.add_video(write_recording(tmp_path / "mouse 1.mp4", 750), "01")
        project.index_video(video.id)
    return tmp_path / "project"


def test_a_list_is_made_shown_and_shortened(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["queue", str(home), "--annotator", "Ada"]
    assert run([*asked, "--number", "2", "--seed", "4", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert len(made["queries"]) == 2
    assert made["seconds"] == 50
    assert made["expected_wrong_seconds"] is None
    assert made["mode"] == "unit"
    clips = {f"mouse 1_s{start}_n250" for start in (0, 250, 500)}
    assert {query["clip"] for query in made["queries"]} <= clips
    assert run([*asked, "--skip", made["queries"][0]["id"], "--json"]) == 0
    left = json.loads(capsys.readouterr().out)["queries"]
    assert [query["id"] for query in left] == [made["queries"][1]["id"]]
    assert run(["queue", str(home), "--show"]) == 0
    assert "1 to label" in capsys.readouterr().out
    with Project.open(home) as project:
        assert [query.state.value for query in project.queries()] == ["skipped", "open"]


def test_what_is_answered_is_not_shown_as_left(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Project.open(home) as project:
        wanted = [NewQuery("mouse 1", 0, 250), NewQuery("mouse 1", 250, 500)]
        one, other = project.add_queries(wanted)  # for anybody
        record = project.start_pass(one.clip, "Ada")
        with project.edit(record.id, "Ada") as editor:
            editor.commit(Edit.paint(editor.track, 0, 250, 1))
    assert run(["queue", str(home), "--show", "--json"]) == 0
    left = json.loads(capsys.readouterr().out)["queries"]
    assert [query["id"] for query in left] == [other.id]


def test_wrong_wishes_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["queue", str(home), "--strategy", "best"]) == 2
    assert run(["queue", str(home), "--number", "2", "--minutes", "3"]) == 2
    assert run(["queue", str(home), "--mode", "frame"]) == 2
    assert run(["queue", str(home), "--mode", "bout"]) == 1
    assert "no current model whose bouts could be asked for" in capsys.readouterr().err
    capsys.readouterr()
    assert run(["doubts", str(home)]) == 1
    assert "no current model; train one with 'ethoprofile retrain'" in capsys.readouterr().err
