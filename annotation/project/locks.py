"""Which window writes which pass: a second window on the same pass only reads, and says by whom."""

from __future__ import annotations

import os
import platform
import secrets
import time
from dataclasses import dataclass
from typing import Any

import psutil
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from . import schema
from .clock import now

#: A lock of another computer is stale when nothing was heard from it for so long.
SILENT_SECONDS = 180.0
#: Start times of a process may be read with this error.
_START_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class LockRecord:
    """Who has a pass open for writing."""

    pass_id: str
    token: str
    annotator: str
    host: str
    pid: int
    process_started: float
    since: str
    heartbeat: float

    @property
    def alive(self) -> bool:
        """Whether the window that took it still runs, as far as can be told."""
        if self.host != platform.node():
            return time.time() - self.heartbeat < SILENT_SECONDS
        try:
            started = psutil.Process(self.pid).create_time()
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True
        return abs(started - self.process_started) <= _START_TOLERANCE

    def sentence(self) -> str:
        """Say who has the pass open."""
        return (
            f"{self.annotator} has this pass open on {self.host} (process {self.pid}, since {self.since}); "
            "it is shown here for reading only."
        )


def take_lock(connection: Connection, pass_id: str, annotator: str) -> tuple[str, LockRecord | None]:
    """Take the lock of a pass inside a write transaction.

    Returns
    -------
    token, holder
        A token and None; or an empty token and who holds the lock.
    """
    holder = lock_of(connection, pass_id)
    if holder is not None and holder.alive:
        return "", holder
    values: dict[str, Any] = {
        "pass": pass_id,
        "token": secrets.token_hex(16),
        "annotator": annotator,
        "host": platform.node(),
        "pid": os.getpid(),
        "process_started": psutil.Process().create_time(),
        "since": now(),
        "heartbeat": time.time(),
    }
    connection.execute(upsert(schema.locks).values(values).on_conflict_do_update(["pass"], set_=values))
    return values["token"], None


def give_lock(connection: Connection, pass_id: str, token: str) -> None:
    """Give the lock of a pass back, if it is still ours."""
    table = schema.locks
    connection.execute(delete(table).where(table.c["pass"] == pass_id, table.c.token == token))


def lock_of(connection: Connection, pass_id: str) -> LockRecord | None:
    """Return who holds the lock of a pass; it may be stale."""
    row = connection.execute(select(schema.locks).where(schema.locks.c["pass"] == pass_id)).first()
    return LockRecord(*row) if row else None


def all_locks(connection: Connection) -> list[LockRecord]:
    """Return every lock; some may be stale."""
    return [LockRecord(*row) for row in connection.execute(select(schema.locks))]
