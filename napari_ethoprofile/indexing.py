"""Indexes recordings in the background while people score what is confirmed already."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from .annotation.errors import ProjectError, VideoError
from .annotation.video import IndexQueue, Video, stored_index
from .preferences import cache_megabytes
from .session import Session
from .transport import Transport

if TYPE_CHECKING:
    from .annotation.project import Project, VideoRecord


#: Seconds that opening a clip may wait for an index that was kept no more.
_SHORT = 0.5


class Indexing:
    """Keeps the recordings of the open project indexed; the one that is served next goes first.

    The queue works in a thread of its own; `poll`, called now and then on the window's thread, takes over
    what it has found.

    Parameters
    ----------
    session, transport
        Told when more frames of the open clip may be shown.

    Attributes
    ----------
    state_changed
        Emits a sentence on how far it is; empty when nothing is being indexed.
    progressed
        Emits the id of a recording of which more frames, or all, are confirmed now.
    """

    state_changed = Signal(str)
    progressed = Signal(str)

    def __init__(self, session: Session, transport: Transport) -> None:
        self._session = session
        self._transport = transport
        self._queue: IndexQueue | None = None
        self._pending: dict[str, Path] = {}
        self._shown = ""
        session.open_video = self.open_video
        session.project_changed.connect(lambda _project: self.close())

    def start(self) -> None:
        """Queue every recording of the project whose frames are not counted yet."""
        project = self._session.require_project()
        if project.read_only:
            return
        for record in project.videos():
            if record.frames is None and record.id not in self._pending:
                self._add(project, record)

    def need(self, video: str) -> None:
        """Index this recording before all others."""
        if video in self._pending and self._queue is not None:
            self._queue.add(self._pending[video], first=True)

    def open_video(self, project: Project, record: VideoRecord) -> Video:
        """Open a recording: its confirmed beginning while it is being indexed.

        An index that was deleted, or is of a file that was copied since, is made again in the background.

        Raises
        ------
        ProjectError
            When the file is missing, or is not the one that was added: its frames may not be those that
            were labeled.
        VideoError
            When its frames cannot be shown exactly, or none is confirmed yet.
        """
        check = project.check_video(record.id)
        if check.state != "ok":
            raise ProjectError(f"{check.sentence} In this window: Project > Relink recording.")
        crop = record.display.get("crop")
        options = {"cache_mb": cache_megabytes(), "crop": tuple(crop) if crop else None}
        if record.id not in self._pending and not project.read_only:
            index = stored_index(project.video_path(record.id), project.cache_folder)
            if index is not None:
                return project.open_video(record.id, index=index, **options)
            self._add(project, record)
            self.need(record.id)
            self._wait_for_frames(record.id)
        if record.id in self._pending and self._queue is not None:
            return self._queue.partial(self._pending[record.id], **options)
        return project.open_video(record.id, **options)

    def close(self) -> None:
        """Stop after a checkpoint; the next start goes on from there."""
        if self._queue is not None:
            self._queue.close()
        self._queue, self._pending = None, {}
        self._tell("")

    def poll(self) -> None:
        """Take over what the queue has found since the last call."""
        project, queue = self._session.project, self._queue
        if project is None or queue is None or not self._pending:
            return
        for video, path in list(self._pending.items()):
            status = queue.status(path)
            if status is None or status.state in ("waiting", "canceled"):
                continue
            if status.state == "failed":
                del self._pending[video]
                self._session.message(status.message)
            elif status.state == "done":
                del self._pending[video]
                project.index_video(video)
                self._session.passes_changed()
            self._allow_more(video)
        self._tell(self._sentence(queue))

    def _add(self, project: Project, record: VideoRecord) -> None:
        path = project.video_path(record.id)
        try:
            path.stat()
        except OSError as error:
            self._session.message(f"The recording {path} cannot be read ({error.strerror}); relink it.")
            return
        if self._queue is None:
            self._queue = IndexQueue(project.cache_folder)
        self._pending[record.id] = path
        self._queue.add(path)

    def _wait_for_frames(self, video: str) -> None:
        """Wait a moment for the first frames: most recordings have them before anybody notices."""
        until = time.monotonic() + _SHORT
        while self._queue is not None and time.monotonic() < until:
            status = self._queue.status(self._pending[video])
            if status is not None and status.state == "failed":
                del self._pending[video]
                raise VideoError(status.message)
            if status is None or status.state == "done":
                return
            time.sleep(_SHORT / 50)

    def _allow_more(self, video: str) -> None:
        current = self._session.current
        if current is not None and current.source.id == video:
            self._transport.allow_frames(current.confirmed)
        self.progressed(video)

    def _sentence(self, queue: IndexQueue) -> str:
        for path in self._pending.values():
            status = queue.status(path)
            if status is not None and status.state == "indexing":
                share = f" {status.done / status.total:.0%}" if status.total else f" {status.done} frames"
                waiting = f", {len(self._pending) - 1} more waiting" if len(self._pending) > 1 else ""
                return f"Indexing {path.name}:{share}{waiting}"
        return ""

    def _tell(self, sentence: str) -> None:
        if sentence != self._shown:
            self._shown = sentence
            self.state_changed(sentence)
