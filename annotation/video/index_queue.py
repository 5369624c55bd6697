"""`IndexQueue`: recordings are indexed one after another in the background, the one served next first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from psygnal import Signal, SignalGroup

from ..errors import EthoprofileError, VideoError
from .building import IndexingCanceledError, index_video
from .index import FrameIndex
from .video import Video

_EVENT_SECONDS = 0.1


class IndexEvents(SignalGroup):
    """What the queue tells; emitted in its thread, so windows connect with ``thread="main"``.

    Paths are absolute.
    """

    progress = Signal(Path, int, object)  # path, frames so far, estimated number of frames or None
    finished = Signal(Path)
    failed = Signal(Path, str)  # path, sentence for the user


@dataclass(frozen=True)
class IndexStatus:
    """How far a recording is: `done` of about `total` frames (None: unknown); of a failure, the sentence."""

    state: Literal["waiting", "indexing", "done", "failed", "canceled"]
    done: int = 0
    total: int | None = None
    message: str = ""


@dataclass
class Growing:
    """The index of a recording so far; `Video` follows it."""

    latest: FrameIndex


class IndexQueue:
    """Indexes recordings in one background thread.

    Parameters
    ----------
    cache_folder
        Where indexes are kept; see `index_video`.

    Attributes
    ----------
    events
        `progress`, `finished` and `failed`.
    """

    def __init__(self, cache_folder: Path | str | None = None):
        self.events = IndexEvents()
        self._cache_folder = cache_folder
        self._lock = threading.Lock()
        self._waiting: list[Path] = []
        self._statuses: dict[Path, IndexStatus] = {}
        self._growing: dict[Path, Growing] = {}
        self._current: Path | None = None
        self._interrupted = False
        self._thread: threading.Thread | None = None

    def add(self, path: Path | str, first: bool = False) -> None:
        """Queue a recording, or move it to the front if it waits already.

        Parameters
        ----------
        path
            The recording.
        first
            It is served next: another one that is being indexed steps aside and goes on later.
        """
        path = Path(path).absolute()
        with self._lock:
            if path == self._current or self._state(path) == "done":
                return
            if path in self._waiting:
                self._waiting.remove(path)
            self._waiting.insert(0 if first else len(self._waiting), path)
            self._statuses[path] = IndexStatus("waiting")
            self._interrupted = self._interrupted or (first and self._current is not None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ethoprofile indexing", daemon=True)
                self._thread.start()

    def status(self, path: Path | str) -> IndexStatus | None:
        """Tell how far a recording is; None if it was never added."""
        with self._lock:
            return self._statuses.get(Path(path).absolute())

    def cancel(self, path: Path | str) -> None:
        """Take a recording out; what a decode pass has done so far is kept for the next time."""
        path = Path(path).absolute()
        with self._lock:
            if path in self._waiting:
                self._waiting.remove(path)
            elif path == self._current:
                self._interrupted = True
            else:
                return
            self._statuses[path] = IndexStatus("canceled")

    def partial(self, path: Path | str, **options: Any) -> Video:
        """Open a recording although it is not indexed to its end.

        Its shape holds the number of frames that the header claims; `Video.confirmed` grows while indexing
        goes on, and reading beyond it raises `VideoError`. When `finished` is emitted, open the file again.

        Parameters
        ----------
        path
            The recording.
        **options
            For `Video`.

        Raises
        ------
        VideoError
            If nothing of it is confirmed yet.
        """
        path = Path(path).absolute()
        with self._lock:
            growing = self._growing.get(path)
        if growing is None:
            raise VideoError(f"No frame of {path} is confirmed yet: wait a moment until indexing has begun.")
        return Video(path, index=growing, **options)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is left to do; False if `timeout` seconds were not enough."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def close(self) -> None:
        """Stop after a checkpoint and forget what waits."""
        with self._lock:
            for path in (*self._waiting, *filter(None, [self._current])):
                self._statuses[path] = IndexStatus("canceled")
            self._waiting.clear()
            self._interrupted = True
        self.wait()

    def _state(self, path: Path) -> str:
        status = self._statuses.get(path)
        return status.state if status else ""

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                self._current = self._waiting.pop(0)
                self._interrupted = False
            self._index(self._current)
            with self._lock:
                self._current = None

    def _index(self, path: Path) -> None:
        self._set(path, IndexStatus("indexing"))
        try:
            index = index_video(
                path,
                self._cache_folder,
                on_progress=_Throttled(lambda done, total: self._progress(path, done, total)),
                cancelled=lambda: self._interrupted,
                on_growth=lambda prefix: self._grow(path, prefix),
            )
        except IndexingCanceledError:
            self._step_aside(path)
        except EthoprofileError as error:
            self._fail(path, str(error))
        else:
            if index.exact:
                self._grow(path, index)
                self._set(path, IndexStatus("done", index.frames, index.frames, index.note))
                self.events.finished.emit(path)
            else:
                self._fail(path, index.problem)

    def _step_aside(self, path: Path) -> None:
        with self._lock:
            if self._state(path) != "canceled":
                self._waiting.insert(min(1, len(self._waiting)), path)
                self._statuses[path] = replace(self._statuses[path], state="waiting")

    def _fail(self, path: Path, message: str) -> None:
        self._set(path, IndexStatus("failed", message=message))
        self.events.failed.emit(path, message)

    def _progress(self, path: Path, done: int, total: int | None) -> None:
        with self._lock:
            if self._state(path) != "indexing":
                return
            self._statuses[path] = IndexStatus("indexing", done, total)
        self.events.progress.emit(path, done, total)

    def _grow(self, path: Path, index: FrameIndex) -> None:
        with self._lock:
            self._growing.setdefault(path, Growing(index)).latest = index

    def _set(self, path: Path, status: IndexStatus) -> None:
        with self._lock:
            self._statuses[path] = status


class _Throttled:
    """Passes on a call now and then."""

    def __init__(self, function: Any):
        self._function = function
        self._next = 0.0

    def __call__(self, *arguments: Any) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVENT_SECONDS
            self._function(*arguments)
