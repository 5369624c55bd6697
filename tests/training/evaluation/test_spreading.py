"""The folds of an evaluation worked on by a cluster give the figures of one fold after the other."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from napari_ethoprofile.annotation.errors import EthoprofileError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.evaluation.evaluation import evaluate_protocol
from napari_ethoprofile.training.evaluation.spreading import spread_with
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.snapshots import Snapshot

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
QUICK = Recipe("quick", head=HeadFit(epochs=2, least_steps=8, window=64))
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def data(labeled_mice: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = Path(shutil.copytree(labeled_mice, tmp_path_factory.mktemp("spread") / "project"))
    with Project.open(folder) as project:
        return take_snapshot(project)


@pytest.fixture
def client() -> Iterator["distributed.Client"]:
    with (
        distributed.LocalCluster(
            processes=False, n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


@pytest.mark.slow
def test_a_cluster_gives_the_figures_of_one_process(
    data: Snapshot, tmp_path: Path, client: "distributed.Client"
) -> None:
    told: list[tuple[str, int, int | None]] = []

    def measured(cache: Path, **more: Any) -> dict[str, Any]:
        found = evaluate_protocol(data, "leave-one-subject-out", QUICK, cache, baselines=False, **more)
        return found.to_dict()

    spread = measured(
        tmp_path / "spread",
        spread=partial(spread_with, client),
        on_stage=lambda *stage: told.append(stage),
    )
    assert spread == measured(tmp_path / "serial")
    assert told[0] == ("recordings", 0, 4)
    assert {stage for stage, _, _ in told} == {"recordings", "folds"}


def test_what_goes_wrong_in_a_worker_is_the_same_sentence(
    data: Snapshot, tmp_path: Path, client: "distributed.Client"
) -> None:
    lost = [replace(stretch, path=str(tmp_path / "nothing.mkv")) for stretch in data.stretches]
    with pytest.raises(EthoprofileError, match=r"nothing\.mkv"):
        evaluate_protocol(
            replace(data, stretches=tuple(lost)), "fixed-holdout", Recipe("quick"), tmp_path, baselines=False,
            spread=partial(spread_with, client),
        )  # fmt: skip
