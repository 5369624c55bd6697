"""Commands on proposals: let a model propose, accept what is sure, see whether they are waved through."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from .common import AsJson, ProjectFolder, counted, note, opened, print_table, say, say_json
from .progress import stages

if TYPE_CHECKING:
    from ..annotation.project import ClipRecord, PassRecord, Project
    from ..annotation.proposals.anchoring import Work


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command()(propose)
    app.command()(accept)
    app.command()(anchoring)
    app.command()(proposals)


def propose(
    project: ProjectFolder,
    model: Annotated[str, typer.Option(metavar="NAME", help="A model; the current one by default.")] = "",
    clip: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A clip; may be given several times.")
    ] = None,
    number: Annotated[
        int, typer.Option("--next", min=1, help="Without --clip: so many of the clips that wait.")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Let a model propose labels for clips; nothing becomes a label before somebody accepts it.

    Example: ethoprofile propose my-project --next 20
    """
    from ..training.proposing import clips_to_propose, propose_in_project

    with opened(project) as store, stages() as tell:
        chosen: list[ClipRecord]
        if clip:
            chosen = [store.get_clip(each) for each in clip]
        else:
            chosen = [store.get_clip(each.clip) for each in clips_to_propose(store, number)]
        made, left_out = propose_in_project(store, chosen, model, tell)
    for sentence in left_out:
        note(sentence)
    if as_json:
        say_json({
            "passes": [{"id": p.id, "clip": p.clip, "model": p.source} for p in made],
            "left_out": list(left_out),
        })  # fmt: skip
        return
    who = made[0].source if made else "The model"
    say(f"{who} has proposed labels for {counted(len(made), 'clip')}.")


def accept(
    project: ProjectFolder,
    clip: Annotated[str, typer.Option(metavar="ID", help="The clip.")],
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Who accepts, in their own pass.")],
    above: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Least confidence; it stands in the history of each bout.")
    ],
    as_json: AsJson = False,
) -> None:
    """Accept all proposals for a clip that are sure enough, as one step that can be undone.

    Example: ethoprofile accept my-project --clip 01_s0_n7500 --annotator Ada --above 0.95
    """
    with opened(project) as store:
        record = _pass_of(store, clip, annotator)
        accepted, left = _accept_above(store, record, annotator, above)
    if as_json:
        say_json({"pass": record.id, "accepted": accepted, "undecided": left})
        return
    say(f"{annotator} has accepted {counted(accepted, 'proposal')} in the pass {record.id}; {left} are left.")


def anchoring(
    project: ProjectFolder,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare work with proposals with work without: time, what was accepted, agreement with the model.

    Example: ethoprofile anchoring my-project
    """
    from ..annotation.proposals.anchoring import audit_anchoring

    with opened(project, read_only=True) as store:
        found = audit_anchoring(store, acting)
    if as_json:
        say_json({
            "with_proposals": _plain(found.shown), "without": _plain(found.without),
            "without_drawn_at_random": found.drawn, "warnings": list(found.warnings),
        })  # fmt: skip
        return
    columns = ["", "with proposals", "without"]
    rows = [
        [row.name, *(text or f"not defined because {row.why}" for text in (row.shown, row.without))]
        for row in found.rows
    ]
    print_table("Work with and without proposals", columns, rows)
    for sentence in found.sentences:
        say(sentence)


def proposals(
    project: ProjectFolder,
    accuracy: Annotated[
        float | None, typer.Option("--from", min=0, max=1, help="Show them from this expected accuracy on.")
    ] = None,
    share: Annotated[
        float | None, typer.Option("--without", min=0, max=1, help="Share of clips that go without.")
    ] = None,
    sure: Annotated[
        float | None,
        typer.Option("--sure", min=0, max=1, help="A proposal is sure from this confidence on."),
    ] = None,
    acting: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show when proposals are shown and how good the current model is expected to be; or change when.

    Example: ethoprofile proposals my-project --from 0.8 --without 0.2
    """
    from ..training import proposal_gate as gate

    nothing_new = accuracy is None and share is None and sure is None
    with opened(project, read_only=nothing_new) as store:
        if not nothing_new:
            gate.set_rules(store, accuracy, share, sure)
        current = store.current_model()
        expected = gate.expected_accuracy(store, current.model, acting) if current is not None else None
        least, without, certain = gate.least_accuracy(store), gate.audit_share(store), gate.sure_from(store)
    if as_json:
        say_json({
            "from": least, "without": without, "sure": certain,
            "model": current.model if current is not None else None,
            "expected_accuracy": expected.value if expected is not None else None,
            "measured": expected.how if expected is not None else "",
        })  # fmt: skip
        return
    say(f"Proposals are shown from an expected accuracy of {least:.0%} on.")
    say(f"{without:.0%} of the clips go without.")
    say(f"A proposal is sure from a confidence of {certain:.2f} on; Enter goes on to those that are not.")
    if current is None or expected is None:
        say("There is no current model yet; train one with 'ethoprofile retrain'.")
    elif expected.value is None:
        say(f"How good '{current.name}' is, is not known.")
    else:
        say(f"'{current.name}' is expected to be right in {expected.value:.0%} of the frames {expected.how}.")


def _plain(work: Work) -> dict[str, object]:
    return asdict(work) | {key: getattr(work, key) for key in ("seconds_a_bout", "unchanged", "agreement")}


def _pass_of(store: Project, clip: str, annotator: str) -> PassRecord:
    """Return the open pass of a person over a clip, which is begun where there is none."""
    from ..annotation.assigning import pass_to_score

    store.get_clip(clip)
    return pass_to_score(store, clip, annotator)


def _accept_above(store: Project, record: PassRecord, annotator: str, above: float) -> tuple[int, int]:
    """Accept proposals in a pass; return how many, and how many are left."""
    from ..annotation.errors import ProjectError
    from ..annotation.proposals import accept_above
    from ..training.proposal_gate import offer_for
    from ..training.proposal_store import proposals_of, said_about

    offer = offer_for(store, record.id, annotator)
    if offer.shown is None:
        raise ProjectError(f"There is nothing to accept in the pass {record.id}: {offer.why}")
    proposals = proposals_of(store, offer.shown, annotator, said_about(store, offer.shown))
    with store.edit(record.id, annotator) as editor:
        undecided = proposals.changed(editor.proposal_edits).undecided(editor.track)
        edits = accept_above(editor.track, undecided, above, proposals.source)
        editor.commit_all(edits)
    return len(edits), len(undecided) - len(edits)
