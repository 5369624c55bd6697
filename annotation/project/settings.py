"""Small things that a project remembers, by key: what the window shows, the light schedule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from . import schema
from .database import Database


def read_setting(connection: Connection, key: str, default: Any = None) -> Any:
    """Return the value of `key`, or `default`."""
    table = schema.settings
    text = connection.scalar(select(table.c.value).where(table.c.key == key))
    return default if text is None else json.loads(text)


def write_setting(connection: Connection, key: str, value: Any) -> None:
    """Keep `value` under `key` inside the caller's transaction; None forgets the key."""
    table = schema.settings
    if value is None:
        connection.execute(delete(table).where(table.c.key == key))
        return
    values = {"key": key, "value": json.dumps(value, ensure_ascii=False)}
    connection.execute(upsert(table).values(values).on_conflict_do_update(["key"], set_=values))


class Settings:
    """JSON values by key, in the project's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default`."""
        with self._database.reading() as connection:
            return read_setting(connection, key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep `value` (anything that JSON can hold) under `key`; None forgets the key."""
        self.update({key: value})

    def update(self, values: Mapping[str, Any]) -> None:
        """Keep several values at once; None forgets a key."""
        with self._database.writing() as connection:
            for key, value in values.items():
                write_setting(connection, key, value)

    def all(self) -> dict[str, Any]:
        """Return every key with its value."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.settings)).all()
        return {row.key: json.loads(row.value) for row in rows}
