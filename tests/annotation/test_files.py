import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation import files
from napari_ethoprofile.annotation.errors import EthoprofileError
from napari_ethoprofile.annotation.files import replacing, write_together, write_whole


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "ü.csv", "a;ä\r\nb\n")
    assert (tmp_path / "ü.csv").read_bytes() == "a;ä\r\nb\n".encode()
    assert [item.name for item in tmp_path.iterdir()] == ["ü.csv"]


@given(st.binary(max_size=200))
def test_bytes_come_back_as_they_went(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    write_whole(path, content)
    assert path.read_bytes() == content


def test_an_error_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("new, but not")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "labels.csv"
    path.write_text("old")
    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_file_keeps_the_suffix(tmp_path: Path) -> None:
    with replacing(tmp_path / "video.mkv") as temporary:
        assert temporary.suffix == ".mkv"
        assert temporary.parent == tmp_path
        temporary.write_bytes(b"x")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "labels.csv", "x")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_files_can_be_read_by_colleagues(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_whole(tmp_path / "new", "x")
        (tmp_path / "kept").write_text("x")
        (tmp_path / "kept").chmod(0o640)
        write_whole(tmp_path / "kept", "y")
    finally:
        os.umask(old)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("there", [True, False])
def test_of_files_that_belong_together_a_full_disk_leaves_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    home = tmp_path / "figures"
    if there:
        assert write_together(home, {"a.csv": "old\n"}) == [home / "a.csv"]
    before, written = sorted(tmp_path.rglob("*")), []

    def fsync(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 3:  # the first file and its folder are safe; the second file finds no room
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(
        EthoprofileError, match=r"could not be written into .*figures: No space left on device; "
    ):
        write_together(home, {"a.csv": "new\n", "b.png": b"x"})
    assert sorted(tmp_path.rglob("*")) == before
    assert not there or (home / "a.csv").read_text() == "old\n"
