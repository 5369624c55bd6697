"""The command that compares passes over one clip and decides their disagreements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import AsJson, ProjectFolder, counted, one_of, opened, print_table, say, say_json

if TYPE_CHECKING:
    from ..annotation.adjudication import Comparison, Item, Proposal, Ruling
    from ..annotation.ethogram import Ethogram
    from ..annotation.project import Change, PassEditor, Project

#: Answers that name no behavior, apart from the letters of the raters.
UNRESOLVED, PROPOSAL, REOPEN = "unresolved", "proposal", "open"


def register(app: typer.Typer) -> None:
    """Add the command of this file to the tree."""
    app.command()(adjudicate)


def adjudicate(
    project: ProjectFolder,
    passes: Annotated[
        str, typer.Option(metavar="A,B", help="Ids of the passes to compare, as 'status' shows them.")
    ],
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who adjudicates; added when unknown.")],
    list_: Annotated[
        bool, typer.Option("--list", help="List the disagreements; also what is done without --take.")
    ] = False,
    take: Annotated[
        str | None,
        typer.Option(
            metavar="A|B|model|unresolved|proposal|open|BEHAVIOR",
            help="Decide: whose label, or which behavior; 'open' takes a decision back.",
        ),
    ] = None,
    at: Annotated[
        int | None, typer.Option(metavar="FRAME", help="A frame of the recording in the disagreement.")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--all", help="Decide every disagreement that is still open, where that goes.")
    ] = False,
    proposal: Annotated[
        str | None,
        typer.Option(metavar="majority|dawid-skene", help="What three raters or more would decide."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Kept with the decision.")] = "",
    finish: Annotated[
        bool, typer.Option("--finish", help="Submit the consensus; everything must be decided.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare passes over one clip and decide where they disagree, in a consensus pass of your own.

    Example: ethoprofile adjudicate my-project --passes pq2bmk8qy7w,pw4xr7c3n5a --annotator Dora --list
    """
    from ..annotation.adjudication import RULES, compare_passes, propose

    if proposal is not None:
        one_of("--proposal", proposal, tuple(RULES))
    if (take is None) == (at is not None or everywhere) or (at is not None and everywhere):
        raise typer.BadParameter("--take needs --at FRAME or --all, and these need --take.")
    changes = take is not None or finish
    with opened(project, read_only=not changes) as store:
        if changes:
            store.add_annotator(annotator)
        ids = [one.strip() for one in passes.split(",") if one.strip()]
        comparison = compare_passes(store, ids, _asking(store, annotator))
        proposed = propose(comparison, proposal) if proposal is not None else None
        if changes:
            _change(store, comparison, annotator, take, at, reason, proposed, finish=finish)
        if list_ or as_json or not changes:
            _list(store, comparison, annotator, proposed, as_json=as_json)


def _asking(store: Project, annotator: str) -> str | None:
    """Return who looks: somebody new sees what a person who gives no name would see."""
    from ..annotation.errors import ProjectError

    try:
        return store.get_annotator(annotator).name
    except ProjectError:
        return None


def _change(
    store: Project, comparison: Comparison, annotator: str, take: str | None, at: int | None, reason: str,
    proposed: Proposal | None, *, finish: bool,
) -> None:  # fmt: skip
    from ..annotation.adjudication import begin_consensus, finish_consensus

    decide = _decider(take, comparison, store.ethogram, reason, proposed) if take is not None else None
    item = _item_at(comparison, at) if at is not None else None
    record = begin_consensus(store, comparison, annotator)
    with store.edit(record.id, annotator) as editor:
        if decide is not None and item is not None:
            editor.commit_all(decide(item, editor))
            say(f"Decided in the consensus pass {record.id}.")
        elif decide is not None:
            _decide_open(comparison, editor, decide)
        if finish:
            finish_consensus(store, comparison, editor)
            say(f"Finished: the consensus pass {record.id} is submitted.")


def _decide_open(
    comparison: Comparison, editor: PassEditor, decide: Callable[[Item, PassEditor], list[Change]]
) -> None:
    """Decide all that is open, each a step of its own; what has no such label stays open."""
    from ..annotation.adjudication import Standing, ruling_on
    from ..annotation.errors import ProjectError

    decided = left = 0
    for item in comparison.disagreements:
        if ruling_on(item, editor).standing is not Standing.OPEN:
            continue
        try:
            editor.commit_all(decide(item, editor))
            decided += 1
        except ProjectError:
            left += 1
    say(f"Decided {counted(decided, 'disagreement')}; {left} could not be decided so and stay open.")


def _decider(
    take_what: str, comparison: Comparison, ethogram: Ethogram, reason: str, proposed: Proposal | None
) -> Callable[[Item, PassEditor], list[Change]]:
    """Return what decides a stretch as the option says, or say in one sentence what can be taken."""
    from ..annotation.adjudication import OWN, Verdict, answer, leave, reopen, take
    from ..annotation.ethogram import NONE_NAME
    from ..annotation.tracks import NONE

    if take_what == UNRESOLVED:
        return lambda item, editor: leave(item, editor, reason)
    if take_what == REOPEN:
        return reopen
    if take_what == PROPOSAL:
        if proposed is None:
            raise typer.BadParameter("--take proposal needs --proposal majority or dawid-skene.")
        return lambda item, editor: take(item, editor, proposed.track, proposed.verdict(reason))
    if take_what in comparison.sources:
        source = comparison.sources[take_what]
        return lambda item, editor: take(item, editor, source.track, source.verdict(reason))
    behavior = ethogram.by_name(take_what)
    if behavior is None and take_what.casefold() != NONE_NAME:
        names = [behavior.name for behavior in ethogram.behaviors]
        known = [*comparison.sources, UNRESOLVED, PROPOSAL, REOPEN, *names, NONE_NAME]
        raise typer.BadParameter(f"--take can be {', '.join(known)}; '{take_what}' is none of these.")
    label = NONE if behavior is None else behavior.id

    def own_answer(item: Item, editor: PassEditor) -> list[Change]:
        if behavior is not None and ethogram.group_of(behavior.id) != item.group:
            raise typer.BadParameter(
                f"The disagreement is about {ethogram.groups[item.group]}, to which {behavior.name} "
                "does not belong."
            )
        return answer(item, editor, label, Verdict(OWN, reason))

    return own_answer


def _item_at(comparison: Comparison, frame: int) -> Item:
    from ..annotation.errors import ProjectError

    place = frame - comparison.clip.start
    found = next((item for item in comparison.disagreements if item.start <= place < item.stop), None)
    if found is None:
        raise ProjectError(f"The raters do not disagree on frame {frame}; --list shows where they do.")
    return found


def _list(
    store: Project, comparison: Comparison, annotator: str, proposed: Proposal | None, *, as_json: bool
) -> None:
    from ..annotation.adjudication import Ruling, Standing, find_consensus, ruling_on

    record = find_consensus(store, comparison, annotator) if _asking(store, annotator) else None
    rulings: list[Ruling] = [Ruling(Standing.OPEN)] * len(comparison.disagreements)
    if record is not None:
        with store.edit(record.id, annotator, read_only=True) as editor:
            rulings = [ruling_on(item, editor) for item in comparison.disagreements]
    rows = [
        _row(item, ruling, comparison, store.ethogram, proposed)
        for item, ruling in zip(comparison.disagreements, rulings, strict=True)
    ]
    if as_json:
        say_json(
            {
                "clip": comparison.clip.id,
                "passes": {letter: rater.record.id for letter, rater in comparison.sources.items()},
                "consensus": record.id if record is not None else None,
                "open": sum(ruling.standing is Standing.OPEN for ruling in rulings),
                "disagreements": rows,
            }
        )
        return
    columns = list(rows[0]) if rows else ["start", "stop", "kind"]
    title = ", ".join(f"{letter} {rater.name}" for letter, rater in comparison.sources.items())
    cells = [["" if cell is None else str(cell) for cell in row.values()] for row in rows]
    print_table(f"{counted(len(rows), 'disagreement')} of {title}", columns, cells)


def _row(
    item: Item, ruling: Ruling, comparison: Comparison, ethogram: Ethogram, proposed: Proposal | None
) -> dict[str, Any]:
    first = comparison.clip.start
    labels = {
        rater.letter: ethogram.label_name(label)
        for rater, label in zip(comparison.raters, item.labels, strict=True)
    }
    if proposed is not None:
        labels["proposal"] = ethogram.label_name(int(proposed.track.codes[item.start, item.group]))
    verdict = ruling.verdict
    return {
        "start": first + item.start,
        "stop": first + item.stop,
        "kind": item.kind.value if item.kind is not None else "",
        "shift_ms": None if item.shift_ms is None else round(item.shift_ms, 1),
        **labels,
        "state": ruling.standing.value,
        "label": None if ruling.label is None else ethogram.label_name(ruling.label),
        "by": verdict.by if verdict is not None else "",
        "reason": verdict.reason if verdict is not None else "",
    }
