"""What a model proposes, decided in a napari window with real key events."""

from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack
from napari_ethoprofile.training.proposal_gate import SHARE_KEY
from proposing_project import proposing_project, say, truth
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_ethoprofile.typist import focused_widget
from napari_ethoprofile.workspace import Workspace

pytestmark = pytest.mark.window
OpenDesk = Callable[[], Workspace]
FRAMES = 240


@pytest.fixture
def desk(open_desk: OpenDesk, tmp_path: Path) -> Workspace:
    """A window of Ada's in which a clip is open that the model has said something about."""
    with proposing_project(tmp_path / "desk", FRAMES, clips=3, held_out=0.9) as project:
        project.settings.set(SHARE_KEY, 0.0)
        clip = project.clips()[1].id
        say(project, clip, truth(FRAMES, 40), sure=0.6)
    desk = open_desk()
    desk.open_project(tmp_path / "desk" / "project", "Ada")
    desk.open_clip(clip)
    QTest.qWait(100)
    return desk


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QTest.keyClick(focused_widget(), key, modifiers)


def decided(desk: Workspace) -> list[tuple[int, int, int, str]]:
    editor = desk.session.current.editor
    return [
        (start, stop, int(editor.track.codes[start, 0]), origin.provenance)
        for start, stop, origin in editor.origins(0, editor.track.frames)
        if origin is not None
    ]


def test_keys_accept_replace_reject_and_adjust(desk: Workspace) -> None:
    session, key = desk.session, Qt.Key
    assert desk.timeline.model.lanes[0].title == "Model  mice"
    assert desk.timeline.model.lanes[-1].ghost is not None
    assert decided(desk) == []
    written = desk.display._viewer.canvas.overlays.text
    assert written.text == "unlabeled (proposed: walk)"

    press(key.Key_Return)
    assert (decided(desk), session.playhead) == ([(0, 40, 1, "accepted")], 40)
    press(key.Key_G)  # a tap, standing still: the whole proposed bout
    assert (decided(desk)[-1], session.playhead) == ((40, 80, 3, "edited"), 80)
    press(key.Key_Backspace)
    assert session.playhead == 120
    assert set(session.track.codes[80:120, 0]) == {UNLABELED}
    press(key.Key_Right, key.Key_Right, key.Key_F9)  # begins two frames later
    press(key.Key_Return)
    assert decided(desk)[-1] == (122, 160, 1, "edited")
    press(key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert decided(desk)[-1] == (40, 80, 3, "edited")

    before = decided(desk)
    press(key.Key_Tab)
    assert decided(desk) == before  # going somewhere labels nothing


def test_what_was_moved_and_rejected_is_there_after_a_restart_and_undone_in_order(
    desk: Workspace, open_desk: OpenDesk
) -> None:
    key, control = Qt.Key, Qt.KeyboardModifier.ControlModifier
    folder, clip = desk.session.require_project().folder, desk.session.current.clip.id

    def proposed(of: Workspace) -> list[tuple[int, int]]:
        return [(bout.start, bout.stop) for bout in of.proposing.undecided]

    press(key.Key_Return)  # accept 0 to 40
    press(key.Key_Right, key.Key_Right, key.Key_F9)  # the next begins at 42
    press(key.Key_Tab, key.Key_Backspace)  # reject 80 to 120
    left = [(40, 42), (42, 80), (120, 160), (160, 200), (200, 240)]  # the one before grew by what it left
    assert proposed(desk) == left
    ghost = desk.timeline.model.lanes[-1].ghost
    assert (ghost.codes[41], ghost.codes[42], set(ghost.codes[80:120])) == (1, 2, {UNLABELED})
    assert desk.timeline.model.lanes[0].codes[41] == 2  # the row of the model is what it says
    assert decided(desk) == [(0, 40, 1, "accepted")]  # nothing else became a label
    assert desk.proposing.text_at(90).startswith("rejected: groom (mice@")
    desk.session.set_project(None)

    again = open_desk()
    again.open_project(folder, "Ada")
    again.open_clip(clip)
    QTest.qWait(100)
    assert proposed(again) == left
    press(key.Key_Z, modifiers=control)
    assert proposed(again) == sorted([*left, (80, 120)])
    assert again.session.playhead == 80
    press(key.Key_Z, modifiers=control)
    assert proposed(again)[0] == (40, 80)
    assert again.timeline.model.lanes[-1].ghost.codes[41] == 2
    press(key.Key_Z, modifiers=control)
    assert (decided(again), proposed(again)[0]) == ([], (0, 40))
    for _ in range(3):
        press(key.Key_Y, modifiers=control)
    assert proposed(again) == left
    again.session.seek(45)
    press(key.Key_Return)
    assert decided(again)[-1] == (42, 80, 2, "edited")


def test_another_clip_takes_the_place_of_one_with_proposals(desk: Workspace) -> None:
    project: Project = desk.session.require_project()
    clip = desk.session.current.clip
    [other] = project.add_clips([Stretch(clip.video, 2 * FRAMES, 2 * FRAMES + 90)])
    panel = desk.dock.proposals
    assert panel.isVisible()
    desk.open_clip(other.id)
    assert desk.session.current.clip.id == other.id
    assert all(lane.ghost is None and not lane.hatched for lane in desk.timeline.model.lanes)
    assert not panel.accept_sure.isVisible()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Tab)
    assert decided(desk) == []
    desk.open_clip(clip.id)
    assert desk.timeline.model.lanes[0].title == "Model  mice"
    assert "6 undecided" in panel.text.text()
    press(Qt.Key.Key_Return)
    assert decided(desk) == [(0, 40, 1, "accepted")]
    say(project, other.id, truth(90, 30))
    desk.open_clip(other.id)  # it is offered there what the model says by now
    assert [(bout.start, bout.stop) for bout in desk.proposing.undecided] == [(0, 30), (30, 60), (60, 90)]
    press(Qt.Key.Key_Return)
    assert decided(desk)[0][:3] == (0, 30, 1)


def test_holding_a_key_paints_and_does_not_answer(desk: Workspace) -> None:
    key, widget = Qt.Key, focused_widget()
    desk.session.seek(10)
    QTest.keyPress(widget, key.Key_R)
    QTest.qWait(300)
    for _ in range(5):
        desk.session.advance(desk.session.playhead + 1)
    QTest.keyRelease(widget, key.Key_R)
    assert decided(desk) == [(10, 15, 2, "typed")]


def test_sure_ones_are_asked_about_and_undone_at_once(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from napari_ethoprofile.widgets.proposals import AcceptSureDialog

    def say_yes(dialog: AcceptSureDialog) -> int:
        dialog.threshold.setValue(0.5)
        assert "6 of 6 proposed bouts, 9.6 s" in dialog.count.text()
        dialog.accept()
        return 1

    monkeypatch.setattr(AcceptSureDialog, "exec", say_yes)
    press(Qt.Key.Key_Return, modifiers=Qt.KeyboardModifier.AltModifier)
    assert desk.session.track == truth(FRAMES, 40)
    press(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert desk.session.track == LabelTrack.blank(FRAMES)


def test_in_a_blind_pass_nothing_is_shown_and_the_keys_are_as_ever(desk: Workspace) -> None:
    project: Project = desk.session.require_project()
    clip = desk.session.current.clip.id
    desk.session.close_pass()
    desk.session.open_pass(project.start_pass(clip, "Ada", "blind").id)
    QTest.qWait(50)
    assert all(lane.ghost is None and not lane.hatched for lane in desk.timeline.model.lanes)
    press(Qt.Key.Key_Return)
    assert decided(desk) == []
