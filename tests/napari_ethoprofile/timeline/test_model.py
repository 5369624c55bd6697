"""The evented state of the timeline."""

from datetime import datetime

import numpy as np
import pytest
from napari_ethoprofile.annotation.ethogram import make_ethogram, preset
from napari_ethoprofile.annotation.tracks import Bout, LabelTrack

from napari_ethoprofile.keys import KeyMap
from napari_ethoprofile.timeline.lanes import Lane, Marker, OpenBout, Phase, key_caps, provenance_from_runs
from napari_ethoprofile.timeline.model import TimelineModel


@pytest.fixture
def model():
    model = TimelineModel(1000, 25.0)
    track = LabelTrack.blank(1000, 2)
    model.set_lanes([Lane("Ada", track, group, editable=True) for group in range(2)])
    return model


def heard(signal):
    log = []
    signal.connect(lambda *values: log.append(values if len(values) > 1 else values[0] if values else None))
    return log


def test_a_changed_label_names_its_lane_and_frames(model):
    log = heard(model.labels_changed)
    model.labels_written(model.lanes[0].track, 1, 10, 20)
    assert log == [(1, 10, 20)]
    model.labels_written(LabelTrack.blank(1000), 0, 10, 20)
    assert log == [(1, 10, 20)]


def test_a_lane_shows_the_track_itself(model):
    lane = model.lanes[0]
    lane.track.fill(3, 5, 7)
    assert lane.codes[3:5].tolist() == [7, 7]


def test_a_lane_of_another_length_is_refused(model):
    with pytest.raises(ValueError, match="'x' has 5 frames, the clip 1000"):
        model.set_lanes([Lane("x", LabelTrack.blank(5))])


def test_the_playhead_stays_on_the_clip_and_tells_where_it_was(model):
    log = heard(model.playhead_changed)
    model.playhead = 10
    model.playhead = 5000
    model.playhead = 5000
    assert log == [(10, 0), (999, 10)]


def test_the_window_turns_a_page_when_the_playhead_leaves_it(model):
    model.set_window(0, 100)
    model.playhead = 99
    assert model.window.first == 0
    model.playhead = 100
    assert model.window.first == pytest.approx(90)
    assert model.window.span == pytest.approx(100)


def test_a_playhead_that_was_out_of_sight_is_followed_only_on_request(model):
    model.set_window(500, 600)
    model.playhead = 10
    assert model.window.first == 500
    model.set_playhead(20, reveal=True)
    assert model.window.first <= 20 < model.window.last


def test_revealing_the_same_frame_moves_only_the_window(model):
    model.playhead = 20
    model.set_window(500, 600)
    model.set_playhead(20, reveal=True)
    assert model.window.first <= 20 < model.window.last


def test_following_in_the_middle_and_not_at_all(model):
    model.set_window(0, 100)
    model.follow = "center"
    model.playhead = 80
    assert (model.window.first + model.window.last) / 2 == pytest.approx(80.5)
    model.follow = "off"
    model.playhead = 900
    assert model.window.last < 200
    log = heard(model.follow_changed)
    model.follow = "page"
    assert log == ["page"]
    assert model.window.first <= 900 < model.window.last
    with pytest.raises(ValueError, match="follow is one of off, page, center"):
        model.follow = "sometimes"


def test_zoom_is_around_the_playhead_when_it_is_visible(model):
    model.playhead = 500
    model.zoom(10)
    assert model.window.x_of(500, 1000) == pytest.approx(500)
    model.fit()
    assert (model.window.first, model.window.last) == (0, 1000)


def test_the_window_tells_only_when_it_moved(model):
    log = heard(model.window_changed)
    model.fit()
    model.pan(10)
    assert log == []
    model.set_window(100, 200)
    model.pan(10)
    assert log == [(100, 200), (110, 210)]


@pytest.mark.parametrize(
    ("asked", "kept"), [((20, 10), (10, 20)), ((-5, 5000), (0, 1000)), ((7, 7), None), (None, None)]
)
def test_a_selection_is_ordered_and_lies_on_the_clip(model, asked, kept):
    model.selection = (1, 2)
    log = heard(model.selection_changed)
    model.selection = asked
    model.selection = asked
    assert model.selection == kept
    assert log == [kept]


def test_an_open_bout_tells_the_frames_that_look_different(model):
    log = heard(model.open_bout_changed)
    model.set_open_bout(1, 10, 20, 3)
    model.set_open_bout(1, 10, 25, 3)
    model.set_open_bout(1, 10, 25, 3)
    model.set_open_bout(1, 8, 12, 3)
    assert model.open_bouts == {1: OpenBout(8, 12, 3)}
    model.clear_open_bout(1)
    model.clear_open_bout(1)
    assert log == [(1, 10, 20), (1, 10, 25), (1, 8, 25), (1, 8, 12)]
    assert model.open_bouts == {}


def test_an_open_bout_is_what_the_lane_shows(model):
    model.set_open_bout(0, 10, 20, 3)
    assert model.bout_at(model.lanes[0], 15) == Bout(10, 20, 3)
    assert model.bout_at(model.lanes[0], 25).label == -1
    assert model.bout_at(model.lanes[1], 15).label == -1


def test_seen_frames_add_up_and_known_ones_are_not_told_again(model):
    log = heard(model.seen_changed)
    model.set_seen([(0, 10), (20, 30)])
    model.mark_seen(9, 12)
    model.mark_seen(9, 12)
    assert log == [(0, 1000), (9, 12)]
    assert np.flatnonzero(model.seen).tolist() == [*range(12), *range(20, 30)]


def test_another_clip_takes_everything_of_the_former_one_away(model):
    model.playhead, model.selection = 500, (1, 2)
    model.set_open_bout(0, 1, 2, 3)
    model.set_markers([Marker(1, 2)])
    model.set_phases([Phase(0, 10, dark=True)])
    log = heard(model.clip_changed)
    model.set_clip(50, 30.0)
    assert log == [None]
    assert (model.playhead, model.selection, model.lanes, model.markers, model.phases) == (
        0,
        None,
        (),
        (),
        (),
    )
    assert model.open_bouts == {}
    assert model.window.last == 50
    assert model.seen.size == 50


def test_names_and_colors_come_from_the_ethogram(model):
    ethogram = preset("home-cage")
    model.use_ethogram(ethogram)
    assert model.style(2).name == ethogram.by_id(2).name
    assert model.style(2).color == ethogram.by_id(2).color
    assert [model.style(code).name for code in (-1, 0, 99)] == ["unlabeled", "none", "behavior 99"]


def test_time_of_day_and_phase():
    model = TimelineModel()
    model.set_clip(100, 25.0, start_of_clip=250, recorded_at=datetime(2025, 1, 1, 18, 59, 50))
    model.set_phases([Phase(0, 50, dark=False), Phase(50, 100, dark=True)])
    assert model.time_of_day(25) == datetime(2025, 1, 1, 19, 0, 1)
    assert [model.phase_at(frame) for frame in (0, 49, 50, 99, 100)] == ["light", "light", "dark", "dark", ""]
    assert TimelineModel(10).time_of_day(0) is None


def test_times_of_an_uneven_recording_are_used():
    model = TimelineModel()
    times = 100.0 + np.array([0.0, 0.1, 0.5, 0.6])
    model.set_clip(4, 25.0, start_of_clip=999, recorded_at=datetime(2025, 1, 1), times=times)
    assert model.seconds_at(2) == pytest.approx(0.5)
    assert model.frame_at_seconds(0.55) == pytest.approx(2.5)
    assert model.time_of_day(0) == datetime(2025, 1, 1, 0, 1, 40)


def test_provenance_from_runs():
    text_at = provenance_from_runs([(0, 10, "typed"), (20, 30, "imported")])
    assert [text_at(frame) for frame in (0, 9, 10, 20, 29, 30)] == [
        "typed",
        "typed",
        "",
        "imported",
        "imported",
        "",
    ]
    assert provenance_from_runs([])(0) == ""


def test_key_caps_name_every_behavior_of_a_group_once():
    ethogram = preset("home-cage")
    caps = key_caps(ethogram, 0, KeyMap().label_keys(ethogram))
    assert [code for _key, code in caps] == [1, 2, 3, 4, 5, 6, 7, 8, 0]
    assert all(len(key) == 1 for key, _code in caps)


def test_a_group_of_one_behavior_shows_all_its_keys():
    ethogram = make_ethogram(["eat", "rest"], exclusive=False)
    assert key_caps(ethogram, 1, KeyMap().label_keys(ethogram)) == (("2", 2), ("r", 2), ("0", 0))


def test_key_caps_follow_the_preset_of_keys():
    ethogram = preset("home-cage")
    caps = key_caps(ethogram, 0, KeyMap("deepethoprofile").label_keys(ethogram))
    assert caps == (*((str(n - 1), n) for n in range(1, 9)), ("8", 0))
