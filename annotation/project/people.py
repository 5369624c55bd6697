"""The people who label and the animals that are labeled."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import ProjectError
from ..sheets import read_sheet
from . import schema
from .clock import now
from .locks import all_locks
from .parts import ProjectPart
from .records import AnnotatorRecord, Renaming, SubjectRecord
from .settings import read_setting, write_setting

#: Key of the settings that keeps who was renamed.
_RENAMINGS = "renamed_annotators"
#: Key of the settings that keeps as whom the window was used last.
LAST_ANNOTATOR = "last_annotator"
_KNOWN_COLUMNS = ("strain", "sex", "cage")


def find_annotator(connection: Connection, name: str) -> AnnotatorRecord:
    """Return the annotator of this name (case and outer spaces do not count), or raise `ProjectError`."""
    found = known_annotator(connection, name)
    if found is None:
        names = [row.name for row in connection.execute(select(schema.annotators))]
        known = f"it has {', '.join(names)}" if names else "add one with 'ethoprofile annotators --add'"
        raise ProjectError(f"The project has no annotator '{name}'; {known}.")
    return found


def ensure_annotator(connection: Connection, name: str, initials: str = "") -> AnnotatorRecord:
    """Return the annotator of this name, who is added when unknown."""
    found = known_annotator(connection, name)
    if found is not None:
        return found
    name = " ".join(name.split())
    if not name:
        raise ProjectError("An annotator needs a name.")
    record = AnnotatorRecord(name, initials.strip() or _initials(name))
    connection.execute(insert(schema.annotators).values(name=record.name, initials=record.initials))
    return record


def known_annotator(connection: Connection, name: str) -> AnnotatorRecord | None:
    """Return the annotator of this name, or of one that they had before they were renamed, or None."""
    rows = connection.execute(select(schema.annotators)).all()
    people = {row.name.casefold(): AnnotatorRecord(*row) for row in rows}
    wanted = _plain(name)
    later = {_plain(change.old): _plain(change.new) for change in _renamings(connection)}
    while wanted not in people and wanted in later:
        wanted = later.pop(wanted)
    return people.get(wanted)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _renamings(connection: Connection) -> list[Renaming]:
    return [Renaming(**entry) for entry in read_setting(connection, _RENAMINGS, [])]


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()).upper()


def _check_not_open(connection: Connection, name: str) -> None:
    open_ = next((lock for lock in all_locks(connection) if lock.annotator == name and lock.alive), None)
    if open_ is not None:
        raise ProjectError(
            f"{name} has a pass open on {open_.host} (process {open_.pid}); close it there before renaming."
        )


def _rename(connection: Connection, name: str, new: AnnotatorRecord) -> None:
    """Change the name in the list of annotators and wherever a table points to it."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # until the transaction ends
    people = schema.annotators
    values = {"name": new.name, "initials": new.initials}
    connection.execute(update(people).where(people.c.name == name).values(**values))
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is people.c.name for key in column.foreign_keys):
                connection.execute(update(table).where(column == name).values({column.name: new.name}))


class People(ProjectPart):
    """Annotators and subjects of a project."""

    def add_annotator(self, name: str, initials: str = "") -> AnnotatorRecord:
        """Add a person; one whose name is known already is returned as they are.

        Parameters
        ----------
        name
            Any case: ``ada`` and ``Ada`` are one person.
        initials
            Used in file names; made from the name when not given.
        """
        with self.database.writing() as connection:
            return ensure_annotator(connection, name, initials)

    def rename_annotator(self, name: str, new: str, acting: str = "", initials: str = "") -> AnnotatorRecord:
        """Give an annotator another name. Their passes and assignments go with them.

        The journal keeps the name under which an edit was made, and `renamings` says what became of it. Who
        is asked for by the old name is still found.

        Parameters
        ----------
        name
            The name now.
        new
            The new name, which nobody else has or had.
        acting
            Who renames; empty when nobody says.
        initials
            New initials; else those that were made from the old name are made from the new one.

        Raises
        ------
        ProjectError
            When the new name is empty or somebody else's, or a window has a pass of theirs open.
        """
        new = " ".join(new.split())
        if not new:
            raise ProjectError("An annotator needs a name.")
        with self.database.writing() as connection:
            old = find_annotator(connection, name)
            other = known_annotator(connection, new)
            if other is not None and other != old:
                raise ProjectError(
                    f"'{new}' is {other.name}; the work of two people is never put under one name."
                )
            _check_not_open(connection, old.name)
            author = find_annotator(connection, acting).name if acting else ""
            kept = "" if old.initials == _initials(old.name) else old.initials
            record = AnnotatorRecord(new, initials.strip() or kept or _initials(new))
            _rename(connection, old.name, record)
            if new != old.name:
                entry = Renaming(old.name, new, now(), new if author == old.name else author)
                changes = [*_renamings(connection), entry]
                write_setting(connection, _RENAMINGS, [asdict(change) for change in changes])
                if read_setting(connection, LAST_ANNOTATOR) == old.name:
                    write_setting(connection, LAST_ANNOTATOR, new)
        return record

    def renamings(self) -> list[Renaming]:
        """Return who was renamed, when and by whom, oldest first."""
        with self.database.reading() as connection:
            return _renamings(connection)

    def get_annotator(self, name: str) -> AnnotatorRecord:
        """Return the annotator of this name (case does not count), or raise `ProjectError`."""
        with self.database.reading() as connection:
            return find_annotator(connection, name)

    def annotators(self) -> list[AnnotatorRecord]:
        """Return everybody, in the order in which they were added."""
        with self.database.reading() as connection:
            return [AnnotatorRecord(*row) for row in connection.execute(select(schema.annotators))]

    def add_subject(
        self, subject: str, strain: str = "", sex: str = "", cage: str = "", **more: str
    ) -> SubjectRecord:
        """Add an animal, or change what is known about it: what is given replaces, the rest stays."""
        given = {"strain": strain, "sex": sex, "cage": cage, **more}
        return self._write_subjects({subject: {key: str(value) for key, value in given.items()}})[0]

    def subjects(self) -> list[SubjectRecord]:
        """Return all animals by id."""
        with self.database.reading() as connection:
            rows = connection.execute(select(schema.subjects).order_by(schema.subjects.c.id)).all()
        return [SubjectRecord(r.id, r.strain, r.sex, r.cage, json.loads(r.more)) for r in rows]

    def import_subjects(self, path: Path | str) -> list[SubjectRecord]:
        """Read animals from a CSV file; those that are known already are completed.

        Parameters
        ----------
        path
            Needs a column ``id`` (or ``subject``); ``strain``, ``sex`` and ``cage`` have places of their own,
            every other column is kept by its name. Separator comma, semicolon or tab. Ids stay text: ``01``
            is not ``1``.

        Raises
        ------
        ProjectError
            When the file cannot be read, has no id column, or names an animal twice.
        """
        names, rows = read_sheet(path, "table of subjects")
        keys = {name.lower(): name for name in reversed(names)}
        key = keys.get("id") or keys.get("subject")
        if key is None:
            raise ProjectError(f"The table of subjects {path} needs a column 'id'.")
        sheet: dict[str, dict[str, str]] = {}
        for number, row in rows:
            subject = row.pop(key)
            if not subject or subject in sheet:
                problem = f"names '{subject}' again" if subject else "has no id"
                raise ProjectError(f"Row {number} of the table of subjects {path} {problem}.")
            sheet[subject] = {_column(name): value for name, value in row.items()}
        return self._write_subjects(sheet)

    def _write_subjects(self, sheet: dict[str, dict[str, str]]) -> list[SubjectRecord]:
        known = {record.id: record for record in self.subjects()}
        written = []
        with self.database.writing() as connection:
            for subject, given in sheet.items():
                if not subject.strip():
                    raise ProjectError("A subject needs an id.")
                old = known.get(subject, SubjectRecord(subject))
                own = {name: given.get(name) or getattr(old, name) for name in _KNOWN_COLUMNS}
                more = old.more | {name: value for name, value in given.items() if name not in own}
                written.append(SubjectRecord(subject, **own, more=more))
                values = {"id": subject, **own, "more": json.dumps(more, ensure_ascii=False)}
                connection.execute(
                    upsert(schema.subjects).values(values).on_conflict_do_update(["id"], set_=values)
                )
        return written


def _column(name: str) -> str:
    return name.lower() if name.lower() in _KNOWN_COLUMNS else name
