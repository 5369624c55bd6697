"""The whole loop in a real napari window: two people, a model, corrections, a better model, export."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from double_coded import rescored, score
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import BlindError
from napari_ethoprofile.annotation.exchange import export_pass
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_cohort, read_truth
from napari_ethoprofile.annotation.tracks import LabelTrack
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from typer.testing import CliRunner

from napari_ethoprofile.cli.app import app
from napari_ethoprofile.corrector import correct_clip
from napari_ethoprofile.demo_loop import Cast, make_loop_project
from napari_ethoprofile.demo_play import play, take_screenshot
from napari_ethoprofile.jobs.learning import Learning
from napari_ethoprofile.jobs.rules import Wish
from napari_ethoprofile.jobs.status import RunState
from napari_ethoprofile.typist import Typist
from napari_ethoprofile.workspace import Workspace

pytestmark = [pytest.mark.window, pytest.mark.slow, pytest.mark.timeout(1200)]
FPS, SIZE = 10.0, (176, 144)
#: Mice whose clips two people score, whose clips wait, and by which models are compared.
SCORED, WAITING, KEPT = 6, 2, 4


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of generated mice, 60 s each, in which nothing is labeled but blind clips of those kept."""
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    made = make_cohort(recordings, SCORED + WAITING + KEPT, 60.0, "easy", 5, SIZE, FPS, processes=2)
    with Project.create(tmp_path / "project", ETHOGRAM) as store:
        for name in ("Ada", "Ben"):
            store.add_annotator(name)
        for number, film in enumerate(made):
            video = store.add_video(film.path)
            store.index_video(video.id)
            half = film.truth.frames // 2
            whole = number < SCORED
            store.add_clips(
                [Stretch(video.id, 0, 2 * half)]
                if whole
                else [Stretch(video.id, 0, half), Stretch(video.id, half, 2 * half)]
            )
        kept = [video.subject for video in store.videos()][-KEPT:]
        store.keep_subjects("champion", kept)
        for clip in store.clips():
            if store.kept_apart(clip.video):
                score(store, clip.id, "Ada", "blind", truth_of(store, clip.id))
        store.settings.set("proposals.audit_share", 0.0)
        store.settings.set("proposals.least_accuracy", 0.5)
    return tmp_path / "project"


def truth_of(store: Project, clip: str) -> LabelTrack:
    place = store.get_clip(clip)
    return LabelTrack(read_truth(store.video_path(place.video)).codes[place.start : place.stop])


def type_clip(desk: Workspace, script: LabelTrack) -> None:
    """Score the open clip with real keys at the speed of play, and submit it."""
    typist, session = Typist(desk, script), desk.session
    assert session.current is not None
    clip = session.current.clip.id
    typist.type_clip()
    assert np.array_equal(session.track.codes, script.codes)
    typist.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    typist.wait_for(lambda: session.current is None or session.current.clip.id != clip, 10, "the next clip")


def trained(desk: Workspace, shot: Callable[[str], None]) -> str:
    """Train beside the window while keys are typed; return what came out."""
    learning: Learning = desk.learning
    typist, session = Typist(desk, LabelTrack.blank(1)), desk.session
    learning.want(Wish("test"))
    typist.wait_for(lambda: learning.status.state is RunState.RUNNING, 120, "the training to start")
    before, pictured = session.playhead, False
    while learning.busy:
        if session.current is not None:
            typist.press(Qt.Key.Key_Right)
        if learning.status.stage == "heads" and not pictured:
            shot("training")
            pictured = True
        QTest.qWait(100)
    assert learning.status.state is RunState.DONE, learning.status.sentence
    assert session.current is None or session.playhead > before
    return learning.status.sentence


def test_two_people_a_model_and_a_better_one(
    open_desk: Callable[[], Workspace], project: Path, tmp_path: Path
) -> None:
    desk = open_desk()
    viewer = desk.display._viewer

    def shot(name: str) -> None:
        take_screenshot(viewer, tmp_path / f"{name}.png")

    with Project.open(project) as store:
        clips = [clip.id for clip in store.clips()]
        scored, waiting = clips[:SCORED], clips[SCORED : SCORED + 2 * WAITING]
        store.assign("Ben", scored)
        truths = {clip: truth_of(store, clip) for clip in clips}

    # Two people, the second one blind.
    desk.open_project(project, "Ada")
    for number, clip in enumerate(scored):
        desk.open_clip(clip)
        type_clip(desk, truths[clip])
        if not number:
            shot("scored")
    store = desk.session.require_project()
    adas = {p.clip: p.id for p in store.passes(annotator="Ada", acting="Ada")}
    desk.act_as("Ben")
    for number, clip in enumerate(scored):
        desk.open_clip(clip)
        assert desk.session.current.record.kind == "blind"
        with pytest.raises(BlindError):
            store.door.labels(adas[clip], "Ben")
        type_clip(desk, rescored(truths[clip], number, late=3, other=0.05))

    told = CliRunner().invoke(app, ["agree", "--project", str(project), "Ada", "Ben", "--json"])
    assert told.exit_code == 0, told.output
    (pair,) = json.loads(told.stdout)["pairs"]
    assert 0.8 < pair["kappa"] < 1

    # A first model trains beside the window, and proposes.
    desk.act_as("Ada")
    desk.open_clip(waiting[0])
    first = trained(desk, shot)
    assert "is the current model now" in first
    efforts = []
    for number, clip in enumerate(waiting[:3]):
        desk.open_clip(clip)
        assert desk.proposing.undecided, desk.proposing.offer.why
        if not number:
            shot("proposals")
        efforts.append(correct_clip(desk, truths[clip]))
        sources = {run.provenance for run in store.door.provenance(desk.session.current.record.id, "Ada")}
        assert sources & {"accepted", "edited"}
        desk.commands.run("submit")
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
