"""A file is told apart from its later self."""

import json
import os
import shutil

import pytest
from napari_ethoprofile.annotation.errors import VideoError
from napari_ethoprofile.annotation.video import Fingerprint, Video, compare, find_moved
from numbered_video import RECIPES, copy_packets, write_numbered


@pytest.fixture
def labeled(tmp_path):
    """Return a recording and its fingerprint of then."""
    path = write_numbered(tmp_path / "mouse.mkv", RECIPES["h264-b.mkv"], 100)
    with Video(path, cache_folder=tmp_path / "cache") as video:
        return path, video.fingerprint


def test_same(labeled):
    path, fingerprint = labeled
    assert compare(fingerprint, path).kind == "same"
    assert Fingerprint.of(path).key == fingerprint.key


def test_through_json(labeled):
    _, fingerprint = labeled
    assert Fingerprint.from_dict(json.loads(json.dumps(fingerprint.to_dict()))) == fingerprint


def test_touched(labeled):
    path, fingerprint = labeled
    os.utime(path, (1, 1))
    change = compare(fingerprint, path)
    assert (change.kind, change.is_same_content) == ("touched", True)
    assert Fingerprint.of(path).key != fingerprint.key


def test_moved(labeled, tmp_path):
    path, fingerprint = labeled
    (tmp_path / "archive" / "2024").mkdir(parents=True)
    there = tmp_path / "archive" / "2024" / "renamed.mkv"
    shutil.move(path, there)
    write_numbered(tmp_path / "archive" / "other.mkv", RECIPES["h264-b.mkv"], 99)
    change = compare(fingerprint, path)
    assert change.kind == "missing"
    assert not change.is_same_content
    assert find_moved(fingerprint, tmp_path) == [there]
    assert compare(fingerprint, there, was=path).kind == "moved"


def test_trimmed(labeled):
    path, fingerprint = labeled
    write_numbered(path, RECIPES["h264-b.mkv"], 60)
    change = compare(fingerprint, path)
    assert change.kind == "trimmed"
    assert "frames 100 -> 60" in change.sentence


def test_reencoded(labeled):
    path, fingerprint = labeled
    write_numbered(path, RECIPES["hevc.mkv"], 100)
    change = compare(fingerprint, path)
    assert change.kind == "re-encoded"
    assert "codec h264 -> hevc" in change.sentence


@pytest.mark.parametrize("how", ["longer", "no video", "another format"])
def test_replaced(labeled, how):
    path, fingerprint = labeled
    if how == "longer":
        write_numbered(path, RECIPES["h264-b.mkv"], 150)
    elif how == "no video":
        path.write_bytes(b"something else")
    else:
        copy_packets(write_numbered(path.with_suffix(".avi"), RECIPES["mjpeg.avi"], 180), path)
    change = compare(fingerprint, path)
    assert change.kind == "replaced"
    assert not change.is_same_content
    assert str(path) in change.sentence


def test_change_within_the_file_is_seen_by_its_date(labeled):
    path, fingerprint = labeled
    assert Fingerprint.of(path).ends == fingerprint.ends
    os.utime(path)
    assert Fingerprint.of(path).key != fingerprint.key


def test_missing_file_has_no_fingerprint(tmp_path):
    with pytest.raises(VideoError, match="There is no file"):
        Fingerprint.of(tmp_path / "gone.mkv")
