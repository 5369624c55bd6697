"""Packets tell their kind of picture, so that an AVI without B-frames need not be decoded."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.video.index import Facts
from napari_ethoprofile.annotation.video.order import is_plain_picture, may_be_told, shown_order
from napari_ethoprofile.annotation.video.packets import NO_STAMP, PacketTable
from numbered_video import HEIGHT, WIDTH


def facts(codec, container):
    return Facts(WIDTH, HEIGHT, True, 25.0, codec, container)


def table(stamps, first_key=True):
    count = len(stamps)
    rows = np.zeros((count, 5), np.int64)
    rows[:, 0] = np.arange(count) * 100
    rows[:, 2] = stamps
    rows[0, 4] = first_key
    return PacketTable.of(rows)


@pytest.mark.parametrize("name", ["h264.avi", "h264-b.avi", "mpeg4.avi", "mpeg4-b.avi", "h264-open-gop.avi"])
def test_b_pictures_are_seen(recording, name):
    codec = name.split("-")[0].split(".")[0]
    with av.open(str(recording(name))) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        kinds = [is_plain_picture(facts(codec, "avi"), packet) for packet in packets]
    assert all(kinds) == ("-" not in name)
    assert kinds[0]
    assert sum(kinds) >= 20


@pytest.mark.parametrize("codec", ["h264", "mpeg4"])
@given(content=st.binary(max_size=60))
def test_nonsense_is_never_taken_for_a_picture_without_looking(codec, content):
    assert not is_plain_picture(facts(codec, "avi"), av.Packet(content or b"\0"))


def test_mark_for_nothing_new_is_no_picture():
    """XviD writes a short packet where nothing moved; no frame comes out of it."""
    assert not is_plain_picture(facts("mpeg4", "avi"), av.Packet(b"\x00\x00\x01\xb6\x50\x00\x7f"))


@given(st.lists(st.integers(1, 10**6), unique=True, max_size=50))
def test_frames_are_shown_by_their_stamps(later):
    order = shown_order(facts("h264", "matroska"), table([0, *later]))
    assert order.tolist() == [0, *(1 + np.argsort(later, kind="stable")).tolist()]


@pytest.mark.parametrize("stamps", [[0, 2, 1, 2], [0, NO_STAMP, 1], [5, 3, 8], []])
def test_unsound_stamps(stamps):
    packets = table(stamps) if stamps else PacketTable.empty()
    assert shown_order(facts("h264", "matroska"), packets) is None


def test_file_that_begins_without_key_frame_is_unsound():
    assert shown_order(facts("h264", "matroska"), table([0, 1, 2], first_key=False)) is None


@pytest.mark.parametrize(
    ("codec", "container", "told"),
    [
        ("h264", "matroska", True),
        ("hevc", "mov", True),
        ("vp8", "matroska", False),
        ("h264", "avi", True),
        ("mjpeg", "avi", True),
        ("wmv2", "asf", False),
        ("h264", "mpegts", False),
    ],
)
def test_which_files_are_worth_demuxing(codec, container, told):
    assert may_be_told(facts(codec, container)) == told
