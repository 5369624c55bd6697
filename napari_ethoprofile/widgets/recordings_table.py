"""The recordings that are about to be added: what their names and headers say, edited in place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from qtpy.QtWidgets import QWidget

from ..annotation.clips import Source
from ..annotation.errors import EthoprofileError
from ..annotation.recordings import find_videos, parse_name
from ..annotation.video.stacks import holds_images
from .clip_plan import FALLBACK_FPS, spoken_duration
from .project_recipe import ChosenRecording

if TYPE_CHECKING:
    from ..annotation.video import Probe

FILE, SUBJECT, STARTED, LENGTH, PICTURE = range(5)
HEADERS = ("Recording", "Subject", "Started", "Length", "Picture")
TOOLTIPS = {
    SUBJECT: "The animal; double-click to change.",
    STARTED: "When the first frame was recorded, such as 2018-04-18 12:00:00; double-click to change.",
    LENGTH: "As the header of the file says; every frame is counted later.",
    PICTURE: "Size, frames per second and codec.",
}

_NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class RecordingRow:
    """One recording of the list.

    Attributes
    ----------
    path
        The file.
    subject, started
        As shown; read from the file name until they are edited.
    edited
        Whether the start was typed by the user.
    probe
        What the header says; None until it was read.
    error
        Why the file cannot be read; empty when it can, or while it was not tried.
    """

    path: Path
    subject: str = ""
    started: str = ""
    edited: bool = False
    probe: Probe | None = None
    error: str = ""

    @property
    def moment(self) -> datetime | None:
        """When it began, or None when that is not known; raises `ValueError` for what is not a time."""
        return datetime.fromisoformat(self.started) if self.started else None

    @property
    def problem(self) -> str:
        """Why it cannot be added; empty when it can."""
        if self.error:
            return self.error
        try:
            _ = self.moment
        except ValueError:
            return (
                f"'{self.started}' is not a date and time for {self.path.name}; "
                "write it like 2018-04-18 12:00:00, or leave it empty."
            )
        return ""

    @property
    def seconds(self) -> float | None:
        """Length as the header says."""
        if self.probe is None or not self.probe.frames:
            return None
        return self.probe.frames / (self.probe.fps or FALLBACK_FPS)

    def chosen(self) -> ChosenRecording:
        """Return what goes into the recipe."""
        return ChosenRecording(self.path, self.subject, self.moment if self.edited else None)


def row_of(path: Path) -> RecordingRow:
    """Return a recording with what its name says."""
    name = parse_name(path)
    if name is None:
        return RecordingRow(path)
    return RecordingRow(path, name.subject, name.recorded_at.isoformat(" "))


def probed(row: RecordingRow, probe: Probe | None, error: str) -> RecordingRow:
    """Return a recording with what its header says; the start of a cut clip is worked out with its rate."""
    name = parse_name(row.path)
    started = row.started
    if name is not None and name.start_frame and probe is not None and probe.fps and not row.edited:
        started = (name.recorded_at + timedelta(seconds=name.start_frame / probe.fps)).isoformat(
            " ", timespec="seconds"
        )
    return replace(row, probe=probe, error=error, started=started)


def recordings_in(paths: Iterable[Path]) -> list[Path]:
    """Return the recordings that files and folders stand for.

    A folder with videos in it or below stands for these, a folder of images for the image stack.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        found += find_videos(path) or ([path] if holds_images(path) else [])
    return list(dict.fromkeys(found))


class RecordingsModel(QAbstractTableModel):
    """The list of recordings; headers are read in the background.

    Attributes
    ----------
    changed
        Emitted when the list or what is known about it changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[RecordingRow] = []
        self._prober = Prober(self)
        self._prober.probed.connect(self._on_probed)

    def close(self) -> None:
        """Stop reading headers."""
        self._prober.close()

    @property
    def reading(self) -> int:
        """Number of recordings whose header was not read yet."""
        return sum(row.probe is None and not row.error for row in self.rows)

    def add(self, paths: Iterable[Path]) -> int:
        """Add recordings that are not in the list; return how many."""
        known = {row.path for row in self.rows}
        new = [row_of(path) for path in recordings_in(paths) if path not in known]
        if new:
            self.beginInsertRows(_NO_PARENT, len(self.rows), len(self.rows) + len(new) - 1)
            self.rows += new
            self.endInsertRows()
            self.changed.emit()
            for row in new:
                self._prober.ask(row.path)
        return len(new)

    def remove(self, numbers: Iterable[int]) -> None:
        """Take recordings off the list."""
        gone = set(numbers)
        self.beginResetModel()
        self.rows = [row for number, row in enumerate(self.rows) if number not in gone]
        self.endResetModel()
        self.changed.emit()

    def set_subject(self, numbers: Iterable[int], subject: str) -> None:
        """Give several recordings one subject."""
        for number in numbers:
            self.rows[number] = replace(self.rows[number], subject=subject.strip())
            self._tell(number)

    def sources(self) -> list[Source]:
        """Return what clip plans need of the recordings whose header could be read."""
        taken: dict[str, int] = {}
        sources = []
        for row in self.rows:
            if row.probe is None:
                continue
            count = taken[row.path.stem] = taken.get(row.path.stem, 0) + 1
            name = row.path.stem if count == 1 else f"{row.path.stem}-{count}"
            sources.append(Source(name, row.probe.frames, row.probe.fps or FALLBACK_FPS, row.subject))
        return sources

    def _on_probed(self, path: Path, probe: Probe | None, error: str) -> None:
        for number, row in enumerate(self.rows):
            if row.path == path:
                self.rows[number] = probed(row, probe, error)
                self._tell(number)

    def _tell(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(HEADERS) - 1))
        self.changed.emit()

    # Qt's table interface

    def rowCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of recordings."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = _NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):  # type: ignore[no-untyped-def]
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return TOOLTIPS.get(section)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):  # type: ignore[no-untyped-def]
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text_of(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem or (str(row.path) if column == FILE else TOOLTIPS[column])
        if role == Qt.ItemDataRole.TextAlignmentRole and column == LENGTH:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        number, text = index.row(), str(value).strip()
        if index.column() == SUBJECT:
            self.set_subject([number], text)
        elif index.column() == STARTED and text != self.rows[number].started:
            self.rows[number] = replace(self.rows[number], started=text, edited=True)
            self._tell(number)
        return index.column() in (SUBJECT, STARTED)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (SUBJECT, STARTED) else flags


def _text_of(row: RecordingRow, column: int) -> str:
    if column == LENGTH:
        if row.error:
            return "cannot be read"
        if row.probe is None:
            return "…"
        return "not known" if row.seconds is None else spoken_duration(row.seconds)
    if column == PICTURE:
        if row.probe is None:
            return ""
        rate = f", {row.probe.fps:g} fps" if row.probe.fps else ""
        return f"{row.probe.width} × {row.probe.height}{rate}, {row.probe.codec}"
    return {FILE: row.path.name, SUBJECT: row.subject, STARTED: row.started}[column]


class Prober(QObject):
    """Reads headers on a thread of its own: a network drive must not freeze the window.

    Attributes
    ----------
    probed
        Emits the path, its `Probe` or None, and the error's sentence.
    """

    probed = Signal(object, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ethoprofile-probe")

    def ask(self, path: Path) -> None:
        """Queue a recording."""
        self._pool.submit(self._probe, path)

    def close(self) -> None:
        """Forget what is queued and wait for what is running."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _probe(self, path: Path) -> None:
        from ..annotation.video import probe

        found, error = None, ""
        try:
            found = probe(path)
        except EthoprofileError as problem:
            error = str(problem)
        with contextlib.suppress(RuntimeError):  # the window is gone already
            self.probed.emit(path, found, error)
