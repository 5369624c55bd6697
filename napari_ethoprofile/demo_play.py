"""Plays the demo through the window: ``python -m napari_ethoprofile.demo_play PROJECT OUT``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from qtpy.QtCore import Qt

from .annotation.synthetic import read_truth
from .annotation.tracks import LabelTrack
from .demo import ANNOTATOR
from .launch import open_viewer
from .typist import Typist


def play(folder: Path, out: Path) -> dict[str, Any]:
    """Score the first clip of the demo project with real key events, submit it, and export it.

    Parameters
    ----------
    folder
        The demo project.
    out
        Where screenshot and labels go.

    Returns
    -------
    dict
        How the labels compare with what was typed, and where the artifacts are.
    """
    viewer, workspace = open_viewer(f"EthoProfile: {folder.name}")
    try:
        workspace.open_project(folder, ANNOTATOR)
        workspace.open_next()
        session = workspace.session
        current = session.current
        assert current is not None
        script = read_truth(session.require_project().video_path(current.source.id))
        typist = Typist(workspace, script)
        typist.type_clip()
        typist.press(Qt.Key.Key_F6)
        typist.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        typist.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        labels = LabelTrack(current.editor.track.codes)
        session.seek(current.frames // 2)
        screenshot = out / "annotate.png"
        take_screenshot(viewer, typist, screenshot)
        pass_id, clip = current.record.id, current.clip.id
        typist.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        typist.wait_for(
            lambda: session.current is None or session.current.clip.id != clip, 10, "the next clip"
        )
        written = export(workspace, pass_id, out)
    finally:
        viewer.close()
    return {
        "clip": clip,
        "frames": script.frames,
        "keys": typist.keys,
        "equal_frames": int(np.sum(labels.codes == script.codes)),
        "bouts_typed": len(script.bouts()),
        "bouts_exported": len(written.read_text("utf-8").splitlines()) - 1,
        "screenshot": str(screenshot),
        "labels": str(written),
        "project": str(folder),
    }


def take_screenshot(viewer: Any, typist: Typist, path: Path) -> None:
    """Save a picture of the whole window once it is painted."""
    import imageio.v3 as imageio
    from qtpy.QtTest import QTest

    QTest.qWait(500)
    imageio.imwrite(path, viewer.screenshot(canvas_only=False, flash=False))


def export(workspace: Any, pass_id: str, out: Path) -> Path:
    """Export the submitted pass as a bout table."""
    from .annotation.exchange import export_pass

    folder = out / "labels"
    folder.mkdir(exist_ok=True)
    return export_pass(workspace.session.require_project(), pass_id, folder, "bouts", acting=ANNOTATOR)


if __name__ == "__main__":
    result = play(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(result) + "\n")
