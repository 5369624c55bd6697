"""Making a project of a bundle of assigned clips."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import EthoprofileError, ProjectError
from ..project import Project
from ..project.folders import claim_folder
from ..project.taking_out import WORK_FORMAT
from .archive import extract, reading_archive


def open_bundle(path: Path, folder: Path) -> str:
    """Make a project of a bundle, to score the clips in; whole or not at all.

    Parameters
    ----------
    path
        The bundle.
    folder
        The new project folder: a new or an empty one.

    Returns
    -------
    str
        The annotator to whom the clips are assigned.

    Raises
    ------
    ProjectError
        When the file is no such bundle, or the folder holds something already.
    """
    with reading_archive(path) as (work, archive):
        _check(work, path)
        existed = folder.expanduser().exists()
        home = claim_folder(folder)
        building = Path(tempfile.mkdtemp(prefix=".tmp-", dir=home.parent))
        try:
            _unpack(work, archive, building)
            Project.create_from_work(building, work, later=home)
            _move(building, home)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProjectError(f"{path} is damaged; write the bundle again.") from error
        except OSError as error:
            raise ProjectError(f"The project {home} could not be made: {error.strerror or error}.") from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
            if not existed:
                with contextlib.suppress(OSError):  # it is not empty when all went well
                    home.rmdir()
    return str(work["annotator"]["name"])


def _check(work: dict[str, Any], path: Path) -> None:
    if work.get("kind") == "finished":
        raise ProjectError(
            f"{path} holds finished passes; bring them into their project with 'ethoprofile merge'."
        )
    if work.get("kind") != "assigned":
        raise ProjectError(f"{path} is not a bundle of napari-ethoprofile.")
    if work.get("format", 0) > WORK_FORMAT:
        raise ProjectError(f"{path} was written by a newer napari-ethoprofile; update this one.")


def _unpack(work: dict[str, Any], archive: zipfile.ZipFile, folder: Path) -> None:
    """Extract the recordings and say in `work` where they lie."""
    from ..video.fingerprint import Fingerprint

    names = [entry.filename for entry in archive.infolist()]
    for video in work["videos"]:
        name = video.get("file")
        if name is None:
            continue
        own = [entry for entry in names if entry == name or entry.startswith(f"{name}/")]
        if not own:
            raise ValueError("a recording is missing in the bundle")
        for entry in own:
            extract(archive, entry, folder)
        video["path"] = str(folder.joinpath(*PurePosixPath(name).parts))
        try:
            video["fingerprint"] = Fingerprint.of(video["path"], frames=video["frames"]).to_dict()
        except EthoprofileError as error:
            raise ValueError("a recording in the bundle cannot be read") from error


def _move(building: Path, home: Path) -> None:
    """Put the finished project in its place with one renaming."""
    for litter in home.iterdir():  # such as .DS_Store; anything else was refused
        litter.unlink()
    home.rmdir()
    building.chmod(0o777 & ~_mask())  # temporary folders are private, project folders are not
    building.rename(home)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
