"""A `Video` is indexed as a numpy array is."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Video
from numbered_video import number_in


@pytest.fixture(scope="module", params=["h264-b.mkv", "h264-color.mp4"])
def pair(request, indexed):
    path, index, _ = indexed(request.param)
    with Video(path, index) as video:
        yield video, np.asarray(video)


def bounds(size):
    return st.one_of(st.none(), st.integers(-size - 3, size + 3))


def slices(size):
    steps = st.one_of(st.none(), st.sampled_from([-7, -1, 1, 2, 5]))
    return st.builds(slice, bounds(size), bounds(size), steps)


def keys(shape):
    first = st.one_of(
        st.integers(-shape[0], shape[0] - 1),
        st.integers(0, shape[0] - 1).map(np.int32),
        slices(shape[0]),
        st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4),
        st.just(Ellipsis),
    )
    rest = st.lists(st.one_of(st.integers(-5, 5), slices(90)), max_size=len(shape) - 1)
    return st.one_of(first, st.builds(lambda one, more: (one, *more), first, rest))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_indexing_is_that_of_numpy(pair, data):
    video, array = pair
    key = data.draw(keys(video.shape))
    try:
        expected = array[key]
    except IndexError:
        with pytest.raises(IndexError):
            video[key]
        return
    found = video[key]
    assert found.shape == expected.shape
    assert np.array_equal(found, expected)


def test_attributes_are_those_of_numpy(pair):
    video, array = pair
    for name in ("shape", "ndim", "size", "dtype", "nbytes"):
        assert getattr(video, name) == getattr(array, name)
    assert len(video) == len(array)
    assert np.array_equal(np.stack(list(video)), array)


def test_masks_choose_frames(pair):
    video, array = pair
    mask = np.zeros(len(video), bool)
    mask[[3, 90, 41]] = True
    assert np.array_equal(video[mask], array[mask])


@pytest.mark.parametrize("key", [120, -121, "1", 1.5, None, [[1], [2]], np.zeros(7, bool), (0, 0, 0, 0, 0)])
def test_wrong_keys_are_index_errors(pair, key):
    with pytest.raises(IndexError):
        pair[0][key]


def test_napari_asks_with_slices_of_one(pair):
    video, array = pair
    key = (slice(99, 100), slice(None), slice(None))
    assert np.array_equal(video[key], array[key])


def test_frames_may_be_written_to_without_harm(pair):
    video, array = pair
    video[5][:] = 0
    assert np.array_equal(video[5], array[5])


def test_crop(indexed, pair):
    video, array = pair
    with Video(video.path, video.index, crop=(8, 4, 100, 70)) as cropped:
        assert cropped.shape[:3] == (120, 70, 100)
        assert np.array_equal(cropped[17], array[17, 4:74, 8:108])


@pytest.mark.parametrize("crop", [(0, 0, 161, 96), (-1, 0, 10, 10), (0, 90, 10, 7), (0, 0, 0, 10)])
def test_crop_outside_the_picture_is_refused(pair, crop):
    with pytest.raises(VideoError, match="160x96"):
        Video(pair[0].path, pair[0].index, crop=crop)


def test_dask_view(pair):
    video, array = pair
    lazy = video.as_dask(frames=50)
    assert lazy.shape == array.shape
    assert lazy.numblocks[0] == 3
    assert np.array_equal(lazy[45:55].compute(scheduler="threads"), array[45:55])


def test_travels_to_another_process(recording, tmp_path):
    with Video(recording("h264-b.mkv"), cache_folder=tmp_path) as video:
        packed = pickle.dumps(video)
    with pickle.loads(packed) as twin:
        assert number_in(twin[77]) == 77


def test_closed_video_says_so(indexed):
    path, index, _ = indexed("h264-b.mkv")
    video = Video(path, index)
    video[3]
    video.close()
    video.close()
    with pytest.raises(VideoError, match="was closed"):
        video[3]
