"""Commands on passes: start, submit, reopen, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .changes import NameOf, before_and_after, label_names
from .common import KINDS, AsJson, ProjectFolder, counted, one_of, opened, print_table, say, say_json

if TYPE_CHECKING:
    from ..annotation.project import HistoryEntry

PassId = Annotated[str, typer.Argument(metavar="PASS", help="Id of the pass, as 'status' shows it.")]
Owner = Annotated[str, typer.Option(metavar="NAME", help="Whose pass it is.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(start)
    app.command()(submit)
    app.command()(reopen)
    app.command()(discard)
    app.command()(restore)
    app.command()(history)
    app.command()(states)


def start(
    project: ProjectFolder,
    clip: Annotated[str, typer.Option(metavar="ID", help="The clip, as 'status' shows it.")],
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who will score; added when unknown.")],
    kind: Annotated[str, typer.Option(metavar="|".join(KINDS), help="Kind of the pass.")] = "first",
    based_on: Annotated[
        str | None, typer.Option("--based-on", metavar="PASS", help="The pass that a review begins from.")
    ] = None,
) -> None:
    """Start a pass over a clip.

    Example: ethoprofile start my-project --clip 01_s0_n7500 --annotator Ben --kind blind
    """
    one_of("--kind", kind, KINDS)
    with opened(project) as store:
        store.get_clip(clip)
        store.add_annotator(annotator)
        made = store.start_pass(clip, annotator, kind, based_on)
    say(f"Started the {made.kind} pass {made.id} of {made.annotator} over clip {made.clip}.")


def submit(project: ProjectFolder, pass_id: PassId, annotator: Owner) -> None:
    """Declare a pass finished; a readable copy of its labels is written into the project folder.

    Example: ethoprofile submit my-project pq2bmk8qy7w --annotator Ada
    """
    with opened(project) as store, store.edit(pass_id, annotator) as editor:
        copies = editor.submit()
    say(f"Submitted the pass {pass_id}.")
    for path in copies:
        say(str(path))


def reopen(project: ProjectFolder, pass_id: PassId, annotator: Owner) -> None:
    """Open a submitted pass again to change it.

    Example: ethoprofile reopen my-project pq2bmk8qy7w --annotator Ada
    """
    with opened(project) as store:
        store.reopen_pass(pass_id, annotator)
    say(f"The pass {pass_id} is open again.")


def discard(
    project: ProjectFolder,
    pass_id: PassId,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Whose it is; anybody for a model's pass.")],
) -> None:
    """Take a pass out of lists, exports and statistics; its history stays, and 'restore' brings it back.

    Example: ethoprofile discard my-project pq2bmk8qy7w --annotator Ada
    """
    with opened(project) as store:
        record = store.discard_pass(pass_id, annotator)
    say(f"Discarded the {record.kind} pass {record.id} of {record.annotator} over clip {record.clip}.")


def restore(
    project: ProjectFolder,
    pass_id: Annotated[
        str, typer.Argument(metavar="[PASS]", help="Id of the pass; without one, all are listed.")
    ] = "",
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="Whose it is; anybody for a model's pass.")
    ] = "",
) -> None:
    """List the discarded passes, or bring one back as it was.

    Example: ethoprofile restore my-project pq2bmk8qy7w --annotator Ada
    """
    if bool(pass_id) and not annotator:
        raise typer.BadParameter("say with --annotator whose pass it is.")
    with opened(project, read_only=not pass_id) as store:
        if pass_id:
            record = store.restore_pass(pass_id, annotator)
            say(f"The pass {record.id} of {record.annotator} is {record.state} again.")
            return
        rows = [[p.id, p.clip, p.annotator, p.kind.value] for p in store.discarded_passes(annotator or None)]
    print_table(f"{len(rows)} discarded", ["id", "clip", "annotator", "kind"], rows)


def history(
    project: ProjectFolder,
    pass_id: PassId,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show every change of a pass: who, when, from what to what, in frames of the recording.

    Example: ethoprofile history my-project pq2bmk8qy7w --as Ada
    """
    with opened(project, read_only=True) as store:
        first = store.get_clip(store.get_pass(pass_id).clip).start
        entries = store.door.history(pass_id, acting)
        name_of = label_names(store)
    rows = [_row(entry, first, name_of) for entry in entries]
    columns = ["step", "at", "author", "act", "start", "stop", "from", "to", "reason"]
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table(counted(len(rows), "change"), columns, [[str(cell) for cell in row] for row in rows])


def states(
    project: ProjectFolder,
    pass_id: PassId,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who brought a pass into which state, and when: assigned, open, submitted, up to frozen.

    Example: ethoprofile states my-project pq2bmk8qy7w
    """
    with opened(project, read_only=True) as store:
        store.door.check(pass_id, acting)
        changes = store.pass_states(pass_id)
    columns = ["state", "at", "author"]
    rows = [[change.state.value, change.at, change.author] for change in changes]
    if as_json:
        say_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table(f"States of {pass_id}", columns, rows)


def _row(entry: HistoryEntry, first: int, name_of: NameOf) -> list[str | int]:
    change = entry.change
    before, after = before_and_after(change, name_of)
    act = f"{entry.act} {entry.target}" if entry.target is not None else str(entry.act)
    return [
        entry.step, entry.at, entry.author, act, first + change.start, first + change.stop, before, after,
        change.reason,
    ]  # fmt: skip
