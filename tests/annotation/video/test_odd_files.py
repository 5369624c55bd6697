"""Files that real labs have: odd stamps, cuts, long recordings, frames that lie."""

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Video, index_video
from numbered_video import (
    RECIPES,
    Recipe,
    copy_packets,
    gray_decode,
    number_in,
    numbers_decoded,
    write_numbered,
)
from realdata import realdata_file


def key_packets(path):
    with av.open(str(path)) as container:
        return [
            row for row, packet in enumerate(container.demux(video=0)) if packet.size and packet.is_keyframe
        ]


def assert_same_numbers(path, cache):
    truth = numbers_decoded(path)
    order = [*range(len(truth)), *range(len(truth) - 1, -1, -1)]
    order += np.random.default_rng(3).integers(0, len(truth), 60).tolist()
    with Video(path, cache_folder=cache, cache_mb=1) as video:
        assert len(video) == len(truth)
        assert [number_in(video[k]) for k in order] == [truth[k] for k in order]
    return truth


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
@pytest.mark.parametrize("name", ["h264-open-gop.mkv", "hevc-open-gop.mkv"])
def test_cut_at_an_open_gop(recording, tmp_path, name, suffix):
    source = recording(name)
    cut = copy_packets(source, tmp_path / f"cut{suffix}", start=key_packets(source)[1])
    truth = assert_same_numbers(cut, tmp_path)
    assert 90 < len(truth) < 100, "the frames that lean on what was cut off do not come out"


@pytest.mark.parametrize("frames", [10, 30])
def test_edit_list_that_hides_frames(recording, tmp_path, frames):
    cut = copy_packets(recording("h264-b.mp4"), tmp_path / "edited.mp4", shift=512 * frames)
    assert assert_same_numbers(cut, tmp_path)[0] == frames


def test_cut_between_key_frames(recording, tmp_path):
    cut = copy_packets(recording("h264-b.mkv"), tmp_path / "cut.mkv", start=7)
    assert assert_same_numbers(cut, tmp_path)[0] == 24


def test_matroska_without_its_table_of_key_frames(recording, tmp_path):
    streamed = tmp_path / "streamed.mkv"
    with av.open(str(recording("h264-b.mkv"))) as source:
        stream = source.streams.video[0]
        with av.open(str(streamed), "w", container_options={"live": "1"}) as target:
            copied = target.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.size:
                    packet.stream = copied
                    target.mux(packet)
    assert assert_same_numbers(streamed, tmp_path) == list(range(120))


def test_avi_that_dropped_frames(recording, tmp_path):
    """A dropped frame is a packet without content: it has a place in time, but no picture comes out."""
    path = tmp_path / "dropped.avi"
    with av.open(str(recording("mpeg4.avi"))) as source:
        stream = source.streams.video[0]
        with av.open(str(path), "w") as target:
            copied = target.add_stream_from_template(stream)
            for number, packet in enumerate(source.demux(stream)):
                if packet.size:
                    packet.stream = copied
                    packet.pts = packet.dts = number + 5 * (number > 50)
                    target.mux(packet)
    assert assert_same_numbers(path, tmp_path) == list(range(120))
    with Video(path, cache_folder=tmp_path) as video:
        assert video.times[51] - video.times[50] == pytest.approx(6 / 25)


@pytest.mark.parametrize("suffix", [".mkv", ".avi"])
def test_lying_key_frames_are_refused_with_the_command_that_helps(tmp_path, suffix):
    """With periodic intra refresh no frame stands alone, whatever the container says."""
    options = {"preset": "veryfast", "x264-params": "intra-refresh=1"}
    path = write_numbered(tmp_path / f"refresh{suffix}", Recipe(suffix, "libx264", options=options), 240)
    assert not index_video(path, tmp_path).exact
    with pytest.raises(VideoError, match=r"ethoprofile transcode .*refresh"):
        Video(path, cache_folder=tmp_path)


def test_real_avi_with_b_frames(tmp_path):
    path = realdata_file("deeplabcut/tests_vid.avi")
    truth = gray_decode(path)
    order = [*range(256), *range(255, -1, -1), *np.random.default_rng(0).integers(0, 256, 100).tolist()]
    with Video(path, cache_folder=tmp_path) as video:
        assert video.shape == (256, 374, 416)
        assert all(np.abs(video[k].astype(int) - truth[k]).max() <= 1 for k in order)


@pytest.mark.parametrize("name", ["tracktor/mouse_video.mp4", "sleap/minimal_side.mp4"])
def test_real_mp4_at_random(tmp_path, name):
    path = realdata_file(name)
    with Video(path, cache_folder=tmp_path) as video, av.open(str(path)) as container:
        wanted = set(np.random.default_rng(0).integers(0, min(len(video), 1500), 25).tolist())
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                truth = frame.to_ndarray(format="gray" if video.gray else "rgb24")
                assert np.abs(video[number].astype(int) - truth).max() <= 1
            if number > max(wanted):
                break


def test_long_recording_needs_no_decode_of_it_all(recording, tmp_path):
    path = copy_packets(recording("h264-b.mkv"), tmp_path / "long.mkv", repeat=900)
    with Video(path, cache_folder=tmp_path) as video:
        assert len(video) == 108_000
        assert not video.index.decoded
        for number in [*np.random.default_rng(2).integers(0, 108_000, 40).tolist(), 107_999, 0, 54_000]:
            assert number_in(video[number]) == number % 120
        assert video.times[-1] == pytest.approx(107_999 / 25, abs=0.01)


SOUND = ["h264-b.mkv", "h264-b.mp4", "mpeg4.avi", "h264.avi", "mjpeg.avi"]
UNSOUND = ["h264-b.avi", "mpeg4-b.avi", "wmv2.wmv"]


@pytest.mark.parametrize("name", SOUND + UNSOUND)
def test_only_unsound_stamps_cost_a_decode_pass(indexed, name):
    assert indexed(name)[1].decoded == (name in UNSOUND)


def test_recipes_reorder_where_they_should(recording):
    """The tests above prove nothing unless B-frames are really there."""
    for name, recipe in RECIPES.items():
        if recipe.between and recipe.suffix in (".mkv", ".mp4"):
            with av.open(str(recording(name))) as container:
                stamps = [packet.pts for packet in container.demux(video=0) if packet.size]
            assert stamps != sorted(stamps), name
