"""Commands on subjects and annotators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import ProjectFolder, counted, opened, print_table, say


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(subjects)
    app.command()(annotators)


def subjects(
    project: ProjectFolder,
    table: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE.csv", help="Columns id, strain, sex, cage, and any others."),
    ] = None,
) -> None:
    """List the animals of a project, or read them from a table.

    Example: ethoprofile subjects my-project --import mice.csv
    """
    with opened(project, read_only=table is None) as store:
        if table is not None:
            say(f"Read {len(store.import_subjects(table))} subjects from {table}.")
        rows = [[s.id, s.strain, s.sex, s.cage] for s in store.subjects()]
    print_table(counted(len(rows), "subject"), ["id", "strain", "sex", "cage"], rows)


def annotators(
    project: ProjectFolder,
    add: Annotated[str, typer.Option(metavar="NAME", help="Add this person.")] = "",
    initials: Annotated[str, typer.Option(help="Initials of the person that is added.")] = "",
) -> None:
    """List the people of a project, or add one.

    Example: ethoprofile annotators my-project --add "Ada Lovelace" --initials AL
    """
    with opened(project, read_only=not add) as store:
        if add:
            store.add_annotator(add, initials)
        rows = [[a.name, a.initials] for a in store.annotators()]
    print_table(counted(len(rows), "annotator"), ["name", "initials"], rows)
