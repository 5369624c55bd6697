"""What goes wrong with files: one clear sentence each, never a wrong frame, nothing on the terminal."""

import os
import re

import av
import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Video, demuxing, index_video, probe
from napari_ethoprofile.annotation.video.containers import open_container, video_stream
from numbered_video import RECIPES, copy_packets, gray_decode, number_in, numbers_decoded, write_numbered

SENTENCE = re.compile(r"^[^\n]{20,400}[.]$")


@pytest.fixture(autouse=True)
def quiet_terminal(capfd):
    """FFmpeg must not write past us."""
    yield
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def refusal(path, cache):
    with pytest.raises(VideoError) as caught:
        Video(path, cache_folder=cache)
    message = str(caught.value)
    assert SENTENCE.match(message), message
    assert str(path) in message
    return message


def cut(source, target, share):
    content = source.read_bytes()
    target.write_bytes(content[: int(len(content) * share)])
    return target


def damage(source, target, place=0.5, length=2000):
    content = bytearray(source.read_bytes())
    start = int(len(content) * place)
    content[start : start + length] = np.random.default_rng(0).bytes(length)
    target.write_bytes(content)
    return target


def test_missing_file(tmp_path):
    assert "There is no file" in refusal(tmp_path / "gone.mkv", tmp_path)


@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".mp4", ".tif"])
def test_empty_file(tmp_path, suffix):
    path = tmp_path / f"empty{suffix}"
    path.touch()
    assert "empty (0 bytes)" in refusal(path, tmp_path)


@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".mp4", ".wmv", ".txt"])
@pytest.mark.parametrize("content", [b"frame;label\n1;2\n" * 300, bytes(50_000), os.urandom(50_000)])
def test_wrong_extension(tmp_path, suffix, content):
    path = tmp_path / f"labels{suffix}"
    path.write_bytes(content)
    refusal(path, tmp_path)


@pytest.mark.parametrize(("suffix", "accepted"), [(".h264", True), (".mkv", False), (".txt", False)])
def test_a_bare_stream_is_one_by_its_name_only(tmp_path, suffix, accepted):
    path = write_numbered(tmp_path / "a.h264", RECIPES["h264-b.mkv"], 20).rename(tmp_path / f"stream{suffix}")
    if accepted:
        with open_container(path) as container:
            assert container.format.name == "h264"
    else:
        assert "wrong extension" in refusal(path, tmp_path)


def test_picture_that_calls_itself_a_video(tmp_path):
    import imageio.v3

    imageio.v3.imwrite(tmp_path / "one.png", np.zeros((32, 32), np.uint8))
    path = (tmp_path / "one.png").rename(tmp_path / "one.mp4")
    assert "wrong extension" in refusal(path, tmp_path)


def test_sound_without_picture(tmp_path):
    path = tmp_path / "calls.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "no picture" in refusal(path, tmp_path)


def test_truncated_mp4_has_lost_its_table(recording, tmp_path):
    assert "cut short" in refusal(cut(recording("h264-b.mp4"), tmp_path / "cut.mp4", 0.6), tmp_path)


TRUNCATED = ["h264-b.mkv", "h264-b.avi", "mpeg4-b.avi", "wmv2.wmv", "h264-fragmented.mp4"]


@pytest.mark.parametrize("share", [0.45, 0.61, 0.9])
@pytest.mark.parametrize("name", TRUNCATED)
def test_truncated_recording_is_read_up_to_the_cut(recording, tmp_path, name, share):
    path = cut(recording(name), tmp_path / f"cut-{name}", share)
    with Video(path, cache_folder=tmp_path) as video:
        assert 10 < len(video) <= 120
        whole = range(len(video) - 4)
        assert [number_in(video[k]) for k in reversed(whole)] == list(reversed(whole))


def test_damage_is_seen_the_same_every_time(recording, tmp_path):
    """With frame threads the last picture of this file was flagged as damaged in most passes, not in all."""
    path = cut(recording("mpeg4-b.avi"), tmp_path / "cut.avi", 0.9)

    def flags():
        with open_container(path) as container:
            return [frame.is_corrupt for frame in container.decode(video_stream(container, path))]

    first = flags()
    assert first[-1]
    assert all(flags() == first for _ in range(40))


def test_truncation_is_told(recording, tmp_path):
    index = index_video(cut(recording("h264-b.mkv"), tmp_path / "cut.mkv", 0.5), tmp_path)
    assert "claims 120 frames" in index.note
    assert SENTENCE.match(index.note)


def test_frames_that_come_unevenly_are_no_sign_of_a_cut(tmp_path):
    """Every second frame of the later half was dropped by the camera; the last comes when the header says."""
    path = tmp_path / "uneven.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in [*range(100), *range(100, 200, 2), 199]:
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    index = index_video(path, tmp_path)
    assert index.estimate > index.frames + 40
    assert index.note == ""


@pytest.mark.parametrize("name", ["h264-b.mp4", "h264-b.avi", "mpeg4.avi", "mpeg4-b.avi"])
def test_damage_in_the_middle_is_refused(recording, tmp_path, name):
    message = refusal(damage(recording(name), tmp_path / f"damaged-{name}"), tmp_path)
    assert "ethoprofile transcode" in message


def test_damage_that_ends_a_matroska_file_is_told(recording, tmp_path):
    path = damage(recording("h264-b.mkv"), tmp_path / "damaged.mkv")
    with Video(path, cache_folder=tmp_path) as video:
        assert "claims 120 frames" in video.note
        assert all(shown(video, number) for number in range(len(video) - 2))


def test_damage_that_no_spot_check_met_is_seen_when_reading(recording, tmp_path, monkeypatch):
    """In a long recording only samples are checked: the damaged stretch is refused when it is asked for."""
    monkeypatch.setattr(demuxing, "holds", lambda *_: True)
    source = recording("h264-b.mkv")
    truth = gray_decode(source)

    def spoil(row, content):
        return content if row != 60 else content[:5] + bytes(len(content) - 5)

    path = copy_packets(source, tmp_path / "damaged.mkv", change=spoil)
    with Video(path, cache_folder=tmp_path) as video:
        refused = {number for number in [*range(120), *range(119, -1, -1)] if not shown(video, number, truth)}
    assert refused
    assert refused <= set(range(48, 72)), "only the group of pictures with the damage is lost"


def shown(video, number, truth=None):
    """Read a frame, which must be the right one; False if it was refused, which must be in one sentence."""
    try:
        frame = video[number]
    except VideoError as error:
        problem = str(error)
    else:
        assert number_in(frame) == number
        assert truth is None or np.abs(frame.astype(int) - truth[number]).max() <= 1
        return True
    assert SENTENCE.match(problem), problem
    return False


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed on Windows")
def test_file_removed_while_open(tmp_path):
    path = write_numbered(tmp_path / "video.mkv", RECIPES["h264-b.mkv"])
    with Video(path, cache_folder=tmp_path, cache_mb=0.1) as video:
        assert shown(video, 5)
        path.unlink()
        for number in (100, 3, 60, 59, 58, 30, 119):
            shown(video, number)
    refusal(path, tmp_path)


@pytest.mark.parametrize("name", ["h264-b.mkv", "h264-b.avi", "h264-b.mp4"])
def test_file_emptied_while_open(tmp_path, name):
    path = write_numbered(tmp_path / name, RECIPES[name])
    with Video(path, cache_folder=tmp_path, cache_mb=0.1) as video:
        assert shown(video, 5)
        path.write_bytes(b"")
        outcomes = [shown(video, number) for number in (100, 3, 60, 20, 119, 0)]
    assert not all(outcomes)


@pytest.mark.parametrize("name", ["h264-b.mkv", "h264-b.avi", "h264-b.mp4"])
def test_file_replaced_while_open(tmp_path, name):
    """Another recording under the same name is never shown as the one that was opened."""
    path = write_numbered(tmp_path / name, RECIPES[name])
    with Video(path, cache_folder=tmp_path, cache_mb=0.1) as video:
        assert shown(video, 5)
        write_numbered(path, RECIPES[name], first=3000)
        for number in (100, 3, 60, 20, 119, 0):
            shown(video, number)


STRANGE = ["ширина 鼠标 é ü.mkv", f"{'n' * 196}.mkv", "100%d [1] #?.mkv", "-i.mkv", "a:b.mkv"]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names(tmp_path, name, monkeypatch):
    if os.name == "nt" and any(letter in name for letter in ":?"):
        pytest.skip("Windows has no such names")
    path = write_numbered(tmp_path / "plain.mkv", RECIPES["h264-b.mkv"], 30).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with Video(name, cache_folder=tmp_path / "cache") as video:
        assert [number_in(frame) for frame in video] == list(range(30))
    assert probe(path).frames == 30


def test_damaged_tail_is_what_a_plain_decode_gives(recording, tmp_path):
    path = cut(recording("mpeg4.avi"), tmp_path / "cut.avi", 0.55)
    numbers = numbers_decoded(path)
    with Video(path, cache_folder=tmp_path) as video:
        assert [number_in(frame) for frame in video] == numbers
