"""Commands on which model is the current one: champion, and the animals that decide it: holdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .common import AsJson, ProjectFolder, counted, note, one_of, opened, print_table, say, say_json

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..training.champions.history import ModelRow

_PURPOSES = ("test", "champion")
Acting = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(champion)
    app.command()(holdout)


def champion(
    project: ProjectFolder,
    judge: Annotated[
        str,
        typer.Option(metavar="MODEL", help="Compare it with the current model; it replaces it if not worse."),
    ] = "",
    back: Annotated[
        str, typer.Option("--roll-back", metavar="MODEL", help="Make this model the current one.")
    ] = "",
    changed: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="OLD NEW", help="List the bouts that these two models call differently."),
    ] = None,
    most: Annotated[int, typer.Option("--most", help="With --changed: list at most so many bouts.")] = 20,
    ceiling: Annotated[
        bool,
        typer.Option("--ceiling", help="Show the current model's agreement with people next to people's."),
    ] = False,
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="With --ceiling: this model instead of the current one.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="With --judge: of the resampling.")] = 0,
    acting: Acting = None,
    as_json: AsJson = False,
) -> None:
    """Show the history of models and which one is the current one; judge, roll back, compare.

    Example: ethoprofile champion my-project --changed first second
    """
    if sum([bool(judge), bool(back), changed is not None, ceiling]) > 1:
        raise typer.BadParameter("give one of --judge, --roll-back, --changed and --ceiling.")
    if model and not ceiling:
        raise typer.BadParameter("--model belongs to --ceiling.")
    if most < 1:
        raise typer.BadParameter("--most is a number of 1 or more.")
    with opened(project, read_only=not (judge or back or ceiling or changed)) as store:
        if judge:
            _judge(store, judge, acting, seed, as_json=as_json)
        elif back:
            _roll_back(store, back, acting, as_json=as_json)
        elif changed is not None:
            _changed(store, changed, acting, most, as_json=as_json)
        elif ceiling:
            _ceiling(store, model, acting, as_json=as_json)
        else:
            _history(store, as_json=as_json)


def _history(store: Project, *, as_json: bool) -> None:
    from ..training.champions.history import history

    rows, current = history(store), store.current_model()
    if as_json:
        say_json(
            {"current": None if current is None else current.model, "models": [row.to_dict() for row in rows]}
        )
        return
    columns = [
        "name",
        "trained",
        "parent",
        "clips",
        "macro F1 (own test)",
        "macro F1 (compared)",
        "what became of it",
    ]
    print_table(counted(len(rows), "model"), columns, [_cells(row) for row in rows])
    for row in rows:
        if row.fate != "not judged":
            note(row.sentence)
    if current is None:
        note("No model is the current one yet; judge one with --judge NAME.")


def _cells(row: ModelRow) -> list[str]:
    verdict = row.verdict
    compared = "" if verdict is None or verdict.challenger_f1 is None else verdict.challenger_f1.text
    fate = row.fate
    if verdict is not None and fate != "not judged":
        fate += ", verified" if verdict.verified else ", unverified"
    return [
        row.name,
        row.at,
        row.parent_name,
        "" if row.clips is None else str(row.clips),
        row.macro_f1.text,
        compared,
        fate + ("" if row.present else ", folder gone"),
    ]


def _judge(store: Project, name: str, acting: str | None, seed: int, *, as_json: bool) -> None:
    from ..training.champions.history import judge_in_project

    verdict = judge_in_project(store, name, acting, seed=seed)
    if as_json:
        say_json(verdict.to_dict())
    else:
        say(verdict.sentence)


def _roll_back(store: Project, name: str, acting: str | None, *, as_json: bool) -> None:
    from ..training.champions.history import roll_back

    event = roll_back(store, name, acting)
    if as_json:
        say_json({"current": event.model, "before": event.parent, "at": event.at})
    else:
        say(f"'{name}' is the current model now; proposals of open passes stay those of their model.")


def _changed(store: Project, names: tuple[str, str], acting: str | None, most: int, *, as_json: bool) -> None:
    from ..training.champions.changed import what_changed

    found = what_changed(store, *names, acting)
    if as_json:
        say_json(found.to_dict(store))
        return
    name = store.ethogram.label_name
    rows = [
        [
            flip.clip, _clock(flip.start / flip.fps), f"{(flip.stop - flip.start) / flip.fps:.1f} s",
            name(flip.before), name(flip.after), f"{flip.confidence:.2f}", name(flip.people),
        ]
        for flip in found.flips[:most]
    ]  # fmt: skip
    columns = ["clip", "at", "length", names[0], names[1], "confidence", "people"]
    print_table(found.sentence, columns, rows)
    if len(found.flips) > most:
        note(f"{len(found.flips) - most} more; --most lists more of them.")
    for sentence in found.left_out:
        note(sentence)


def _ceiling(store: Project, model: str, acting: str | None, *, as_json: bool) -> None:
    from ..annotation.errors import LearnError
    from ..training.champions.ceiling import ceiling

    current = store.current_model()
    if not model and current is None:
        raise LearnError("No model is the current one yet; say which one to look at with --model.")
    found = ceiling(store, model or (current.name if current is not None else ""), acting)
    if as_json:
        say_json(found.to_dict())
        return
    if found.rows:
        several = len(found.rows) > 1
        columns = [*(["group"] if several else []), "agreement", "two people", "model and a person"]
        rows = [list(row if several else row[1:]) for row in found.table()]
        title = f"{counted(found.clips, 'clip')} of {counted(found.animals, 'animal')}"
        print_table(title, columns, rows)
    say(found.sentence)


def _clock(seconds: float) -> str:
    """Return seconds as minutes and seconds."""
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def holdout(
    project: ProjectFolder,
    subject: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="An animal to keep; may be given several times.")
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="|".join(_PURPOSES),
            help="What they are kept for: the final test, or comparing new models with the current one.",
        ),
    ] = "test",
    nobody: Annotated[bool, typer.Option("--nobody", help="Keep no animal any more.")] = False,
    suggest: Annotated[
        int | None,
        typer.Option(metavar="N", help="Propose N animals, spread over the strains; nothing is changed."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="With --suggest: decides between equals.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Keep animals apart, from which no model learns; without options, show which.

    Example: ethoprofile holdout my-project --for champion --subject 03 --subject 07
    """
    one_of("--for", purpose, _PURPOSES)
    if sum([bool(subject), nobody, suggest is not None]) > 1:
        raise typer.BadParameter("give one of --subject, --nobody and --suggest.")
    with opened(project, read_only=not (subject or nobody)) as store:
        if suggest is not None:
            _suggest(store, suggest, seed, purpose, as_json=as_json)
            return
        if subject or nobody:
            store.keep_subjects(purpose, subject or ())
        _show_kept(store, purpose, as_json=as_json)


def _suggest(store: Project, number: int, seed: int, purpose: str, *, as_json: bool) -> None:
    from ..training.champions.holdout import learned_subjects

    chosen = store.suggest_subjects(number, seed, avoid=learned_subjects(store))
    if as_json:
        say_json({"for": purpose, "suggested": list(chosen)})
        return
    strains = {record.id: record.strain for record in store.subjects()}
    say(", ".join(f"{name} ({strains[name]})" if strains.get(name) else name for name in chosen))
    options = " ".join(f"--subject {name}" for name in chosen)
    note(f"Keep them with: ethoprofile holdout {store.folder} --for {purpose} {options}")


def _show_kept(store: Project, purpose: str, *, as_json: bool) -> None:
    from ..training.champions.holdout import holdout_readings, holdout_state

    kept = store.kept_subjects(purpose)
    if purpose == "test":
        if as_json:
            say_json({"for": purpose, "subjects": list(kept)})
        else:
            say(f"Kept for the final test: {', '.join(kept) or 'nobody'}.")
        return
    state = holdout_state(store)
    if as_json:
        readings = holdout_readings(store)
        say_json({"for": purpose, "subjects": list(kept), "readings": readings} | state.to_dict())
        return
    say(f"Kept for comparing models: {', '.join(kept) or 'nobody'}.")
    for sentence in state.sentences:
        note(sentence)
