"""What becomes of passes after they were scored: reopened, compared, adjudicated, frozen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from ..errors import ProjectError
from . import schema
from .pass_rows import check_no_first, check_owner, read_pass, set_state
from .passes import Passes
from .people import find_annotator
from .records import Kind, PassRecord, State, StateChange

FREEZES = {"training": State.TRAINING, "test": State.TEST}


class States(Passes):
    """The states of passes; every change is on record with its author."""

    def pass_states(self, pass_id: str) -> list[StateChange]:
        """Return which states a pass came into, when, and who brought it there."""
        table = schema.pass_states
        query = select(table).where(table.c["pass"] == pass_id).order_by(table.c.id)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [StateChange(State(row.state), row.at, row.author) for row in rows]

    def reopen_pass(self, pass_id: str, acting: str) -> PassRecord:
        """Open a submitted pass again, for the one whose pass it is.

        Raises
        ------
        BlindError
            When labels on its frames are closed to them.
        ProjectError
            When it is somebody else's, is open, is frozen, or was blind: after it was submitted its author
            could see the others, so that it would not be blind any more.
        """
        clip = self.get_clip(self.get_pass(pass_id).clip)
        self.door.check(pass_id, acting)
        with self.database.writing() as connection:
            record = read_pass(connection, pass_id)
            check_owner(connection, record, acting)
            if record.state is State.OPEN:
                raise ProjectError("This pass is open; there is nothing to reopen.")
            if record.state is State.DISCARDED:
                raise ProjectError("This pass was discarded; restore it to change it.")
            if record.state.frozen:
                raise ProjectError(
                    f"This pass is {_frozen(record.state)} and stays as it is; "
                    "start a review based on it to change labels."
                )
            if record.kind is Kind.BLIND:
                raise ProjectError(
                    "A blind pass stays as it was submitted; start a review based on it to change labels."
                )
            if record.kind is Kind.FIRST:
                check_no_first(connection, clip, record.annotator, but=record.id)
            set_state(connection, pass_id, State.OPEN, record.annotator)
        return self.get_pass(pass_id)

    def mark_compared(self, pass_ids: Iterable[str], acting: str) -> None:
        """Note that submitted passes were compared; those that are further already stay as they are.

        Raises
        ------
        BlindError
            When one of them is closed to `acting`.
        ProjectError
            When one of them is still open; no state is changed then.
        """
        self._advance(pass_ids, State.COMPARED, {State.SUBMITTED}, acting)

    def mark_adjudicated(self, pass_ids: Iterable[str], acting: str) -> None:
        """Note that the disagreements of submitted passes were decided; otherwise as `mark_compared`."""
        self._advance(pass_ids, State.ADJUDICATED, {State.SUBMITTED, State.COMPARED}, acting)

    def freeze_passes(self, pass_ids: Iterable[str], purpose: str, acting: str) -> list[PassRecord]:
        """Freeze passes for good: they can be neither edited nor reopened any more.

        Parameters
        ----------
        pass_ids
            Passes that were submitted.
        purpose
            ``training`` or ``test``: what their labels are for.
        acting
            Who freezes them.

        Returns
        -------
        list of PassRecord
            The frozen passes.

        Raises
        ------
        ProjectError
            When one of them is open or frozen for the other purpose; none is frozen then.
        """
        state = FREEZES.get(purpose)
        if state is None:
            raise ProjectError(f"A pass is frozen as training or test, not as '{purpose}'.")
        wanted = list(dict.fromkeys(pass_ids))
        with self.database.writing() as connection:
            author = find_annotator(connection, acting).name
            for pass_id in wanted:
                record = read_pass(connection, pass_id)
                if record.state is state:
                    continue
                if record.state.frozen:
                    raise ProjectError(
                        f"The pass {pass_id} is {_frozen(record.state)} already and cannot become {purpose} "
                        "data; nothing was frozen."
                    )
                if not record.state.finished:
                    raise ProjectError(
                        f"The pass {pass_id} is not submitted yet, so that it cannot be frozen; "
                        "nothing was frozen."
                    )
                set_state(connection, pass_id, state, author)
        return [self.get_pass(pass_id) for pass_id in wanted]

    def _advance(self, pass_ids: Iterable[str], state: State, before: Collection[State], acting: str) -> None:
        wanted = list(dict.fromkeys(pass_ids))
        for pass_id in wanted:
            self.door.check(pass_id, acting)
        with self.database.writing() as connection:
            author = find_annotator(connection, acting).name
            for pass_id in wanted:
                record = read_pass(connection, pass_id)
                if not record.state.finished:
                    raise ProjectError(
                        f"The pass {pass_id} is not submitted yet, so that it cannot be {state.value}."
                    )
                if record.state in before:
                    set_state(connection, pass_id, state, author)


def _frozen(state: State) -> str:
    return f"frozen as {state.value.removeprefix('frozen-')} data"
