"""The people who label and the animals that are labeled."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import ProjectError
from ..sheets import read_sheet
from . import schema
from .parts import ProjectPart
from .records import AnnotatorRecord, SubjectRecord

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
    record = AnnotatorRecord(name, initials.strip() or "".join(word[0] for word in name.split()).upper())
    connection.execute(insert(schema.annotators).values(name=record.name, initials=record.initials))
    return record


def known_annotator(connection: Connection, name: str) -> AnnotatorRecord | None:
    """Return the annotator of this name, or None."""
    wanted = " ".join(name.split()).casefold()
    rows = connection.execute(select(schema.annotators))
    return next((AnnotatorRecord(*row) for row in rows if row.name.casefold() == wanted), None)


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
