"""Several threads read one `Video`; the read-ahead never gives a frame of another place."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Video
from numbered_video import number_in


@pytest.mark.parametrize("name", ["h264-open-gop.mkv", "h264-b.avi", "h264-color.mp4", "mjpeg.avi"])
@pytest.mark.parametrize("cache_mb", [0.2, 512])
def test_threads_that_travel_and_jump(indexed, name, cache_mb):
    path, index, _ = indexed(name)

    def forward(video):
        return [(k, number_in(video[k])) for k in range(120)]

    def backward(video):
        return [(k, number_in(video[k])) for k in range(119, -1, -1)]

    def jumping(video):
        order = np.random.default_rng(threading.get_ident()).integers(0, 120, 60).tolist()
        video.prefetch(order[::7])
        return [(k, number_in(video[k])) for k in order]

    with Video(path, index, cache_mb=cache_mb) as video, ThreadPoolExecutor(4) as pool:
        work = [pool.submit(task, video) for task in (forward, backward, jumping, jumping)]
        assert all(wanted == found for task in work for wanted, found in task.result())


def test_closing_while_others_read(indexed):
    path, index, _ = indexed("h264-b.mkv")
    video = Video(path, index)
    errors = []

    def read():
        try:
            for number in range(119, -1, -1):
                assert number_in(video[number]) == number
        except (VideoError, AssertionError) as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    video.close()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert all("was closed" in str(error) for error in errors)


def test_forgotten_video_takes_its_thread_along(indexed):
    path, index, _ = indexed("h264-b.mkv")
    before = threading.active_count()
    video = Video(path, index)
    for number in range(30):
        video[number]
    gone = weakref.ref(video)
    del video
    gc.collect()
    assert gone() is None
    assert threading.active_count() <= before
