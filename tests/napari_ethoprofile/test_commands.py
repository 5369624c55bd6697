"""What commands and behavior keys do to the open pass."""

from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import UNLABELED
from quiet_desk import FRAMES, Desk


def test_tap_and_steps_label_the_frames_between(quiet_desk: Desk) -> None:
    quiet_desk.tap(3)
    quiet_desk.run(*["step_forward_10"] * 3)
    quiet_desk.tap(6)
    quiet_desk.run("step_forward")
    quiet_desk.tap(6)
    assert quiet_desk.bouts == [(0, 30, 3), (30, 31, 6)]


def test_a_held_key_paints_until_it_is_released(quiet_desk: Desk) -> None:
    quiet_desk.scoring.press(2, 0.0)
    quiet_desk.session.advance(40)
    quiet_desk.scoring.release(2, 1000.0)
    assert quiet_desk.bouts == [(0, 40, 2)]


def test_a_hold_ends_where_the_key_came_up_not_where_the_release_was_told(quiet_desk: Desk) -> None:
    quiet_desk.scoring.press(2, 0.0)
    quiet_desk.session.advance(40)
    quiet_desk.session.advance(43)
    quiet_desk.scoring.release(2, 1000.0, frame=40)
    assert quiet_desk.bouts == [(0, 40, 2)]


def test_backspace_tapped_unlabels_the_bout_under_the_playhead(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(10, 20, 1)
    quiet_desk.session.seek(15)
    quiet_desk.tap(UNLABELED)
    assert quiet_desk.bouts == []


def test_a_selected_range_takes_the_next_label(quiet_desk: Desk) -> None:
    quiet_desk.session.select((30, 60))
    quiet_desk.tap(4)
    assert quiet_desk.bouts == [(30, 60, 4)]
    assert quiet_desk.session.selection is None


def test_stepping_past_the_end_labels_the_last_frame_too(quiet_desk: Desk) -> None:
    quiet_desk.session.seek(FRAMES - 3)
    quiet_desk.tap(1)
    quiet_desk.run("step_forward_10")
    assert quiet_desk.bouts == [(FRAMES - 3, FRAMES, 1)]


def test_a_jump_closes_the_open_bout_and_says_so(quiet_desk: Desk) -> None:
    quiet_desk.tap(1)
    quiet_desk.session.advance(9)
    quiet_desk.run("clip_end")
    assert quiet_desk.bouts == [(0, 10, 1)]
    assert "jumped" in quiet_desk.messages[-1]


def test_escape_drops_the_open_bout(quiet_desk: Desk) -> None:
    quiet_desk.tap(1)
    quiet_desk.session.advance(9)
    quiet_desk.run("cancel")
    assert quiet_desk.bouts == []
    assert quiet_desk.scoring.open_bouts == []


def test_undo_and_redo_move_the_playhead_to_the_change(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(50, 60, 1)
    quiet_desk.session.seek(140)
    quiet_desk.run("undo")
    assert (quiet_desk.bouts, quiet_desk.session.playhead) == ([], 50)
    quiet_desk.session.seek(0)
    quiet_desk.run("redo")
    assert (quiet_desk.bouts, quiet_desk.session.playhead) == ([(50, 60, 1)], 50)


def test_boundaries_are_set_and_nudged(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(50, 60, 1)
    quiet_desk.session.seek(45)
    quiet_desk.run("set_start")
    assert quiet_desk.bouts == [(45, 60, 1)]
    quiet_desk.session.seek(70)
    quiet_desk.run("set_end")
    assert quiet_desk.bouts == [(45, 71, 1)]
    quiet_desk.run("nudge_left", "nudge_left", "nudge_right")
    assert quiet_desk.bouts == [(45, 70, 1)]
    quiet_desk.commands.move_boundary(0, 45, 48)
    assert quiet_desk.bouts == [(48, 70, 1)]


def test_replacing_relabels_the_whole_bout(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(50, 60, 1)
    quiet_desk.session.seek(55)
    quiet_desk.scoring.replace(7)
    assert quiet_desk.bouts == [(50, 60, 7)]


def test_jumps_lead_to_boundaries_and_unlabeled_stretches(quiet_desk: Desk) -> None:
    for start, stop, label in ((0, 20, 1), (40, 60, 2), (80, 90, 1)):
        quiet_desk.scoring.label_range(start, stop, label)
    seen = []
    for command in ("next_boundary", "next_boundary", "next_item", "previous_item", "previous_boundary"):
        quiet_desk.run(command)
        seen.append(quiet_desk.session.playhead)
    assert seen == [20, 40, 60, 20, 20]
    assert "nothing more" in quiet_desk.messages[-1]
    quiet_desk.session.seek(5)
    quiet_desk.run("next_same_boundary", "next_same_boundary")
    assert quiet_desk.session.playhead == 20


def test_notes_and_flags_survive_and_can_be_undone(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(10, 20, 3)
    quiet_desk.session.seek(12)
    quiet_desk.answers.note = "grooms its tail"
    quiet_desk.run("note", "uncertain")
    [note] = quiet_desk.session.current.editor.notes
    assert (note.start, note.stop, note.text, note.uncertain) == (10, 20, "grooms its tail", True)
    quiet_desk.run("undo", "undo")
    assert quiet_desk.session.current.editor.notes == ()


def test_looping_plays_the_bout_with_half_a_second_around_it(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(50, 60, 3)
    quiet_desk.session.seek(55)
    quiet_desk.run("loop_bout")
    assert ("play_loop", 38, 72) in quiet_desk.player.asked


def test_submission_asks_first_and_then_serves_the_next_clip(quiet_desk: Desk) -> None:
    quiet_desk.answers.submit = False
    quiet_desk.run("submit")
    assert quiet_desk.answers.asked == [f"{FRAMES} of {FRAMES}"]
    assert quiet_desk.session.current is not None
    quiet_desk.scoring.label_range(0, FRAMES, 7)
    pass_id = quiet_desk.session.current.record.id
    quiet_desk.run("submit")
    project: Project = quiet_desk.session.require_project()
    assert project.get_pass(pass_id).state == "submitted"
    assert quiet_desk.opened_next == [1]
    assert len(list((project.folder / "labels").glob("*.csv"))) == 1


def test_a_submitted_pass_takes_no_keys(quiet_desk: Desk) -> None:
    quiet_desk.scoring.label_range(0, FRAMES, 7)
    pass_id = quiet_desk.session.current.record.id
    quiet_desk.run("submit")
    quiet_desk.session.open_pass(pass_id)
    quiet_desk.tap(1)
    quiet_desk.run("undo", "set_start", "note")
    assert quiet_desk.bouts == [(0, FRAMES, 7)]


def test_what_is_open_is_in_the_journal_while_it_grows(quiet_desk: Desk) -> None:
    quiet_desk.tap(5)
    quiet_desk.session.advance(33)
    quiet_desk.scoring.journal_growth()
    [bout] = quiet_desk.session.current.editor.open_bouts
    assert (bout.start, bout.stop, bout.label) == (0, 34, 5)


def test_every_command_of_the_registry_that_needs_no_window_has_a_handler(quiet_desk: Desk) -> None:
    from napari_ethoprofile.keys import COMMANDS

    selecting = {"select_or_label", "select_or_clear", "select_or_none"}
    of_the_window = {"zoom_in", "zoom_out", "unlabel", "replace_next"} | selecting
    assert {c.id for c in COMMANDS if not c.scope} - set(quiet_desk.commands.handlers) == of_the_window
