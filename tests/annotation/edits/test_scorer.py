"""The bout state machine: its rules one by one."""

import pytest
from napari_ethoprofile.annotation.edits import (
    Canceled,
    Cleared,
    Closed,
    Grown,
    Opened,
    Reason,
    Scorer,
    Selected,
    Step,
    make_scorer,
)
from napari_ethoprofile.annotation.errors import TrackError
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED

EAT, GROOM, LEFT = 1, 2, 3


def test_a_press_opens_a_bout_at_once():
    scorer = Scorer(100)
    assert scorer.press(EAT, 0, 10, 0) == [Opened(0, EAT, 10, 11)]
    assert scorer.previews == [Grown(0, EAT, 10, 11)]


def test_a_tap_leaves_it_open_and_the_second_tap_closes_before_the_shown_frame():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    assert scorer.release(EAT, 11, 90) == [Grown(0, EAT, 10, 12)]
    assert scorer.advance(20) == [Grown(0, EAT, 10, 21)]
    assert scorer.press(EAT, 0, 20, 900) == [Closed(0, EAT, 10, 20)]
    assert scorer.release(EAT, 21, 950) == []


def test_two_taps_on_one_frame_write_nothing():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    assert scorer.press(EAT, 0, 10, 100) == [Canceled(0, EAT, 10, Reason.KEY)]
    assert scorer.previews == []


@pytest.mark.parametrize(
    ("held_ms", "moved", "closes"),
    [(251, 2, True), (250, 2, False), (2000, 1, False), (2000, 0, False), (100, 9, False)],
)
def test_a_hold_closes_when_it_was_long_and_the_playhead_moved(held_ms, moved, closes):
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(10 + moved)
    expected = [Closed(0, EAT, 10, 10 + moved, Reason.RELEASE)] if closes else []
    assert scorer.release(EAT, 10 + moved, held_ms) == expected
    assert bool(scorer.previews) is not closes


def test_repeats_of_a_held_key_are_ignored():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(15)
    assert scorer.press(EAT, 0, 15, 500, repeat=True) == []
    assert scorer.previews == [Grown(0, EAT, 10, 16)]


def test_another_label_of_the_group_takes_over_on_the_same_frame():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(30)
    assert scorer.press(GROOM, 0, 30, 700) == [
        Closed(0, EAT, 10, 30, Reason.SWITCH),
        Opened(0, GROOM, 30, 31),
    ]
    assert scorer.release(EAT, 34, 2000)[-1] == Grown(0, GROOM, 30, 35)


def test_other_groups_run_in_parallel():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    assert scorer.press(LEFT, 1, 12, 100) == [Grown(0, EAT, 10, 13), Opened(1, LEFT, 12, 13)]
    assert scorer.press(EAT, 0, 20, 800)[-1] == Closed(0, EAT, 10, 20)
    assert scorer.previews == [Grown(1, LEFT, 12, 21)]


def test_moving_back_shrinks_to_the_anchor_and_no_further():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(40)
    assert scorer.advance(15) == [Grown(0, EAT, 10, 16)]
    assert scorer.advance(5) == [Grown(0, EAT, 10, 11)]
    assert scorer.advance(2) == []
    assert scorer.press(EAT, 0, 2, 900) == [Canceled(0, EAT, 10, Reason.KEY)]


def test_a_jump_closes_with_the_last_shown_frame():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(20)
    assert scorer.seek(20) == []  # no jump
    assert scorer.seek(70) == [Closed(0, EAT, 10, 21, Reason.SEEK)]
    assert scorer.frame == 70
    assert "because you jumped" in Reason.SEEK.sentence


def test_focus_loss_closes_every_group():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.press(LEFT, 1, 12, 0)
    scorer.advance(20)
    assert scorer.interrupt() == [Closed(0, EAT, 10, 21, Reason.FOCUS), Closed(1, LEFT, 12, 21, Reason.FOCUS)]
    assert scorer.release(EAT, 25, 3000) == []


def test_playing_to_the_end_includes_the_last_frame():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 90, 0)
    assert scorer.advance(99) == [Grown(0, EAT, 90, 100)]
    assert scorer.advance(100) == [Closed(0, EAT, 90, 100, Reason.END)]
    assert scorer.frame == 99


def test_a_hold_released_on_the_last_frame_includes_it():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 90, 0)
    assert scorer.release(EAT, 99, 1000)[-1] == Closed(0, EAT, 90, 100, Reason.RELEASE)


def test_cancel_writes_nothing():
    scorer = Scorer(100)
    scorer.press(EAT, 0, 10, 0)
    scorer.advance(50)
    assert scorer.cancel() == [Canceled(0, EAT, 10)]
    assert scorer.cancel() == []


def test_none_and_unlabeled_paint_like_labels():
    scorer = Scorer(100)
    for label in (NONE, UNLABELED):
        scorer.press(label, 0, 10, 0)
        assert scorer.release(label, 15, 400)[-1] == Closed(0, label, 10, 15, Reason.RELEASE)


def test_a_tap_on_unlabel_clears_the_bout_there():
    scorer = Scorer(100)
    scorer.press(UNLABELED, 0, 10, 0)
    assert scorer.release(UNLABELED, 10, 90) == [Canceled(0, UNLABELED, 10, Reason.RELEASE), Cleared(0, 10)]
    scorer.press(UNLABELED, 0, 10, 1000)
    assert scorer.release(UNLABELED, 11, 1400)[-1] == Closed(0, UNLABELED, 10, 11, Reason.RELEASE)


def test_an_earlier_onset_never_swallows_the_bout_before():
    scorer = Scorer(100)
    assert scorer.press(EAT, 0, 10, 0, onset=4) == [Opened(0, EAT, 4, 11)]
    scorer.advance(12)
    assert scorer.press(GROOM, 0, 12, 80, onset=3) == [
        Closed(0, EAT, 4, 5, Reason.SWITCH),
        Opened(0, GROOM, 5, 13),
    ]
    assert Scorer(100).press(EAT, 0, 3, 0, onset=-5) == [Opened(0, EAT, 0, 4)]


def test_a_press_outside_the_clip_is_refused():
    with pytest.raises(TrackError, match="Frame 100 does not lie in a clip of 100 frames"):
        Scorer(100).press(EAT, 0, 100, 0)


def test_label_and_advance():
    scorer = make_scorer("advance", 12)
    assert scorer.press(EAT, 0, 10, 0) == [Closed(0, EAT, 10, 11), Step(1)]
    scorer.advance(11)
    assert scorer.press(EAT, 0, 11, 30, repeat=True) == [Closed(0, EAT, 11, 12)]
    assert scorer.release(EAT, 11, 900) == []


def test_select_then_label():
    scorer = make_scorer("select", 100)
    assert scorer.press(GROOM, 0, 30, 0) == [Selected(30, 31)]
    assert scorer.advance(20) == [Selected(20, 31)]
    assert scorer.seek(50) == [Selected(30, 51)]
    assert scorer.interrupt() == []
    assert scorer.press(EAT, 0, 50, 9) == [Closed(0, EAT, 30, 51), Selected(50, 50)]
    scorer.press(EAT, 0, 60, 10)
    assert scorer.cancel() == [Selected(60, 60)]
    assert scorer.cancel() == []
