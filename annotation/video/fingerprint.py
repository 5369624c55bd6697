"""Recognizing a file again: unchanged, touched, trimmed, re-encoded, replaced, moved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import VideoError
from .containers import Probe, check_file, probe

_ENDS = 1 << 20

Kind = Literal["same", "touched", "moved", "trimmed", "re-encoded", "replaced", "missing"]


@dataclass(frozen=True)
class Fingerprint:
    """What a file is recognized by; `to_dict` and `from_dict` carry it through a database.

    Attributes
    ----------
    size
        Bytes; of all images together for a folder.
    mtime_ns
        Time of the last change, nanoseconds.
    ends
        Hash of the first and the last MiB (hexadecimal); for a folder, of all names, sizes and end images.
    frames, width, height, codec
        What the header says (`frames` is the exact number where the file was indexed), to tell how a changed
        file differs.
    """

    size: int
    mtime_ns: int
    ends: str
    frames: int = 0
    width: int = 0
    height: int = 0
    codec: str = ""

    @classmethod
    def of(cls, path: Path | str, header: Probe | None = None, frames: int | None = None) -> Fingerprint:
        """Take the fingerprint of a file; reads two MiB of it.

        Parameters
        ----------
        path
            A video file or a folder of images.
        header
            Its probe, if the caller has it.
        frames
            Its exact number of frames, if the caller knows.

        Raises
        ------
        VideoError
            If the file is missing, empty or no recording.
        """
        path = Path(path)
        check_file(path)
        header = header or probe(path)
        try:
            size, mtime_ns, ends = _folder_identity(path) if path.is_dir() else _file_identity(path)
        except OSError as error:
            raise VideoError(
                f"{path} cannot be read: {error.strerror}; check the disk or the network."
            ) from error
        count = header.frames if frames is None else frames
        return cls(size, mtime_ns, ends, count, header.width, header.height, header.codec)

    @property
    def key(self) -> str:
        """Short name of exactly this file in exactly this state, for caches."""
        text = f"{self.size} {self.mtime_ns} {self.ends}"
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def has_content_of(self, other: Fingerprint) -> bool:
        """Whether both are the same content, whatever their names and times."""
        return (self.size, self.ends) == (other.size, other.ends)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Fingerprint:
        """Inverse of `to_dict`."""
        return cls(**values)


@dataclass(frozen=True)
class Change:
    """How a file differs from its fingerprint: `kind` for the program, `sentence` for the user."""

    kind: Kind
    sentence: str

    @property
    def is_same_content(self) -> bool:
        """Whether labels fit without further ado."""
        return self.kind in ("same", "touched", "moved")


def compare(old: Fingerprint, path: Path | str, was: Path | str | None = None) -> Change:
    """Tell what became of a file since its fingerprint was taken.

    Parameters
    ----------
    old
        The fingerprint of then.
    path
        Where the file should be now.
    was
        Where it was then; the same content elsewhere is `moved`.

    Returns
    -------
    Change
        Never raises for a file that is gone or unreadable: that is an answer too (`missing`, `replaced`).
    """
    path = Path(path)
    if not path.exists():
        return Change("missing", f"{path} is gone: connect its disk, or link the recording at its new place.")
    try:
        new = Fingerprint.of(path)
    except VideoError as error:
        return Change("replaced", f"{path} is no longer the recording that was labeled. {error}")
    if old.has_content_of(new):
        return _unchanged(old, new, path, was)
    return _changed(old, new, path)


def _unchanged(old: Fingerprint, new: Fingerprint, path: Path, was: Path | str | None) -> Change:
    if was is not None and Path(was).absolute() != path.absolute():
        return Change("moved", f"{path} is the same recording that was at {was}: all labels fit.")
    if old.mtime_ns != new.mtime_ns:
        return Change("touched", f"{path} has a new date but the same content: all labels fit.")
    return Change("same", f"{path} is unchanged.")


def _changed(old: Fingerprint, new: Fingerprint, path: Path) -> Change:
    same_picture = (old.width, old.height) == (new.width, new.height)
    detail = _differences(old, new)
    if old.frames and old.frames == new.frames:
        return Change(
            "re-encoded",
            f"{path} was written anew with the same number of frames ({detail}): labels fit if no frame was "
            "dropped or doubled; look at a few clips before you go on.",
        )
    if same_picture and 0 < new.frames < old.frames:
        return Change(
            "trimmed",
            f"{path} is shorter than when it was labeled ({detail}): labels are kept, but frame numbers only "
            "fit if just the end was cut; link the original file if you have it.",
        )
    return Change(
        "replaced",
        f"{path} is another recording than the one that was labeled ({detail}): labels are kept; link the "
        "original file.",
    )


def _differences(old: Fingerprint, new: Fingerprint) -> str:
    pairs = [
        ("frames", old.frames, new.frames),
        ("size", f"{old.width}x{old.height}", f"{new.width}x{new.height}"),
        ("codec", old.codec, new.codec),
        ("bytes", old.size, new.size),
    ]
    changed = [f"{name} {before} -> {after}" for name, before, after in pairs if before != after]
    return ", ".join(changed) or "same size, other content"


def written_since(path: Path, kept: Path) -> bool:
    """Return whether a recording was written, or copied over, after something about it was kept.

    Copies can keep the date of their original: what counts is when the file system changed this one.
    """
    return path.stat().st_ctime_ns > kept.stat().st_mtime_ns


def find_moved(fingerprint: Fingerprint, folder: Path | str) -> list[Path]:
    """Look below `folder` for files with the content of `fingerprint`, nearest first.

    Files of another size are passed over unread, so a large archive is searched quickly.
    """
    found = []
    for path in _files_below(Path(folder)):
        try:
            if path.stat().st_size == fingerprint.size and _file_identity(path)[2] == fingerprint.ends:
                found.append(path)
        except OSError:
            continue
    return sorted(found, key=lambda path: (len(path.parts), str(path)))


def _files_below(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _file_identity(path: Path) -> tuple[int, int, str]:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        status = path.stat()
        digest.update(file.read(_ENDS))
        file.seek(max(0, status.st_size - _ENDS))
        digest.update(file.read(_ENDS))
    return status.st_size, status.st_mtime_ns, digest.hexdigest()


def _folder_identity(folder: Path) -> tuple[int, int, str]:
    from .stacks import images_in

    digest = hashlib.blake2b(digest_size=16)
    images = images_in(folder)
    total, newest = 0, 0
    for image in images:
        status = image.stat()
        total, newest = total + status.st_size, max(newest, status.st_mtime_ns)
        digest.update(f"{image.name}\0{status.st_size}\0".encode())
    for image in (images[0], images[-1]):
        digest.update(_file_identity(image)[2].encode())
    return total, newest, digest.hexdigest()
