"""What the keyboard of a window remembers between keys; no window is needed for that."""

from quiet_desk import Desk

from napari_ethoprofile.keyboard import Keyboard


def test_a_selection_gets_the_chosen_behavior_whatever_was_cleared_before(quiet_desk: Desk) -> None:
    keyboard = Keyboard(quiet_desk.session, quiet_desk.scoring, quiet_desk.commands, quiet_desk.player)
    quiet_desk.scoring.set_mode("select")
    keyboard.tap(3)
    for frame, command in ((10, "select_or_clear"), (20, "select_or_none"), (30, "select_or_label")):
        quiet_desk.session.seek(frame)
        quiet_desk.run("cancel", command)
        quiet_desk.session.advance(frame + 4)
        quiet_desk.run(command)
    assert quiet_desk.bouts == [(20, 25, 0), (30, 35, 3)]


def test_the_timeline_is_told_once_a_key_has_done_its_work(quiet_desk: Desk) -> None:
    keyboard = Keyboard(quiet_desk.session, quiet_desk.scoring, quiet_desk.commands, quiet_desk.player)
    labels_then = []
    keyboard.scored.connect(lambda: labels_then.append([b.label for b in quiet_desk.scoring.open_bouts]))
    keyboard._on_pressed(3, False, 0.0)
    keyboard._on_pressed(3, False, 100.0)
    assert labels_then == [[3], []]
