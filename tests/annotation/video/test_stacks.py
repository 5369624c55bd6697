"""Image stacks: multi-page TIFF and folders of images."""

import imageio.v3
import numpy as np
import pytest
import tifffile
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Fingerprint, Video, compare, probe
from numbered_video import number_in, numbered_image

FRAMES = 23
STACK = np.stack([numbered_image(number) for number in range(FRAMES)])
COLORED = np.stack([numbered_image(number, color=True) for number in range(FRAMES)])


def assert_exact(video):
    order = [*range(FRAMES), *range(FRAMES - 1, -1, -1), 7, 21, 2]
    assert [number_in(video[k]) for k in order] == order


KINDS = [
    {},
    {"compression": "zlib"},
    {"imagej": True},
    {"bigtiff": True, "metadata": None},
]


@pytest.mark.parametrize("options", KINDS)
def test_tiff(tmp_path, options):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", **options)
    with Video(path, cache_folder=tmp_path) as video:
        assert video.shape == STACK.shape
        assert np.array_equal(video[:], STACK)
        assert_exact(video)
        assert (video.codec, video.fps, video.gray, video.exact) == ("tiff", None, True, True)


def test_tiff_written_page_by_page(tmp_path):
    path = tmp_path / "stack.tiff"
    with tifffile.TiffWriter(path) as writer:
        for image in STACK:
            writer.write(image, contiguous=False)
    with Video(path, cache_folder=tmp_path) as video:
        assert np.array_equal(video[:], STACK)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif"])
@pytest.mark.parametrize("pattern", ["{:05d}", "frame{}", "img_{}_left"])
def test_folder_in_natural_order(tmp_path, suffix, pattern):
    folder = tmp_path / "images"
    folder.mkdir()
    for number, image in enumerate(STACK):
        imageio.v3.imwrite(folder / f"{pattern.format(number)}.{suffix}", image)
    (folder / "notes.txt").write_text("not an image")
    with Video(folder, cache_folder=tmp_path) as video:
        assert video.shape == STACK.shape
        assert_exact(video)


def test_color(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number, image in enumerate(COLORED):
        imageio.v3.imwrite(folder / f"{number}.png", image)
    with Video(folder, cache_folder=tmp_path) as video:
        assert np.array_equal(video[:], COLORED)


def test_rgb_files_without_color_are_gray(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.repeat(STACK[..., np.newaxis], 3, axis=3), photometric="rgb")
    with Video(path, cache_folder=tmp_path) as video:
        assert np.array_equal(video[:], STACK)


def test_12_bits_are_brought_to_8_by_one_factor(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK.astype(np.uint16) << 4, photometric="minisblack")
    with Video(path, cache_folder=tmp_path) as video:
        assert np.array_equal(video[:], STACK)


def test_times_need_a_rate(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK)
    with Video(path, cache_folder=tmp_path, fps=50) as video:
        assert video.fps == 50
        assert video.times == pytest.approx(np.arange(FRAMES) / 50)


def test_crop_and_probe(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK)
    assert (probe(path).frames, probe(path).width, probe(path).fps) == (FRAMES, 160, None)
    with Video(path, cache_folder=tmp_path, crop=(10, 20, 30, 40)) as video:
        assert np.array_equal(video[4], STACK[4, 20:60, 10:40])


def test_changed_folder_is_told(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(5):
        imageio.v3.imwrite(folder / f"{number}.png", STACK[number])
    with Video(folder, cache_folder=tmp_path) as video:
        fingerprint, index = video.fingerprint, video.index
    assert compare(fingerprint, folder).kind == "same"
    imageio.v3.imwrite(folder / "5.png", STACK[5])
    assert compare(fingerprint, folder).kind == "replaced"
    assert Fingerprint.of(folder).key != fingerprint.key
    with pytest.raises(VideoError, match="changed"):
        Video(folder, index)


def test_faults(tmp_path):
    empty, mixed, sizes, broken = (tmp_path / name for name in ("empty", "mixed", "sizes", "broken"))
    for folder in (empty, mixed, sizes, broken):
        folder.mkdir()
    with pytest.raises(VideoError, match="holds no PNG"):
        Video(empty)
    for suffix in ("png", "jpg"):
        imageio.v3.imwrite(mixed / f"1.{suffix}", STACK[0])
    with pytest.raises(VideoError, match=r"mixes kinds of images \(\.jpg, \.png\)"):
        Video(mixed)
    for number in range(12):
        imageio.v3.imwrite(sizes / f"{number}.png", STACK[0][: 90 if number == 4 else 96])
    with Video(sizes, cache_folder=tmp_path) as video:
        assert number_in(video[3]) == 0
        with pytest.raises(VideoError, match=r"Image 4 of .* is 160x90 pixels, the others are 160x96"):
            video[4]
    (broken / "0.png").write_bytes(b"no image")
    with pytest.raises(VideoError, match=r"Image 0 of .* cannot be read"):
        Video(broken)
    (tmp_path / "text.tif").write_text("no image")
    with pytest.raises(VideoError, match="not a TIFF stack"):
        Video(tmp_path / "text.tif")
    tifffile.imwrite(tmp_path / "float.tif", np.zeros((9, 20, 20), np.float32))
    with pytest.raises(VideoError, match="8- or 16-bit"):
        Video(tmp_path / "float.tif")
