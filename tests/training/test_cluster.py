"""Recordings spread over a cluster get the same results as one after the other."""

import os
import shutil
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from lab_weights import write_weights
from napari_ethoprofile.annotation.errors import EthoprofileError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.cluster import cards_for, connect, run_job_with
from napari_ethoprofile.training.cluster_queue import ClusterQueue
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.jobs.adopting import adopt
from napari_ethoprofile.training.jobs.preparing import prepare_job
from napari_ethoprofile.training.jobs.standing import JobState
from napari_ethoprofile.training.networks.ethocnn_inference import StackRunner
from napari_ethoprofile.training.prediction import predict_recording
from napari_ethoprofile.training.prediction_work import Labeling
from napari_ethoprofile.training.predictors import load_predictor
from napari_ethoprofile.training.queue import Item
from numbered_video import RECIPES, write_numbered

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture
def weights(tmp_path: Path) -> str:
    return str(write_weights(tmp_path / "mouse_v5.model"))


def recording(folder: Path, name: str, frames: int) -> Path:
    return write_numbered(folder / f"{name}.mkv", RECIPES["h264-b.mkv"], frames)


def test_a_cluster_gives_the_same_files_and_tells_how_far_it_is(tmp_path: Path, weights: str) -> None:
    distributed = pytest.importorskip("distributed")
    recordings = [recording(tmp_path, "a", 40), recording(tmp_path, "b", 23), tmp_path / "c.mkv"]
    recordings[-1].write_bytes(b"")
    seen: list[Item] = []
    with (
        distributed.LocalCluster(
            processes=False, n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        labeling = Labeling(weights, tmp_path / "spread", device="cpu", names={"walk": "run"})
        queue = ClusterQueue(client, recordings, labeling, pytest.fail)
        queue.changed.connect(lambda: seen.extend(queue.items))
        items = queue.run()
    assert items == queue.items
    assert [item.state for item in items] == ["done", "done", "failed"]
    assert "is empty" in items[2].sentence
    assert any(item.state == "running" and item.total == 40 for item in seen)
    predictor = load_predictor(weights, device="cpu", names={"walk": "run"})
    for item, path in zip(items[:2], recordings[:2], strict=True):
        serial = predict_recording(path, predictor, tmp_path / "serial")
        assert Path(item.result).read_bytes() == serial.labels_file.read_bytes()
        assert item.done == item.total == serial.probabilities.frames


def test_what_a_device_of_a_worker_says_reaches_the_user(
    tmp_path: Path, weights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    enough = StackRunner._begin

    def begin(self: StackRunner, stacks: np.ndarray) -> torch.Tensor:
        if len(stacks) > 1:
            raise RuntimeError("CUDA out of memory")
        return enough(self, stacks)

    monkeypatch.setattr(StackRunner, "_begin", begin)
    told: list[str] = []
    with (
        distributed.LocalCluster(
            processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        labeling = Labeling(weights, tmp_path / "out", device="cpu")
        [item] = ClusterQueue(client, [recording(tmp_path, "a", 40)], labeling, told.append).run()
    assert item.state == "done"
    sentence = "The cpu is out of memory; going on with 1 stacks at once."
    assert sentence in item.sentence
    assert f"a.mkv: {sentence}" in told


@pytest.mark.slow
def test_a_process_that_dies_takes_one_recording_with_it(tmp_path: Path, weights: str) -> None:
    distributed = pytest.importorskip("distributed")

    class Deadly(distributed.WorkerPlugin):
        """Ends the process that is to label one recording, as a system without memory would."""

        def setup(self, worker: object) -> None:
            import os

            from napari_ethoprofile.training import prediction

            labeled = prediction.predict_recording

            def predict(path: Path, *given: object, **named: object) -> object:
                if path.name == "deadly.mkv":
                    os._exit(9)
                return labeled(path, *given, **named)  # type: ignore[arg-type]

            prediction.predict_recording = predict  # type: ignore[assignment]

    (tmp_path / "deadly.mkv").write_bytes(b"")
    with connect(tasks=1) as client:
        client.register_plugin(Deadly())
        recordings = [tmp_path / "deadly.mkv", recording(tmp_path, "a", 23)]
        queue = ClusterQueue(
            client, recordings, Labeling(weights, tmp_path / "out", device="cpu"), pytest.fail
        )
        items = queue.run()
    assert [item.state for item in items] == ["failed", "done"]
    assert "memory ran out" in items[0].sentence


def test_every_process_here_sees_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(psutil, "cpu_count", lambda: 8)
    with connect(cards=("4", "7")) as client:
        seen = client.run(lambda: os.environ.get("CUDA_VISIBLE_DEVICES"))
    assert sorted(seen.values()) == ["4", "7"]


@pytest.mark.parametrize(
    ("variable", "count", "found"),
    [(None, 2, ("0", "1")), ("5, 3", 2, ("5", "3")), ("5,99", 1, ("5",)), (None, 0, ()), ("", 0, ())],
)
def test_the_gpus_are_those_that_this_process_may_use(
    variable: str | None, count: int, found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if variable is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    assert cards_for("ethocnn") == found
    assert cards_for("motion") == cards_for("ethocnn", "cpu") == ()


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    pytest.importorskip("distributed")
    with (
        pytest.raises(EthoprofileError, match="does not answer"),
        connect("tcp://127.0.0.1:9", timeout=1),
    ):
        pass


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
            processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0"
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
