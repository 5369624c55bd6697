"""Indexes are stored, found again, resumed after a kill, and never believed for another file."""

import os
import subprocess
import sys

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import (
    Fingerprint,
    IndexingCanceledError,
    Video,
    building,
    decoding,
    demuxing,
    index_video,
    storage,
)
from numbered_video import RECIPES, copy_packets, number_in, numbers_decoded, write_numbered


def columns(index):
    return [*index.packets.values.T, index.packet_of_frame, index.signatures]


def assert_same(one, other):
    assert all(np.array_equal(a, b) for a, b in zip(columns(one), columns(other), strict=True))
    assert (one.facts, one.fingerprint, one.estimate) == (other.facts, other.fingerprint, other.estimate)
    assert (one.complete, one.problem, one.note) == (other.complete, other.problem, other.note)


@pytest.mark.parametrize("name", ["h264-b.mkv", "h264-b.avi"])
def test_stored_index_is_the_same(recording, tmp_path, name, monkeypatch):
    built = index_video(recording(name), tmp_path)
    monkeypatch.setattr(building, "_index_of_file", None)
    assert_same(index_video(recording(name), tmp_path), built)


@pytest.mark.parametrize("content", [b"", b"not a zip file", None])
def test_damaged_store_is_built_anew(recording, tmp_path, content):
    path = recording("h264-b.mkv")
    built = index_video(path, tmp_path)
    (stored,) = tmp_path.glob("*.zarr.zip")
    stored.write_bytes(stored.read_bytes()[:500] if content is None else content)
    assert_same(index_video(path, tmp_path), built)


def test_changed_file_gets_an_index_of_its_own(tmp_path):
    path = write_numbered(tmp_path / "video.mkv", RECIPES["h264-b.mkv"], 40)
    assert index_video(path, tmp_path).frames == 40
    write_numbered(path, RECIPES["h264-b.mkv"], 60)
    with Video(path, cache_folder=tmp_path) as video:
        assert [number_in(frame) for frame in video] == list(range(60))


def test_file_that_grows_while_it_is_indexed_is_refused(tmp_path):
    path = write_numbered(tmp_path / "video.ts", RECIPES["h264-b.ts"], 100)

    def go_on(_done, _total):
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(VideoError, match="wait until its recording"):
        index_video(path, tmp_path, on_progress=go_on)


def test_index_lies_beside_the_recording_by_default(tmp_path):
    path = write_numbered(tmp_path / "video.mkv", RECIPES["h264-b.mkv"], 30)
    index_video(path)
    assert len(list((tmp_path / ".ethoprofile-cache").iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="folders have no write permission bit on Windows")
def test_folder_that_cannot_be_written_costs_only_the_store(recording, tmp_path, monkeypatch, caplog):
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storage, "replacing", refuse)
    assert index_video(recording("h264-b.mkv"), tmp_path).frames == 120
    assert "Permission denied" in caplog.text
    assert not list(tmp_path.iterdir())


def test_unwritable_folder_of_recordings_means_a_folder_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setattr(storage.os, "access", lambda *_: False)
    assert storage.cache_folder_for(tmp_path / "video.mkv") != tmp_path / storage.FOLDER
    assert storage.cache_folder_for(tmp_path / "video.mkv", tmp_path / "own") == tmp_path / "own"


@pytest.mark.parametrize("name", ["h264-b.mkv", "h264-b.avi", "wmv2.wmv"])
def test_progress_ends_at_the_number_of_frames(recording, tmp_path, name):
    told = []
    index_video(recording(name), tmp_path, on_progress=lambda *numbers: told.append(numbers))
    assert told[0][0] == 0
    assert told[-1] == (120, 120)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.fixture
def many_checkpoints(monkeypatch):
    """Checkpoints at every opportunity."""
    monkeypatch.setattr(decoding, "CHECKPOINT", 0.0)
    monkeypatch.setattr(demuxing, "CHECKPOINT", 0.0)
    monkeypatch.setattr(demuxing, "BLOCK", 40)


@pytest.mark.parametrize(
    "name", ["h264-b.mkv", "h264-open-gop.mkv", "h264-b.mp4", "mpeg4.avi", "h264-b.avi", "wmv2.wmv"]
)
def test_beginning_grows_and_is_always_right(recording, tmp_path, many_checkpoints, name):
    path, beginnings = recording(name, 240), []

    def look(prefix):
        assert not prefix.complete
        beginnings.append(prefix.frames)
        with Video(path, prefix) as video:
            assert video.confirmed == prefix.frames
            assert len(video) == 240
            last = prefix.frames - 1
            assert [number_in(video[k]) for k in (0, last // 2, last)] == [0, last // 2, last]
            if prefix.frames < 240:
                with pytest.raises(VideoError, match="not confirmed yet"):
                    video[prefix.frames]

    index = index_video(path, tmp_path, on_growth=look)
    assert index.frames == 240
    assert len(beginnings) >= 2
    assert beginnings == sorted(beginnings)
    assert 0 < beginnings[0] < beginnings[-1] <= 240


@pytest.mark.parametrize("name", ["h264-b.avi", "h264-open-gop.avi", "wmv2.wmv", "mpeg4-b.avi"])
@pytest.mark.parametrize("stop_at", [32, 96, 160])
def test_canceled_decode_pass_goes_on(recording, tmp_path, many_checkpoints, name, stop_at):
    path, reached = recording(name, 240), []

    def note(done, _total):
        reached.append(done)

    with pytest.raises(IndexingCanceledError):
        index_video(
            path, tmp_path, on_progress=note, cancelled=lambda: bool(reached) and reached[-1] >= stop_at
        )
    checkpoint = storage.load(Fingerprint.of(path), tmp_path)
    assert not checkpoint.complete
    assert checkpoint.frames >= stop_at

    reached.clear()
    resumed = index_video(path, tmp_path, on_progress=note)
    assert min(done for done in reached if done) > stop_at, "what was done is not done again"
    whole = index_video(path, tmp_path / "other")
    assert_same(resumed, whole)


def test_checkpoint_that_does_not_fit_is_thrown_away(recording, tmp_path, many_checkpoints):
    path, reached = recording("h264-b.avi", 240), []
    with pytest.raises(IndexingCanceledError):
        index_video(
            path, tmp_path, lambda done, _: reached.append(done), lambda: bool(reached) and reached[-1] >= 96
        )
    checkpoint = storage.load(Fingerprint.of(path), tmp_path)
    checkpoint.signatures[-3] += 1
    storage.save(checkpoint, tmp_path)
    assert_same(index_video(path, tmp_path), index_video(path, tmp_path / "other"))


KILLED = """
import sys
from pathlib import Path
from napari_ethoprofile.annotation.video import decoding, index_video
decoding.CHECKPOINT = 0.05
index_video(Path(sys.argv[1]), sys.argv[2], on_progress=lambda done, _: print(done, flush=True))
"""


def test_killed_while_indexing(recording, tmp_path):
    """Wherever the kill falls, the store is whole, and indexing goes on to the same index."""
    short = recording("mpeg4-b.avi")
    path = copy_packets(short, tmp_path / "long.avi", repeat=60)
    cache = tmp_path / "cache"
    for target in (1500, 3500, 5500):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(cache)], stdout=subprocess.PIPE, text=True
        )
        while (line := process.stdout.readline()) and int(line) < target:
            pass
        process.kill()
        process.wait()
        process.stdout.close()
        checkpoint = storage.load(Fingerprint.of(path), cache)
        assert checkpoint is None or checkpoint.frames > 0
    reached = []
    index = index_video(path, cache, on_progress=lambda done, _: reached.append(done))
    assert reached[1] > 1000, "it went on from a checkpoint"
    assert index.exact
    numbers = numbers_decoded(path)
    assert index.frames == len(numbers)
    with Video(path, index) as video:
        order = np.random.default_rng(0).integers(0, len(numbers), 30).tolist()
        assert [number_in(video[k]) for k in order] == [numbers[k] for k in order]


def test_lookalike_seek_points_are_found_out(recording, tmp_path, monkeypatch):
    """If the order is told wrongly, the spot checks see it and the file is decoded instead."""
    path = recording("h264-b.mkv")
    monkeypatch.setattr(demuxing, "shown_order", lambda _facts, packets: np.arange(len(packets)))
    index = index_video(path, tmp_path)
    assert index.decoded
    assert index.exact
    with Video(path, index) as video:
        assert [number_in(video[k]) for k in range(0, 120, 7)] == list(range(0, 120, 7))
