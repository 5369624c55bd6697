"""A training that is cut off in the middle of a part goes on there, and ends in the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.training.checkpoints import Checkpoints, kept_in
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.examples import tasks_of
from napari_ethoprofile.training.features import stack_cnn
from napari_ethoprofile.training.fitting import (
    Example,
    HeadFit,
    TrainingCanceledError,
    fit_head,
    fit_heads,
)
from napari_ethoprofile.training.recordings import Recordings
from napari_ethoprofile.training.unfinished import Unfinished

SHORT = HeadFit(epochs=3, least_steps=12, window=64, batch=2)


@pytest.fixture
def example() -> Example:
    chance = np.random.default_rng(3)
    target = np.repeat(chance.integers(3, size=20), 10)
    features = np.eye(8)[target] + chance.normal(0, 0.7, (200, 8))
    return Example(features.astype(np.float32), (target,), (np.zeros((200, 3), np.float32),))


@pytest.fixture
def keeps_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("napari_ethoprofile.training.unfinished.KEPT_EVERY", 0.0)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def cut_off_after(steps: int) -> Callable[[], bool]:
    left = iter([False] * steps)
    return lambda: next(left, True)


def assert_same(first: torch.nn.Module, second: torch.nn.Module) -> None:
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]), name


@pytest.mark.parametrize("steps", [1, 5, 11])
@pytest.mark.usefixtures("keeps_every_step")
def test_a_head_goes_on_at_its_step(example: Example, tmp_path: Path, steps: int) -> None:
    whole = fit_head([example], (3,), 4, SHORT)
    kept = Unfinished(Checkpoints(tmp_path), "head 0")
    with pytest.raises(TrainingCanceledError):
        fit_head([example], (3,), 4, SHORT, cancelled=cut_off_after(steps), unfinished=kept)
    told: list[int] = []
    resumed = fit_head(
        [example], (3,), 4, SHORT, on_progress=lambda step, _: told.append(step), unfinished=kept
    )
    assert told == list(range(steps + 1, 13))
    assert_same(resumed, whole)


@pytest.mark.usefixtures("keeps_every_step", "two_threads")
def test_heads_that_were_trained_at_the_same_time_all_go_on(example: Example, tmp_path: Path) -> None:
    sides, seeds = [[example]] * 3, (1, 2, 3)
    whole = fit_heads(sides, (3,), seeds, SHORT)
    written: list[str] = []
    kept = Checkpoints(tmp_path, written.append)
    with pytest.raises(TrainingCanceledError):
        fit_heads(sides, (3,), seeds, SHORT, cancelled=cut_off_after(15), checkpoints=kept)
    assert kept_in(tmp_path) in ("2 unfinished parts are kept", "3 unfinished parts are kept")
    assert {name.split(",")[0] for name in written} <= {"head 0", "head 1", "head 2"}
    for resumed, head in zip(fit_heads(sides, (3,), seeds, SHORT, checkpoints=kept), whole, strict=True):
        assert_same(resumed, head)
    unfinished = [name for name in written if "step" in name]
    assert len(unfinished) == 3 * 12, "no step was computed twice"
    assert kept_in(tmp_path) == "3 finished parts are kept"


@pytest.mark.usefixtures("keeps_every_step")
def test_the_network_of_a_project_goes_on_at_its_step(labeled_mice: Path, tmp_path: Path) -> None:
    with Project.open(labeled_mice, read_only=True) as project:
        data = take_snapshot(project).select([0, 2])
    tasks, _ = tasks_of(data)

    def fit(**how: object) -> stack_cnn.StackCNNBackbone:
        return stack_cnn.fit(data, tasks, Recordings(tmp_path / "cache"), 0, {"steps": 5}, **how)

    whole = fit()
    kept = Unfinished(Checkpoints(tmp_path / "kept"), "backbone 0")
    asked = iter([False] * (len(data.stretches) + 3))  # once a stretch, then once a step
    with pytest.raises(TrainingCanceledError):
        fit(cancelled=lambda: next(asked, True), unfinished=kept)
    told: list[int] = []
    resumed = fit(on_progress=lambda step, _: told.append(step), unfinished=kept)
    assert told[0] > 1
    assert told[-1] == 5
    assert resumed.card == whole.card  # with the hash of the weights


@pytest.mark.usefixtures("keeps_every_step")
@pytest.mark.parametrize("damage", ["a flipped bit", "cut short", "another training"])
def test_what_does_not_fit_is_trained_from_the_start(example: Example, tmp_path: Path, damage: str) -> None:
    kept = Unfinished(Checkpoints(tmp_path), "head 0")
    with pytest.raises(TrainingCanceledError):
        fit_head([example], (3,), 4, SHORT, cancelled=cut_off_after(5), unfinished=kept)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    settings = SHORT
    if damage == "a flipped bit":
        data[-40] ^= 0x10
    elif damage == "cut short":
        del data[len(data) // 2 :]
    else:
        settings = HeadFit(epochs=2, least_steps=8, window=64, batch=2)
    path.write_bytes(data)
    assert_same(
        fit_head([example], (3,), 4, settings, unfinished=kept), fit_head([example], (3,), 4, settings)
    )


def test_a_short_training_writes_nothing_on_the_way(example: Example, tmp_path: Path) -> None:
    fit_head([example], (3,), 4, SHORT, unfinished=Unfinished(Checkpoints(tmp_path), "head 0"))
    assert not list(tmp_path.iterdir())
