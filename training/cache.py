"""Derived arrays on disk (small frames, features): resumable, deletable, what is oldest thrown out first."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.errors import LearnError
from ..annotation.files import write_whole

if TYPE_CHECKING:
    import zarr

#: Bytes that the arrays of one project may take unless the user says otherwise.
LIMIT = 20_000_000_000
#: Folder of the arrays in the folder of derived data.
FOLDER_NAME = "arrays"

_USED, _LIMIT = ".used", "limit"


class GoneError(LearnError):
    """What was kept in an array was deleted while it was needed."""


@dataclass(frozen=True)
class Entry:
    """One cached array.

    Attributes
    ----------
    path
        Its folder.
    size
        Bytes on disk.
    used
        When it was used last, seconds since the epoch.
    """

    path: Path
    size: int
    used: float

    @property
    def kind(self) -> str:
        """What it holds, such as ``frames`` or ``features``: the beginning of its name."""
        return self.path.name.partition("-")[0]


def arrays_in(cache_folder: Path) -> CacheFolder:
    """Return the arrays in a folder of derived data, such as that of a project."""
    return CacheFolder(cache_folder / FOLDER_NAME)


class CacheFolder:
    """A folder of zarr arrays that can be made again.

    Parameters
    ----------
    folder
        Where they lie; made when first written to.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    @property
    def limit(self) -> int:
        """Bytes beyond which `trim` deletes what was not used for longest; kept in the folder."""
        try:
            return int((self.folder / _LIMIT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return LIMIT

    @contextlib.contextmanager
    def refusals_told(self) -> Iterator[None]:
        """Turn what the disk refuses while arrays are kept here into one sentence.

        Raises
        ------
        LearnError
            In place of an `OSError`.
        """
        try:
            yield
        except OSError as error:
            raise LearnError(
                f"Small frames and features could not be kept in {self.folder}: {error.strerror or error}; "
                "make room there ('ethoprofile cache' shows, limits and deletes what is kept) and run it "
                "again: it goes on where it was."
            ) from error

    def set_limit(self, limit: int) -> None:
        """Keep another limit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / _LIMIT, f"{limit}\n")

    def open(
        self, name: str, shape: tuple[int, ...], dtype: Any, block: int, attributes: dict[str, Any]
    ) -> CachedArray:
        """Open the array `name`, or begin it; one that is damaged or of another shape is begun anew.

        Parameters
        ----------
        name
            Made of hashes: of the recording and of everything that the values depend on.
        shape, dtype
            Of the whole array; the first axis is filled block by block.
        block
            Rows filled at a time.
        attributes
            Kept beside the array for whoever looks into the folder.
        """
        path = self.folder / f"{name}.zarr"
        found = _reopened(path, shape, dtype, block)
        if found is None:
            shutil.rmtree(path, ignore_errors=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            found = _created(path, shape, dtype, block, attributes)
        (path / _USED).touch()
        return found

    def entries(self) -> list[Entry]:
        """Return what is there, the one used longest ago first."""
        if not self.folder.is_dir():
            return []
        found = [_entry(path) for path in self.folder.glob("*.zarr")]
        return sorted(found, key=lambda entry: entry.used)

    def size(self) -> int:
        """Bytes on disk."""
        return sum(entry.size for entry in self.entries())

    def trim(self, keep: Collection[Path] = ()) -> list[Path]:
        """Delete what was not used for longest until the limit holds, but nothing of `keep`.

        Returns
        -------
        list of Path
            What went.
        """
        entries, gone = self.entries(), []
        size = sum(entry.size for entry in entries)
        for entry in entries:
            if size <= self.limit:
                break
            if entry.path not in keep:
                _delete(entry.path)
                gone.append(entry.path)
                size -= entry.size
        return gone

    def clear(self) -> int:
        """Delete everything and return how many bytes that were."""
        size = self.size()
        for entry in self.entries():
            _delete(entry.path)
        return size


class CachedArray:
    """An array on disk of which only some blocks of rows may be there yet."""

    def __init__(self, path: Path, values: zarr.Array, done: zarr.Array, block: int) -> None:
        self.path = path
        self.block = block
        self._values = values
        self._done = done
        self._is_done: NDArray[np.bool_] = np.asarray(done[:])

    def __len__(self) -> int:
        return int(self._values.shape[0])

    @property
    def row_bytes(self) -> int:
        """Bytes of one row in memory."""
        return int(np.prod(self._values.shape[1:])) * self._values.dtype.itemsize

    def missing(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the stretches of whole blocks that rows ``[start, stop)`` need and that are not there."""
        found: list[tuple[int, int]] = []
        for number in range(start // self.block, -(-min(stop, len(self)) // self.block)):
            if self._is_done[number]:
                continue
            first, last = number * self.block, min((number + 1) * self.block, len(self))
            if found and found[-1][1] == first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        return found

    def write(self, first: int, rows: NDArray[Any]) -> None:
        """Write rows that begin at a block; those after the last whole block are left out."""
        stop = first + len(rows)
        if stop < len(self):
            stop -= stop % self.block
        self._values[first:stop] = rows[: stop - first]
        # Only now do they count: a crash between the two costs these blocks and nothing else.
        self._is_done[first // self.block : -(-stop // self.block)] = True
        self._done[:] = self._is_done

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Return rows ``[start, stop)``, all of which must be there.

        Raises
        ------
        GoneError
            Where they are not, or the array was deleted meanwhile: what is missing reads as zeros otherwise.
        """
        rows = np.asarray(self._values[start:stop])
        if self.missing(start, stop) or not self.path.exists():
            raise GoneError(
                f"What was kept in {self.path} is gone: it was deleted meanwhile; run this again (what "
                "'ethoprofile cache' may keep should be more than is needed at once)."
            )
        return rows


def _delete(path: Path) -> None:
    """Delete an array so that nobody sees half of it."""
    gone = path.with_name(f".gone-{path.name}-{os.getpid()}")
    with contextlib.suppress(OSError):
        path.rename(gone)
    shutil.rmtree(gone if gone.exists() else path, ignore_errors=True)


def _created(
    path: Path, shape: tuple[int, ...], dtype: Any, block: int, attributes: dict[str, Any]
) -> CachedArray:
    import zarr

    group = zarr.create_group(path, attributes={**attributes, "block": block})
    values = group.create_array(
        "values", shape=shape, dtype=dtype, chunks=(block, *shape[1:]), config={"write_empty_chunks": True}
    )
    blocks = -(-shape[0] // block)
    done = group.create_array(
        "done", shape=(blocks,), dtype=bool, chunks=(max(1, blocks),), config={"write_empty_chunks": True}
    )
    return CachedArray(path, values, done, block)


def _reopened(path: Path, shape: tuple[int, ...], dtype: Any, block: int) -> CachedArray | None:
    import zarr

    if not path.exists():
        return None
    try:
        group = zarr.open_group(path, mode="r+")
        values, done = group["values"], group["done"]
        if not (isinstance(values, zarr.Array) and isinstance(done, zarr.Array)):
            return None
        fits = values.shape == shape and values.dtype == np.dtype(dtype) and group.attrs["block"] == block
        return CachedArray(path, values, done, block) if fits else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _entry(path: Path) -> Entry:
    used, size = 0.0, 0
    for folder, _, files in os.walk(path):
        for name in files:
            try:
                status = (Path(folder) / name).stat()
            except OSError:
                continue  # deleted by somebody else meanwhile
            size += status.st_size
            used = max(used, status.st_mtime) if name == _USED else used
    return Entry(path, size, used)
