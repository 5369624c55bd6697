"""Frame k is the k-th frame of a plain decode, for every container and codec, however it is reached."""

import numpy as np
import pytest
from napari_ethoprofile.annotation.video import Video
from numbered_video import RECIPES, irregular_ms, number_in

# What swscale's rounding and the table of the reader may differ by.
ROUNDING = 1

pytestmark = pytest.mark.parametrize("name", RECIPES)


def gray(frame):
    return frame if frame.ndim == 2 else np.round(frame @ [0.299, 0.587, 0.114]).astype(np.uint8)


def assert_exact(video, truth, order):
    for number in order:
        frame = gray(video[number])
        # Color takes another way through the converter: there the number alone must be right.
        if video.gray:
            assert np.abs(frame.astype(int) - truth[number]).max() <= ROUNDING, number
        assert number_in(frame) == number


def test_forward(indexed, name):
    path, index, truth = indexed(name)
    with Video(path, index) as video:
        assert len(video) == len(truth) == 120
        assert_exact(video, truth, range(120))


def test_backward(indexed, name):
    path, index, truth = indexed(name)
    with Video(path, index) as video:
        assert_exact(video, truth, range(119, -1, -1))


def test_random_with_memory_for_few_frames(indexed, name):
    path, index, truth = indexed(name)
    order = np.random.default_rng(5).integers(0, 120, 80).tolist()
    with Video(path, index, cache_mb=0.1) as video:
        assert_exact(video, truth, order)


def test_wandering(indexed, name):
    path, index, truth = indexed(name)
    steps = np.random.default_rng(6).choice([-30, -3, -1, -1, 1, 1, 2, 40], 150)
    order = np.abs((60 + np.cumsum(steps) + 119) % 238 - 119).tolist()
    with Video(path, index, cache_mb=1) as video:
        assert_exact(video, truth, order)


def test_after_prefetch(indexed, name):
    path, index, truth = indexed(name)
    targets = [100, 7, 55, 119]
    with Video(path, index) as video:
        video.prefetch(targets)
        assert_exact(video, truth, targets)


def test_times(indexed, name):
    path, index, _ = indexed(name)
    expected = [irregular_ms(k) / 1000 if RECIPES[name].irregular else k / 25 for k in range(120)]
    with Video(path, index) as video:
        assert video.times == pytest.approx(expected, abs=0.0011)
        if not RECIPES[name].irregular:
            assert video.fps == pytest.approx(25)
