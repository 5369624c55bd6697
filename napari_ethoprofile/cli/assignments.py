"""Commands on assigned work: assign, unassign, assignments, freeze."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import AsJson, ProjectFolder, counted, note, one_of, opened, print_table, say, say_json

if TYPE_CHECKING:
    from ..annotation.assigning import AssignmentPlan
    from ..annotation.project import AssignmentRecord, Project

Acting = Annotated[str, typer.Option("--as", metavar="NAME", help="Who assigns; stays on record.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(assign)
    app.command()(unassign)
    app.command()(assignments)
    app.command()(freeze)


def assign(
    project: ProjectFolder,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who shall score; added when unknown.")],
    share: Annotated[
        float | None, typer.Option(metavar=".2", help="Share of the clips that can be drawn, 0 to 1.")
    ] = None,
    count: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of clips to draw.")] = None,
    table: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE.csv", help="Clips by list: clip, or video, start and stop."),
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="subject,strain,phase", help="Draw the same share of each of these.")
    ] = "",
    kind: Annotated[str, typer.Option(metavar="blind|first", help="Kind of the passes.")] = "blind",
    repeat: Annotated[
        float | None,
        typer.Option(
            metavar=".1", help="Share of their own submitted clips that is served again without saying so."
        ),
    ] = None,
    deadline: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The last day for it.")] = "",
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="Seed of the draw.")] = 0,
    acting: Acting = "",
    preview: Annotated[bool, typer.Option("--preview", help="Show the plan without assigning.")] = False,
    as_json: AsJson = False,
) -> None:
    """Assign clips to an annotator: at random or by list, as blind or first passes.

    Blind passes are drawn from clips that somebody else scores; other labels on them are closed to the
    annotator until they submit.

    Example: ethoprofile assign my-project --annotator Ben --share .2 --by subject,phase --deadline 2026-12-01
    """
    from ..annotation.assigning import AssignmentRequest, assign_plan, plan_assignment

    one_of("--kind", kind, ("blind", "first"))
    request = AssignmentRequest(
        annotator=annotator,
        kind=kind,
        share=share,
        count=count,
        table=table,
        by=tuple(name.strip() for name in by.split(",") if name.strip()),
        repeat=repeat,
        seed=seed,
        deadline=_day(deadline),
    )
    with opened(project, read_only=preview) as store:
        plan = plan_assignment(store, request)
        if not preview:
            assign_plan(store, plan, acting)
        rows = _plan_rows(store, plan)
    if count is not None and plan.candidates < count:
        note(f"Only {plan.candidates} of {count} clips could be drawn.")
    if as_json:
        say_json(
            {"annotator": annotator, "kind": kind, "clips": rows, "candidates": plan.candidates,
             "repeats": len(plan.repeats), "assigned": not preview}
        )  # fmt: skip
        return
    title = f"{counted(len(rows), 'clip')} for {annotator} ({request.text()})"
    print_table(title, list(_PLAN_COLUMNS), [[str(row[name]) for name in _PLAN_COLUMNS] for row in rows])
    if preview and plan.repeats:
        say(
            f"Among them {counted(len(plan.repeats), 'clip')} of their own that they score again unknowingly."
        )
    if not preview:
        say(f"Assigned {counted(len(rows), 'clip')} to {annotator} as {kind} passes.")


_PLAN_COLUMNS = ("clip", "subject", "strain", "phase")


def _plan_rows(store: Project, plan: AssignmentPlan) -> list[dict[str, Any]]:
    from ..annotation.assigning import candidates_of

    return [
        {name: getattr(candidate, name) for name in _PLAN_COLUMNS}
        for candidate in candidates_of(store, plan.clips, ("phase",))
    ]


def unassign(
    project: ProjectFolder,
    assignment: Annotated[
        list[str],
        typer.Argument(metavar="ASSIGNMENT...", help="Ids, as 'assignments --annotator' shows them."),
    ],
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who takes them back; stays on record.")],
) -> None:
    """Take assigned clips back that were not begun.

    Example: ethoprofile unassign my-project a0123456789ab --annotator Ada
    """
    with opened(project) as store:
        taken = store.withdraw_assignments(assignment, annotator)
    for record in taken:
        say(f"{record.clip} is not assigned to {record.annotator} any more.")


def assignments(
    project: ProjectFolder,
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="List the clips of this person instead of counts.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show how many clips are assigned, open, submitted and overdue for each annotator.

    Example: ethoprofile assignments my-project --annotator Ben
    """
    from dataclasses import asdict

    from ..annotation.review_plans import workloads

    today = date.today()
    with opened(project, read_only=True) as store:
        name = store.get_annotator(annotator).name if annotator else None
        records = store.assignments(name)
    loads = workloads(records, today)
    clips = [_assignment(record, today) for record in records]
    if as_json:
        counts = [asdict(load) | {"next_deadline": _text(load.next_deadline) or None} for load in loads]
        say_json({"annotators": counts, "assignments": clips})
        return
    if annotator:
        columns = ["id", "clip", "kind", "state", "deadline"]
        rows = [[*(str(clip[k] or "") for k in columns[:-1]), _due(clip)] for clip in clips]
        print_table(f"{counted(len(rows), 'clip')} of {name}", columns, rows)
        return
    print_table(
        counted(len(loads), "annotator"),
        ["annotator", "assigned", "open", "submitted", "overdue", "next deadline"],
        [
            [w.annotator, *map(str, (w.assigned, w.open, w.submitted, w.overdue)), _text(w.next_deadline)]
            for w in loads
        ],
    )


def _assignment(record: AssignmentRecord, today: date) -> dict[str, Any]:
    return {
        "id": record.id, "annotator": record.annotator, "clip": record.clip, "kind": record.kind.value,
        "state": record.state.value, "pass": record.pass_id or None, "repeats": record.repeats or None,
        "deadline": _text(record.deadline) or None, "overdue": record.overdue(today), "plan": record.plan,
        "assigned_at": record.assigned_at, "assigned_by": record.assigned_by or None,
    }  # fmt: skip


def _due(clip: dict[str, Any]) -> str:
    return f"{clip['deadline']} (overdue)" if clip["overdue"] else clip["deadline"] or ""


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a day; write it like 2026-12-01.") from error


def freeze(
    project: ProjectFolder,
    passes: Annotated[list[str], typer.Argument(metavar="PASS...", help="Ids, as 'status' shows them.")],
    purpose: Annotated[str, typer.Option("--as", metavar="training|test", help="What the labels are for.")],
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who freezes them; stays on record.")],
) -> None:
    """Freeze submitted passes as training or test data: they can never be edited or reopened again.

    Example: ethoprofile freeze my-project pq2bmk8qy7w --as test --annotator Ada
    """
    one_of("--as", purpose, ("training", "test"))
    with opened(project) as store:
        frozen = store.freeze_passes(passes, purpose, annotator)
    for record in frozen:
        say(f"The pass {record.id} of {record.annotator} over {record.clip} is {record.state}.")
