"""Plays the demo through the window: ``python -m napari_ethoprofile.demo_play PROJECT OUT``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from qtpy.QtCore import Qt

from .annotation.project import Kind, Project
from .annotation.synthetic import read_truth
from .annotation.tracks import LabelTrack
from .corrector import Effort, correct_clip
from .demo import ANNOTATOR
from .demo_loop import CORRECTED
from .jobs.status import RunState
from .launch import open_viewer
from .typist import Typist
from .workspace import Workspace

#: Seconds that a training beside the window may take on a slow machine.
TRAINING_SECONDS = 900
LEARN_WIDGET = "Learn from labels"


def play(folder: Path, out: Path) -> dict[str, Any]:
    """Play the whole loop with real key events, and export what was scored.

    A clip is scored from scratch; proposals of the first model are corrected on the next clips; a second
    model is trained beside the window while keys go on to be typed.

    Parameters
    ----------
    folder
        The demo project.
    out
        Where pictures and labels go.

    Returns
    -------
    dict
        How labels and proposals compare with the truth, keys, and where the artifacts are.
    """
    viewer, workspace = open_viewer(f"EthoProfile: {folder.name}")
    try:
        workspace.open_project(folder, ANNOTATOR)
        project = workspace.session.require_project()
        asked = list(dict.fromkeys(q.clip for q in project.queries("open", acting=ANNOTATOR)))
        result = score_one(viewer, workspace, unaided_clip(project), out)
        efforts: list[Effort] = []
        for clip in asked[:CORRECTED]:
            workspace.open_clip(clip)
            if not efforts:
                take_screenshot(viewer, out / "proposals.png")
            efforts.append(correct_clip(workspace, truth_of(workspace)))
            submit(workspace)
        outcome = retrain(viewer, workspace, out)
        rounds = [
            {"model": name, "frames_right": right, "macro_f1_on_kept_animals": f1}
            for name, right, f1 in accuracy_of_models(project)
        ]
    finally:
        viewer.close()
    typed, scratch = sum(e.keys for e in efforts), sum(e.from_scratch for e in efforts)
    return result | {
        "rounds": rounds,
        "corrections": [asdict(effort) for effort in efforts],
        "keys_with_proposals": typed,
        "keys_from_scratch": scratch,
        "keys_saved": 1 - typed / scratch if scratch else None,
        "training": outcome,
        "pictures": [
            str(out / name) for name in ("annotate.png", "proposals.png", "training.png", "after.png")
        ],
        "project": str(folder),
    }


def score_one(viewer: Any, workspace: Workspace, clip: str, out: Path) -> dict[str, Any]:
    """Score a clip from scratch, undo and redo, submit and export it; return how it compares."""
    session = workspace.session
    workspace.open_clip(clip)
    current = session.current
    assert current is not None
    script = truth_of(workspace)
    typist = Typist(workspace, script)
    typist.type_clip()
    typist.press(Qt.Key.Key_F6)
    typist.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    typist.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    labels = LabelTrack(current.editor.track.codes)
    session.seek(current.frames // 2)
    take_screenshot(viewer, out / "annotate.png")
    pass_id = current.record.id
    submit(workspace)
    written = export(workspace, pass_id, out)
    return {
        "clip": clip,
        "frames": script.frames,
        "keys": typist.keys,
        "equal_frames": int(np.sum(labels.codes == script.codes)),
        "bouts_typed": len(script.bouts()),
        "bouts_exported": len(written.read_text("utf-8").splitlines()) - 1,
        "screenshot": str(out / "annotate.png"),
        "labels": str(written),
    }


def retrain(viewer: Any, workspace: Workspace, out: Path) -> str:
    """Train beside the window by a click while keys are typed; return what came out."""
    from qtpy.QtTest import QTest

    _dock, widget = viewer.window.add_plugin_dock_widget("napari-ethoprofile", LEARN_WIDGET)
    typist, status = Typist(workspace, LabelTrack.blank(1)), workspace.learning.status
    typist.wait_for(widget.train.start.isVisible, 30, "the dock for learning")
    QTest.mouseClick(widget.train.start, Qt.MouseButton.LeftButton)
    typist.wait_for(lambda: status.state is RunState.RUNNING, 60, "the training to start")
    pictured = False
    while workspace.learning.busy or status.state.live:
        typist.press(Qt.Key.Key_Right)  # the window stays usable
        QTest.qWait(200)
        if status.stage == "heads" and not pictured:
            take_screenshot(viewer, out / "training.png")
            pictured = True
        if typist.keys > TRAINING_SECONDS * 5:
            break
    if workspace.proposing.offer.newer is not None:
        workspace.proposing.take_newer()
    take_screenshot(viewer, out / "after.png")
    return status.sentence


def accuracy_of_models(project: Project) -> list[tuple[str, float, float | None]]:
    """Return every model with its share of right frames on unlabeled clips, and its macro F1 on kept animals.

    The clips are those that all models looked at and that nobody has submitted, so that none learned them.
    """
    said: dict[str, dict[str, Any]] = {}
    learned = set()
    for record in project.passes(acting=ANNOTATOR):
        if record.kind is Kind.MODEL:
            said.setdefault(record.source, {})[record.clip] = record
        elif record.state.finished:
            learned.add(record.clip)
    common = set.intersection(*(set(clips) for clips in said.values())) - learned if said else set()
    figures = {
        event.model: event.verdict["challenger_f1"]["value"]
        for event in project.model_events()
        if event.verdict.get("challenger_f1")
    }
    found = []
    for model, clips in said.items():
        right, frames = 0, 0
        for clip in sorted(common):
            place = project.get_clip(clip)
            truth = read_truth(project.video_path(place.video)).codes[place.start : place.stop]
            codes = project.door.labels(clips[clip].id, ANNOTATOR).codes
            right, frames = right + int((codes == truth).sum()), frames + len(truth)
        found.append((model.partition("@")[0], right / max(1, frames), figures.get(model)))
    return found


def truth_of(workspace: Workspace) -> LabelTrack:
    """Return what the open clip of a generated recording shows."""
    current = workspace.session.current
    assert current is not None
    path = workspace.session.require_project().video_path(current.source.id)
    return LabelTrack(read_truth(path).codes[current.clip.start : current.clip.stop])


def unaided_clip(project: Project) -> str:
    """Return a clip that nobody has scored and that goes without proposals: its animal is kept apart."""
    scored = {record.clip for record in project.passes()}
    return next(c.id for c in project.clips() if c.id not in scored and project.kept_apart(c.video))


def submit(workspace: Workspace) -> None:
    """Submit the open clip by its key, and wait until another one is open, or none is left."""
    session = workspace.session
    assert session.current is not None
    clip, typist = session.current.clip.id, Typist(workspace, LabelTrack.blank(1))
    typist.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    typist.wait_for(lambda: session.current is None or session.current.clip.id != clip, 10, "the next clip")


def take_screenshot(viewer: Any, path: Path) -> None:
    """Save a picture of the whole window once it is painted."""
    import imageio.v3 as imageio
    from qtpy.QtTest import QTest

    QTest.qWait(500)
    imageio.imwrite(path, viewer.screenshot(canvas_only=False, flash=False))


def export(workspace: Workspace, pass_id: str, out: Path) -> Path:
    """Export the submitted pass as a bout table."""
    from .annotation.exchange import export_pass

    folder = out / "labels"
    folder.mkdir(exist_ok=True)
    return export_pass(workspace.session.require_project(), pass_id, folder, "bouts", acting=ANNOTATOR)


if __name__ == "__main__":
    result = play(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(result) + "\n")
