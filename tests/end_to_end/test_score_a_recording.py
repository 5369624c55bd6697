"""The main job with real key events in a napari window, on real recordings, from opening to the file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk import make_project, random_script
from napari_ethoprofile.annotation.exchange import export_pass
from napari_ethoprofile.annotation.formats import read_labels
from qtpy.QtCore import Qt
from realdata import realdata_file

from napari_ethoprofile.typist import Typist
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
OpenDesk = Callable[[], Workspace]


@pytest.mark.parametrize(
    ("recording", "clip"),
    [("tracktor/mouse_video.mp4", (3000, 3600)), ("sleap/minimal_side.mp4", (0, 120))],
)
def test_a_clip_is_scored_submitted_and_exported(
    open_desk: OpenDesk, tmp_path: Path, recording: str, clip: tuple[int, int]
) -> None:
    desk = open_desk()
    folder = tmp_path / "project"
    make_project(folder, realdata_file(recording), [clip])
    desk.open_project(folder, "Ada")
    desk.open_next()
    current = desk.session.current
    assert current is not None
    script = random_script(current.frames, seed=3)

    typist = Typist(desk, script)
    typist.type_clip(speed=8)
    np.testing.assert_array_equal(current.editor.track.codes, script.codes)

    pass_id = current.record.id
    desk.dialogs.confirm_submit = lambda unlabeled, frames: True  # type: ignore[method-assign]
    typist.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    typist.wait_for(lambda: desk.session.current is None, 10, "the submission")

    project = desk.session.require_project()
    written = export_pass(project, pass_id, tmp_path, "bouts", acting="Ada")
    back = read_labels(written, frames=script.frames)
    names = [back.ethogram.label_name(int(code)) for code in back.track.codes[:, 0]]
    wanted = [project.ethogram.label_name(int(code)) for code in script.codes[:, 0]]
    assert names == wanted
