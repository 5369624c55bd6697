import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cohort_project import label
from napari_ethoprofile.training.batch_training import BatchRecipe
from napari_ethoprofile.training.preprocessing import Preprocessing

from napari_ethoprofile.cli import run
from napari_ethoprofile.cli.recipes import Kind


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


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal of another process")
def test_a_training_that_is_asked_to_stop_keeps_how_far_it_is(project: Path) -> None:
    command = [
        *(sys.executable, "-m", "napari_ethoprofile", "train", str(project), "--model", "stopped"),
        *("--tier", "batch", "--epochs", "60", "--device", "cpu", "--events"),
    ]

    def steps_until_stopped(enough: int, asking: signal.Signals) -> list[int]:
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            steps: list[int] = []
            for line in process.stderr:
                event = json.loads(line) if line.startswith("{") else {}
                if event.get("stage") == "training the network":
                    steps.append(event["done"])
                    if len(steps) == enough:
                        os.kill(process.pid, asking)
                if line.startswith("ethoprofile: "):
                    assert "the models are as they were. Ask for the same training again" in line
        assert process.returncode == 1
        return steps

    first = steps_until_stopped(2, signal.SIGINT)
    assert first[0] == 1
    assert steps_until_stopped(1, signal.SIGTERM)[0] == first[-1] + 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--epochs", "3"], "--epochs belongs to --tier batch"),
        (["--recipe", "published"], "--recipe belongs to --tier batch"),
        (["--no-flip"], "--flip belongs to --tier batch"),
        (["--device", "cpu"], "--device belongs to --tier batch"),
        (["--weights", "mouse_v5.model"], "the backbone 'motion' takes no weights"),
        (["--tier", "batch", "--backbone", "motion"], "--backbone belongs to --tier interactive"),
        (["--tier", "batch", "--weights", "mouse_v5.model"], "--weights belongs to --tier interactive"),
        (["--tier", "batch", "--rule", "coin"], "--rule can be paper, repository"),
        (["--tier", "batch", "--epochs", "0"], "--epochs"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    project: Path, options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["train", str(project), "--model", "x"], ["evaluate", str(project), "--protocol", "x"]):
        assert run([*command, *options]) == 2
        assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())
    if "--device" not in options and "coin" not in options and "0" not in options:
        assert run(["evaluate", str(project), "--model", "x", *options]) == 2
        assert "belongs to --protocol" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_flip_and_label_rule_change_the_recipe() -> None:
    usual = Kind("batch").plan("net", "subject", 0)
    assert isinstance(usual, BatchRecipe)
    assert (usual.fit.augmentation.flip, usual.fit.rule) == (False, "paper")
    kind = Kind("batch", recipe="published", epochs=3, flip=False, rule="paper", device="cpu")
    plan = kind.plan("net", "subject", 0)
    assert isinstance(plan, BatchRecipe)
    assert (plan.fit.epochs, plan.fit.augmentation.flip, plan.fit.rule) == (3, False, "paper")
    assert plan.fit.optimizer == "sgd"
    assert (plan.device, plan.preprocessing) == ("cpu", Preprocessing.published())


def test_models_that_cannot_be_used_are_listed(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(project, tmp_path / "project"))
    for name, file in (("no-card", "model.json"), ("no-weights", "weights.safetensors")):
        shutil.copytree(folder / "models" / "first", folder / "models" / name)
        (folder / "models" / name / file).write_bytes(b"damaged")
    (folder / "models" / "notes").mkdir()
    assert run(["models", str(folder), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert list(listed["damaged"]) == ["no-card", "no-weights"]
    assert "no-card" in listed["damaged"]["no-card"]
    assert "copy the whole folder again, or train anew" in listed["damaged"]["no-weights"]
    assert run(["models", str(folder)]) == 0
    assert "no-weights cannot be used. The weights in" in capsys.readouterr().err


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
