"""What the name of a recording says: that it is one, the animal, when it began, where a cut clip begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PureWindowsPath

#: Endings of recordings that are looked for in folders and offered in dialogs. What is named is read whatever
#: its ending: its content counts.
VIDEO_ENDINGS = (".mkv", ".mp4", ".avi", ".mov", ".m4v", ".mpg", ".mpeg", ".wmv", ".webm", ".ts")
#: Endings of files that hold a whole image stack.
STACK_ENDINGS = (".tif", ".tiff")

#: ``NN_YYYYMMDD_HHMM``, cut clips with ``_sSTART_nCOUNT``; what follows begins with no letter or digit.
_PUBLISHED = re.compile(
    r"(?P<subject>\d{2})_(?P<date>\d{8})_(?P<time>\d{4})(?:_s(?P<start>\d+)_n(?P<count>\d+))?(?![0-9A-Za-z])"
)
#: ``YYYYMMDD_HHMMSS`` in a folder ``NN``.
_CAPTURED = re.compile(r"(?P<date>\d{8})_(?P<time>\d{6})(?![0-9A-Za-z])")
_CAMERA = re.compile(r"\d{2}")


@dataclass(frozen=True, slots=True)
class RecordingName:
    """What the name of a recording says.

    Attributes
    ----------
    subject
        Number of the animal or camera, such as ``01``; empty when the name does not say.
    recorded_at
        Wall-clock time of the first frame of the *uncut* recording.
    start_frame
        Where a cut clip begins in the uncut recording; 0 for a whole one.
    frames
        How many frames the cut clip should have; None for a whole one.
    precision
        Seconds that the name is silent about: it may have begun by so much later.
    """

    subject: str
    recorded_at: datetime
    start_frame: int = 0
    frames: int | None = None
    precision: float = field(default=60.0, compare=False)


def parse_name(path: object) -> RecordingName | None:
    r"""Return what the path of a recording says, or None when it follows neither convention.

    Parameters
    ----------
    path
        ``NN_YYYYMMDD_HHMM[_sSTART_nCOUNT]...`` as DeepEthoProfile names its files, or
        ``NN/YYYYMMDD_HHMMSS`` as its capture program does; ``/`` and ``\`` both separate folders.

    Examples
    --------
    >>> parse_name("01_20180418_1200_s45000_n7500.avi").start_frame
    45000
    """
    pure = PureWindowsPath(str(path))
    published = _PUBLISHED.match(pure.name)
    if published:
        moment = _moment(published["date"] + published["time"], "%Y%m%d%H%M")
        count = published["count"]
        if moment is not None:
            return RecordingName(
                published["subject"], moment, int(published["start"] or 0), int(count) if count else None
            )
    captured = _CAPTURED.match(pure.name)
    if captured:
        moment = _moment(captured["date"] + captured["time"], "%Y%m%d%H%M%S")
        camera = pure.parent.name
        if moment is not None:
            return RecordingName(camera if _CAMERA.fullmatch(camera) else "", moment, precision=1.0)
    return None


def animal_folder(path: object) -> str:
    """Return the name of the folder that says whose recording it is, where the file's own name does not.

    Examples
    --------
    >>> animal_folder("data/07/20180418_120000.mkv"), animal_folder("data/07/01_20180418_1200.avi")
    ('07', '')
    """
    whole, own = parse_name(path), parse_name(PureWindowsPath(str(path)).name)
    return "" if whole is None or (own is not None and own.subject) else whole.subject


def find_videos(folder: Path) -> list[Path]:
    """Return the videos in a folder and the folders below it, in order of their names.

    Hidden files and folders are left out: other programs keep drafts there.
    """
    found = (path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_ENDINGS and path.is_file())
    return sorted(p for p in found if not any(part[0] == "." for part in p.relative_to(folder).parts))


def _moment(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None
