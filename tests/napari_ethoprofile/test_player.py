"""The player against a clock that only the test moves."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_ethoprofile.player import SPEEDS, Player, PlayMode


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Screen:
    """Shows frames, each of which takes `cost` seconds."""

    def __init__(self, clock, cost=0.0):
        self.clock, self.cost, self.frames = clock, cost, []

    def __call__(self, frame):
        self.clock.now += self.cost
        self.frames.append(frame)


class Rig:
    """A player whose clock and screen the test holds, with a log of what it emits."""

    def __init__(self, frames=100, fps=25.0, cost=0.0):
        self.clock = Clock()
        self.screen = Screen(self.clock, cost)
        self.player = Player(self.screen, clock=self.clock)
        self.player.set_clip(frames, fps)
        self.log = []
        self.player.advanced.connect(lambda previous, frame: self.log.append(("advanced", previous, frame)))
        self.player.jumped.connect(lambda previous, frame: self.log.append(("jumped", previous, frame)))
        self.player.state_changed.connect(lambda playing: self.log.append(("playing", playing)))
        self.player.ended.connect(lambda: self.log.append(("ended",)))

    def run(self, seconds, step=0.001):
        """Let time pass as a timer with millisecond steps would."""
        end = self.clock.now + seconds
        while self.clock.now < end and self.player.playing:
            self.clock.now += step
            self.player.tick()

    def moves(self):
        return [entry for entry in self.log if entry[0] in ("advanced", "jumped")]


@pytest.fixture
def rig(qapp):
    return Rig()


def test_every_frame_is_shown_at_the_pace_of_the_recording(rig):
    rig.player.play()
    rig.run(2.0)
    assert rig.screen.frames == list(range(1, 51))
    assert rig.player.late_frames == 0
    assert rig.player.skipped_frames == 0
    assert rig.moves() == [("advanced", frame - 1, frame) for frame in range(1, 51)]


def test_frame_requested_comes_before_the_frame_is_shown(rig):
    order = []
    rig.player.frame_requested.connect(
        lambda frame, previous: order.append((frame, previous, len(rig.screen.frames)))
    )
    rig.player.play()
    rig.run(0.1)
    assert order == [(1, 0, 0), (2, 1, 1)]


def test_every_frame_mode_slows_down_where_decoding_is_late(qapp):
    rig = Rig(cost=0.1)  # two and a half periods
    rig.player.play()
    rig.run(1.0)
    assert rig.screen.frames == list(range(1, len(rig.screen.frames) + 1))
    assert len(rig.screen.frames) < 12
    assert rig.player.late_frames == rig.player.shown_frames
    assert rig.player.skipped_frames == 0


def test_every_frame_mode_does_not_rush_after_one_slow_frame(qapp):
    rig = Rig()
    rig.player.play()
    rig.run(0.2)
    rig.screen.cost = 1.0
    rig.run(0.04)
    rig.screen.cost = 0.0
    shown = len(rig.screen.frames)
    rig.run(1.0)
    assert len(rig.screen.frames) - shown <= 27
    assert rig.player.late_frames == 1


def test_real_time_keeps_pace_and_reports_what_it_passes_over(qapp):
    rig = Rig(frames=1000, cost=0.1)
    rig.player.set_mode(PlayMode.REAL_TIME)
    rig.player.play()
    start = rig.clock.now
    rig.run(4.0)
    elapsed = rig.clock.now - start
    assert rig.player.frame == pytest.approx(elapsed * 25, abs=4)
    assert rig.player.skipped_frames == rig.player.frame - rig.player.shown_frames
    moves = rig.moves()
    assert all(a[2] == b[1] for a, b in pairwise(moves))
    assert moves[0][1] == 0


def test_real_time_at_high_speed_shows_no_more_than_a_screen_can(qapp):
    rig = Rig(frames=10_000)
    rig.player.set_mode(PlayMode.REAL_TIME)
    rig.player.set_speed(16)
    rig.player.play()
    rig.run(2.0)
    assert rig.player.frame == pytest.approx(2 * 25 * 16, abs=10)
    assert rig.player.shown_frames <= 121
    assert rig.player.late_frames == 0


def test_reverse_goes_to_the_first_frame_and_ends_there(rig):
    rig.player.seek(5)
    rig.player.set_reverse(True)
    rig.player.play()
    rig.run(1.0)
    assert rig.screen.frames == [4, 3, 2, 1, 0]
    assert rig.log[-2:] == [("playing", False), ("ended",)]


def test_the_last_frame_is_shown_and_play_ends_there(qapp):
    rig = Rig(frames=10, cost=0.1)
    rig.player.set_mode(PlayMode.REAL_TIME)
    rig.player.set_speed(4)
    rig.player.play()
    rig.run(2.0)
    assert rig.screen.frames[-1] == 9
    assert rig.log[-1] == ("ended",)
    assert not rig.player.playing


def test_play_at_the_end_only_says_that_it_ended(rig):
    rig.player.seek(99)
    rig.player.play()
    assert rig.log == [("ended",)]


def test_a_loop_begins_anew_with_a_jump_and_shows_its_last_frame(rig):
    rig.player.set_loop(10, 13, margin=1)
    assert rig.player.loop == (9, 14)
    rig.player.seek(9)
    rig.player.play()
    rig.run(0.42)
    assert rig.screen.frames == [10, 11, 12, 13, 9, 10, 11, 12, 13, 9]
    assert [entry for entry in rig.log if entry[0] == "jumped"] == [("jumped", 13, 9)] * 2


def test_a_loop_backward_begins_anew_at_its_end(rig):
    rig.player.set_loop(10, 13)
    rig.player.set_reverse(True)
    rig.player.seek(11)
    rig.player.play()
    rig.run(0.18)
    assert rig.screen.frames == [10, 12, 11, 10]


def test_a_loop_is_entered_by_a_jump_from_outside(rig):
    rig.player.set_loop(50, 60)
    rig.player.play()
    rig.run(0.05)
    assert rig.moves() == [("jumped", 0, 50)]


def test_the_margin_of_a_loop_ends_with_the_clip(rig):
    rig.player.set_loop(0, 100, margin=12)
    assert rig.player.loop == (0, 100)
    with pytest.raises(ValueError, match="nothing to loop"):
        rig.player.set_loop(300, 310)


def test_a_slow_speed_stretches_the_period(rig):
    rig.player.set_speed(1 / 8)
    rig.player.play()
    rig.run(1.0)
    assert rig.screen.frames == [1, 2, 3]


def test_faster_and_slower_go_through_the_speeds_and_stay_at_their_ends(rig):
    speeds = []
    rig.player.speed_changed.connect(speeds.append)
    for _ in range(6):
        rig.player.faster()
    for _ in range(9):
        rig.player.slower()
    assert tuple(speeds[:4]) == SPEEDS[4:]
    assert tuple(reversed(speeds[3:])) == SPEEDS
    with pytest.raises(ValueError, match="above 0"):
        rig.player.set_speed(0)


def test_a_pause_during_show_ends_the_ticking(rig):
    rig.player.advanced.connect(lambda _previous, frame: frame == 3 and rig.player.pause())
    rig.player.play()
    rig.run(1.0)
    assert rig.screen.frames == [1, 2, 3]
    assert rig.log[-1] == ("playing", False)


def test_a_seek_during_play_goes_on_from_there(rig):
    rig.player.play()
    rig.run(0.1)
    rig.player.seek(60)
    rig.run(0.1)
    assert rig.screen.frames == [1, 2, 61, 62]


def test_show_may_send_the_playhead_elsewhere_and_nothing_is_reported_as_passed_over(qapp):
    rig = Rig()
    clamp = rig.screen

    def show(frame):
        clamp(frame)
        if frame > 2:
            rig.player.seek(2)

    rig.player._show = show
    rig.player.play()
    rig.run(0.2)
    assert rig.moves() == [("advanced", 0, 1), ("advanced", 1, 2)]
    assert rig.player.frame == 2


def test_play_stops_when_a_frame_cannot_be_shown(rig):
    def broken(_frame):
        raise OSError("the recording is gone")

    rig.player._show = broken
    rig.player.play()
    with pytest.raises(OSError, match="gone"):
        rig.run(0.1)
    assert not rig.player.playing
    assert rig.player.frame == 0
    assert rig.moves() == []


def test_play_goes_on_as_the_confirmed_prefix_grows(rig):
    rig.player.set_frames(3)
    rig.player.play()
    rig.run(1.0)
    assert rig.player.frame == 2
    rig.player.set_frames(6)
    rig.player.play()
    rig.run(1.0)
    assert rig.player.frame == 5


def test_play_beyond_a_shorter_clip_ends_without_a_frame(rig):
    rig.player.seek(50)
    rig.player.play()
    rig.player.set_frames(20)
    rig.run(0.1)
    assert rig.screen.frames == []
    assert rig.log[-1] == ("ended",)


def test_toggle_and_no_clip(rig):
    rig.player.toggle()
    assert rig.player.playing
    rig.player.toggle()
    assert not rig.player.playing
    rig.player.set_clip(0, 25.0)
    rig.player.toggle()
    assert not rig.player.playing


def test_the_timer_plays_without_help(qtbot):
    shown = []
    player = Player(shown.append)
    player.set_clip(20, 200.0)
    with qtbot.waitSignal(player.ended, timeout=10_000):
        player.play()
    assert shown == list(range(1, 20))


@settings(deadline=None, max_examples=60)
@given(
    frames=st.integers(2, 100),
    fps=st.sampled_from([5.0, 25.0, 29.97, 120.0]),
    speed=st.sampled_from(SPEEDS),
    reverse=st.booleans(),
    mode=st.sampled_from(list(PlayMode)),
    costs=st.lists(st.floats(0, 8), min_size=1, max_size=8),
    gaps=st.lists(st.floats(0.2, 8), min_size=1, max_size=8),
)
def test_whatever_the_delays_the_steps_form_one_chain_over_every_frame(
    qapp, frames, fps, speed, reverse, mode, costs, gaps
):
    rig = Rig(frames, fps)
    rig.player.set_mode(mode)
    rig.player.set_speed(speed)
    rig.player.set_reverse(reverse)
    rig.player.seek(frames - 1 if reverse else 0)
    rig.player.play()
    for number in range(10_000):
        if not rig.player.playing:
            break
        rig.screen.cost = costs[number % len(costs)] * rig.player.period
        rig.clock.now += gaps[number % len(gaps)] * rig.player.period
        rig.player.tick()
    moves = rig.moves()
    first, last = (frames - 1, 0) if reverse else (0, frames - 1)
    assert moves[0][1] == first
    assert moves[-1][2] == last
    assert all(a[2] == b[1] for a, b in pairwise(moves))
    assert all((b - a) * (-1 if reverse else 1) > 0 for _kind, a, b in moves)
    assert rig.player.shown_frames + rig.player.skipped_frames == frames - 1
    if mode is PlayMode.EVERY_FRAME:
        assert rig.player.skipped_frames == 0
