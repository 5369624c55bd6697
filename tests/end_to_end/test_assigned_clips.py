"""What is assigned is served first in the window, blind, and the reason of a review is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError
from small_project import create_project, write_recording

from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window


@pytest.fixture
def desk(open_desk: Callable[[], Workspace], tmp_path: Path) -> Workspace:
    """Ben's window on a project whose clips Ada has submitted; the second one is assigned to him, blind."""
    project = create_project(tmp_path / "project", write_recording(tmp_path / "mouse.mp4"))
    project.add_annotator("Ben")
    for clip in project.clips():
        with project.edit(project.start_pass(clip.id, "Ada").id, "Ada") as editor:
            editor.commit(Edit.paint(editor.track, 0, 10, 3))
            editor.submit()
    project.assign("Ben", [project.clips()[1].id])
    project.close()
    workspace = open_desk()
    workspace.open_project(tmp_path / "project", "Ben")
    return workspace


def test_an_assigned_clip_is_opened_blind_and_first(desk: Workspace) -> None:
    project = desk.session.require_project()
    adas = next(record.id for record in project.passes() if record.clip == project.clips()[1].id)
    desk.open_next()
    assert desk.session.current is not None
    assert desk.session.current.record.kind == "blind"
    assert desk.session.current.clip.id == project.clips()[1].id
    with pytest.raises(BlindError):
        project.door.labels(adas, "Ben")
    desk.keyboard.tap(3)
    desk.session.advance(49)
    desk.commands.run("submit")
    assert project.assignments("Ben")[0].state == "submitted"
    assert project.door.labels(adas, "Ben").frames == 50
    assert desk.session.current.record.kind == "first"
    assert desk.session.current.clip.id == project.clips()[0].id


def test_the_reason_of_a_review_goes_with_its_changes(desk: Workspace) -> None:
    project = desk.session.require_project()
    clip = project.clips()[0].id
    base = project.passes(clip=clip)[0].id
    review = project.start_pass(clip, "Ben", "review", base)
    panel = desk.dock.passes
    desk.open_clip(clip)
    assert panel.reason.isVisible()
    panel.reason.setText("paw hidden")
    desk.session.commit([Edit.paint(desk.session.track, 0, 5, 1)])
    desk.session.current.editor.flush()
    assert [entry.change.reason for entry in project.door.history(review.id, "Ben")] == [
        f"copied from {base}",
        "paw hidden",
    ]
    desk.open_clip(project.clips()[1].id)
    assert not panel.reason.isVisible()
    assert panel.reason.text() == ""
