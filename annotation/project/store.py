"""A project: one folder with one database, made of the parts that the other files of this package hold."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from ..errors import ProjectError
from ..ethogram import Ethogram
from ..files import replacing
from . import schema
from .clock import now
from .database import Database, folder_is_writable
from .door import Door
from .editor import PassEditor
from .ethograms import EthogramState, EthogramVersion, first_groups, read_state, read_version, write_version
from .folders import (
    DATABASE_NAME,
    LABELS_NAME,
    MARKER_NAME,
    claim_folder,
    find_project,
    network_drive,
    write_marker,
)
from .migrations import migrate
from .model_events import ModelEvents
from .origin import Origin, fill_from_work, read_origin
from .proposals import ProposalPins
from .queries import Queries
from .settings import Settings
from .taking_in import TakingIn
from .writer import JournalWriter


class Project(
    TakingIn,
    ProposalPins,
    Queries,
    ModelEvents,
):
    """A project folder that is open. Make one with `Project.create` or `Project.open`; close it at the end.

    Attributes
    ----------
    folder
        The project folder.
    name
        Name of the project.
    read_only
        Whether nothing may be changed.
    warnings
        Sentences that the user should see, such as about a network drive.
    id
        Unique across computers; tells copies of one project from different ones.
    origin
        The project whose assigned work this one was made from, or None.
    settings
        What the window remembers.
    door
        Reads labels, notes, history and statistics on behalf of an annotator.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.read_only = database.read_only
        self.warnings: list[str] = []
        self.settings = Settings(database)
        self.door = Door(self)
        self._editors: list[PassEditor] = []
        self._writer = None if self.read_only else JournalWriter(database)
        self._state: EthogramState | None = None
        with database.reading() as connection:
            facts: dict[str, str] = dict(connection.execute(select(schema.about)).tuples().all())
        self.name = facts.get("name") or folder.name
        self.id = facts.get("id", "")
        self.origin: Origin | None = read_origin(facts)

    @classmethod
    def create(cls, folder: Path | str, ethogram: Ethogram, name: str = "") -> Project:
        """Make a new project in a new or empty folder, and open it.

        Raises
        ------
        ProjectError
            When the folder holds something already or cannot be written; nothing is left behind then.
        """
        existed = Path(folder).expanduser().exists()
        home = claim_folder(folder)
        title = " ".join(name.split()) or home.name

        def fill(connection: Connection) -> None:
            write_version(connection, 1, ethogram, first_groups(ethogram), {}, "")

        try:
            _create_files(home, title, fill)
        except (OSError, ProjectError) as error:
            _take_away(home, keep_folder=existed)
            reason = error if isinstance(error, ProjectError) else error.strerror or error
            raise ProjectError(f"The project {home} could not be made: {reason}.") from error
        return cls.open(home)

    @classmethod
    def create_from_work(cls, folder: Path, work: dict[str, Any], later: Path) -> None:
        """Make a project of the assigned work of another one in an empty folder.

        Parameters
        ----------
        folder
            The empty folder.
        work
            As `assigned_work` returns it, with the place of every recording in ``path``.
        later
            Where the folder will lie at last: links to recordings lead from there.
        """
        name = f"{work['project']['name']} ({work['annotator']['name']})"
        _create_files(folder, name, lambda connection: fill_from_work(connection, work, folder, later))

    @classmethod
    def open(cls, location: Path | str, read_only: bool = False) -> Project:
        """Open a project.

        Parameters
        ----------
        location
            The project folder, its file ``project.ethoprofile``, or its database.
        read_only
            Refuse every change. A folder that cannot be written to is opened so in any case.

        Raises
        ------
        ProjectError
            When there is no project, its database is damaged, or it is of a newer version.
        """
        folder = find_project(location)
        drive = network_drive(folder)
        locked = not read_only and not folder_is_writable(folder)
        database = Database(folder / DATABASE_NAME, read_only=read_only or locked, wal=drive is None)
        try:
            small = database.is_small
            if small:
                database.check()
            migrate(database)
            project = cls(folder, database)
            if not small:
                database.check_meanwhile()
        except ProjectError:
            database.close()
            raise
        if locked:
            project.warnings.append(
                f"The folder {folder} cannot be written to; the project is open for reading only."
            )
        if drive is not None:
            project.warnings.append(
                f"The project {folder} lies on a network drive ({drive}), where its database is safe only "
                "while one computer uses it; give every computer its own copy and exchange work with "
                "'ethoprofile bundle' and 'ethoprofile merge'."
            )
        if not project.read_only and not (folder / MARKER_NAME).exists():
            write_marker(folder, project.name)
        return project

    @property
    def ethogram(self) -> Ethogram:
        """The present version of the ethogram."""
        return self.ethogram_state().current.ethogram

    def ethogram_versions(self) -> list[EthogramVersion]:
        """Return every version of the ethogram, oldest first."""
        return list(self.ethogram_state().versions)

    def ethogram_state(self) -> EthogramState:
        """Return the present version of the ethogram with what translates the journal to it."""
        with self.database.reading() as connection:
            if self._state is None or read_version(connection) != self._state.current.version:
                self._state = read_state(connection)
        return self._state

    def close(self, *, discard: bool = False) -> None:
        """Write what is pending, let all passes go, and close the database.

        Parameters
        ----------
        discard
            Give up edits that the disk refuses to take.

        Raises
        ------
        ProjectError
            When the disk refuses; the project stays open then.
        """
        for editor in list(self._editors):
            editor.close(discard=discard)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.database.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _create_files(folder: Path, name: str, fill: Callable[[Connection], None]) -> None:
    """Make database, folder of copies and marker.

    The database is made under another name first: a crash leaves no half-made project.
    """
    with replacing(folder / DATABASE_NAME) as temporary:
        database = Database(temporary, wal=False)
        try:
            with database.writing() as connection:
                schema.create_schema(connection)
                facts = {"name": name, "id": secrets.token_hex(8), "created_at": now()}
                rows = [{"key": key, "value": value} for key, value in facts.items()]
                connection.execute(insert(schema.about), rows)
                fill(connection)
        finally:
            database.close()
    (folder / LABELS_NAME).mkdir(exist_ok=True)
    write_marker(folder, name)


def _take_away(folder: Path, *, keep_folder: bool) -> None:
    for name in (DATABASE_NAME, MARKER_NAME):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    with contextlib.suppress(OSError):
        (folder / LABELS_NAME).rmdir()
        if not keep_folder:
            folder.rmdir()
