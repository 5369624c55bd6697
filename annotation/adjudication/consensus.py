"""The consensus pass: begun with what the raters share, found again, and finished when all is decided."""

from __future__ import annotations

from ..errors import ProjectError
from ..project import Kind, PassEditor, PassRecord, Project
from .comparison import Comparison
from .rulings import AGREED, Standing, ruling_on

#: What stands before the ids of the raters' passes in the source of a consensus pass.
_PASSES = "passes"


def find_consensus(project: Project, comparison: Comparison, annotator: str) -> PassRecord | None:
    """Return the annotator's consensus pass for these raters, the latest one, or None."""
    name = project.get_annotator(annotator).name
    wanted = {rater.record.id for rater in comparison.raters}
    found = [
        record
        for record in project.passes(clip=comparison.clip.id, annotator=name, acting=name)
        if set(raters_of(record)) == wanted
    ]
    return found[-1] if found else None


def begin_consensus(project: Project, comparison: Comparison, annotator: str) -> PassRecord:
    """Return the annotator's consensus pass for these raters; one is started when there is none.

    It begins with what all raters agree on, with the provenance ``agreed``; the rest is unlabeled. The
    raters' submitted passes become ``compared`` with it.

    Raises
    ------
    BlindError
        When the annotator may not see the raters' passes now.
    """
    for rater in comparison.sources.values():
        project.door.check(rater.record.id, annotator)
    found = find_consensus(project, comparison, annotator)
    if found is not None:
        return found
    project.mark_compared(_finished(comparison), annotator)
    names = " and ".join(f"{rater.name} ({rater.record.id})" for rater in comparison.raters)
    return project.import_track(
        comparison.clip.id,
        annotator,
        comparison.agreed_track(),
        Kind.CONSENSUS.value,
        provenance=AGREED,
        reason=f"agreed by {names}",
        source=" ".join([_PASSES, *(rater.record.id for rater in comparison.raters)]),
    )


def raters_of(consensus: PassRecord) -> list[str]:
    """Return the ids of the passes that a consensus pass was begun for; empty when it does not say."""
    kind, _, ids = consensus.source.partition(" ")
    return ids.split() if consensus.kind is Kind.CONSENSUS and kind == _PASSES else []


def finish_consensus(project: Project, comparison: Comparison, editor: PassEditor) -> None:
    """Submit a consensus pass in which everything is decided; it and the raters' passes are adjudicated then.

    Raises
    ------
    ProjectError
        When a disagreement is still open, or the disk refuses.
    """
    disputed = comparison.disagreements
    still_open = sum(ruling_on(item, editor).standing is Standing.OPEN for item in disputed)
    if still_open:
        raise ProjectError(
            f"{still_open} of {len(disputed)} disagreements are still open; decide them, or leave them "
            "unresolved, and finish then."
        )
    editor.submit()
    project.mark_adjudicated([*_finished(comparison), editor.record.id], editor.author)


def _finished(comparison: Comparison) -> list[str]:
    return [rater.record.id for rater in comparison.raters if rater.record.state.finished]
