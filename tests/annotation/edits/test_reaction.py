"""Reaction-time compensation: fixed, or learned from moved boundaries."""

import pytest
from napari_ethoprofile.annotation.edits import Edit, ReactionTime, learned_frames, played_reason
from napari_ethoprofile.annotation.edits.reaction import moved_onsets
from napari_ethoprofile.annotation.tracks import LabelTrack


def test_it_is_off_unless_asked_for():
    assert ReactionTime().shift(25, 1, playing=True) == 0


def test_a_fixed_time_follows_the_speed_of_play():
    reaction = ReactionTime("fixed", ms=200)
    assert [reaction.shift(25, speed, playing=True) for speed in (0.5, 1, 2)] == [2, 5, 10]


def test_still_frames_and_backward_play_are_never_compensated():
    reaction = ReactionTime("learned", frames=6)
    assert reaction.shift(25, 1, playing=True) == 6
    assert reaction.shift(25, 1, playing=False) == 0
    assert reaction.shift(25, -1, playing=True) == 0


def test_labels_are_never_put_forward():
    assert ReactionTime("learned", frames=-3).shift(25, 1, playing=True) == 0


class Journal:
    """A track and the edits made on it."""

    def __init__(self) -> None:
        self.track, self.edits = LabelTrack.blank(10_000), []

    def add(self, edit: Edit) -> None:
        edit.apply(self.track)
        self.edits.append(edit)

    def typed(self, start, stop, label=1, speed=1.0, shift=0, reason=None) -> None:
        why = played_reason(speed, shift) if reason is None else reason
        self.add(Edit.paint(self.track, start, stop, label, reason=why))

    def moved(self, frame, to) -> None:
        self.add(Edit.move_boundary(self.track, frame, to, reason="nudged"))


def test_a_boundary_moved_in_steps_counts_once():
    journal = Journal()
    journal.typed(100, 200)
    journal.moved(100, 97)
    journal.moved(97, 96)
    journal.moved(96, 95)
    journal.moved(95, 96)
    assert moved_onsets(journal.edits) == [4]


def test_ends_and_unmoved_onsets_say_nothing():
    journal = Journal()
    journal.typed(100, 200)
    journal.moved(200, 190)
    assert moved_onsets(journal.edits) == []


def test_bouts_typed_on_still_frames_say_nothing():
    journal = Journal()
    journal.typed(100, 200, reason="")
    journal.moved(100, 90)
    assert moved_onsets(journal.edits) == []


def test_what_was_taken_off_already_and_the_speed_are_counted_in():
    journal = Journal()
    journal.typed(100, 200, speed=2.0, shift=10)
    journal.moved(100, 102)  # two too many
    journal.typed(500, 600, speed=0.5, shift=1)
    journal.moved(500, 498)
    assert moved_onsets(journal.edits) == [4, 6]


def test_contiguous_bouts_share_the_boundary_of_the_second():
    journal = Journal()
    journal.typed(100, 200, label=1)
    journal.typed(200, 300, label=2)
    journal.moved(200, 195)
    assert moved_onsets(journal.edits) == [5]


def test_bouts_painted_over_say_nothing():
    journal = Journal()
    journal.typed(100, 200)
    journal.moved(100, 95)
    journal.typed(50, 150, label=2)
    assert moved_onsets(journal.edits) == []


@pytest.mark.parametrize(("moved", "expected"), [(19, None), (21, 5)])
def test_learning_needs_enough_samples(moved, expected):
    first, second = Journal(), Journal()
    for number in range(moved):
        journal = first if number % 2 else second
        journal.typed(100 * number + 50, 100 * number + 80)
        journal.moved(100 * number + 50, 100 * number + 50 - (5 if number % 4 else 1 + number))
    assert learned_frames([first.edits, second.edits]) == expected
