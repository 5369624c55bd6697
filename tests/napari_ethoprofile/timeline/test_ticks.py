"""What the ruler says."""

from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_ethoprofile.timeline.model import TimelineModel
from napari_ethoprofile.timeline.ticks import clip_time, ruler_ticks


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00.00"),
        (49.36, "00:49.36"),
        (59.999, "01:00.00"),
        (3599.996, "1:00:00.00"),
        (7384.5, "2:03:04.50"),
    ],
)
def test_clip_time(seconds, text):
    assert clip_time(seconds) == text


def test_clip_time_without_hundredths():
    assert clip_time(75, hundredths=False) == "01:15"


@given(
    st.integers(1, 540_000),
    st.sampled_from([5.0, 25.0, 29.97, 30.0, 120.0]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(200, 4000),
)
def test_labels_stand_apart_and_tell_their_place(frames, fps, one, other, width):
    model = TimelineModel(frames, fps)
    model.set_window(min(one, other) * frames, max(one, other) * frames)
    ticks = ruler_ticks(model, width, 120)
    labels = [tick for tick in ticks if tick.major]
    places = [model.window.x_of(tick.frame, width) for tick in labels]
    assert all(b - a >= 119.9 for a, b in pairwise(places))
    assert len(ticks) <= width / 3 + 20
    for tick in labels:
        assert tick.number == str(int(tick.frame + 1e-6))
        assert tick.time == clip_time(model.seconds_at(tick.frame), hundredths="." in tick.time)


@given(st.integers(2000, 540_000), st.floats(8, 2000), st.floats(0, 1))
def test_some_label_is_in_view_on_a_usual_screen(frames, span, share):
    model = TimelineModel(frames, 25.0)
    model.set_window(share * (frames - span), share * (frames - span) + span)
    labels = [tick for tick in ruler_ticks(model, 1200, 120) if tick.major]
    assert any(model.window.first <= tick.frame <= model.window.last for tick in labels)


def test_close_up_every_frame_has_a_tick_and_hundredths_are_told():
    model = TimelineModel(7500, 25.0)
    model.set_window(1700, 1720)
    ticks = ruler_ticks(model, 1200, 120)
    assert [tick.frame for tick in ticks] == list(range(1700, 1721))
    assert [(tick.time, tick.number) for tick in ticks if tick.major][1] == ("01:08.08", "1702")


def test_the_time_of_day_counts_from_the_start_of_the_recording():
    model = TimelineModel()
    model.set_clip(7500, 25.0, start_of_clip=36_000, recorded_at=datetime(2025, 3, 1, 12, 6, 49))
    first = next(tick for tick in ruler_ticks(model, 1200, 120) if tick.major)
    assert (first.time, first.day) == ("00:00", "12:30:49")


def test_uneven_frames_have_ticks_where_their_times_are():
    model = TimelineModel()
    times = np.concatenate((np.arange(0, 10, 0.1), np.arange(10, 20, 0.05)))
    model.set_clip(times.size, 15.0, times=times)
    ticks = {tick.time: tick.frame for tick in ruler_ticks(model, 1200, 120) if tick.major}
    assert ticks["00:10"] == pytest.approx(100)
    assert ticks["00:14"] == pytest.approx(180)


def test_no_clip_no_ticks():
    assert ruler_ticks(TimelineModel(), 1000, 100) == []
