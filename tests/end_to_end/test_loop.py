"""The whole loop in a real napari window: two people, a model, corrections, a better model, export."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.exchange import export_pass
from napari_ethoprofile.annotation.tracks import LabelTrack
from played_loop import SIZE, clips_of, correct, loop_project, score_twice, shots_into, trained
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
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

    # Two people, both blind.
    desk.open_project(project, "Ada")
    store = desk.session.require_project()
    score_twice(desk, scored, truths, shot)
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
    assert "'model-2' is the current model now" in trained(desk, shot)
    history = [(event.name, event.act.value) for event in store.model_events() if event.act != "trained"]
    assert history == [("model-1", "current"), ("model-2", "current")]
    verdict = store.model_events()[-1].verdict
    assert (verdict["basis"], verdict["verified"]) == ("holdout", True)
    assert verdict["bound"] > -verdict["margin"]
    assert desk.proposing.offer.shown == shown  # nothing is swapped under the hands
    QTest.mouseClick(desk.dock.proposals.newer, Qt.MouseButton.LeftButton)
    assert desk.proposing.offer.shown.annotator == "model-2"
    shot("better")

    # What was corrected is exported.
    corrected = next(p for p in store.passes(clip=waiting[0], annotator="Ada", acting="Ada"))
    track = store.door.labels(corrected.id, "Ada")
    written = export_pass(store, corrected.id, tmp_path, "bouts", acting="Ada")
    rows = list(csv.DictReader(written.read_text("utf-8").splitlines()))
    names = {behavior.name: behavior.id for behavior in store.ethogram.behaviors}
    exported = LabelTrack.blank(track.frames)
    for row in rows:
        exported.fill(int(row["start_frame"]), int(row["stop_frame"]), names[row["behavior"]])
    assert exported == track
    assert "accepted" in {row["provenance"] for row in rows}
    assert (track.codes == truths[waiting[0]].codes).mean() > 0.9


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
