"""A transcoded copy holds the same frames at the same times, and every file can be opened afterwards."""

import av
import imageio.v3
import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Video, transcode, transcoding
from numbered_video import Recipe, number_in, numbers_decoded, write_numbered

NAMES = [
    "h264-b.avi",
    "h264-irregular.mp4",
    "h264-full-range.mp4",
    "h264-10-bit.mkv",
    "hevc-open-gop.mkv",
    "mpeg4-b.avi",
    "mjpeg.avi",
    "wmv2.wmv",
    "ffv1-gray.mkv",
]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
@pytest.mark.parametrize("name", NAMES)
def test_same_frames_at_the_same_times(indexed, tmp_path, name, suffix):
    path, index, truth = indexed(name)
    copy = tmp_path / f"copy{suffix}"
    assert transcode(path, copy) == 120
    with Video(path, index) as old, Video(copy, cache_folder=tmp_path) as new:
        assert new.shape == old.shape
        assert new.gray
        assert [number_in(frame) for frame in new] == list(range(120))
        assert np.abs(new[:].astype(int) - truth).mean() < 2, "brightness is kept"
        assert new.times == pytest.approx(old.times, abs=0.0011)
        assert new.fps == pytest.approx(old.fps, rel=0.001)


def test_copy_has_short_groups_and_no_b_frames(recording, tmp_path):
    copy = tmp_path / "copy.mkv"
    transcode(recording("h264-long-gop.mkv"), copy)
    with av.open(str(copy)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    stamps = [packet.pts for packet in packets]
    assert stamps == sorted(stamps)
    keys = [row for row, packet in enumerate(packets) if packet.is_keyframe]
    assert max(np.diff([*keys, len(packets)])) <= transcoding.KEY_EVERY


def test_color_stays_color(recording, tmp_path):
    copy = tmp_path / "copy.mp4"
    transcode(recording("raw-rgb.avi"), copy)
    with Video(copy, cache_folder=tmp_path) as video:
        assert not video.gray
        red = video[60][-12:-4, -12:-4].reshape(-1, 3).mean(axis=0)
        assert np.abs(red - (200, 40, 40)).max() < 12


def test_makes_a_file_with_lying_key_frames_usable(tmp_path):
    options = {"preset": "veryfast", "x264-params": "intra-refresh=1"}
    path = write_numbered(tmp_path / "refresh.mkv", Recipe(".mkv", "libx264", options=options), 240)
    with pytest.raises(VideoError):
        Video(path, cache_folder=tmp_path)
    transcode(path, tmp_path / "copy.mkv")
    with Video(tmp_path / "copy.mkv", cache_folder=tmp_path) as video:
        assert [number_in(frame) for frame in video] == list(range(240))


def test_damaged_file_becomes_one_that_can_be_shown(recording, tmp_path):
    content = bytearray(recording("mpeg4-b.avi").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2000] = bytes(2000)
    path = tmp_path / "damaged.avi"
    path.write_bytes(content)
    frames = transcode(path, tmp_path / "copy.mkv")
    assert frames == len(numbers_decoded(path))
    with Video(tmp_path / "copy.mkv", cache_folder=tmp_path) as video:
        assert len(video) == frames
        assert number_in(video[frames - 1]) == 119


def test_odd_size(tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(5):
        imageio.v3.imwrite(images / f"{number}.png", np.full((33, 47), 40 * number, np.uint8))
    assert transcode(images, tmp_path / "copy.mp4") == 5
    with Video(tmp_path / "copy.mp4", cache_folder=tmp_path) as video:
        assert video.shape == (5, 33, 47)
        assert [round(float(frame.mean()) / 40) for frame in video] == [0, 1, 2, 3, 4]


def test_progress(recording, tmp_path):
    told = []
    transcode(recording("h264-b.avi"), tmp_path / "copy.mkv", lambda done, total: told.append((done, total)))
    assert told[0] == (0, 120)
    assert told[-1][0] > 90


def test_nothing_is_left_of_a_copy_that_failed(recording, tmp_path):
    class StopError(Exception):
        pass

    def stop(done, _total):
        if done > 50:
            raise StopError

    (tmp_path / "copy.mkv").write_bytes(b"the older copy")
    with pytest.raises(StopError):
        transcode(recording("h264-b.avi"), tmp_path / "copy.mkv", stop)
    assert (tmp_path / "copy.mkv").read_bytes() == b"the older copy"
    assert [path.name for path in tmp_path.iterdir()] == ["copy.mkv"]


def test_copy_that_lost_a_frame_is_thrown_away(recording, tmp_path, monkeypatch):
    encode = transcoding.encode
    monkeypatch.setattr(transcoding, "encode", lambda *arguments: encode(*arguments) + 1)
    with pytest.raises(VideoError, match="120 instead of 121 frames"):
        transcode(recording("h264-b.avi"), tmp_path / "copy.mkv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", ["copy.avi", "copy", "missing/copy.mkv"])
def test_impossible_target(recording, tmp_path, target):
    with pytest.raises(VideoError):
        transcode(recording("h264-b.avi"), tmp_path / target)


def test_own_copy(recording):
    path = recording("h264-b.mkv")
    with pytest.raises(VideoError, match="its own copy"):
        transcode(path, path)
