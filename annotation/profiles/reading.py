"""Result and label files as the material of a profile: whose they are, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..formats import Labels, read_all
from ..formats.mapping import rename
from ..formats.names import same_as
from ..recordings import RecordingName, parse_name
from .even_clock import on_even_clock
from .scored import PARTIAL, Scored, usual_colors

#: What files a folder of results is searched for.
_ENDINGS = (".csv", ".tsv", ".txt")
#: Folders of animals, as the capture program and `predict` name them.
_ANIMAL = re.compile(r"\d{2}")
#: Results of one recording are called after it.
_RESULT = re.compile("(_partial)?_results.*$")
#: Recordings that follow each other may overlap by so many seconds beyond what their names leave open.
_TOUCHING = 1.0
_CLOCK_CHANGE = 3600.0


@dataclass(frozen=True, eq=False)
class _Read:
    """What one file holds, and what its name says."""

    path: Path
    item: Scored
    name: RecordingName | None


def read_scored(
    paths: Iterable[Path],
    *,
    fps: float | None = None,
    strains: Mapping[str, str] | None = None,
    timezone: tzinfo | None = None,
    on_stage: Callable[[str, int, int | None], None] | None = None,
    **options: Any,
) -> list[Scored]:
    """Read label or result files of any known format.

    Parameters
    ----------
    paths
        Files, or folders whose tables are all read, those in folders of animals (``01``) below included. What
        a name says of animal, date, time and clip counts.
    fps
        Frames per second, for files that do not say.
    strains
        Animal to strain; ``1`` means the animal ``01``, too.
    timezone
        By whose clock the names of files are, where that was changed meanwhile: all times are then by the
        clock as it was at the first one.
    on_stage
        Told what is done, how much of it is done, and how much there is.
    options
        For the reader, see `annotation.formats.read_all`.

    Returns
    -------
    list of Scored
        By animal, then in the order of time. Frames at uneven times are put on an even clock, on which a
        pause of the camera is unlabeled.

    Raises
    ------
    FormatError
        When a file cannot be read, nothing is found, the rate is not known, or two files tell of the same
        time of an animal, which would count twice.
    """
    found: list[_Read] = []
    files = _files_in(paths)
    for number, path in enumerate(files):
        if on_stage is not None:
            on_stage("reading", number, len(files))
        found += [_read(path, labels, fps, strains or {}) for labels in read_all(path, fps=fps, **options)]
    found = _by_first_clock(found, timezone) if timezone is not None else found
    found.sort(key=lambda read: (read.item.animal, read.item.began or datetime.max, read.item.name))
    _check_apart(found)
    return [read.item for read in found]


def same_animal(one: str, other: str) -> bool:
    """Return whether two names are of one animal: tables lose the zero of ``01``."""
    return one == other or (one.isdecimal() and other.isdecimal() and int(one) == int(other))


def _read(path: Path, labels: Labels, fps: float | None, strains: Mapping[str, str]) -> _Read:
    rate = labels.fps or fps
    if not rate:
        raise FormatError(f"{path} does not say how many frames a second has; give that number (--fps).")
    # Files that write a usual name in their own way, such as mm, are of the same behavior.
    own = {b.name: same_as(b.name) for b in labels.ethogram.behaviors if same_as(b.name) in usual_colors()}
    labels = rename(labels, {old: new for old, new in own.items() if old != new})
    name = parse_name(path)
    began = None if name is None else name.recorded_at + timedelta(seconds=name.start_frame / rate)
    subject = "" if name is None else name.subject
    strain = next((strain for animal, strain in strains.items() if same_animal(animal, subject)), "")
    track, rate = on_even_clock(labels, rate)
    return _Read(path, Scored(path.stem, track, labels.ethogram, rate, began, subject, strain), name)


def _by_first_clock(found: Sequence[_Read], timezone: tzinfo) -> list[_Read]:
    """Return everything by the clock as it was when the first recording began."""
    begins = [read.item.began for read in found if read.item.began is not None]
    if not begins:
        return list(found)
    first = min(begins).replace(tzinfo=timezone).utcoffset() or timedelta()

    def by_it(began: datetime) -> datetime:
        return began - (began.replace(tzinfo=timezone).utcoffset() or timedelta()) + first

    return [
        read if read.item.began is None
        else replace(read, item=replace(read.item, began=by_it(read.item.began)))
        for read in found
    ]  # fmt: skip


def _check_apart(found: Sequence[_Read]) -> None:
    """Say which files tell of the same time of one recording or animal, such as results of two models.

    Parameters
    ----------
    found
        Files and what they tell, by animal and time.
    """
    last: dict[str, _Read] = {}
    unclocked: dict[str, Path] = {}
    for read in found:
        if read.item.began is None:
            other = unclocked.setdefault(_RESULT.sub("", read.path.stem), read.path)
            if other != read.path:
                raise FormatError(_twice(other, read.path))
            continue
        before = last.get(read.item.animal)
        if before is not None:
            _check_pair(before, read)
        if before is None or _end(read.item) > _end(before.item):
            last[read.item.animal] = read


def _check_pair(before: _Read, after: _Read) -> None:
    assert after.item.began is not None
    assert before.name is not None
    assert after.name is not None
    overlap = (_end(before.item) - after.item.began).total_seconds()
    one_recording = before.name.recorded_at == after.name.recorded_at
    # Names that leave out the seconds leave open by how much one recording ended before the next began.
    left_open = 0.0 if one_recording else max(before.name.precision, after.name.precision)
    if overlap <= min(left_open + _TOUCHING, after.item.seconds / 2):
        return
    advice = ""
    if not one_recording and overlap <= left_open + _TOUCHING + _CLOCK_CHANGE:
        advice = " Where the clock was put back between them, say where that was (--timezone Europe/Berlin)."
    raise FormatError(_twice(before.path, after.path) + advice)


def _end(item: Scored) -> datetime:
    assert item.began is not None
    return item.began + timedelta(seconds=item.seconds)


def _twice(one: Path, other: Path) -> str:
    return (
        f"{one} and {other} tell of the same time of one recording, which would count twice; give one of "
        "them, or keep the results of each model in a folder of their own."
    )


def _files_in(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        animals = [folder for folder in path.iterdir() if folder.is_dir() and _ANIMAL.fullmatch(folder.name)]
        inside = sorted(
            file
            for folder in (path, *animals)
            for file in folder.iterdir()
            if file.suffix.lower() in _ENDINGS
        )
        if not inside:
            raise FormatError(f"The folder {path} holds no tables of results ({', '.join(_ENDINGS)}).")
        # What was computed up to a damage is no news beside the whole of it.
        known = set(inside)
        files += [file for file in inside if PARTIAL not in file.name or _whole(file) not in known]
    return files


def _whole(file: Path) -> Path:
    return file.with_name(file.name.replace(PARTIAL, "_results"))
