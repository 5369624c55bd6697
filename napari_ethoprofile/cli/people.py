"""Commands on subjects and annotators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import ProjectFolder, counted, mapping_of, opened, print_table, say

if TYPE_CHECKING:
    from ..annotation.project import Renaming


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
    rename: Annotated[
        str, typer.Option(metavar="OLD=NEW", help="Give a person another name; their work goes along.")
    ] = "",
    initials: Annotated[str, typer.Option(help="Initials of the person that is added or renamed.")] = "",
    acting: Annotated[str, typer.Option("--as", metavar="NAME", help="Who renames, for the record.")] = "",
) -> None:
    """List the people of a project with their former names, add one, or rename one.

    Example: ethoprofile annotators my-project --rename "Ada=Ada Lovelace" --initials AL
    """
    if add and rename:
        raise typer.BadParameter("say --add or --rename, not both.")
    with opened(project, read_only=not (add or rename)) as store:
        if add:
            store.add_annotator(add, initials)
        for old, new in mapping_of([rename] if rename else None).items():
            store.rename_annotator(old, new, acting, initials)
        changes = store.renamings()
        rows = [[a.name, a.initials, _former(a.name, changes)] for a in store.annotators()]
    print_table(counted(len(rows), "annotator"), ["name", "initials", "before"], rows)


def _former(name: str, changes: list[Renaming]) -> str:
    """Return the names that a person had, the latest first."""
    former = []
    for change in reversed(changes):
        if change.new == name:
            by = f" by {change.author}" if change.author else ""
            former.append(f"{change.old} (until {change.at[:10]}{by})")
            name = change.old
    return ", ".join(former)
