"""Which model version a pass is labeled with: one as long as it is open, or none and why."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import BlindError, ProjectError
from . import schema
from .assignments import Assignments
from .clock import now
from .holdouts import Holdouts
from .people import find_annotator
from .records import Kind, PassRecord

#: Why a pass goes without proposals: it was drawn at random, to compare work with and without them.
AUDIT = "drawn at random to be scored without proposals"
#: Kinds of passes that may be shown what a model proposes.
PROPOSED_TO = (Kind.FIRST, Kind.REVIEW)


@dataclass(frozen=True, slots=True)
class Pinned:
    """What was decided when a pass was opened.

    Attributes
    ----------
    pass_id
        The pass of a person.
    model_pass
        The pass that holds what the model says; empty where the pass goes without.
    why
        Why it goes without; empty where it does not.
    at, author
        When (UTC, ISO 8601), and for whom.
    """

    pass_id: str
    model_pass: str
    why: str
    at: str
    author: str


class ProposalPins(Assignments, Holdouts):
    """The model versions that passes are labeled with."""

    def why_no_proposals(self, pass_id: str, acting: str) -> str:
        """Return in a sentence why a pass is never shown proposals; empty where it may be.

        Blind work, the clips of animals that models are tested with, and frames with blind work of the
        annotator go without, whoever asks.
        """
        record = self.get_pass(pass_id)
        clip = self.get_clip(record.clip)
        if record.annotator != acting:
            return f"This is the pass of {record.annotator}; only they are shown proposals for it."
        if record.kind not in PROPOSED_TO:
            return f"A {record.kind.value} pass is scored without proposals."
        if self.kept_apart(clip.video):
            return "The animal of this clip is kept apart to test models: it is scored without proposals."
        return ""

    def pin_proposals(self, pass_id: str, model_pass: str, acting: str, *, why: str = "") -> Pinned:
        """Decide with which model version a pass is labeled, in place of what was decided before.

        Parameters
        ----------
        pass_id
            A first pass or a review of `acting`.
        model_pass
            A pass of a model over the same clip; empty where it goes without.
        acting
            The annotator.
        why
            Why it goes without.

        Raises
        ------
        BlindError
            When the labels of the model are closed to them.
        ProjectError
            When the pass never is shown proposals, is not open, or the other one is no model's over the clip.
        """
        if model_pass:
            refusal = self.why_no_proposals(pass_id, acting)
            if refusal:
                raise ProjectError(refusal)
            self.door.check(model_pass, acting)
            self._check_model_pass(self.get_pass(pass_id), self.get_pass(model_pass))
        values = {"pass": pass_id, "model_pass": model_pass or None, "why": why, "at": now()}
        with self.database.writing() as connection:
            values["author"] = find_annotator(connection, acting).name
            statement = upsert(schema.proposals).values(values)
            connection.execute(statement.on_conflict_do_update(["pass"], set_=values))
        return self._pinned(pass_id)

    def pinned_proposals(self, pass_id: str, acting: str | None) -> Pinned | None:
        """Return what was decided for a pass, for its annotator; None where nothing was.

        Raises
        ------
        BlindError
            When the pass is closed to `acting`.
        """
        self.door.check(pass_id, acting)
        try:
            pinned = self._pinned(pass_id)
        except LookupError:
            return None
        if pinned.model_pass and not self.door.allowed(pinned.model_pass, acting):
            return None
        return pinned

    def proposal_of(self, pass_id: str, acting: str) -> PassRecord | None:
        """Return the pass of the model that is shown with a pass; None where nothing may be shown now."""
        if self.why_no_proposals(pass_id, acting):
            return None
        try:
            pinned = self.pinned_proposals(pass_id, acting)
        except BlindError:
            return None
        return self.get_pass(pinned.model_pass) if pinned is not None and pinned.model_pass else None

    def _check_model_pass(self, record: PassRecord, model_pass: PassRecord) -> None:
        if model_pass.kind is not Kind.MODEL or model_pass.clip != record.clip:
            raise ProjectError(
                f"The pass {model_pass.id} is not what a model says about the clip {record.clip}."
            )
        if record.state.finished:
            raise ProjectError("The pass is submitted; proposals are for passes that are open.")

    def _pinned(self, pass_id: str) -> Pinned:
        table = schema.proposals
        with self.database.reading() as connection:
            row = connection.execute(select(table).where(table.c["pass"] == pass_id)).mappings().first()
        if row is None:
            raise LookupError(pass_id)
        return Pinned(row["pass"], row["model_pass"] or "", row["why"], row["at"], row["author"])
