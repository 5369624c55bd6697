"""What is on the screen as saved is there again: after a restart, and after the process was killed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import make_project, random_script
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from realdata import realdata_file
from small_project import create_project, write_recording

from napari_ethoprofile.typist import Typist
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
OpenDesk = Callable[[], Workspace]

SCORE_UNTIL_KILLED = """
import sys
from pathlib import Path
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication
from napari_ethoprofile.launch import open_viewer
from napari_ethoprofile.typist import focused_widget

viewer, desk = open_viewer("to be killed")
while QApplication.activeWindow() is None:
    QTest.qWait(50)
desk.open_project(Path(sys.argv[1]), "Ada")
desk.open_next()
QTest.keyClick(focused_widget(), Qt.Key.Key_G)
for _ in range(20):
    QTest.keyClick(focused_widget(), Qt.Key.Key_Right)
QTest.keyClick(focused_widget(), Qt.Key.Key_R)
for _ in range(60):
    QTest.keyClick(focused_widget(), Qt.Key.Key_Right)
desk.scoring.journal_growth()
desk.session.current.editor.flush()
print("shown as saved", flush=True)
QTest.qWait(60_000)
"""


def test_the_clip_that_opens_with_a_project_is_in_sight_in_the_list(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    project = create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4", 420))
    [video] = project.videos()
    project.index_video(video.id)
    project.add_clips([Stretch(video.id, start, start + 5) for start in range(100, 420, 5)])
    clip = project.clips()[60]
    project.start_pass(clip.id, "Ada")
    project.settings.set("last_clip", clip.id)
    project.close()
    desk = open_desk()
    desk.open_project(tmp_path / "project", "Ada")
    assert desk.session.current.clip == clip
    table = desk.dock.clips.table

    def in_sight() -> bool:
        return table.viewport().rect().contains(table.visualRect(table.currentIndex()).center())

    for _ in range(100):  # until the window has taken its shape
        QTest.qWait(20)
        if in_sight():
            break
    QTest.qWait(200)
    assert table.currentIndex().row() == 60
    assert in_sight()
    table.scrollToTop()
    desk.dock.window().resize(1000, 640)
    QTest.qWait(100)
    assert not in_sight()  # whoever scrolls away is left there


def test_everything_is_there_after_a_restart(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk()
    folder = tmp_path / "project"
    make_project(folder, realdata_file("tracktor/mouse_video.mp4"), [(0, 300)])
    desk.open_project(folder, "Ada")
    if desk.session.current is None:
        desk.open_next()
    current = desk.session.current
    assert current is not None
    typist = Typist(desk, random_script(300, seed=5))
    typist.type_clip(speed=16)
    typed = LabelTrack(current.editor.track.codes)
    desk.session.seek(120)

    desk.session.set_project(None)
    desk.open_project(folder, "Ada")
    if desk.session.current is None:
        desk.open_next()
    again = desk.session.current
    assert again is not None
    assert again.editor.track == typed
    assert desk.session.playhead == 120
    while again.editor.can_undo:
        typist.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert again.editor.track == LabelTrack.blank(300)


def test_a_killed_window_loses_nothing_and_restores_the_open_bout(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    make_project(folder, realdata_file("tracktor/mouse_video.mp4"), [(0, 300)])
    command = [sys.executable, "-c", SCORE_UNTIL_KILLED, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline().strip() == "shown as saved"
        window.kill()
    with Project.open(folder) as project:
        record = project.passes()[0]
        with project.edit(record.id, acting="Ada") as editor:
            assert editor.track.bouts() == [Bout(0, 20, 3), Bout(20, 81, 6)]
            assert editor.recovered == [Bout(20, 81, 6)]
