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
    merged
        Behavior ids that this version merged into others, and into which.
    at, author
        When (UTC, ISO 8601) and who.
    """

    version: int
    ethogram: Ethogram
    groups: dict[str, int]
    merged: dict[int, int]
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
        """How stable group ids and merged behaviors translate to tracks of the present version."""
        merged: dict[int, int] = {}
        for version in self.versions:
            merged = {old: version.merged.get(new, new) for old, new in merged.items()} | version.merged
        ethogram = self.current.ethogram
        groups = tuple(self.current.groups[name] for name in ethogram.groups)
        members = tuple(
            frozenset(b.id for b in ethogram.behaviors if b.group == name) for name in ethogram.groups
        )
        return Columns(groups, members, merged)


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
                {int(old): new for old, new in json.loads(row.merged).items()},
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
    merged: Mapping[int, int],
    author: str,
    at: str = "",
) -> None:
    """Store a further version, made now or at a given moment."""
    connection.execute(
        insert(schema.ethograms).values(
            version=version,
            data=json.dumps(ethogram.to_dict(), ensure_ascii=False),
            groups=json.dumps(dict(groups), ensure_ascii=False),
            merged=json.dumps(dict(merged)),
            at=at or now(),
            author=author,
        )
    )


def first_groups(ethogram: Ethogram) -> dict[str, int]:
    """Return the stable ids of the groups of a project's first ethogram."""
    return {name: number for number, name in enumerate(ethogram.groups, start=1)}
