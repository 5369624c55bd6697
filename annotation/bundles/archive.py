"""The file of a bundle: a zip with ``bundle.json`` and recordings below ``videos/``."""

from __future__ import annotations

import contextlib
import json
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import ProjectError
from ..files import replacing

CONTENT_NAME = "bundle.json"
VIDEO_FOLDER = "videos"

_LARGEST_CONTENT = 1 << 30


def write_archive(path: Path, work: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    """Write a bundle, whole or not at all.

    Parameters
    ----------
    path
        The file; it must not exist.
    work
        Goes into ``bundle.json``.
    files
        Files by their names in the bundle, such as ``videos/01.mp4``; recordings are packed already and are
        stored as they are.
    """
    if path.exists():
        raise ProjectError(f"{path} exists already; give another name or move it away first.")
    try:
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            text = json.dumps(work, ensure_ascii=False)
            archive.writestr(CONTENT_NAME, text, compress_type=zipfile.ZIP_DEFLATED)
            for name, file in files.items():
                archive.write(file, name, compress_type=zipfile.ZIP_STORED)
    except OSError as error:
        raise ProjectError(
            f"The bundle {path} cannot be written: {error.strerror or error}; choose a folder with room."
        ) from error


@contextlib.contextmanager
def reading_archive(path: Path) -> Iterator[tuple[dict[str, Any], zipfile.ZipFile]]:
    """Yield the content of a bundle and the open archive, after every name in it was checked.

    Raises
    ------
    ProjectError
        When the file is no bundle, is damaged, or holds names that lead out of its folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            for entry in entries:
                _check_entry(entry, path)
            sizes = {entry.filename: entry.file_size for entry in entries}
            if sizes.get(CONTENT_NAME, _LARGEST_CONTENT + 1) > _LARGEST_CONTENT:
                raise ProjectError(f"{path} is not a bundle of napari-ethoprofile.")
            work = json.loads(archive.read(CONTENT_NAME))
            if not isinstance(work, dict):
                raise ProjectError(f"{path} is not a bundle of napari-ethoprofile.")
            yield work, archive
    except FileNotFoundError as error:
        raise ProjectError(f"There is no bundle at {path}; check the path.") from error
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise ProjectError(f"{path} is not a bundle, or is damaged; copy it again.") from error
    except OSError as error:
        raise ProjectError(f"The bundle {path} cannot be read: {error.strerror or error}.") from error


def extract(archive: zipfile.ZipFile, name: str, folder: Path) -> Path:
    """Extract one file, whose name was checked, below `folder`; its checksum is checked on the way."""
    target = folder.joinpath(*PurePosixPath(name).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    return target


def _check_entry(entry: zipfile.ZipInfo, path: Path) -> None:
    """Refuse names that would be written elsewhere, and everything that is no plain file."""
    parts = PurePosixPath(entry.filename).parts
    kind = stat.S_IFMT(entry.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG) and not entry.is_dir() and not entry.flag_bits & 1
    known = entry.filename == CONTENT_NAME or (len(parts) > 1 and parts[0] == VIDEO_FOLDER)
    inside = not any(part in ("", ".", "..") or set(part) & set("\\:\0") for part in parts)
    if not (plain and known and inside and entry.filename == "/".join(parts)):
        raise ProjectError(
            f"{path} holds '{entry.filename}', which has no place in a bundle; it was not opened."
        )
