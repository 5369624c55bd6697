"""The command on what to label next: make a list, show it, skip items, list labels that a model doubts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import AsJson, ProjectFolder, counted, note, one_of, opened, print_table, say, say_json
from .progress import stages

if TYPE_CHECKING:
    from ..annotation.project import Project
    from ..annotation.project.queries import QueryRecord

_STRATEGIES = (
    "clip_entropy_v1", "entropy", "margin", "motion", "coreset", "stratified", "random", "sequential",
)  # fmt: skip
_MODES = ("unit", "bout", "boundary")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(queue)
    app.command()(doubts)


def queue(
    project: ProjectFolder,
    strategy: Annotated[
        str, typer.Option(metavar="|".join(_STRATEGIES), help="What chooses the stretches.")
    ] = _STRATEGIES[0],
    mode: Annotated[
        str,
        typer.Option(metavar="|".join(_MODES), help="Stretches of 10 s, or what the current model predicts."),
    ] = _MODES[0],
    number: Annotated[int | None, typer.Option(min=1, help="How many.")] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.5, help="How much time there is, in place of a number.")
    ] = None,
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="Who is asked; anybody when not given.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of chance.")] = 0,
    show: Annotated[bool, typer.Option("--show", help="Show the present list and make none.")] = False,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Skip this query; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what to label next: the stretches that teach a model most, and some by chance.

    Bouts are asked for where their label is doubtful, boundaries where their place is.

    Example: ethoprofile queue my-project --minutes 20 --annotator Ada
    """
    from ..training.queries.listing import make_list

    one_of("--strategy", strategy, _STRATEGIES)
    one_of("--mode", mode, _MODES)
    if number is not None and minutes is not None:
        raise typer.BadParameter("Give --number or --minutes, not both.")
    if show or skip:
        with opened(project, read_only=not skip) as store:
            for query in skip or ():
                store.end_query(query, "skipped")
            who = annotator or None
            answered = [query.id for query, _ in store.answered_queries(who)]
            left = [query for query in store.queries("open", acting=who) if query.id not in answered]
            _tell(store, left, {}, as_json=as_json)
        return
    with opened(project) as store, stages() as tell:
        made = make_list(
            store, annotator, strategy=strategy, mode=mode, number=number, minutes=minutes, seed=seed,
            on_stage=tell,
        )  # fmt: skip
        more = {
            "seconds": made.seconds, "expected_wrong_seconds": made.wrong, "strategy": made.strategy,
            "mode": made.mode.value,
        }  # fmt: skip
        for sentence in made.left_out:
            note(sentence)
        _tell(store, list(made.queries), more, as_json=as_json)
    if as_json:
        return
    say(f"About {made.seconds / 60:.0f} min of work.")
    if made.wrong is not None:
        say(
            f"The current model is expected to be wrong in {made.wrong:.0f} s of it, which it can learn from."
        )


def doubts(
    project: ProjectFolder,
    model: Annotated[str, typer.Option(metavar="NAME", help="A model; the current one by default.")] = "",
    number: Annotated[int, typer.Option(min=1, help="How many bouts.")] = 20,
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="Who looks: labels that are closed to them are left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List labels of people that a model doubts which has not learned from them; nothing is corrected.

    Bouts that were changed since the model was trained are left out.

    Example: ethoprofile doubts my-project --number 50
    """
    from ..annotation.errors import LearnError
    from ..training.second_look import second_looks

    with opened(project, read_only=True) as store:
        if not model and store.current_model() is None:
            raise LearnError("The project has no current model; train one with 'ethoprofile retrain'.")
        found = [look.suspect for look in second_looks(store, model, annotator or None)][:number]
    if as_json:
        say_json({"doubts": [asdict(each) for each in found]})
        return
    columns = ["score", "recording", "frames", "label", "the model says", "whose"]
    rows = [
        [f"{d.score:.1f}", d.video, f"{d.start} to {d.stop}", d.label, d.model_says,
         f"{d.annotator} ({d.pass_id})"]
        for d in found
    ]  # fmt: skip
    print_table(counted(len(found), "doubtful bout"), columns, rows)


def _tell(store: Project, queries: list[QueryRecord], more: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json({"queries": [asdict(query) for query in queries], **more})
        return
    columns = ["id", "clip", "seconds", "animal", "why", "work"]
    rows = []
    for query in queries:
        video = store.get_video(query.video)
        first, fps = store.get_clip(query.clip).start, video.fps or 25.0
        place = f"{(query.start - first) / fps:.0f} to {(query.stop - first) / fps:.0f}"
        work = f"{query.seconds:.0f} s" if query.seconds is not None else ""
        rows.append([query.id, query.clip, place, video.subject, query.reason, work])
    print_table(f"{len(queries)} to label", columns, rows)
