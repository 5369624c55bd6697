"""Effort by command: a project's own labels answer, tables and figures come out, wrong use is refused."""

import csv
import json
from pathlib import Path

import pytest
from cohort_project import label

from napari_ethoprofile.cli import run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, three_mice: Path) -> Path:
    return label(tmp_path_factory.mktemp("simulate") / "project", three_mice)


def _short(project: Path, *more: str) -> list[str]:
    return [
        "simulate", str(project), "--strategies", "stratified,motion,entropy", "--seeds", "1", "--seconds",
        "2", "--batch", "4", "--budget", "12", *more,
    ]  # fmt: skip


def test_a_project_answers_and_everything_is_written(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "effort"
    assert run(_short(project, "--out", str(out), "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["plan"]["held_out"] == ["01", "02", "03"]
    assert (told["plan"]["first"], told["plan"]["budget"]) == (4, 12)
    assert len(told["curves"]) == 3 * 3
    assert {"keys to 95 %", "review efficiency"} <= {each["name"] for each in told["figures"]}
    names = {path.name for path in out.iterdir()}
    assert names == {
        "simulation.json", "rounds.csv", "curves.csv", "figures.csv", "proposals.csv", "curves.png",
        "curves.svg", "proposals.png", "proposals.svg",
    }  # fmt: skip
    rows = list(csv.DictReader((out / "rounds.csv").read_text(encoding="utf-8").splitlines()))
    assert len([row for row in rows if row["strategy"] == "entropy"]) == 3 * 3
    assert "NaN" not in (out / "simulation.json").read_text(encoding="utf-8")


def test_people_are_told_levels_and_proposals(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_short(project, "--held-out", "1")) == 0
    told = capsys.readouterr()
    assert "95 % of it is the level" in told.out
    assert "Proposals on a random stream, 1 and 2 navigation keys a boundary: even the best" in told.out
    assert told.out.count("no model reached an accuracy of 0.8") == 1
    assert "not defined, because no model reached an accuracy of 0.8.\n" in told.out
    assert "1 animals held out in turn" not in told.err
    assert "1 animal held out" in told.err


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        ([], 2, "give a PROJECT or --generated"),
        (["--generated", "--key-log"], 2, "--key-log needs a PROJECT"),
        (["PROJECT", "--strategies", "magic"], 1, "no strategy 'magic'"),
        (["PROJECT", "--group", "other"], 1, "group 'other' cannot be learned"),
        (["PROJECT", "--key-log"], 1, "There is no key log"),
    ],
)
def test_wrong_use_is_one_sentence(
    project: Path, arguments: list[str], status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(project) if each == "PROJECT" else each for each in arguments]
    assert run(["simulate", *given]) == status
    assert sentence in " ".join(capsys.readouterr().err.replace("│", " ").split())
