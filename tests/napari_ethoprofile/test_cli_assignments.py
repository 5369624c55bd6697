"""Assigned work on the command line."""

import json
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.project import Project
from small_project import create_project, write_recording

from napari_ethoprofile.cli import run


@pytest.fixture
def folder(tmp_path: Path, capfd) -> Path:
    """A project with ten clips, two of which Ada has submitted."""
    project = create_project(tmp_path / "project", write_recording(tmp_path / "01_20260105_1200.mp4"))
    (video,) = project.videos()
    project.add_clips([Stretch(video.id, start, start + 10) for start in range(0, 80, 10)])
    for clip in project.clips()[0], project.clips()[-1]:
        with project.edit(project.start_pass(clip.id, "Ada").id, "Ada") as editor:
            editor.commit(Edit.paint(editor.track, 0, 10, 3))
            editor.submit()
    project.close()
    capfd.readouterr()
    return project.folder


def json_of(capfd, *command: str) -> dict:
    assert run([*command, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_clips_are_assigned_and_counted(folder: Path, capfd) -> None:
    plan = json_of(capfd, "assign", str(folder), "--annotator", "Ben", "--share", "1", "--preview")
    assert (len(plan["clips"]), plan["candidates"], plan["assigned"]) == (2, 2, False)
    assert plan["clips"][0]["subject"] == "01"
    assert json_of(capfd, "assignments", str(folder)) == {"annotators": [], "assignments": []}
    made = json_of(
        capfd, "assign", str(folder), "--annotator", "Ben", "--share", "1", "--deadline", "2026-01-05",
        "--as", "Ada",
    )  # fmt: skip
    assert (made["clips"], made["assigned"]) == (plan["clips"], True)
    found = json_of(capfd, "assignments", str(folder))
    assert found["annotators"] == [
        {"annotator": "Ben", "assigned": 2, "open": 0, "submitted": 0, "overdue": 2,
         "next_deadline": "2026-01-05"}
    ]  # fmt: skip
    one = found["assignments"][0]
    assert (one["kind"], one["state"], one["overdue"], one["assigned_by"]) == (
        "blind", "assigned", True, "Ada",
    )  # fmt: skip
    assert run(["assignments", str(folder), "--annotator", "Ben"]) == 0
    assert "overdue" in capfd.readouterr().out
    assert run(["unassign", str(folder), one["id"], "--annotator", "Ada"]) == 0
    capfd.readouterr()
    assert len(json_of(capfd, "assignments", str(folder))["assignments"]) == 1


def test_a_share_of_ones_own_is_served_again(folder: Path, capfd) -> None:
    plan = json_of(
        capfd, "assign", str(folder), "--annotator", "Ada", "--kind", "first", "--count", "2",
        "--repeat", ".5", "--preview",
    )  # fmt: skip
    assert (len(plan["clips"]), plan["repeats"]) == (3, 1)


def test_too_few_clips_are_told(folder: Path, capfd) -> None:
    assert run(["assign", str(folder), "--annotator", "Ben", "--count", "9"]) == 0
    out, err = capfd.readouterr()
    assert "Assigned 2 clips to Ben as blind passes." in out
    assert "Only 2 of 9 clips could be drawn." in err


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--share", "20"], 1, "at most 1"),
        ([], 1, "Say which clips"),
        (["--share", ".5", "--deadline", "tomorrow"], 2, "write it like 2026-12-01"),
        (["--share", ".5", "--kind", "review"], 2, "blind, first"),
        (["--share", ".5", "--by", "cage"], 1, "'cage' is none of these"),
    ],
)
def test_wrong_plans_are_one_sentence(
    folder: Path, capfd, options: list[str], status: int, message: str
) -> None:
    assert run(["assign", str(folder), "--annotator", "Ben", *options]) == status
    assert message in capfd.readouterr().err


def test_passes_are_frozen(folder: Path, capfd) -> None:
    with Project.open(folder) as project:
        passes = [record.id for record in project.passes()]
    command = ["freeze", str(folder), *passes, "--as", "test", "--annotator", "Ada"]
    assert run(command) == 0
    assert capfd.readouterr().out.count("frozen-test") == 2
    assert run(["states", str(folder), passes[0], "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [item["state"] for item in found] == ["open", "submitted", "frozen-test"]
    assert {item["author"] for item in found} == {"Ada"}
    assert run(["reopen", str(folder), passes[0], "--annotator", "Ada"]) == 1
    assert "frozen as test data" in capfd.readouterr().err
    assert run([*command[:-3], "play", "--annotator", "Ada"]) == 2
