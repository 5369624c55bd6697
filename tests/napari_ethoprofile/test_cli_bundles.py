"""Work on several computers, on the command line."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from small_project import create_project, write_recording

from napari_ethoprofile.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    project = create_project(tmp_path / "home", write_recording(tmp_path / "01_20260105_1200.mp4"))
    project.assign("Ben", [clip.id for clip in project.clips()])
    project.close()
    return project.folder


def test_clips_go_out_and_passes_come_back(home: Path, tmp_path: Path, capfd) -> None:
    out, away, back = tmp_path / "out.zip", tmp_path / "away", tmp_path / "back.zip"
    assert run(["bundle", str(home), "--annotator", "Ben", "--out", str(out), "--videos", "cut"]) == 0
    assert "Wrote 2 clips for Ben" in capfd.readouterr().out
    assert run(["open-bundle", str(out), str(away)]) == 0
    with Project.open(away) as project:
        clip = project.assignments("Ben")[0].clip
        record = project.start_pass(clip, "Ben", "blind")
    assert run(["submit", str(away), record.id, "--annotator", "Ben"]) == 0
    with Project.open(away) as project:
        project.start_pass(project.assignments("Ben")[1].clip, "Ben", "blind")
    capfd.readouterr()
    assert run(["bundle", str(away), "--annotator", "Ben", "--out", str(back)]) == 0
    told = capfd.readouterr()
    assert "Wrote 1 pass into" in told.out
    assert "is not submitted yet" in told.err
    assert run(["merge", str(home), str(back), "--json"]) == 0
    merged = json.loads(capfd.readouterr().out)
    assert [item["id"] for item in merged["merged"]] == [record.id]
    assert merged["merged"][0]["clip"] == "01_20260105_1200_s0_n50"
    assert run(["merge", str(home), str(away)]) == 0
    assert "Merged 0 passes; here already: 1." in capfd.readouterr().out


def test_missing_recordings_of_a_bundle_are_told(home: Path, tmp_path: Path, capfd) -> None:
    out = tmp_path / "out.zip"
    assert run(["bundle", str(home), "--annotator", "Ben", "--out", str(out)]) == 0
    (tmp_path / "01_20260105_1200.mp4").rename(tmp_path / "elsewhere.mp4")
    assert run(["open-bundle", str(out), str(tmp_path / "away")]) == 0
    assert "link it to its new place with 'ethoprofile relink'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (["bundle", "{home}", "--annotator", "Eve", "--out", "x.zip"], 1, "no annotator 'Eve'"),
        (
            ["bundle", "{home}", "--annotator", "Ben", "--out", "x.zip", "--videos", "mail"],
            2,
            "link, cut, copy",
        ),
        (
            ["bundle", "{home}", "--annotator", "Ben", "--out", "x.zip", "--finished"],
            1,
            "No pass is finished",
        ),
        (["open-bundle", "{home}/ethoprofile.db", "new"], 1, "is not a bundle"),
        (["merge", "{home}", "nowhere.zip"], 1, "There is no bundle at nowhere.zip"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    home: Path, tmp_path: Path, capfd, monkeypatch: pytest.MonkeyPatch,
    command: list[str], status: int, message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run([part.format(home=home) for part in command]) == status
    assert message in capfd.readouterr().err
    assert not list(tmp_path.glob("*.zip"))
