"""Gray recordings come out as full-range gray, colored ones as RGB."""

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from napari_ethoprofile.annotation.video import Video
from napari_ethoprofile.annotation.video.pixels import Converter, is_gray
from numbered_video import Recipe, write_numbered

RAMP = np.tile(np.arange(256, dtype=np.uint8), (16, 1))
FORMATS = [
    "gray",
    "yuv420p",
    "yuvj420p",
    "yuv422p",
    "yuv444p",
    "nv12",
    "rgb24",
    "bgr24",
    "yuyv422",
    "gray10le",
    "yuv420p10le",
]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_gray_that_went_in(name):
    frame = VideoFrame.from_ndarray(RAMP, format="gray").reformat(format=name)
    assert is_gray(frame)
    converted = Converter(True, 256, 16)(frame)
    assert np.abs(converted.astype(int) - RAMP).max() <= 2
    assert np.abs(converted.astype(int) - frame.to_ndarray(format="gray")).max() <= 1


@pytest.mark.parametrize("name", ["yuv420p", "yuvj420p", "rgb24", "yuv420p10le", "nv12"])
def test_a_little_color_is_color(name):
    image = np.repeat(RAMP[..., np.newaxis], 3, axis=2)
    image[:8, :16] = (120, 90, 90)
    frame = VideoFrame.from_ndarray(image, format="rgb24").reformat(format=name)
    assert not is_gray(frame)
    assert Converter(False, 256, 16)(frame).shape == (16, 256, 3)


def test_frame_of_another_size_is_brought_to_that_of_the_recording():
    frame = VideoFrame.from_ndarray(np.full((20, 40), 77, np.uint8), format="gray").reformat(format="yuv420p")
    assert np.abs(Converter(True, 256, 16)(frame).astype(int) - 77).max() <= 2


def test_color_by_day_makes_a_recording_color(tmp_path):
    """Infrared at night is gray; a recording is gray only if all of it is."""
    night, day = (
        Recipe(".mkv", "libx264", options={"preset": "veryfast"}, color=color) for color in (False, True)
    )
    first, second = (
        write_numbered(tmp_path / "n.mkv", night, 100),
        write_numbered(tmp_path / "d.mkv", day, 100),
    )
    both = tmp_path / "both.mkv"
    with av.open(str(both), "w") as target:
        copied = None
        for turn, path in enumerate((first, second)):
            with av.open(str(path)) as source:
                stream = source.streams.video[0]
                copied = copied or target.add_stream_from_template(stream)
                for packet in source.demux(stream):
                    if packet.size:
                        packet.stream = copied
                        packet.pts += 4000 * turn
                        packet.dts = None if packet.dts is None else packet.dts + 4000 * turn
                        target.mux(packet)
    with Video(both, cache_folder=tmp_path) as video:
        assert video.shape == (200, 96, 160, 3)
    with Video(first, cache_folder=tmp_path) as video:
        assert video.gray
