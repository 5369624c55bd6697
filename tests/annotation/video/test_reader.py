"""What is decoded ahead, and what is kept."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.video.cache import BEHIND, FrameCache
from napari_ethoprofile.annotation.video.reader import Reader

BYTES = 160 * 96 * 3 // 2


class Frame:
    """Stands for a decoded frame of 100 bytes."""

    class Plane:
        buffer_size = 100

    planes = (Plane(),)


@given(
    capacity=st.integers(10, 80),
    reads=st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from([-1, 0, 1]), st.sampled_from(["front", "back"])),
        min_size=1,
    ),
)
def test_memory_is_bounded_and_the_newest_neighbors_stay(capacity, reads):
    cache = FrameCache(100 * capacity)
    for number, direction, source in reads:
        cache.playhead, cache.direction = number, direction
        cache.put(number, Frame(), source)
        assert number in cache
        cache.put_target(number + 7, Frame())
        assert number + 7 in cache
        assert cache.bytes <= 100 * capacity


def test_least_memory_still_keeps_the_newest():
    cache = FrameCache(1)
    for number in range(50):
        cache.playhead = number
        cache.put(number, Frame(), "front")
        assert number in cache
        assert number - 1 not in cache


def test_what_is_far_behind_is_let_go_when_traveling():
    cache = FrameCache(10**9)
    for number in range(1000):
        cache.playhead, cache.direction = number, 1
        cache.put(number, Frame(), "front")
    assert 999 - BEHIND in cache
    assert 999 - BEHIND - 1 not in cache


def test_first_missing_frame():
    cache = FrameCache(10**6)
    for number in (5, 6, 7, 9):
        cache.put(number, Frame(), "back")
    assert cache.run_end(5, 1, 10) == 8
    assert cache.run_end(7, -1, 10) == 4
    assert cache.run_end(5, 1, 2) is None


@pytest.fixture
def reader(indexed):
    path, index, _ = indexed("h264-long-gop.mkv")
    reader = Reader(path, index, 200 * BYTES)
    yield reader
    reader.close()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def held(reader, numbers):
    with reader._state:
        return all(number in reader._cache for number in numbers)


def test_frames_of_the_decode_pass_are_kept(reader):
    reader.read(60)
    assert held(reader, range(61))


def test_reads_ahead_forward(reader):
    reader.read(10)
    reader.read(11)
    wait_for(lambda: held(reader, range(12, 20)))


def test_reads_ahead_backward_before_it_is_asked(indexed):
    path, index, _ = indexed("h264-b.mkv")
    reader = Reader(path, index, 200 * BYTES)
    reader.read(60)
    reader.read(59)
    wait_for(lambda: held(reader, range(30, 59)))
    assert not held(reader, [70])
    reader.close()


def test_surroundings_of_a_jump_are_filled_in(indexed):
    path, index, _ = indexed("h264-b.mkv")
    reader = Reader(path, index, 200 * BYTES)
    reader.read(97)
    wait_for(lambda: held(reader, [*range(90, 97), *range(98, 105)]))
    reader.close()


def test_prefetched_targets_wait_for_the_jump(indexed):
    path, index, _ = indexed("h264-b.mkv")
    reader = Reader(path, index, 200 * BYTES)
    reader.prefetch([110, 4])
    wait_for(lambda: held(reader, [110, 4]))
    reader.close()


def test_memory_stays_bounded_while_reading_everything(indexed):
    path, index, _ = indexed("h264-b.mkv")
    reader = Reader(path, index, 20 * BYTES)
    for number in [*range(120), *range(119, -1, -1), *np.random.default_rng(0).integers(0, 120, 40).tolist()]:
        reader.read(number)
        with reader._state:
            assert reader._cache.bytes <= 20 * BYTES
    reader.close()
