import json
from pathlib import Path

import pytest
from cohort_project import label

from napari_ethoprofile.cli import run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, three_mice: Path) -> Path:
    return label(tmp_path_factory.mktemp("learn") / "project", three_mice)


def test_a_project_learns_lists_and_refuses_by_command(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(project), "--model", "first", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["split"] == "3-fold by subject (seed 0)"
    assert Path(told["folder"]) == project.resolve() / "models" / "first"
    assert (Path(told["folder"]) / "suspects.csv").is_file()
    assert {metric["name"] for metric in told["metrics"]} >= {"macro accuracy", "bouts / bouts of people"}

    assert run(["models", str(project), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [card["id"] for card in listed["models"]] == [told["id"]]
    assert next(entry["name"] for entry in listed["backbones"]) == "motion"

    assert run(["train", str(project), "--model", "first"]) == 1
    assert "has a model 'first' already; give another name, or replace it" in capsys.readouterr().err
    assert run(["train", str(project), "--split", "frames"]) == 2
    assert run(["train", str(project), "--model", "x", "--crop", "0,0,900,100"]) == 1
    assert "The crop 0,0,900,100 does not lie on the picture" in capsys.readouterr().err
    assert run(["train", str(project), "--model", "x", "--crop", "-4,0,9,9"]) == 2
    assert run(["train", str(project), "--model", "x", "--labels", "Eve"]) == 1
    assert "or an annotator (truth)" in capsys.readouterr().err
    assert run(["train", str(project), "--backbone", "magic", "--model", "x"]) == 1
    assert "There is no backbone 'magic'" in capsys.readouterr().err


def test_animals_are_kept_for_the_final_test_by_command(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["holdout", str(project), "--subject", "02", "--subject", "03"]) == 0
    assert "Kept for the final test: 02, 03." in capsys.readouterr().out
    assert run(["train", str(project), "--model", "other"]) == 1
    assert "come from the subject '01' only; label a second subject" in capsys.readouterr().err
    assert run(["holdout", str(project), "--subject", "99"]) == 1
    assert run(["holdout", str(project), "--nobody"]) == 0
    assert run(["holdout", str(project)]) == 0
    assert capsys.readouterr().out.endswith("Kept for the final test: nobody.\n")


def test_without_torch_one_sentence_names_what_to_install(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *more: None if name == "torch" else found(name, *more)
    )
    assert run(["train", str(project), "--model", "third"]) == 1
    assert 'run pip install "napari-ethoprofile[learn]"' in capsys.readouterr().err
