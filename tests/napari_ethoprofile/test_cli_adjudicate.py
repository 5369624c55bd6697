"""Adjudication from the command line: what it lists, decides, refuses, and finishes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from compared_passes import FRAMES, add_pass, add_two, labels, new_project
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import NONE
from small_project import write_recording

from napari_ethoprofile.cli import run

Adjudicate = Callable[..., dict]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", FRAMES)) as project:
        add_two(project)
    return tmp_path / "project"


@pytest.fixture
def adjudicate(folder: Path, capfd) -> Adjudicate:
    """Run the command on all finished passes as Dora and return what it lists."""

    def run_it(*arguments: str, status: int = 0) -> dict:
        with Project.open(folder, read_only=True) as project:
            passes = ",".join(p.id for p in project.passes(acting="Dora") if p.kind != "consensus")
        command = ["adjudicate", str(folder), "--passes", passes, "--annotator", "Dora", "--json", *arguments]
        assert run(command) == status
        out, error = capfd.readouterr()
        return json.loads(out[out.index("{") :]) if status == 0 else {"error": error}

    return run_it


def test_listing_changes_nothing(adjudicate: Adjudicate, folder: Path) -> None:
    listed = adjudicate("--list")
    assert [(row["start"], row["stop"], row["A"], row["B"]) for row in listed["disagreements"]] == [
        (40, 50, "drink", "eat"), (60, 70, "eat", "micromovement"), (90, 100, "groom", "unlabeled"),
    ]  # fmt: skip
    assert (listed["consensus"], listed["open"]) == (None, 3)
    assert listed["disagreements"][0]["kind"] == "boundary shift"
    assert listed["disagreements"][0]["shift_ms"] == -400
    with Project.open(folder, read_only=True) as project:
        assert len(project.passes(acting="Dora")) == 2


def test_somebody_new_can_list_and_is_not_added_by_it(folder: Path, capfd) -> None:
    with Project.open(folder, read_only=True) as project:
        passes = ",".join(record.id for record in project.passes(acting="Dora"))
        people = project.annotators()
    assert run(["adjudicate", str(folder), "--passes", passes, "--annotator", "Emil", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["open"] == 3
    with Project.open(folder, read_only=True) as project:
        assert project.annotators() == people


def test_decisions_are_kept_and_finish_the_consensus(adjudicate: Adjudicate, folder: Path) -> None:
    assert "still open" in adjudicate("--finish", status=1)["error"]
    adjudicate("--take", "B", "--at", "44", "--reason", "clear onset")
    adjudicate("--take", "none", "--at", "60")
    listed = adjudicate("--take", "unresolved", "--at", "99", "--reason", "too dark")
    assert [(row["state"], row["label"], row["reason"]) for row in listed["disagreements"]] == [
        ("resolved", "eat", "clear onset"), ("resolved", "none", ""), ("unresolved", None, "too dark"),
    ]  # fmt: skip
    assert adjudicate("--take", "open", "--at", "44")["open"] == 1
    listed = adjudicate("--take", "A", "--all")
    assert (listed["open"], listed["disagreements"][0]["label"]) == (0, "drink")
    listed = adjudicate("--finish")
    with Project.open(folder, read_only=True) as project:
        assert project.get_pass(listed["consensus"]).state == "adjudicated"
        track = project.door.labels(listed["consensus"], "Dora")
        assert [track.bout_at(frame).label for frame in (45, 65, 95)] == [1, NONE, -1]


def test_proposals_of_three_raters(adjudicate: Adjudicate, folder: Path) -> None:
    assert "three raters" in adjudicate("--proposal", "majority", status=1)["error"]
    with Project.open(folder) as project:
        add_pass(project, "Cora", labels((0, 45, 1), (45, 80, 2), (80, 100, 3)))
    listed = adjudicate("--proposal", "majority")
    assert [row["proposal"] for row in listed["disagreements"]] == ["drink", "eat", "eat", "groom"]
    listed = adjudicate("--proposal", "dawid-skene", "--take", "proposal", "--all")
    assert {row["by"] for row in listed["disagreements"]} == {"Dawid-Skene of Ada, Ben, Cora"}
    assert listed["open"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("--take", "A"), 2, "--at FRAME or --all"),
        (("--take", "sing", "--at", "44"), 2, "none of these"),
        (("--take", "model", "--at", "44"), 2, "none of these"),
        (("--take", "A", "--at", "20"), 1, "do not disagree on frame 20"),
        (("--take", "B", "--at", "95"), 1, "Ben has no label"),
        (("--take", "proposal", "--at", "44"), 2, "needs --proposal"),
        (("--proposal", "dice"), 2, "majority, dawid-skene"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    adjudicate: Adjudicate, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    error = " ".join(adjudicate(*arguments, status=status)["error"].replace("│", " ").split())
    assert sentence in error
