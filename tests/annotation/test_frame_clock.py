"""Seconds of frames, at even and at uneven rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.frame_clock import FrameClock

UNEVEN = np.array([0.0, 0.04, 0.05, 0.2, 0.24])


def test_an_even_rate_counts_although_stamps_are_rounded() -> None:
    rounded = np.round(np.arange(5000) / 30, 3)
    clock = FrameClock.of(30.0, rounded)
    assert clock.times is None
    assert clock.seconds(100) == pytest.approx(100 / 30)
    assert clock.within(0, 10) is None


def test_uneven_times_come_from_the_index_and_the_end_follows_the_last_step() -> None:
    clock = FrameClock.of(25.0, UNEVEN)
    assert [clock.seconds(frame) for frame in (0, 3, 5)] == pytest.approx([0.0, 0.2, 0.28])
    within = clock.within(2, 4)
    assert within is not None
    assert within == pytest.approx([0.0, 0.15, 0.19])
    assert clock.within(3, 5) == pytest.approx([0.0, 0.04, 0.08])


def test_without_rate_and_times_nothing_is_known() -> None:
    assert FrameClock.of(None, None).seconds(3) is None
    assert FrameClock.of(None, None).frame(3.0) is None


@given(st.lists(st.integers(1, 500), min_size=2, max_size=50), st.data())
def test_the_frame_of_a_frames_own_time_is_that_frame(steps: list[int], data: st.DataObject) -> None:
    times = np.concatenate([[0], np.cumsum(steps)]) / 1000
    clock = FrameClock.of(25.0, times)
    frame = data.draw(st.integers(0, times.size))
    seconds = clock.seconds(frame)
    assert seconds is not None
    assert clock.frame(seconds) == frame
