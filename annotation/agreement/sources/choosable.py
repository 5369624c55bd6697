"""Whom a person can compare now: the passes of a project that are open to them, by annotator and kind."""

from __future__ import annotations

from dataclasses import dataclass

from ...project import PassRecord, Project


@dataclass(frozen=True, slots=True)
class RaterChoice:
    """What can be compared as one rater.

    Attributes
    ----------
    name
        What `material_of_passes` is told: an annotator's name, or ``NAME:KIND``.
    annotator
        Whose passes.
    kind
        Their kind; empty when all kinds are meant.
    passes
        The passes.
    """

    name: str
    annotator: str
    kind: str
    passes: tuple[PassRecord, ...]

    @property
    def clips(self) -> int:
        """Number of clips that the passes lie on."""
        return len({record.clip for record in self.passes})


@dataclass(frozen=True, slots=True)
class Choosable:
    """Whom a person can compare.

    Attributes
    ----------
    raters
        One for each annotator; where an annotator has passes of several kinds, one for each of these follows.
    closed
        How many further passes there are that blind work closes to this person.
    """

    raters: tuple[RaterChoice, ...]
    closed: int


def choosable_raters(project: Project, acting: str | None) -> Choosable:
    """Return whom a person can compare, in the order of their first passes.

    Parameters
    ----------
    project
        The open project.
    acting
        Who asks. Passes that are closed to them are counted, not named.
    """
    visible = open_passes(project, acting)
    listed = project.passes(acting=acting)
    by_annotator: dict[str, list[PassRecord]] = {}
    for record in listed:
        if record.id in visible:
            by_annotator.setdefault(record.annotator, []).append(record)
    raters = []
    for name, own in by_annotator.items():
        kinds = list(dict.fromkeys(str(record.kind) for record in own))
        raters.append(RaterChoice(name, name, kinds[0] if len(kinds) == 1 else "", tuple(own)))
        for kind in kinds if len(kinds) > 1 else ():
            passes = tuple(record for record in own if str(record.kind) == kind)
            raters.append(RaterChoice(f"{name}:{kind}", name, kind, passes))
    return Choosable(tuple(raters), sum(record.id not in visible for record in listed))


def open_passes(project: Project, acting: str | None) -> set[str]:
    """Return the ids of all passes whose labels are open to a person now."""
    # The door gives counts of labels for exactly these.
    return {
        record["id"]
        for clip in project.door.status(acting)["clips"]
        for record in clip["passes"]
        if "labeled" in record
    }
