"""What lies in a project folder, and names and paths that work on every system."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path

from ..errors import ProjectError
from ..files import write_whole

DATABASE_NAME = "ethoprofile.db"
MARKER_NAME = "project.ethoprofile"
CACHE_NAME = "cache"
LABELS_NAME = "labels"

#: Files that systems drop into folders by themselves; a folder that holds only these counts as empty.
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}

NETWORK_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smbfs", "smb2", "smb3", "9p", "afpfs", "webdav", "davfs", "ncpfs", "afs",
    "fuse.sshfs", "fuse.davfs", "fuse.rclone", "fuse.gvfsd-fuse", "sshfs",
}  # fmt: skip

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}


def find_project(location: Path | str) -> Path:
    """Return the project folder that `location` means: the folder, its marker file or its database.

    Raises
    ------
    ProjectError
        When there is no project.
    """
    path = Path(location).expanduser()
    if not path.exists():
        raise ProjectError(
            f"There is no project at {path}; check the path, or make one with 'ethoprofile new'."
        )
    folder = path if path.is_dir() else path.parent
    if not path.is_dir() and path.name not in (MARKER_NAME, DATABASE_NAME):
        raise ProjectError(f"The file {path} is not a project; give the folder that holds {MARKER_NAME}.")
    if not (folder / DATABASE_NAME).is_file():
        raise ProjectError(f"The folder {folder} is not a project: it holds no {DATABASE_NAME}.")
    return folder.resolve()


def claim_folder(location: Path | str) -> Path:
    """Make the folder of a new project, or take an empty one.

    Raises
    ------
    ProjectError
        When the folder cannot be made, or already holds something.
    """
    folder = Path(location).expanduser()
    if (folder / DATABASE_NAME).exists():
        raise ProjectError(f"{folder} is a project already; open it, or choose another folder.")
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder} is a file; choose a folder for the new project.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = [item.name for item in folder.iterdir() if item.name.lower() not in _LITTER]
    except OSError as error:
        raise ProjectError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
    if foreign:
        raise ProjectError(
            f"The folder {folder} is not empty (it holds {foreign[0]}); choose a new or an empty folder."
        )
    return folder.resolve()


def write_marker(folder: Path, name: str) -> None:
    """Write the small file that users open or drop into napari."""
    content = {"program": "napari-ethoprofile", "project": name, "database": DATABASE_NAME}
    write_whole(folder / MARKER_NAME, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def stored_path(path: Path | str, folder: Path) -> str:
    """Return how the database holds the path of a recording: from the project folder on, with ``/``.

    A recording on another drive has no relative path and is held by its absolute one. Links to the file
    itself are kept, links among its folders are resolved, because ``..`` would not lead back through them.
    """
    target = _resolved(path)
    try:
        return Path(os.path.relpath(target, folder.resolve())).as_posix()
    except ValueError:
        return target.as_posix()


def actual_path(stored: str, folder: Path) -> Path:
    """Return where a recording lies: the inverse of `stored_path`."""
    return Path(os.path.normpath(folder.resolve() / stored))


def _resolved(path: Path | str) -> Path:
    target = Path(os.path.abspath(Path(path).expanduser()))
    return target.parent.resolve() / target.name


def safe_name(name: str, max_bytes: int = 80) -> str:
    """Return `name` as a part of a file name that every system takes."""
    cleaned = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    cut = cleaned.encode("utf-8")[:max_bytes].decode("utf-8", errors="ignore").strip(" .")
    if cut.lower().split(".")[0] in _RESERVED:
        cut = "_" + cut
    return cut or "_"


def network_drive(folder: Path) -> str | None:
    """Return the kind of network drive that `folder` lies on, or None for a drive of this computer."""
    text = str(folder)
    if text.startswith("\\\\"):
        return "network share"
    import psutil

    best, kind = "", None
    for partition in psutil.disk_partitions(all=True):
        mount = partition.mountpoint
        if _holds(mount, text) and len(mount) >= len(best):
            remote = partition.fstype.lower() in NETWORK_SYSTEMS or "remote" in partition.opts.split(",")
            best, kind = mount, (partition.fstype or "network drive") if remote else None
    return kind


def _holds(mount: str, path: str) -> bool:
    mount, path = os.path.normcase(mount), os.path.normcase(path)
    return path == mount or path.startswith(mount.rstrip(os.sep) + os.sep)
