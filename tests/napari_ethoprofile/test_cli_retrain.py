import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cohort_project import label
from made_jobs import made_job
from napari_ethoprofile.training.jobs.job import read_job
from napari_ethoprofile.training.jobs.standing import JobState, standing_of
from napari_ethoprofile.training.jobs.stopping import ask_to_stop
from proposing_project import proposing_project

from napari_ethoprofile.cli import run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, three_mice: Path) -> Path:
    return label(tmp_path_factory.mktemp("retrain") / "project", three_mice)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from functools import partial

    from napari_ethoprofile.training.fitting import HeadFit
    from napari_ethoprofile.training.jobs import preparing

    fast = partial(preparing.prepare_job, head=HeadFit(epochs=2, least_steps=20))
    monkeypatch.setattr(preparing, "prepare_job", fast)


@pytest.mark.usefixtures("quick")
def test_a_project_is_retrained_and_its_jobs_are_listed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["jobs", str(project), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []

    assert run(["retrain", str(project), "--seed", "4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["state"], told["seed"], told["adopted"]) == ("model-1", "done", 4, True)
    assert "is the current model now" in told["sentence"]
    assert (project / "models" / "model-1" / "model.json").is_file()

    assert run(["retrain", str(project), "--model", "model-1"]) == 1
    assert "has a model 'model-1' already; give another name" in capsys.readouterr().err
    assert run(["retrain", str(project), "--resume", "nothing"]) == 1
    assert run(["retrain", str(project), "--resume", "nothing", "--seed", "1"]) == 2
    assert "no training job 'nothing'" in capsys.readouterr().err
    assert run(["retrain", str(project), "--backbone", "magic"]) == 1
    assert "There is no backbone 'magic'" in capsys.readouterr().err

    assert run(["jobs", str(project)]) == 0
    listed = capsys.readouterr().out
    assert "1 training job" in listed
    assert f"{told['job']}: 'model-1' is trained on" in listed


@pytest.mark.usefixtures("quick")
def test_a_job_that_nobody_took_over_is_taken_over_by_the_list(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("napari_ethoprofile.training.jobs.adopting.adopt", _cut_off)
        assert run(["retrain", str(project), "--model", "later"]) == 1
    assert not (project / "models" / "later").exists()
    assert run(["jobs", str(project), "--json"]) == 0
    captured = capsys.readouterr()
    assert "Taken over: 'later' is trained on" in captured.err
    assert [row["adopted"] for row in json.loads(captured.out) if row["model"] == "later"] == [True]


def test_old_jobs_are_removed_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with proposing_project(tmp_path / "desk", 40, real=False) as project:
        folder = project.folder
        for number, state in enumerate((JobState.FAILED, JobState.STOPPED, JobState.FAILED), start=1):
            made_job(project, number, state)
    prune = ["jobs", str(folder), "--prune"]
    assert run([*prune, "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(row["model"], row["why"]) for row in told["jobs"]] == [
        ("model-1", "it failed"),
        ("model-2", "it was stopped"),
    ]
    assert told["bytes"] == sum(row["bytes"] for row in told["jobs"]) > 0
    assert len(list((folder / "jobs").iterdir())) == 3
    assert run([*prune, "--days", "60"]) == 0
    assert "0 bytes are free" in capsys.readouterr().out
    assert run(prune) == 0
    said = capsys.readouterr().out
    assert "2 training jobs removed" in said
    assert "kB are free; models and labels stay." in said
    assert [path.name[6:8] for path in (folder / "jobs").iterdir()] == ["03"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal of another process")
@pytest.mark.slow
def test_ctrl_c_stops_a_job_which_is_then_resumed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "napari_ethoprofile", "retrain", str(project), "--model", "stopped"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        job = read_job(project / "jobs" / process.stderr.readline().split()[-1].rstrip("."))
        while standing_of(job).stage != "heads":
            assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Stopped during 'heads': models and labels are as they were" in said
    assert f"ethoprofile retrain {project} --resume {job.id}" in said
    assert standing_of(job).state is JobState.STOPPED
    assert run(["retrain", str(project), "--resume", job.id]) == 0
    assert capsys.readouterr().out.startswith("'stopped' is trained on")


@pytest.mark.slow
def test_a_training_of_the_command_line_is_stopped_by_whoever_watches_it(project: Path) -> None:
    command = [sys.executable, "-m", "napari_ethoprofile", "retrain", str(project), "--model", "watched"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        job = read_job(project / "jobs" / process.stderr.readline().split()[-1].rstrip("."))
        while standing_of(job).stage != "heads":
            assert process.poll() is None
        ask_to_stop(job)
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Stopped during 'heads'" in said
    assert standing_of(job).state is JobState.STOPPED


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt
