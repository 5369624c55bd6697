"""The one thread of a project that writes the journal, so that no edit waits for the disk.

Entries are written in the order in which they were given. Those that wait while a transaction runs go into
the next one together. When the disk refuses, the entries stay in the queue and are tried again with the
next one, with the next heartbeat, or with `JournalWriter.flush`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import ProjectError
from ..tracks import Coverage
from . import schema
from .database import Database

#: How often a window says that it is still there, in seconds.
HEARTBEAT_SECONDS = 20.0


@dataclass(frozen=True)
class OpenBout:
    """A bout that is being scored: ``[start, stop)`` so far, with the stable id of its group."""

    group: int
    start: int
    stop: int
    label: int
    at: str


class Listener(Protocol):
    """Who is told, on the writer's thread, what became of an entry."""

    def entry_saved(self, entry: Entry) -> None:
        """Take note that the entry is on disk."""

    def entry_refused(self, reason: str) -> None:
        """Take note that the disk refused; what is queued stays queued."""

    def entry_lost(self, entry: Entry, reason: str) -> None:
        """Take note that the pass belongs to another window now; the entry will not be written."""


@dataclass(frozen=True, eq=False)
class Entry:
    """Something to write for one pass, in one transaction.

    Attributes
    ----------
    pass_id, token
        The pass, and the lock that must still be held.
    listener
        Who is told.
    rows
        Rows of the table ``edits``.
    coverage
        Counts of the track after them.
    opened
        Open bouts to note down.
    closed
        Groups whose open bout is over.
    viewed
        Frames seen so far, as ``(start, stop)`` pairs, or None when unchanged.
    """

    pass_id: str
    token: str
    listener: Listener
    rows: list[dict[str, Any]] = field(default_factory=list)
    coverage: Coverage | None = None
    opened: tuple[OpenBout, ...] = ()
    closed: tuple[int, ...] = ()
    viewed: list[tuple[int, int]] | None = None


class LockLostError(ProjectError):
    """The pass was taken over by another window."""


class JournalWriter:
    """Writes entries on a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: list[tuple[int, Entry]] = []
        self._held: dict[str, str] = {}
        self._changed = threading.Condition()
        self._given = 0  # entries so far
        self._attempt = self._failed = 0  # numbers of the last attempt, and of the last that failed
        self._refusal = ""
        self._retry = self._stopping = False
        self._beat_at = time.monotonic() + HEARTBEAT_SECONDS
        self._thread = threading.Thread(target=self._run, name="ethoprofile-journal", daemon=True)
        self._thread.start()
        # A daemon thread does not keep a broken program alive, but an orderly exit must not lose edits.
        atexit.register(self._stop)

    def put(self, entry: Entry) -> None:
        """Queue an entry and return at once."""
        with self._changed:
            self._given += 1
            self._queue.append((self._given, entry))
            self._retry = True
            self._changed.notify_all()

    def hold(self, pass_id: str, token: str) -> None:
        """Keep the lock of a pass alive from now on."""
        with self._changed:
            self._held[pass_id] = token
            self._changed.notify_all()

    def let_go(self, pass_id: str, token: str) -> None:
        """Stop keeping a lock alive and forget what is still queued under it."""
        with self._changed:
            if self._held.get(pass_id) == token:
                del self._held[pass_id]
            self._remove(lambda entry: entry.token == token)

    def flush(self) -> None:
        """Wait until everything queued so far is on disk.

        Raises
        ------
        ProjectError
            When the disk refuses; what is queued stays queued.
        RuntimeError
            When called on the writer's own thread, such as from a slot of `PassEditor.saved`.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                "The writer's thread cannot wait for itself; connect the signal to another thread."
            )
        with self._changed:
            wanted, mark = self._given, self._attempt
            self._retry = True
            self._changed.notify_all()
            while self._queue and self._queue[0][0] <= wanted:
                if self._failed > mark:
                    raise ProjectError(self._refusal)
                self._changed.wait()

    def close(self) -> None:
        """Write what is queued and end the thread.

        Raises
        ------
        ProjectError
            When the disk refuses; the thread goes on then.
        """
        self.flush()
        self._stop()

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        with self._changed:
            self._stopping = self._retry = True
            self._changed.notify_all()
        self._thread.join(timeout=60)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._ready():
                    self._changed.wait(max(0.0, self._beat_at - time.monotonic()) if self._held else None)
                self._retry = False
                self._attempt += 1
                waiting = [entry for _, entry in self._queue]
            if waiting:
                self._write(waiting)
            if self._stopping:
                return
            if time.monotonic() >= self._beat_at:
                self._beat()

    def _ready(self) -> bool:
        due = bool(self._held) and time.monotonic() >= self._beat_at
        return due or self._stopping or bool(self._queue and self._retry)

    def _write(self, waiting: list[Entry]) -> None:
        try:
            with self._database.writing() as connection:
                for entry in waiting:
                    write_entry(connection, entry)
        except LockLostError as error:
            self._give_up(str(error), waiting)
        except ProjectError as error:
            self._refuse(str(error), waiting)
        else:
            for entry in waiting:
                _tell(entry.listener.entry_saved, entry)
            written = {id(entry) for entry in waiting}
            with self._changed:
                self._remove(lambda entry: id(entry) in written)

    def _refuse(self, reason: str, waiting: list[Entry]) -> None:
        for listener in {id(entry.listener): entry.listener for entry in waiting}.values():
            _tell(listener.entry_refused, reason)
        with self._changed:
            self._refusal, self._failed = reason, self._attempt
            self._changed.notify_all()

    def _give_up(self, reason: str, waiting: list[Entry]) -> None:
        """Sort out the entries of passes that another window took over, and write the others."""
        with self._database.reading() as connection:
            held = dict(
                connection.execute(select(schema.locks.c["pass"], schema.locks.c.token)).tuples().all()
            )
        lost = [entry for entry in waiting if held.get(entry.pass_id) != entry.token]
        for entry in lost:
            _tell(entry.listener.entry_lost, entry, reason)
        gone = {id(entry) for entry in lost}
        with self._changed:
            self._remove(lambda entry: id(entry) in gone)
            self._retry = True

    def _remove(self, which: Callable[[Entry], bool]) -> None:
        self._queue = [item for item in self._queue if not which(item[1])]
        self._changed.notify_all()

    def _beat(self) -> None:
        """Renew the locks. When that fails, the next edit tells."""
        with self._changed:
            held = dict(self._held)
            self._beat_at = time.monotonic() + HEARTBEAT_SECONDS
        for pass_id, token in held.items():
            with contextlib.suppress(ProjectError), self._database.writing() as connection:
                check_lock(connection, pass_id, token)


def _tell(callback: Callable[..., None], *arguments: object) -> None:
    try:
        callback(*arguments)
    except Exception:  # whatever a listener does wrong, the journal must go on
        logging.getLogger(__name__).exception("A listener of the journal failed.")


def write_entry(connection: Connection, entry: Entry) -> None:
    """Write one entry inside the caller's transaction."""
    check_lock(connection, entry.pass_id, entry.token)
    if entry.rows:
        connection.execute(insert(schema.edits), entry.rows)
    if entry.coverage is not None:
        write_coverage(connection, entry.pass_id, entry.coverage)
    for group in entry.closed:
        table = schema.open_bouts
        connection.execute(delete(table).where(table.c["pass"] == entry.pass_id, table.c["group"] == group))
    for bout in entry.opened:
        values = {"pass": entry.pass_id, **vars(bout)}
        connection.execute(
            upsert(schema.open_bouts).values(values).on_conflict_do_update(["pass", "group"], set_=values)
        )
    if entry.viewed is not None:
        values = {"pass": entry.pass_id, "stretches": json.dumps(entry.viewed, separators=(",", ":"))}
        connection.execute(upsert(schema.viewed).values(values).on_conflict_do_update(["pass"], set_=values))


def write_coverage(connection: Connection, pass_id: str, coverage: Coverage) -> None:
    """Keep the counts of a pass in step with its journal."""
    connection.execute(
        update(schema.passes)
        .where(schema.passes.c.id == pass_id)
        .values(labeled=coverage.labeled, none=coverage.none, unlabeled=coverage.unlabeled)
    )


def check_lock(connection: Connection, pass_id: str, token: str) -> None:
    """Renew the lock of a pass, or raise `ProjectError` when another window has taken it over."""
    renewed = connection.execute(
        update(schema.locks)
        .where(schema.locks.c["pass"] == pass_id, schema.locks.c.token == token)
        .values(heartbeat=time.time())
    )
    if renewed.rowcount == 0:
        raise LockLostError(
            "Another window has taken this pass over in the meantime; close it here and open it again."
        )
