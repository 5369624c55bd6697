"""The command on derived data: cache."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import AsJson, ProjectFolder, opened, print_table, say, say_json

_GB = 1_000_000_000


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(cache)


def cache(
    project: ProjectFolder,
    clear: Annotated[
        bool, typer.Option("--clear", help="Delete all of it; it is made again when needed.")
    ] = False,
    limit: Annotated[
        float | None, typer.Option(metavar="GB", help="Set how much it may take; 20 unless set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how much disk the small frames and features of a project take, or change that.

    Example: ethoprofile cache my-project --limit 50
    """
    from ..training.cache import arrays_in

    if limit is not None and limit <= 0:
        raise typer.BadParameter("A limit is a number of GB above 0.")
    with opened(project, read_only=not (clear or limit)) as store:
        arrays = arrays_in(store.cache_folder)
        before = arrays.size()
        if limit is not None:
            arrays.set_limit(round(limit * _GB))
        if clear:
            arrays.clear()
        elif limit is not None:
            arrays.trim()
        sizes: dict[str, int] = {}
        for entry in arrays.entries():
            sizes[entry.kind] = sizes.get(entry.kind, 0) + entry.size
    total = sum(sizes.values())
    if as_json:
        say_json({"bytes": total, "kinds": sizes, "limit": arrays.limit, "freed": before - total})
        return
    rows = [[kind, f"{size / _GB:.3f} GB"] for kind, size in sizes.items()]
    print_table("Derived data", ["kind", "size"], rows)
    say(f"{total / _GB:.3f} GB of at most {arrays.limit / _GB:g} GB.")
    if before > total:
        say(f"Freed {(before - total) / _GB:.3f} GB.")
