"""The command on a project's ethogram: show, save, change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..annotation.errors import EthogramError
from .common import ProjectFolder, mapping_of, must_not_exist, opened, print_table, say

if TYPE_CHECKING:
    from ..annotation.ethogram import Ethogram
    from ..annotation.project import Project


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(ethogram)


def ethogram(
    project: ProjectFolder,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE.yaml", help="Write it into a new file.")
    ] = None,
    change: Annotated[
        Path | None,
        typer.Option("--change", metavar="FILE.yaml", help="Make this the project's ethogram."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="With --change: rename behavior OLD, or merge it into one that was there.",
        ),
    ] = None,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="With --change: who changes it.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="With --change: only tell what it would do.")
    ] = False,
) -> None:
    """Show the ethogram of a project, save it as YAML, or change it; labels follow.

    Example: ethoprofile ethogram my-project --change new.yaml --map mm=micromovement --annotator Ada
    """
    if change is None:
        if mapping or preview:
            raise typer.BadParameter("--map and --preview belong to --change.")
        _show(project, save)
        return
    if save is not None:
        raise typer.BadParameter("choose one of --save and --change.")
    if not annotator and not preview:
        raise typer.BadParameter("--change needs --annotator: who changes it.")
    from ..annotation.ethogram import Ethogram

    with opened(project, read_only=preview) as store:
        new, merge = _matched(store, Ethogram.load(change), mapping_of(mapping))
        planned = store.preview_ethogram_change(new, merge, annotator or None)
        if planned.problems:
            raise EthogramError(" ".join(planned.problems))
        if not preview:
            planned = store.change_ethogram(new, annotator, merge)
    for word, pairs in (("Renamed", planned.renamed), ("Merged", planned.merged)):
        for old, name in pairs:
            say(f"{word} {old} to {name}.")
    for word, names in (("Removed", planned.removed), ("Added", planned.added)):
        for name in names:
            say(f"{word} {name}.")
    say(planned.sentence())


def _show(project: Path, save: Path | None) -> None:
    if save is not None:
        must_not_exist(save)
    with opened(project, read_only=True) as store:
        present = store.ethogram
    if save is not None:
        present.save(save)
        say(f"Wrote the ethogram {present.name} to {save}.")
        return
    rows = [[str(b.id), b.name, " ".join(b.keys), b.group, b.color, b.definition] for b in present.behaviors]
    print_table(
        f"{present.name}: {len(rows)} behaviors", ["id", "name", "keys", "group", "color", "definition"], rows
    )


def _matched(store: Project, wanted: Ethogram, mapping: dict[str, str]) -> tuple[Ethogram, dict[int, int]]:
    """Return `wanted` with the project's ids, and what is merged into what.

    Behaviors are the same when they have the same name; numbers in a file never rename anything.
    """
    known = {b.name.casefold(): b.id for b in store.ethogram.behaviors}
    ids, merged = dict(known), []
    for old, new in mapping.items():
        if old.casefold() not in known:
            raise EthogramError(f"The ethogram of the project has no behavior '{old}' to map.")
        if wanted.by_name(new) is None:
            raise EthogramError(f"The new ethogram has no behavior '{new}' to map '{old}' to.")
        if new.casefold() in ids:
            merged.append((known[old.casefold()], new.casefold()))
        else:
            ids[new.casefold()] = known[old.casefold()]
    following = store.next_behavior_id()
    behaviors = []
    for behavior in wanted.behaviors:
        number = ids.get(behavior.name.casefold())
        if number is None:
            number, following = following, following + 1
        behaviors.append(replace(behavior, id=number))
    return replace(wanted, behaviors=tuple(behaviors)), {old: ids[new] for old, new in merged}
