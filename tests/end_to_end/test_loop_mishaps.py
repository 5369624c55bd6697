"""The loop in a real napari window, where a training is killed, the disk fills up, or napari dies.

It is the story of `test_loop`, from its first training on: what two people scored there, one person did here
before the window opens, and at the end what she corrected is exported.
"""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from double_coded import score
from napari_ethoprofile.annotation.exchange import export_pass
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import UNLABELED
from napari_ethoprofile.training.jobs.standing import standing_of
from napari_ethoprofile.training.models import list_models
from played_loop import (
    clips_of,
    correct,
    keys_while,
    loop_project,
    shots_into,
    start_training,
    trained,
)
from qtpy.QtTest import QTest

from napari_ethoprofile.jobs.status import RunState
from napari_ethoprofile.workspace import Workspace

pytestmark = [pytest.mark.window, pytest.mark.slow, pytest.mark.timeout(1200)]
OpenDesk = Callable[[], Workspace]
Shot = Callable[[str], None]
#: Room for the project of the story, in MiB.
DISK = 256

_WINDOW = """
import sys
from pathlib import Path
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.jobs.rules import Wish
from napari_ethoprofile.launch import open_viewer
from napari_ethoprofile.typist import Typist

viewer, desk = open_viewer("dies")
desk.learning.status.events.stage.connect(lambda stage: print(stage, flush=True))
desk.open_project(Path(sys.argv[1]), "Ada")
desk.open_clip(sys.argv[2])
while not (desk.keyboard.attached and QApplication.activeWindow()):
    QTest.qWait(50)
desk.session.seek(desk.proposing.undecided[0].start)
Typist(desk, LabelTrack.blank(1)).press(Qt.Key.Key_Return)
assert desk.session.track.coverage().labeled
desk.learning.want(Wish("test"))
QApplication.exec()
"""


def a_training_is_killed(desk: Workspace, _clip: str, _open: OpenDesk, shot: Shot) -> Workspace:
    """Kill the process; the window says so, and goes on with it when asked."""
    learning = desk.learning
    start_training(desk)
    keys_while(desk, lambda: learning.status.stage != "heads")
    psutil.Process(standing_of(learning.jobs()[0]).pid).kill()
    keys_while(desk, lambda: learning.busy)
    shot("killed")
    assert learning.status.state is RunState.FAILED
    assert "ended without a word during 'heads'" in learning.status.sentence
    only_the_first_model(desk.session.require_project())
    learning.resume(learning.jobs()[0].id)
    return desk


def the_disk_is_full_at_publishing(desk: Workspace, _clip: str, _open: OpenDesk, shot: Shot) -> Workspace:
    """Fill the disk of the trainings when all is computed; with room it goes on."""
    learning, filler = desk.learning, desk.session.require_project().folder / "filler"
    start_training(desk)
    keys_while(desk, lambda: learning.status.stage != "comparing it with the current model")
    unpublished = learning.jobs()[0].folder / ".tmp-result"

    def going() -> bool:
        if unpublished.exists():  # what others free meanwhile is filled, too
            fill(filler)
        return learning.busy

    keys_while(desk, going)
    shot("disk-full")
    assert learning.status.state is RunState.FAILED
    assert learning.status.sentence.startswith("The disk is full (")
    only_the_first_model(desk.session.require_project())
    filler.unlink()
    learning.resume(learning.jobs()[0].id)
    return desk


def napari_is_killed(desk: Workspace, clip: str, open_desk: OpenDesk, _shot: Shot) -> Workspace:
    """Kill the window in which a clip is scored while a model trains; the next window finds both."""
    folder = desk.session.require_project().folder
    desk.session.set_project(None)
    command = [sys.executable, "-c", _WINDOW, str(folder), clip]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert any(line.startswith("heads") for line in window.stdout)
        window.kill()
    with Project.open(folder, read_only=True) as store:
        only_the_first_model(store)
    again = open_desk()
    again.open_project(folder, "Ada")
    again.open_clip(clip)
    assert again.learning.busy  # it is found, with its progress
    assert again.learning.status.model == "model-2"
    assert again.session.track.coverage().labeled  # what was scored is there
    shots_into(again, folder.parent)("found-again")
    return again


def only_the_first_model(store: Project) -> None:
    """See that nothing has become of the second model."""
    assert [card.name for card in list_models(store)] == ["model-1"]
    current = store.current_model()
    assert current is not None
    assert current.name == "model-1"


def labels_of(store: Project) -> dict[str, np.ndarray]:
    """Return every label of a person."""
    return {
        record.id: store.door.labels(record.id, record.annotator).codes.copy()
        for record in store.passes(acting="Ada")
        if record.kind != "model" and record.annotator == "Ada"
    }


def fill(path: Path) -> None:
    """Write until nothing more fits on the disk."""
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096):
            pass


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return loop_project(tmp_path)


@pytest.fixture
def small_disk(project: Path) -> Iterator[None]:
    """Put the project on a small disk of its own."""
    folder = project.rename(project.with_name("moved"))
    project.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(project)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk needs Linux and its administrator")
    shutil.copytree(folder, project, dirs_exist_ok=True)
    yield
    subprocess.run(["umount", "-l", str(project)], check=True)


@pytest.mark.parametrize("mishap", [a_training_is_killed, the_disk_is_full_at_publishing, napari_is_killed])
def test_the_story_goes_on(
    request: pytest.FixtureRequest,
    project: Path,
    tmp_path: Path,
    mishap: Callable[[Workspace, str, OpenDesk, Shot], Workspace],
) -> None:
    if mishap is the_disk_is_full_at_publishing:
        request.getfixturevalue("small_disk")
    open_desk = request.getfixturevalue("open_desk")  # after the disk, so that windows close before it goes
    desk = open_desk()
    shot = shots_into(desk, tmp_path)
    scored, waiting, truths = clips_of(project)
    desk.open_project(project, "Ada")
    store = desk.session.require_project()
    for clip in scored:
        score(store, clip, "Ada", "first", truths[clip])
    desk.open_clip(waiting[0])
    trained(desk, shot)
    correct(desk, waiting[:3], truths, shot)
    desk.open_clip(waiting[3])
    before = labels_of(store)

    desk = mishap(desk, waiting[3], open_desk, shot)
    store = desk.session.require_project()
    keys_while(desk, lambda: desk.learning.busy)
    assert desk.learning.status.state is RunState.DONE, desk.learning.status.sentence
    assert sorted(card.name for card in list_models(store)) == ["model-1", "model-2"]
    after = labels_of(store)
    for record, codes in before.items():
        labeled = codes != UNLABELED
        np.testing.assert_array_equal(after[record][labeled], codes[labeled])
    told = [event.act.value for event in store.model_events() if event.name == "model-2"]
    assert told[-1] in ("current", "aside")
    assert desk.proposing.offer.shown.annotator == "model-1"  # nothing is swapped under the hands
    shots_into(desk, tmp_path)("better")
    [corrected] = [p.id for p in store.passes(clip=waiting[0], annotator="Ada", acting="Ada")]
    written = export_pass(store, corrected, tmp_path, "bouts", acting="Ada")
    assert (
        len(written.read_text("utf-8").splitlines()) == len(store.door.labels(corrected, "Ada").bouts()) + 1
    )
    QTest.qWait(50)
