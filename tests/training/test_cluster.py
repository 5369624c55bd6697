"""Recordings spread over a cluster get the same results as one after the other."""

import shutil
from pathlib import Path

import pytest
from lab_weights import write_weights
from napari_ethoprofile.annotation.errors import EthoprofileError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.cluster import predict_on_cluster, predict_with, run_job_with
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.adopting import adopt
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.jobs.standing import JobState
from napari_ethoprofile.training.prediction import predict_recording
from napari_ethoprofile.training.predictors import load_predictor
from numbered_video import RECIPES, write_numbered

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def test_a_cluster_gives_the_same_files(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    weights = str(write_weights(tmp_path / "mouse_v5.model"))
    recordings = [
        write_numbered(tmp_path / f"{name}.mkv", RECIPES["h264-b.mkv"], frames)
        for name, frames in (("a", 40), ("b", 23))
    ]
    recordings.append(tmp_path / "c.mkv")
    recordings[-1].write_bytes(b"")
    told: list[tuple[int, int | None]] = []
    with (
        distributed.LocalCluster(
            processes=False, n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        items = predict_with(
            client, recordings, weights, tmp_path / "spread", device="cpu",
            on_progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
    assert [item.state for item in items] == ["done", "done", "failed"]
    assert "is empty" in items[2].sentence
    assert told == [(1, 3), (2, 3), (3, 3)]
    predictor = load_predictor(weights, device="cpu")
    for item, path in zip(items[:2], recordings[:2], strict=True):
        serial = predict_recording(path, predictor, tmp_path / "serial")
        assert Path(item.result).read_bytes() == serial.labels_file.read_bytes()
        assert item.done == item.total == serial.probabilities.frames


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(EthoprofileError, match="does not answer"):
        predict_on_cluster([], "model", address="tcp://127.0.0.1:9", timeout=1)


def test_a_training_job_runs_on_a_cluster_and_stops(labeled_mice: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    folder = tmp_path / "project"
    shutil.copytree(labeled_mice, folder)
    with Project.open(folder) as project:
        job = prepare_job(project, head=HeadFit(epochs=2, least_steps=20))
        endless = prepare_job(project, head=HeadFit(least_steps=1_000_000))
    events: list[dict] = []
    with (
        distributed.LocalCluster(
            processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert run_job_with(client, job, events.append, lambda: False).state is JobState.DONE
        assert events[0]["event"] == "ready"
        assert {"progress", "metric", "checkpoint"} <= {event["event"] for event in events}
        stages: list[str] = []
        ended = run_job_with(
            client, endless, lambda event: stages.append(event.get("stage", "")), lambda: "heads" in stages
        )
    assert ended.state is JobState.STOPPED
    with Project.open(folder) as project:
        assert adopt(project, job).name == "model-1"
