import os
from collections import namedtuple
from pathlib import Path, PurePath

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.project import folders
from napari_ethoprofile.annotation.project.folders import actual_path, network_drive, safe_name, stored_path

Partition = namedtuple("Partition", "device mountpoint fstype opts")


@given(st.text(max_size=300), st.integers(10, 120))
def test_safe_names_suit_every_system(name: str, most: int) -> None:
    safe = safe_name(name, most)
    assert 0 < len(safe.encode()) <= most + 1
    assert not set(safe) & set('<>:"/\\|?*\0\n')
    assert PurePath(safe).name == safe
    assert safe == safe.strip(" .")


@pytest.mark.parametrize("name", ["CON", "nul.txt", "com1"])
def test_reserved_names_are_changed(name: str) -> None:
    assert safe_name(name) == f"_{name}"


def test_good_names_stay() -> None:
    assert safe_name("01_20180418_1200_s0_n7500") == "01_20180418_1200_s0_n7500"
    assert safe_name("Käfig 3") == "Käfig 3"


@pytest.mark.parametrize("relative", ["a.mp4", "../a.mp4", "videos/ü/a b.mp4", "../../a.mp4"])
def test_stored_paths_lead_back(tmp_path: Path, relative: str) -> None:
    folder = tmp_path / "x" / "project"
    folder.mkdir(parents=True)
    assert stored_path(folder / relative, folder) == relative
    assert actual_path(relative, folder) == Path(os.path.normpath(folder.resolve() / relative))


def test_another_drive_is_held_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(folders.os.path, "relpath", refuse)
    stored = stored_path(tmp_path / "a.mp4", tmp_path / "project")
    assert stored == (tmp_path.resolve() / "a.mp4").as_posix()
    assert actual_path(stored, tmp_path / "project") == tmp_path.resolve() / "a.mp4"


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_links_among_the_folders_are_followed_but_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    (tmp_path / "real" / "store").write_bytes(b"x")
    (tmp_path / "real" / "deep" / "a.mp4").symlink_to(tmp_path / "real" / "store")
    stored = stored_path(tmp_path / "link" / "a.mp4", tmp_path / "link")
    assert stored == "a.mp4"
    assert stored_path(tmp_path / "b.mp4", tmp_path / "link") == "../../b.mp4"


@pytest.mark.skipif(os.name == "nt", reason="made of POSIX mount points")
@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ada/project", None),
        ("/mnt/lab/project", "nfs4"),
        ("/mnt/lab", "nfs4"),
        ("/mnt/laboratory/project", None),
        ("/mnt/lab/scratch/project", None),
        ("/media/share/p", "cifs"),
        ("/media/ssh/p", "fuse.sshfs"),
    ],
)
def test_network_drives_are_recognized(
    monkeypatch: pytest.MonkeyPatch, folder: str, kind: str | None
) -> None:
    partitions = [
        Partition("/dev/sda1", "/", "ext4", "rw"),
        Partition("server:/lab", "/mnt/lab", "nfs4", "rw,vers=4"),
        Partition("/dev/sdb1", "/mnt/lab/scratch", "xfs", "rw"),
        Partition("//server/share", "/media/share", "cifs", "rw"),
        Partition("ada@host:", "/media/ssh", "fuse.sshfs", "rw"),
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: partitions)
    assert network_drive(Path(folder)) == kind


def test_windows_shares_are_recognized() -> None:
    class Share:
        def __str__(self) -> str:
            return r"\\server\share\project"

    assert network_drive(Share()) == "network share"  # type: ignore[arg-type]
