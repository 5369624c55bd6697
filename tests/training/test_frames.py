"""Small frames: as documented to the pixel, and exactly one for each decoded frame."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import EthoprofileError, VideoError
from napari_ethoprofile.annotation.video import Video, index_video
from napari_ethoprofile.training.frames import BrokenVideoError, FrameStream, prepared_for
from napari_ethoprofile.training.preprocessing import Preprocessing, contrast_of, gray_of
from numbered_video import RECIPES, Recipe, gray_decode, number_in, write_numbered

TAKEN = ["h264-b.mkv", "h264-b.avi", "h264-open-gop.mkv", "mpeg4-b.avi", "h264-10-bit.mkv", "ffv1-gray.mkv"]


def documented(gray: np.ndarray) -> np.ndarray:
    """Preprocess one gray frame the way it is documented, step by step."""
    if gray.shape != (256, 256):
        rows = gray[90:440]
        black = np.zeros((177, gray.shape[1]), np.uint8)
        gray = cv2.resize(np.concatenate([black, rows, black]), (256, 256))
    table = np.zeros(256, np.uint8)
    table[170:] = 255
    table[10:171] = np.linspace(0, 255, 161).astype(np.uint8)
    return table[gray]


def write_noise(path: Path, width: int, height: int, pix_fmt: str = "yuv420p", frames: int = 8) -> Path:
    rng = np.random.default_rng(5)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        for _ in range(frames):
            coarse = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1), np.uint8)
            image = cv2.resize(coarse, (width, height))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="gray")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("width", "height"), [(704, 576), (704, 704), (640, 480), (1280, 720), (320, 240), (256, 256)]
)
def test_the_published_preset_is_the_documented_one(tmp_path: Path, width: int, height: int) -> None:
    path = write_noise(tmp_path / "noise.mkv", width, height)
    found = list(FrameStream(path, Preprocessing.published(), index_video(path)))
    expected = [documented(gray) for gray in gray_decode(path)]
    assert len(found) == 8
    np.testing.assert_array_equal(found, expected)


def test_the_content_of_a_full_frame_lies_in_rows_64_to_191(tmp_path: Path) -> None:
    path = write_noise(tmp_path / "noise.mkv", 704, 576)
    [small, *_] = FrameStream(path, Preprocessing.published(), index_video(path))
    filled = np.flatnonzero(small.any(axis=1))
    assert (filled[0], filled[-1]) == (64, 191)


def test_a_frame_that_ends_above_the_cage_is_refused(tmp_path: Path) -> None:
    path = write_noise(tmp_path / "low.mkv", 160, 80)
    with pytest.raises(VideoError, match="only 80 pixels high"):
        list(FrameStream(path, Preprocessing.published(), index_video(path)))


@pytest.mark.parametrize("name", TAKEN)
def test_one_small_frame_for_each_frame_of_the_video(tmp_path: Path, name: str) -> None:
    path = write_numbered(tmp_path / name, RECIPES[name], 67)
    plain = Preprocessing(size=(96, 160), contrast=(0, 255))
    index = index_video(path)
    for threads in (1, 4, 16):
        small = list(FrameStream(path, plain, index, threads=threads))
        assert [number_in(image) for image in small] == list(range(67))
    with Video(path) as video:
        frames = [gray_of(frame) for frame in video]
    # swscale dithers formats of more than 8 bits, so that equal pixels may differ by a level.
    assert int(np.abs(np.array(small, int) - np.array(frames, int)).max()) <= 1


def test_a_stretch_begins_and_ends_at_its_frames(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 90)
    plain = Preprocessing(size=(96, 160), contrast=(0, 255))
    stream = FrameStream(path, plain, index_video(path), 31, 77)
    found = [
        (first + place, number_in(image))
        for first, images in stream.batches(10)
        for place, image in enumerate(images)
    ]
    assert found == [(number, number) for number in range(31, 77)]
    assert len(stream) == 46
    assert list(FrameStream(path, plain, index_video(path), 90)) == []


def test_an_image_stack_gives_its_images(tmp_path: Path) -> None:
    import tifffile

    images = np.random.default_rng(0).integers(0, 256, (5, 96, 160), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", images, photometric="minisblack")
    path = tmp_path / "a.tif"
    plain = Preprocessing(size=(96, 160), contrast=(0, 255))
    np.testing.assert_array_equal(list(FrameStream(path, plain, index_video(path))), images)


def test_a_crop_is_the_area_mean_of_that_part(tmp_path: Path) -> None:
    path = write_noise(tmp_path / "noise.mkv", 64, 64, "gray")
    crop = Preprocessing(size=(8, 8), crop=(16, 32, 32, 16), contrast=(0, 255))
    found = np.array(list(FrameStream(path, crop, index_video(path))), float)
    part = gray_decode(path)[:, 32:48, 16:48]
    mean = part.reshape(-1, 8, 2, 8, 4).mean(axis=(2, 4))
    assert np.abs(found - mean).max() <= 0.51


def test_contrast_is_the_recordings_own_and_always_the_same(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 120)
    index = index_video(path)
    prepared = prepared_for(path, Preprocessing(), index)
    assert prepared == prepared_for(path, Preprocessing(), index)
    assert prepared.key != Preprocessing().key
    [image, *_] = FrameStream(path, prepared, index)
    assert (image.min(), image.max()) == (0, 255)
    fixed = Preprocessing(contrast=(3, 200))
    assert prepared_for(path, fixed, index) is fixed


def test_a_recording_without_contrast_is_left_as_it_is() -> None:
    assert contrast_of(np.full((4, 8, 8), 17, np.uint8)) == (0, 255)


def test_presets_travel_as_json_and_only_pixels_count_for_their_hash() -> None:
    preset = Preprocessing(size=(64, 96), crop=(1, 2, 3, 4), contrast=(5, 99))
    import json

    assert Preprocessing.from_dict(json.loads(json.dumps(preset.to_dict()))) == preset
    assert Preprocessing(stack_ms=100).key == Preprocessing().key
    assert Preprocessing(size=(64, 64)).key != Preprocessing().key
    assert Preprocessing.published().key != Preprocessing().key


def test_presets_that_do_not_exist_are_refused() -> None:
    with pytest.raises(EthoprofileError, match="the presets are default and deepethoprofile"):
        Preprocessing("other")
    with pytest.raises(EthoprofileError, match="is fixed"):
        Preprocessing("deepethoprofile", crop=(0, 0, 10, 10))


@pytest.mark.parametrize("seen_by_the_index", [True, False])
def test_a_break_is_told_with_its_frame_and_what_came_before_is_given(
    tmp_path: Path, seen_by_the_index: bool
) -> None:
    recipe = Recipe(".mkv", "libx264", 0, gop=30, options={"preset": "ultrafast"})
    broken = write_numbered(tmp_path / "broken.mkv", recipe, 120)
    index = index_video(broken)
    content = bytearray(broken.read_bytes())
    place, size = int(index.packets.position[70]), int(index.packets.size[70])
    content[place + 20 : place + size] = bytes(size - 20)
    broken.write_bytes(content)
    # The checks of a long file may not have looked at the damaged place.
    if seen_by_the_index:
        index = index_video(broken)
    assert index.exact is not seen_by_the_index
    plain = Preprocessing(size=(96, 160), contrast=(0, 255))
    for start in (0, 40):
        got: list[int] = []
        stream = FrameStream(broken, plain, index, start)
        with pytest.raises(BrokenVideoError, match=r"broken\.mkv") as told:
            got.extend(number_in(image) for _, images in stream.batches(16) for image in images)
        assert told.value.frame == start + len(got)
        assert got == list(range(start, 70))
