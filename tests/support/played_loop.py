"""The steps of the whole loop, played in a real napari window with real events."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from double_coded import rescored, score
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import BlindError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import ETHOGRAM, make_cohort, read_truth
from napari_ethoprofile.annotation.tracks import LabelTrack
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_ethoprofile.corrector import Effort, correct_clip
from napari_ethoprofile.demo_play import LEARN_WIDGET, submit, take_screenshot
from napari_ethoprofile.jobs.learning import Learning
from napari_ethoprofile.jobs.status import RunState
from napari_ethoprofile.typist import Typist
from napari_ethoprofile.workspace import Workspace

FPS, SIZE = 10.0, (176, 144)
#: Mice whose clips two people score, whose clips wait, and by which models are compared.
SCORED, WAITING, KEPT = 6, 2, 4


def loop_project(folder: Path) -> Path:
    """Make a project of generated mice, 60 s each; only blind clips of those that are kept are labeled."""
    recordings = folder / "recordings"
    recordings.mkdir()
    made = make_cohort(recordings, SCORED + WAITING + KEPT, 60.0, "easy", 5, SIZE, FPS, processes=2)
    with Project.create(folder / "project", ETHOGRAM) as store:
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
        store.settings.set("proposals.audit_share", 0.0)  # of four clips that wait none is spared
    return folder / "project"


def clips_of(project: Path) -> tuple[list[str], list[str], dict[str, LabelTrack]]:
    """Return the clips that two people score, those that wait, and what every clip shows."""
    with Project.open(project, read_only=True) as store:
        clips = [clip.id for clip in store.clips()]
        truths = {clip: truth_of(store, clip) for clip in clips}
    return clips[:SCORED], clips[SCORED : SCORED + 2 * WAITING], truths


def truth_of(store: Project, clip: str) -> LabelTrack:
    """Return what a clip shows."""
    place = store.get_clip(clip)
    return LabelTrack(read_truth(store.video_path(place.video)).codes[place.start : place.stop])


def shots_into(desk: Workspace, folder: Path) -> Callable[[str], None]:
    """Return what takes a picture of the window, by name."""
    viewer = desk.display._viewer
    return lambda name: take_screenshot(viewer, folder / f"{name}.png")


def type_clip(desk: Workspace, script: LabelTrack) -> None:
    """Score the open clip with real keys at the speed of play, and submit it."""
    typist, session = Typist(desk, script), desk.session
    typist.type_clip()
    assert np.array_equal(session.track.codes, script.codes)
    submit(desk)


def score_twice(
    desk: Workspace, clips: Sequence[str], truths: dict[str, LabelTrack], shot: Callable[[str], None]
) -> dict[str, str]:
    """Let Ada and Ben score clips blind, neither of whom must see what the other says; return her passes."""
    store = desk.session.require_project()
    for name in ("Ada", "Ben"):
        store.assign(name, clips)
    for number, clip in enumerate(clips):
        desk.open_clip(clip)
        assert desk.session.current.record.kind == "blind"
        type_clip(desk, truths[clip])
        if not number:
            shot("scored")
    adas = {p.clip: p.id for p in store.passes(annotator="Ada", acting="Ada")}
    desk.act_as("Ben")
    for number, clip in enumerate(clips):
        desk.open_clip(clip)
        assert desk.session.current.record.kind == "blind"
        with pytest.raises(BlindError):
            store.door.labels(adas[clip], "Ben")
        type_clip(desk, rescored(truths[clip], number, late=3, other=0.05))
    return adas


def keys_while(desk: Workspace, going: Callable[[], bool]) -> None:
    """Step through the open clip as long as something goes on."""
    typist, session = Typist(desk, LabelTrack.blank(1)), desk.session
    while going():
        if session.current is not None:
            typist.press(Qt.Key.Key_Right)
        QTest.qWait(100)


def start_training(desk: Workspace) -> None:
    """Press *Train* in the dock for learning, and wait until a training runs."""
    learning: Learning = desk.learning
    _dock, widget = desk.display._viewer.window.add_plugin_dock_widget("napari-ethoprofile", LEARN_WIDGET)
    waiting = Typist(desk, LabelTrack.blank(1))
    button = widget.train.start
    waiting.wait_for(lambda: button.isVisible() and button.isEnabled(), 30, "the button that trains")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    waiting.wait_for(lambda: learning.status.state is RunState.RUNNING, 120, "the training to start")


def trained(desk: Workspace, shot: Callable[[str], None]) -> str:
    """Train beside the window while keys are typed; return what came out."""
    session, status = desk.session, desk.learning.status
    start_training(desk)
    before = session.playhead
    keys_while(desk, lambda: desk.learning.busy and status.stage != "heads")
    shot("training")
    keys_while(desk, lambda: desk.learning.busy)
    assert status.state is RunState.DONE, status.sentence
    assert session.current is None or session.playhead > before
    return status.sentence


def correct(
    desk: Workspace, clips: Sequence[str], truths: dict[str, LabelTrack], shot: Callable[[str], None]
) -> list[Effort]:
    """Decide what is proposed on clips and submit them by key; return what each took."""
    store, efforts = desk.session.require_project(), []
    for number, clip in enumerate(clips):
        desk.open_clip(clip)
        assert desk.proposing.undecided, desk.proposing.offer.why
        if not number:
            shot("proposals")
        efforts.append(correct_clip(desk, truths[clip]))
        sources = {run.provenance for run in store.door.provenance(desk.session.current.record.id, "Ada")}
        assert sources & {"accepted", "edited"}
        submit(desk)
    return efforts
