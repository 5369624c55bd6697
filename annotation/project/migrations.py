"""Steps that bring the database of an older version up to the present one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from ..errors import ProjectError
from ..files import replacing
from .database import Database
from .old_rejections import make_rejections_typed
from .schema import APPLICATION_ID, SCHEMA_VERSION

#: What turns version N - 1 into version N, by N: statements, and functions where those do not suffice.
STEPS: dict[int, tuple[str | Callable[[Connection], None], ...]] = {
    2: (
        "ALTER TABLE videos ADD COLUMN display TEXT NOT NULL DEFAULT '{}'",
        "CREATE TABLE viewed(pass TEXT NOT NULL PRIMARY KEY REFERENCES passes (id),stretches TEXT NOT NULL)",
        'CREATE TABLE settings ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"))',
    ),
    3: (
        (
            "CREATE TABLE assignments(id TEXT NOT NULL PRIMARY KEY,"
            "clip TEXT NOT NULL REFERENCES clips (id),annotator TEXT NOT NULL REFERENCES annotators (name),"
            "kind TEXT NOT NULL,repeats TEXT REFERENCES passes (id),"
            "pass TEXT UNIQUE REFERENCES passes (id),deadline TEXT,"
            '"plan" TEXT NOT NULL,assigned_at TEXT NOT NULL,assigned_by TEXT NOT NULL,'
            "withdrawn_at TEXT,withdrawn_by TEXT)"
        ),
        "CREATE INDEX assignments_by_annotator ON assignments (annotator)",
        (
            "CREATE TRIGGER edits_frozen BEFORE INSERT ON edits "
            "WHEN (SELECT state FROM passes WHERE id = NEW.pass) LIKE 'frozen-%' "
            "BEGIN SELECT RAISE(ABORT, 'the pass is frozen'); END"
        ),
        (
            "CREATE TRIGGER passes_frozen BEFORE UPDATE OF state, kind, clip ON passes "
            "WHEN OLD.state LIKE 'frozen-%' BEGIN SELECT RAISE(ABORT, 'the pass is frozen'); END"
        ),
    ),
    4: (
        (
            "CREATE TABLE proposals(pass TEXT NOT NULL PRIMARY KEY REFERENCES passes (id),"
            "model_pass TEXT REFERENCES passes (id),why TEXT NOT NULL,at TEXT NOT NULL,author TEXT NOT NULL)"
        ),
        (
            "CREATE TABLE queries(id TEXT NOT NULL PRIMARY KEY,clip TEXT NOT NULL REFERENCES clips (id),"
            "start INTEGER NOT NULL,stop INTEGER NOT NULL,annotator TEXT NOT NULL,round INTEGER NOT NULL,"
            "position INTEGER NOT NULL,strategy TEXT NOT NULL,reason TEXT NOT NULL,score FLOAT,"
            "seconds FLOAT,model TEXT NOT NULL,audit BOOLEAN NOT NULL,state TEXT NOT NULL,"
            "pass TEXT REFERENCES passes (id),added_at TEXT NOT NULL,ended_at TEXT)"
        ),
        "CREATE INDEX queries_by_state ON queries (state)",
        (
            "CREATE TABLE model_events(id INTEGER NOT NULL PRIMARY KEY,model TEXT NOT NULL,"
            "name TEXT NOT NULL,event TEXT NOT NULL,parent TEXT NOT NULL,data TEXT NOT NULL,"
            "verdict TEXT NOT NULL,at TEXT NOT NULL,author TEXT NOT NULL)"
        ),
        *(
            f"CREATE TRIGGER model_events_no_{act.lower()} BEFORE {act} ON model_events "
            "BEGIN SELECT RAISE(ABORT, 'model_events is append-only'); END"
            for act in ("UPDATE", "DELETE")
        ),
    ),
    5: (
        "ALTER TABLE edits ADD COLUMN model_pass TEXT",
        # The rows say the same in other words, so this once the guard of the journal steps aside.
        "DROP TRIGGER edits_no_update",
        make_rejections_typed,
        (
            "CREATE TRIGGER edits_no_update BEFORE UPDATE ON edits "
            "BEGIN SELECT RAISE(ABORT, 'edits is append-only'); END"
        ),
    ),
}


def migrate(database: Database) -> None:
    """Bring `database` to the present version, in one transaction, after a copy was set aside.

    Raises
    ------
    ProjectError
        When the file is not a project's database, is of a newer version, or is old and cannot be written.
    """
    with database.reading() as connection:
        version = _version(connection, database.path)
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise ProjectError(
            f"The project {database.path.parent} was written by a newer version of napari-ethoprofile "
            f"(its database has version {version}, this program knows {SCHEMA_VERSION}); "
            "update napari-ethoprofile."
        )
    if database.read_only:
        raise ProjectError(
            f"The project {database.path.parent} is of an older version (database version {version}) and is "
            "open for reading only; open it once where it can be written to."
        )
    database.check()
    _set_aside(database.path, version)
    with database.writing() as connection:
        # Another process may have migrated it while this one waited for the lock.
        for step in range(_version(connection, database.path) + 1, SCHEMA_VERSION + 1):
            for part in STEPS[step]:
                if isinstance(part, str):
                    connection.exec_driver_sql(part)
                else:
                    part(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {step}")


def _version(connection: Connection, path: Path) -> int:
    mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if mark != APPLICATION_ID:
        raise ProjectError(f"The file {path} is not the database of a project of napari-ethoprofile.")
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _set_aside(path: Path, version: int) -> None:
    """Copy the database as it was to ``<name>.v<version>.db``."""
    with (
        replacing(path.with_name(f"{path.stem}.v{version}.db")) as temporary,
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(temporary)) as copy,
    ):
        source.backup(copy)
