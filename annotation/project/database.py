"""The connection to a project's SQLite database: safe settings, plain transactions, errors as sentences."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ProjectError
from ..files import try_writing

#: How long a writer waits for another process before it gives up, in seconds.
BUSY_SECONDS = 10.0
#: Files up to this size are checked before anything else is done with them.
SMALL_BYTES = 1 << 20
# A disk with less free than this, in bytes, has no room for the log and shared memory of SQLite.
_NO_ROOM = 1 << 17


class Database:
    """One SQLite file.

    Parameters
    ----------
    path
        The database file; it must exist.
    read_only
        Refuse every write.
    wal
        Write-ahead log, with which readers never wait for a writer. False on network drives, where the
        shared memory that the log needs does not work.
    """

    def __init__(self, path: Path, *, read_only: bool = False, wal: bool = True) -> None:
        self.path = path
        self.read_only = read_only
        self._frozen = read_only and not folder_is_writable(path.parent)
        self._wal = wal
        self._damage = ""
        self._checking: threading.Thread | None = None
        self.engine: Engine = create_engine("sqlite://", creator=self._connect, poolclass=QueuePool)
        event.listen(self.engine, "begin", _begin)
        self._writing = self.engine.execution_options(write=True)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database throughout."""
        if self._damage:
            raise ProjectError(self._damage)
        with speaking(self.path), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a write transaction: committed at the end, rolled back on any error."""
        if self.read_only:
            raise ProjectError(
                f"The project {self.path.parent} is open for reading only; nothing was changed."
            )
        if self._checking is not None:
            self._checking.join()
        if self._damage:
            raise ProjectError(self._damage)
        if not self.path.exists():
            # Some systems let a program write on into a file that has no name any more.
            raise ProjectError(f"The database {self.path} is gone; put the project folder back where it was.")
        with speaking(self.path), self._writing.begin() as connection:
            yield connection

    @property
    def is_small(self) -> bool:
        """Whether a check takes only a millisecond or two."""
        return self.path.stat().st_size <= SMALL_BYTES

    def check(self) -> None:
        """Check the integrity of the file, and raise `ProjectError` when it is damaged."""
        self._check()
        if self._damage:
            raise ProjectError(self._damage)

    def check_meanwhile(self) -> None:
        """Check the integrity of the file on a thread.

        Nothing is written before the check is over, and a damaged file refuses every use from then on.
        """
        # A moment later, so that the two threads do not hinder each other while the project opens.
        self._checking = threading.Timer(0.01, self._check)
        self._checking.daemon = True
        self._checking.start()

    def _check(self) -> None:
        try:
            with speaking(self.path), self.engine.begin() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
                if found != "ok":
                    self._damage = sentence(sqlite3.DatabaseError(f"malformed: {found}"), self.path)
        except ProjectError as error:
            self._damage = str(error)

    def close(self) -> None:
        """Close every connection; the last one of all processes folds the log into the database file."""
        if self._checking is not None:
            self._checking.join()
        self.engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        # isolation_level=None: the driver begins no transaction by itself, `_begin` does.
        if self._frozen:
            connection = sqlite3.connect(
                _frozen_uri(self.path), uri=True, timeout=BUSY_SECONDS, isolation_level=None,
                check_same_thread=False,
            )  # fmt: skip
        else:
            connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            if not self.read_only:
                connection.execute(f"PRAGMA journal_mode = {'WAL' if self._wal else 'DELETE'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if self.read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection


def _begin(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: one that starts by reading could not be
    # granted it later when another process has written in between.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _frozen_uri(path: Path) -> str:
    """Return how to open a database in a folder where nothing may be created.

    A log that another user's window holds must be read along with the database. Without one the file is
    declared unchanging, because SQLite would otherwise want to create the log's index.
    """
    posix = path.as_posix()
    location = "file://" + ("" if posix.startswith("/") else "/") + quote(posix, safe="/:")
    log = path.with_name(path.name + "-wal")
    unchanging = not log.exists() or log.stat().st_size == 0
    return location + ("?mode=ro&immutable=1" if unchanging else "?mode=ro")


def folder_is_writable(folder: Path) -> bool:
    """Return whether files can be made in `folder`; tried, as permission bits do not tell on all drives."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        try_writing(folder)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite inside the block into `ProjectError` sentences about `path`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise ProjectError(sentence(error, path)) from error


def sentence(error: Exception, path: Path) -> str:
    """Return what an error of SQLite means for the user of the database at `path`."""
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    text = cause.lower()
    # Some file systems call it an input or output error when there is no room for SQLite's own files.
    if "full" in text or ("disk i/o" in text and _is_full(path.parent)):
        return (
            f"The disk that holds {path} is full; free some space, nothing that was shown as saved is lost."
        )
    if "locked" in text or "busy" in text:
        return f"Another program keeps {path} busy; close it, or wait and try again."
    if "malformed" in text or "not a database" in text:
        return (
            f"The database {path} is damaged ({cause}); restore it from a backup, "
            "the folder 'labels' beside it holds readable copies of submitted clips."
        )
    if "readonly" in text or "read-only" in text:
        return (
            f"The project {path.parent} cannot be written to; make its folder writable or copy it elsewhere."
        )
    if "unable to open" in text:
        return f"The database {path} cannot be opened; check that the folder exists and may be read."
    if "disk i/o" in text:
        return f"The disk that holds {path} does not answer ({cause}); check the drive or the network."
    return f"The database {path} refused a change ({cause})."


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False
