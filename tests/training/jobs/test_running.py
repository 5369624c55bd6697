"""A job beside the window: what it says, how it ends, what is left when it is cut off anywhere."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.adopting import adopt, adopt_finished
from napari_ethoprofile.training.jobs.job import Job, find_job, list_jobs, read_job, write_job
from napari_ethoprofile.training.jobs.result import Result
from napari_ethoprofile.training.jobs.running import run_job
from napari_ethoprofile.training.jobs.standing import JobState, note_start, standing_of, write_standing
from napari_ethoprofile.training.jobs.stopping import Stop, ask_to_stop
from napari_ethoprofile.training.models import Model, list_models

Prepared = Callable[..., Job]


def start(job: Job) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "napari_ethoprofile.training", str(job.folder)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def follow(process: subprocess.Popen[str], until: Callable[[dict], bool]) -> list[dict]:
    """Return what a job says up to an event."""
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if until(events[-1]):
            break
    return events


def run(job: Job) -> list[dict]:
    events: list[dict] = []
    run_job(job, events.append, lambda: False)
    return events


def weights(folder: Path) -> str:
    return Model.read(folder).card.weights_sha256


def twin(job: Job, name: str) -> Job:
    """Return another job of the same plan and labels."""
    return write_job(job.folder.parent, replace(job.plan, id=name), job.snapshot())


def test_a_job_says_what_it_does_and_leaves_it_on_the_disk(prepared: Prepared) -> None:
    job = prepared()
    events = run(job)
    kinds = [event["event"] for event in events]
    assert kinds[0] == "ready"
    assert kinds[-1] == "done"
    assert sorted(event["name"] for event in events if event["event"] == "checkpoint") == [
        "head 0",
        "head 1",
        "head 2",
    ]
    stages = [event["stage"] for event in events if event["event"] == "progress"]
    assert list(dict.fromkeys(stages)) == [
        "reading the labels",
        "features",
        "heads",
        "writing the model",
        "comparing it with the current model",
        "proposals",
    ]
    metrics = [event for event in events if event["event"] == "metric"]
    assert [json.loads(line) for line in job.metrics_file.read_text().splitlines()] == metrics
    losses = [event["value"] for event in metrics if event["name"] == "loss of head 1"]
    assert losses[-1] < losses[0]

    standing, result = standing_of(job), Result.read(job)
    assert standing.state is JobState.DONE
    assert result.model == events[-1]["model"] == Model.read(job.result / "model").card.id
    assert standing.sentence == result.sentence
    assert "macro F1 0." in result.sentence
    assert "3-fold by subject" in result.sentence
    assert "heads" in job.log_file.read_text()
    assert run(job)[-1]["model"] == result.model  # finished work is not done again


def test_the_folder_of_a_job_is_there_whole_or_not_at_all(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = prepared(model="written")
    assert read_job(job.folder) == job
    assert read_job(job.folder).plan == job.plan
    assert job.plan.recipe.head == HeadFit(epochs=2, least_steps=20)
    before = sorted(job.folder.parent.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        LearnError, match=r"could not be prepared .* No space left on device; nothing was changed"
    ):
        prepared()
    assert sorted(job.folder.parent.iterdir()) == before
    with pytest.raises(LearnError, match=f"The training {job.id} is to make a model 'written' already"):
        prepared(model="written")


def test_a_killed_job_is_resumed_to_the_same_model(prepared: Prepared) -> None:
    job = prepared()
    whole = twin(job, "20000101-000000-aaaa")
    with start(job) as process:
        finished = follow(process, lambda event: event["event"] == "checkpoint")[-1]["name"]
        process.kill()
    found = standing_of(job)
    assert found.state is JobState.INTERRUPTED
    assert "ended without a word during 'heads'" in found.sentence
    assert found.state.can_resume
    assert not job.result.exists()
    with pytest.raises(LearnError, match="is not done"), Project.open(job.folder.parents[1]) as project:
        adopt(project, job)

    kept = [event["name"] for event in run(job) if event["event"] == "checkpoint"]
    assert kept
    assert finished not in kept  # it was taken up again
    run(whole)
    assert weights(job.result / "model") == weights(whole.result / "model")
    shutil.rmtree(whole.folder)


def test_a_job_whose_process_was_started_runs_until_that_is_gone(prepared: Prepared) -> None:
    job = prepared()
    assert standing_of(job).state is JobState.PREPARED
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        note_start(job, process.pid, psutil.Process(process.pid).create_time())
        assert standing_of(job).state is JobState.RUNNING
        with pytest.raises(LearnError, match=rf"runs already \(process {process.pid} on"):
            run(job)
        process.kill()
    assert standing_of(job).state is JobState.PREPARED
    note_start(job, os.getpid(), psutil.Process().create_time())
    assert run(job)[-1]["event"] == "done"  # it is the process that was started


def test_a_job_that_is_stopped_in_the_middle_of_a_head_goes_on_there(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_ethoprofile.training.unfinished.KEPT_EVERY", 0.0)
    job = prepared()
    whole = twin(job, "20000101-000000-cccc")
    events: list[dict] = []
    stopped = run_job(job, events.append, lambda: any(event["event"] == "checkpoint" for event in events))
    assert stopped.state is JobState.STOPPED
    assert stopped.sentence.endswith(", 1 unfinished part is kept and it can be resumed.")
    assert [event["name"] for event in events if event["event"] == "checkpoint"] == ["head 0, step 1"]
    names = [event["name"] for event in run(job) if event["event"] == "checkpoint"]
    assert names[0] == "head 0, step 2"
    run(whole)
    assert weights(job.result / "model") == weights(whole.result / "model")
    shutil.rmtree(whole.folder)


def test_a_damaged_checkpoint_is_trained_again(prepared: Prepared) -> None:
    job = prepared()
    whole = twin(job, "20000101-000000-bbbb")
    run(whole)
    shutil.copytree(whole.checkpoints, job.checkpoints)
    path = job.checkpoints / "head_1.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(data)
    (job.checkpoints / "head_2.safetensors").write_bytes(b"no")
    names = [event["name"] for event in run(job) if event["event"] == "checkpoint"]
    assert sorted(names) == ["head 1", "head 2"]
    assert weights(job.result / "model") == weights(whole.result / "model")
    shutil.rmtree(whole.folder)


def test_a_job_stops_on_a_word_or_on_a_file(prepared: Prepared) -> None:
    job = prepared(head=HeadFit(least_steps=100_000))
    for ask in ("word", "file"):
        with start(job) as process:
            assert process.stdin is not None
            follow(process, lambda event: event.get("stage") == "heads")
            if ask == "word":
                process.stdin.write("stop\n")
                process.stdin.flush()
            else:
                ask_to_stop(job)
            last = follow(process, lambda _: False)[-1]
        assert process.returncode == 3
        assert last["state"] == "stopped"
        assert last["sentence"].startswith("Stopped during 'heads': models and labels are as they were")
        assert standing_of(job).state is JobState.STOPPED
    assert not Stop(job)()  # an old wish is not one for the next run
    shutil.rmtree(job.folder)


#: A job that never asks whether it is to stop: it sleeps, or waits for somebody to read what it says.
DEAF = """
import sys, time
from napari_ethoprofile.training.jobs import running
from napari_ethoprofile.training.jobs.process import run_here

def work(job, teller, cancelled):
    teller.progress("heads")
    while True:
        time.sleep(600) if sys.argv[2] == "sleeps" else teller.checkpoint("x" * 1000)

running._work = work
sys.exit(run_here(sys.argv[1], 1))
"""


@pytest.mark.parametrize(
    ("ask", "how"),
    [
        ("word", "sleeps"),
        pytest.param("file", "sleeps", marks=pytest.mark.slow),
        pytest.param("file", "talks", marks=pytest.mark.slow),
    ],
)
def test_a_job_that_does_not_listen_is_ended_all_the_same(prepared: Prepared, ask: str, how: str) -> None:
    job, pipe = prepared(), subprocess.PIPE
    command = [sys.executable, "-c", DEAF, str(job.folder), how]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        follow(process, lambda event: event.get("stage") == "heads")
        if ask == "word":
            process.stdin.write("stop\n")
            process.stdin.flush()
        else:
            ask_to_stop(job)
        assert process.wait(60) == 3
        last = process.stdout.read().splitlines()[-1]
    standing = standing_of(job)
    assert standing.state is JobState.STOPPED
    assert standing.sentence.startswith("Stopped during 'heads': models and labels are as they were")
    if how == "sleeps":
        assert json.loads(last)["sentence"] == standing.sentence
    assert "in work" in job.log_file.read_text()  # where it was
    assert not job.stop_file.exists()
    shutil.rmtree(job.folder)


def test_that_nobody_listens_any_more_stops_no_job(prepared: Prepared) -> None:
    job = prepared()
    with start(job) as process:
        follow(process, lambda event: event.get("stage") == "heads")
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.close()
        process.stdin.close()
        assert process.wait(120) == 0
    assert standing_of(job).state is JobState.DONE


def test_a_job_runs_once_at_a_time(prepared: Prepared) -> None:
    job = prepared()
    with start(job) as process:
        follow(process, lambda event: event.get("stage") == "heads")
        with pytest.raises(LearnError, match=f"runs already .process {process.pid} on"):
            run(job)
        process.kill()
    again = replace(standing_of(job), state=JobState.RUNNING, pid=os.getpid())
    write_standing(job, again)
    assert standing_of(job).state is JobState.INTERRUPTED  # another process has the number by now
    shutil.rmtree(job.folder)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (MemoryError(), "Memory ran out during '"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "Memory ran out"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "The system refused .* Permission denied"),
        (ZeroDivisionError("division by zero"), "broke during .* .ZeroDivisionError: division"),
    ],
)  # fmt: skip
def test_a_job_that_breaks_at_publishing_says_why_and_is_resumed(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    job = prepared()
    rename = os.rename

    def break_it(source: Path, target: Path) -> None:
        if Path(target) == job.result:
            raise error
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", break_it)
        last = run(job)[-1]
    assert last["event"] == "error"
    assert last["state"] == "failed"
    assert re.search(sentence, last["sentence"])
    assert [path.name for path in job.folder.iterdir() if "tmp" in path.name or path.name == "result"] == []
    with Project.open(job.folder.parents[1]) as project:
        assert job.plan.model not in [card.name for card in list_models(project)]
    assert run(job)[-1]["event"] == "done"
    shutil.rmtree(job.folder)


def test_the_result_is_taken_over_once_wherever_that_is_cut_off(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = prepared()
    run(job)
    with Project.open(job.folder.parents[1]) as project:
        target = project.folder / "models" / job.plan.model
        with monkeypatch.context() as patch:
            patch.setattr("napari_ethoprofile.training.jobs.adopting.write_whole", _cut_off)
            with pytest.raises(KeyboardInterrupt):
                adopt(project, job)
        assert target.is_dir()
        first = next(item for item in adopt_finished(project)[0] if item.job == job.id)
        assert (first.name, first.model) == (job.plan.model, Model.read(target).card.id)
        assert adopt(project, job) == first
        assert job.id not in [item.job for item in adopt_finished(project)[0]]
        assert not job.checkpoints.exists()
        assert find_job(project, job.id) in list_jobs(project)


def test_a_model_of_the_same_name_is_never_replaced_and_disks_may_differ(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, rename = prepared(), os.rename
    run(job)

    def refuse(source: Path, goal: Path) -> None:
        if Path(source).is_relative_to(job.result):
            raise OSError(number, os.strerror(number), str(source))
        rename(source, goal)

    with Project.open(job.folder.parents[1]) as project:
        target = project.folder / "models" / job.plan.model
        target.mkdir(parents=True)
        with pytest.raises(LearnError, match="has another one of this name by now"):
            adopt(project, job)
        assert "has another one of this name by now" in adopt_finished(project)[1][0]
        target.rmdir()
        monkeypatch.setattr(os, "rename", refuse)
        number = errno.ENOSPC
        assert "could not be taken over (No space left on device" in adopt_finished(project)[1][0]
        assert not target.exists()
        number = errno.EXDEV  # the folder of trainings lies on another disk
        adopted = adopt(project, job)
        assert (adopted.name, adopted.model) == (job.plan.model, Model.read(target).card.id)
        assert [path for path in target.parent.iterdir() if path.name.startswith(".")] == []


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt
