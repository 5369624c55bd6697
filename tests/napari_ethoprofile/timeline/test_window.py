"""Laws of the visible part of a clip."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from napari_ethoprofile.timeline.window import MIN_SPAN, Window


@st.composite
def windows(draw):
    frames = draw(st.integers(1, 540_000))
    first = draw(st.floats(0, frames, allow_nan=False))
    last = draw(st.floats(0, frames, allow_nan=False))
    return Window(frames).showing(min(first, last), max(first, last))


widths = st.integers(50, 8000)


def lies_on_the_clip(window):
    slack = 1e-6 * max(1, window.frames)
    return -slack <= window.first <= window.last <= window.frames + slack


@given(windows(), widths, st.data())
def test_the_pixel_of_a_frame_shows_that_frame(window, width, data):
    low, high = math.ceil(window.first), math.floor(window.last) - 1
    assume(low <= high)
    frame = data.draw(st.integers(low, high))
    middle = window.x_of(frame + 0.5, width)
    assert 0 <= middle <= width
    assert window.frame_at(middle, width) == frame


@given(windows(), widths, st.floats(0, 1))
def test_pixel_and_position_are_inverse(window, width, share):
    x = share * width
    assert window.x_of(window.position_at(x, width), width) == pytest.approx(x, abs=1e-3)


@given(windows(), widths, st.floats(-2, 3), st.floats(-2, 3))
def test_further_right_is_never_earlier(window, width, one, other):
    left, right = sorted((one * width, other * width))
    assert window.frame_at(left, width) <= window.frame_at(right, width)
    assert 0 <= window.frame_at(left, width) <= window.frames - 1


@given(windows(), st.floats(0.01, 100), st.floats(0, 1), widths)
def test_zoom_keeps_the_frame_under_the_mouse(window, factor, share, width):
    at = window.first + share * window.span
    zoomed = window.zoomed(factor, at)
    assert lies_on_the_clip(zoomed)
    touches_an_end = zoomed.first <= 0 or zoomed.last >= zoomed.frames - 1e-9
    if not touches_an_end:
        assert zoomed.x_of(at, width) == pytest.approx(window.x_of(at, width), abs=0.01)


@given(windows(), st.floats(1, 100))
def test_zoom_in_and_out_again_gives_the_same_window(window, factor):
    middle = (window.first + window.last) / 2
    inner = window.zoomed(factor, middle)
    assume(inner.span > min(MIN_SPAN, window.frames) * 1.001)
    outer = inner.zoomed(factor, middle) if factor < 1 else inner.zoomed(1 / factor, middle)
    assert outer.first == pytest.approx(window.first, abs=1e-3)
    assert outer.last == pytest.approx(window.last, abs=1e-3)


@given(windows(), st.floats(-1e6, 1e6))
def test_moving_keeps_the_span_and_stays_on_the_clip(window, frames):
    moved = window.moved(frames)
    assert moved.span == pytest.approx(window.span)
    assert lies_on_the_clip(moved)


@given(windows(), st.data())
def test_revealing_shows_the_frame_and_moves_no_more_than_it_must(window, data):
    frame = data.draw(st.integers(0, window.frames - 1))
    revealed = window.revealing(frame)
    assert lies_on_the_clip(revealed)
    assert revealed.first <= frame + 1e-6
    assert frame + 1 <= revealed.last + 1e-6
    if window.first <= frame and frame + 1 <= window.last:
        assert revealed == window


@given(windows(), st.floats(-10, 1e6), st.floats(-10, 1e6))
def test_no_window_is_narrower_than_the_closest_zoom(window, first, last):
    shown = window.showing(min(first, last), max(first, last))
    assert lies_on_the_clip(shown)
    assert shown.span >= min(MIN_SPAN, window.frames) - 1e-6


def test_an_empty_clip_has_an_empty_window():
    window = Window(0)
    assert window.span == 0
    assert window.x_of(5, 100) == 0
    assert window.frame_at(50, 100) == 0
    assert window.zoomed(2, 0) == window.moved(10) == window
