"""Indexes kept on disk: derived data that may be deleted at any time, written whole or not at all."""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..files import replacing
from .fingerprint import Fingerprint, written_since
from .index import Facts, FrameIndex
from .packets import PacketTable

FOLDER = ".ethoprofile-cache"
# Raised whenever the meaning of a stored index changes: older ones are then built anew.
_VERSION = 1
_COLUMNS = ("position", "size", "pts", "dts", "key")

_log = logging.getLogger(__name__)


def cache_folder_for(path: Path, chosen: Path | str | None = None) -> Path:
    """Return the folder for the index of `path`.

    The chosen one (a project has its own); else a hidden folder beside the recording; else, where that folder
    cannot be written, one of the user's own.
    """
    if chosen is not None:
        return Path(chosen)
    beside = path.absolute().parent
    if os.access(beside, os.W_OK):
        return beside / FOLDER
    return _user_cache() / "napari-ethoprofile"


def _user_cache() -> Path:
    try:
        import platformdirs
    except ImportError:
        return Path(tempfile.gettempdir())
    return Path(platformdirs.user_cache_dir())


def save(index: FrameIndex, folder: Path) -> bool:
    """Store an index, complete or growing; False (and a log entry) where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(_file_of(index.fingerprint, folder)) as temporary:
            _write(index, temporary)
    except OSError as error:
        _log.warning("the index of a recording was not kept in %s: %s", folder, error)
        return False
    return True


def load(fingerprint: Fingerprint, folder: Path, path: Path | None = None) -> FrameIndex | None:
    """Read the index of exactly this file back; None if there is none, or it is damaged.

    Where it tells of damage to the recording, and that was written anew since at `path`, there is none, too.
    """
    file = _file_of(fingerprint, folder)
    if not file.exists():
        return None
    try:
        index = _read(file)
        damaged = bool(index.problem or index.note)
        return None if damaged and path is not None and written_since(path, file) else index
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        _log.warning("the stored index %s is damaged and will be built anew: %s", file, error)
        return None


def _file_of(fingerprint: Fingerprint, folder: Path) -> Path:
    return folder / f"frames-v{_VERSION}-{fingerprint.key}.zarr.zip"


def _write(index: FrameIndex, file: Path) -> None:
    import zarr
    from zarr.storage import ZipStore

    attributes: dict[str, Any] = {
        "facts": asdict(index.facts),
        "fingerprint": index.fingerprint.to_dict(),
        "estimate": index.estimate,
        "complete": index.complete,
        "problem": index.problem,
        "note": index.note,
        "damaged_at": index.damaged_at,
    }
    arrays = {name: getattr(index.packets, name) for name in _COLUMNS}
    arrays |= {"packet_of_frame": index.packet_of_frame, "signatures": index.signatures}
    with ZipStore(file, mode="w") as store:
        group = zarr.create_group(store, attributes=attributes)
        for name, values in arrays.items():
            group.create_array(name, data=values, chunks=(max(1, len(values)),))


def _read(file: Path) -> FrameIndex:
    import zarr
    from zarr.storage import ZipStore

    # A store that cannot be opened cannot be closed either: look before.
    if not zipfile.is_zipfile(file):
        raise zipfile.BadZipFile("no zip file")
    with ZipStore(file, mode="r") as store:
        group = zarr.open_group(store, mode="r")
        attributes: dict[str, Any] = dict(group.attrs)
        arrays = {name: np.asarray(group[name]) for name in (*_COLUMNS, "packet_of_frame", "signatures")}
    facts = attributes["facts"]
    facts["time_base"] = tuple(facts["time_base"])
    return FrameIndex(
        facts=Facts(**facts),
        fingerprint=Fingerprint.from_dict(attributes["fingerprint"]),
        packets=PacketTable(**{name: arrays[name] for name in _COLUMNS}),
        packet_of_frame=arrays["packet_of_frame"],
        signatures=arrays["signatures"],
        estimate=attributes["estimate"],
        complete=attributes["complete"],
        problem=attributes["problem"],
        note=attributes["note"],
        damaged_at=attributes.get("damaged_at"),
    )
