"""The stored versions of the ethogram, and how the journal translates to the present one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from ..ethogram import Ethogram
from . import schema
from .clock import now
from .journal import Columns


@dataclass(frozen=True)
class EthogramVersion:
    """One stored version of the ethogram.

    Attributes
    ----------
    version
        Counts from 1.
    ethogram
        The ethogram.
    groups
        Stable ids of its exclusive groups by name: they survive a renaming of the group.
    dead
        Behavior ids that this version merged or removed, and the label that stands for each since.
    at, author
        When (UTC, ISO 8601) and who.
    """

    version: int
    ethogram: Ethogram
    groups: dict[str, int]
    dead: dict[int, int]
    at: str
    author: str


@dataclass(frozen=True)
class EthogramState:
    """All versions; the last one is the present one."""

    versions: tuple[EthogramVersion, ...]

    @property
    def current(self) -> EthogramVersion:
        """The present version."""
        return self.versions[-1]

    @property
    def columns(self) -> Columns:
        """How stable group ids and dead behaviors translate to tracks of the present version."""
        dead: dict[int, int] = {}
        for version in self.versions:
            dead = {old: version.dead.get(new, new) for old, new in dead.items()} | version.dead
        alive = {behavior.id for behavior in self.current.ethogram.behaviors}
        groups = tuple(self.current.groups[name] for name in self.current.ethogram.groups)
        return Columns(groups, {old: new for old, new in dead.items() if old not in alive})


def read_version(connection: Connection) -> int:
    """Return the number of the present version."""
    return int(connection.scalar(select(func.max(schema.ethograms.c.version))) or 0)


def read_state(connection: Connection) -> EthogramState:
    """Return all versions."""
    rows = connection.execute(select(schema.ethograms).order_by(schema.ethograms.c.version)).all()
    return EthogramState(
        tuple(
            EthogramVersion(
                row.version,
                Ethogram.from_dict(json.loads(row.data), source=f"version {row.version} of the ethogram"),
                json.loads(row.groups),
                {int(old): new for old, new in json.loads(row.dead).items()},
                row.at,
                row.author,
            )
            for row in rows
        )
    )


def write_version(
    connection: Connection,
    version: int,
    ethogram: Ethogram,
    groups: Mapping[str, int],
    dead: Mapping[int, int],
    author: str,
) -> None:
    """Store a further version."""
    connection.execute(
        insert(schema.ethograms).values(
            version=version,
            data=json.dumps(ethogram.to_dict(), ensure_ascii=False),
            groups=json.dumps(dict(groups), ensure_ascii=False),
            dead=json.dumps(dict(dead)),
            at=now(),
            author=author,
        )
    )


def first_groups(ethogram: Ethogram) -> dict[str, int]:
    """Return the stable ids of the groups of a project's first ethogram."""
    return {name: number for number, name in enumerate(ethogram.groups, start=1)}
