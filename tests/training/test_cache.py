"""Caches: what is there is not made again, what is damaged is, and the limit holds."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.video import index_video
from napari_ethoprofile.training import frames as frames_module
from napari_ethoprofile.training.cache import CachedArray, CacheFolder, arrays_in
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.frames import CACHE_BLOCK, BrokenVideoError, FrameStream, cached_frames
from napari_ethoprofile.training.preprocessing import Preprocessing
from napari_ethoprofile.training.recordings import Recordings
from napari_ethoprofile.training.stack_data import load_stacks
from numbered_video import RECIPES, number_in, write_numbered

PLAIN = Preprocessing(size=(96, 160), contrast=(0, 255))


def opened(cache: CacheFolder, name: str = "a", rows: int = 10) -> CachedArray:
    return cache.open(name, (rows, 3), np.uint8, 4, {"made": "for a test"})


def test_blocks_are_there_after_a_restart(tmp_path: Path) -> None:
    array = opened(CacheFolder(tmp_path))
    assert array.missing(0, 10) == [(0, 10)]
    array.write(4, np.full((4, 3), 7, np.uint8))
    again = opened(CacheFolder(tmp_path))
    assert again.missing(0, 10) == [(0, 4), (8, 10)]
    assert again.missing(5, 7) == []
    assert (again.read(4, 8) == 7).all()
    again.write(8, np.zeros((2, 3), np.uint8))
    assert opened(CacheFolder(tmp_path)).missing(0, 10) == [(0, 4)]


def test_a_full_disk_is_told_with_the_folder_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 20)
    cache, index = CacheFolder(tmp_path / "cache"), index_video(path)

    def refuse(self: CachedArray, first: int, rows: np.ndarray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(CachedArray, "write", refuse)
        with pytest.raises(LearnError, match=r"kept in .*cache: No space left on device; make room there"):
            cached_frames(cache, path, PLAIN, index, 0, 4)
    assert len(cached_frames(cache, path, PLAIN, index, 0, 4)) == 4


@pytest.mark.parametrize("harm", ["shape", "text"])
def test_what_does_not_fit_or_is_damaged_is_begun_anew(tmp_path: Path, harm: str) -> None:
    opened(CacheFolder(tmp_path)).write(0, np.ones((4, 3), np.uint8))
    if harm == "text":
        (tmp_path / "a.zarr" / "zarr.json").write_text("{")
    rows = 11 if harm == "shape" else 10
    assert opened(CacheFolder(tmp_path), rows=rows).missing(0, rows) == [(0, rows)]


def test_the_limit_throws_out_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path)
    for age, name in enumerate("abc"):
        opened(cache, name).write(0, np.ones((4, 3), np.uint8))
        os.utime(tmp_path / f"{name}.zarr" / ".used", (1000 - age, 1000 - age))
    size = cache.size()
    assert [entry.path.stem for entry in cache.entries()] == ["c", "b", "a"]
    assert cache.trim() == []
    cache.set_limit(size * 2 // 3 + 1)
    again = CacheFolder(tmp_path)
    assert [path.stem for path in again.trim(keep=[tmp_path / "c.zarr"])] == ["b"]
    left = again.size()
    assert again.clear() == left > 0
    assert again.entries() == []


def test_what_was_deleted_meanwhile_is_said_and_never_read_as_black(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path)
    array = opened(cache)
    array.write(0, np.ones((4, 3), np.uint8))
    assert array.read(0, 4).all()
    with pytest.raises(LearnError, match="is gone"):
        array.read(0, 9)  # not all of it was ever there
    cache.clear()
    with pytest.raises(LearnError, match="is gone"):
        array.read(0, 4)
    assert list(tmp_path.iterdir()) == []


def test_a_training_keeps_all_frames_that_it_reads_whatever_the_limit(
    labeled_mice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_ethoprofile.training.stack_data._MEMORY_SHARE", 0.0)  # from the disk
    arrays_in(tmp_path).set_limit(1)
    with Project.open(labeled_mice, read_only=True) as project:
        stretches = take_snapshot(project).stretches
    classes = [np.zeros(stretch.frames, np.int64) for stretch in stretches]
    data = load_stacks(stretches, classes, Preprocessing(size=(64, 80)), Recordings(tmp_path))
    assert all(data.stack(number, 20).mean() > 20 for number in range(len(stretches)))
    assert len(arrays_in(tmp_path).entries()) == len(stretches)


def test_frames_of_clips_are_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 300)
    index = index_video(path)
    cache = CacheFolder(tmp_path / "cache")
    clip = cached_frames(cache, path, PLAIN, index, 110, 140)
    assert [number_in(image) for image in clip] == list(range(110, 140))
    decoded: list[tuple[int, int]] = []

    def counted(*arguments: object, **options: object) -> FrameStream:
        stream = FrameStream(*arguments, **options)  # type: ignore[arg-type]
        decoded.append((stream.start, stream.stop))
        return stream

    monkeypatch.setattr(frames_module, "FrameStream", counted)
    np.testing.assert_array_equal(cached_frames(cache, path, PLAIN, index, 130, 135), clip[20:25])
    assert decoded == []
    assert number_in(cached_frames(cache, path, PLAIN, index, 299, 300)[0]) == 299
    assert decoded == [(7 * CACHE_BLOCK, 300)]


def test_a_break_leaves_whole_blocks_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_numbered(tmp_path / "a.mkv", RECIPES["h264-b.mkv"], 300)
    index = index_video(path)
    cache = CacheFolder(tmp_path / "cache")
    step = frames_module.Walker.step
    monkeypatch.setattr(
        frames_module.Walker, "step", lambda self: None if self.position >= 130 else step(self)
    )
    with pytest.raises(BrokenVideoError):
        cached_frames(cache, path, PLAIN, index, 0, 300)
    monkeypatch.undo()
    whole = cached_frames(cache, path, PLAIN, index, 0, 300)
    assert [number_in(image) for image in whole] == list(range(300))
