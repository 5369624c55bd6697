"""The whole loop in a real napari window: two people, a model, corrections, a better model, export."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.exchange import export_pass
from played_loop import SIZE, clips_of, correct, loop_project, score_twice, shots_into, trained
from typer.testing import CliRunner

from napari_ethoprofile.cli.app import app
from napari_ethoprofile.demo_loop import Cast, make_loop_project
from napari_ethoprofile.demo_play import play
from napari_ethoprofile.workspace import Workspace

pytestmark = [pytest.mark.window, pytest.mark.slow, pytest.mark.timeout(1200)]


def test_two_people_a_model_and_a_better_one(open_desk: Callable[[], Workspace], tmp_path: Path) -> None:
    desk, project = open_desk(), loop_project(tmp_path)
    shot = shots_into(desk, tmp_path)
    scored, waiting, truths = clips_of(project)

    # Two people, the second one blind.
    desk.open_project(project, "Ada")
    store = desk.session.require_project()
    store.assign("Ben", scored)
    adas = score_twice(desk, scored, truths, shot)
    told = CliRunner().invoke(app, ["agree", "--project", str(project), "Ada", "Ben", "--json"])
    assert told.exit_code == 0, told.output
    (pair,) = json.loads(told.stdout)["pairs"]
    assert 0.8 < pair["kappa"] < 1

    # A first model trains beside the window, and proposes.
    desk.act_as("Ada")
    desk.open_clip(waiting[0])
    assert "is the current model now" in trained(desk, shot)
    efforts = correct(desk, waiting[:3], truths, shot)
    assert sum(e.keys for e in efforts) < sum(e.from_scratch for e in efforts)
    assert all(effort.right > 0.9 for effort in efforts)

    # A second model learns from the corrections, and is compared on animals that neither has seen.
    desk.open_clip(waiting[3])
    shown = desk.proposing.offer.shown
    second = trained(desk, shot)
    history = [(event.name, event.act.value) for event in store.model_events()]
    assert ("model-2", "current") in history or "is kept aside" in second
    assert desk.proposing.offer.shown == shown  # nothing is swapped under the hands
    if desk.proposing.offer.newer is not None:
        desk.proposing.take_newer()
        assert desk.proposing.offer.shown.annotator == "model-2"
    shot("better")

    written = export_pass(store, adas[scored[0]], tmp_path, "bouts", acting="Ada")
    assert len(written.read_text("utf-8").splitlines()) == len(truths[scored[0]].bouts()) + 1


def test_the_demo_plays_itself(own_settings: None, tmp_path: Path) -> None:
    make_loop_project(tmp_path / "project", Cast(size=SIZE))
    (tmp_path / "out").mkdir()
    result = play(tmp_path / "project", tmp_path / "out")
    assert result["equal_frames"] == result["frames"]
    assert result["bouts_exported"] == result["bouts_typed"]
    assert [each["model"] for each in result["rounds"]] == ["model-1", "model-2"]
    assert result["keys_with_proposals"] < result["keys_from_scratch"]
    assert all(Path(picture).exists() for picture in result["pictures"])
    assert "model-2" in result["training"]
