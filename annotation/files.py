"""Files are written whole or not at all: temporary file beside the target, fsync, rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .errors import EthoprofileError


@contextlib.contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path; on success it replaces `path` at once, on any error nothing changes.

    Parameters
    ----------
    path
        The file to write. Its folder must exist.

    Yields
    ------
    pathlib.Path
        A fresh temporary file in the same folder, to be written by the caller.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _give_ordinary_permissions(temporary, target)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def try_writing(folder: Path | str) -> None:
    """Raise `OSError` where no file can be made in a folder; permission bits do not tell on all drives."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_whole(path: Path | str, content: str | bytes) -> None:
    """Write `content` to `path` whole or not at all; text goes out as UTF-8 with its line ends unchanged."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_together(folder: Path | str, files: Mapping[str, str | bytes]) -> list[Path]:
    """Write files that belong together into a folder: all of them, or none where the disk has no room.

    Parameters
    ----------
    folder
        Made when missing; files of the same names there are replaced.
    files
        Contents by name; text goes out as UTF-8 with its line ends unchanged.

    Returns
    -------
    list of Path
        What was written, in the order of `files`.

    Raises
    ------
    EthoprofileError
        In one sentence, when the disk refuses.
    """
    home = Path(folder)
    there = home.exists()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=home) as scratch:
            for name, content in files.items():
                write_whole(Path(scratch) / name, content)
            for name in files:
                os.replace(Path(scratch) / name, home / name)
        _sync_folder(home)
    except OSError as error:
        if not there:
            with contextlib.suppress(OSError):
                home.rmdir()
        raise EthoprofileError(
            f"The files could not be written into {home}: {error.strerror or error}; make room there or "
            "choose another folder, and run it again."
        ) from error
    return [home / name for name in files]


def _give_ordinary_permissions(temporary: Path, target: Path) -> None:
    """`mkstemp` makes private files; a label file that colleagues read must not stay private."""
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    temporary.chmod(mode)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable where the system allows folders to be synced (not on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
