"""Recordings are indexed in the background, the one served next first."""

import threading

import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import IndexQueue, Video, decoding, demuxing
from numbered_video import copy_packets, number_in


@pytest.fixture
def queue(tmp_path):
    queue = IndexQueue(tmp_path / "cache")
    yield queue
    queue.close()


@pytest.fixture
def gate(monkeypatch):
    """Hold the decode pass at its first checkpoint until the test lets it go on."""
    reached, go_on = threading.Event(), threading.Event()
    offer = decoding.DecodePass._offer

    def held(self, grow):
        offer(self, grow)
        reached.set()
        assert go_on.wait(30)

    monkeypatch.setattr(decoding, "CHECKPOINT", 0.0)
    monkeypatch.setattr(decoding.DecodePass, "_offer", held)
    yield reached, go_on
    go_on.set()


def test_indexes_in_turn_and_tells(recording, queue):
    finished, failed, progress = [], [], []
    queue.events.finished.connect(finished.append)
    queue.events.failed.connect(lambda path, message: failed.append((path, message)))
    queue.events.progress.connect(lambda *told: progress.append(told))
    paths = [recording(name) for name in ("h264-b.mkv", "wmv2.wmv", "h264-b.avi")]
    for path in paths:
        queue.add(path)
    assert queue.wait(60)
    assert finished == paths
    assert failed == []
    assert {path for path, _, _ in progress} == set(paths)
    assert all(queue.status(path).state == "done" and queue.status(path).done == 120 for path in paths)


def test_what_is_indexed_is_not_indexed_again(recording, queue):
    finished = []
    queue.events.finished.connect(finished.append)
    for _ in range(2):
        queue.add(recording("h264-b.mkv"))
        queue.wait(60)
    assert len(finished) == 1


def test_failure_is_told_and_the_others_go_on(recording, queue, tmp_path):
    failed = []
    queue.events.failed.connect(lambda *told: failed.append(told))
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(b"nothing")
    queue.add(broken)
    queue.add(recording("h264-b.mkv"))
    queue.wait(60)
    assert failed == [(broken, queue.status(broken).message)]
    assert "not a video" in failed[0][1]
    assert queue.status(recording("h264-b.mkv")).state == "done"


def test_file_that_cannot_be_shown_exactly_fails_with_the_command_that_helps(queue, tmp_path):
    from numbered_video import Recipe, write_numbered

    options = {"preset": "veryfast", "x264-params": "intra-refresh=1"}
    path = write_numbered(tmp_path / "refresh.mkv", Recipe(".mkv", "libx264", options=options), 240)
    queue.add(path)
    queue.wait(60)
    assert queue.status(path).state == "failed"
    assert "ethoprofile transcode" in queue.status(path).message


def test_first_steps_before_the_one_being_indexed(recording, queue, gate):
    reached, go_on = gate
    finished = []
    queue.events.finished.connect(finished.append)
    slow, waiting, urgent = (recording(name) for name in ("h264-b.avi", "wmv2.wmv", "h264-b.mkv"))
    queue.add(slow)
    queue.add(waiting)
    assert reached.wait(30)
    queue.add(urgent, first=True)
    go_on.set()
    assert queue.wait(60)
    assert finished == [urgent, slow, waiting]


def test_waiting_ones_can_be_moved_to_the_front(recording, queue, gate):
    reached, go_on = gate
    finished = []
    queue.events.finished.connect(finished.append)
    first, second, third = (recording(name) for name in ("h264-b.avi", "h264-b.mkv", "h264-b.mp4"))
    for path in (first, second, third):
        queue.add(path)
    assert reached.wait(30)
    queue.add(third, first=True)
    go_on.set()
    queue.wait(60)
    assert finished.index(third) < finished.index(second)


def test_cancel(recording, queue, gate):
    reached, go_on = gate
    current, waiting = recording("h264-b.avi"), recording("h264-b.mkv")
    queue.add(current)
    queue.add(waiting)
    assert reached.wait(30)
    queue.cancel(waiting)
    queue.cancel(current)
    go_on.set()
    assert queue.wait(60)
    assert queue.status(current).state == queue.status(waiting).state == "canceled"
    queue.add(current)
    assert queue.wait(60)
    assert queue.status(current).state == "done"


def test_beginning_can_be_seen_while_the_rest_is_indexed(recording, queue, gate):
    reached, go_on = gate
    path = recording("h264-b.avi", 240)
    with pytest.raises(VideoError, match="confirmed yet"):
        queue.partial(path)
    queue.add(path)
    assert reached.wait(30)
    with queue.partial(path) as video:
        confirmed = video.confirmed
        assert 0 < confirmed < 240
        assert not video.complete
        assert video.shape == (240, 96, 160)
        assert len(video.times) == 240
        assert number_in(video[confirmed - 1]) == confirmed - 1
        with pytest.raises(VideoError, match="not confirmed yet"):
            video[confirmed]
        go_on.set()
        assert queue.wait(60)
        assert video.complete
        assert video.confirmed == 240
        assert [number_in(frame) for frame in video] == list(range(240))


def test_demuxed_beginning_grows_too(recording, queue, monkeypatch, tmp_path):
    seen = []
    grow = IndexQueue._grow

    def note(self, path, index):
        grow(self, path, index)
        with self.partial(path) as video:
            seen.append((video.confirmed, number_in(video[video.confirmed - 1])))

    monkeypatch.setattr(demuxing, "CHECKPOINT", 0.0)
    monkeypatch.setattr(demuxing, "BLOCK", 1000)
    monkeypatch.setattr(IndexQueue, "_grow", note)
    path = copy_packets(recording("h264-b.mkv"), tmp_path / "long.mkv", repeat=40)
    queue.add(path)
    assert queue.wait(60)
    assert len(seen) > 3
    assert seen[-1][0] == 4800
    assert all(number == (confirmed - 1) % 120 for confirmed, number in seen)


def test_closing_stops_and_keeps_a_checkpoint(recording, queue, gate, tmp_path):
    reached, go_on = gate
    path = recording("h264-b.avi", 240)
    queue.add(path)
    assert reached.wait(30)
    go_on.set()
    queue.close()
    assert queue.status(path).state == "canceled"
    with Video(path, cache_folder=tmp_path / "cache") as video:
        assert len(video) == 240
