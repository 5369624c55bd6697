"""Discarding passes and restoring them: nothing is deleted, they only count no more."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from ..errors import ProjectError
from . import schema
from .assigned import fulfil
from .clips import read_clip
from .clock import now
from .locks import lock_of
from .pass_rows import note_state, read_pass
from .passes import Passes
from .people import find_annotator
from .records import Kind, PassRecord, State


class Discarding(Passes):
    """Passes that count no more."""

    def discard_pass(self, pass_id: str, acting: str) -> PassRecord:
        """Take a pass out of every list, export and statistic, and free its frames for a new first pass.

        Its journal stays, and `restore_pass` brings it back. Work that was assigned is due again.

        Parameters
        ----------
        pass_id
            The pass.
        acting
            The annotator whose pass it is; the pass of a model can be discarded by anybody.

        Raises
        ------
        ProjectError
            When it is somebody else's, is open in a window, was discarded, is frozen, or is blind and was not
            assigned or was submitted: a second try would not be blind.
        """
        with self.database.writing() as connection:
            record, author = _of(connection, pass_id, acting)
            _check_may_go(connection, record)
            _put(connection, record, State.DISCARDED, author)
            table = schema.assignments
            connection.execute(update(table).where(table.c["pass"] == pass_id).values({"pass": None}))
        self._put_away(record)
        self.refresh_copies(self.get_clip(record.clip))
        return self.get_pass(pass_id)

    def restore_pass(self, pass_id: str, acting: str) -> PassRecord:
        """Bring a discarded pass back as it was.

        Raises
        ------
        BlindError
            When blind work on its frames is to be done first.
        ProjectError
            When it is somebody else's, was not discarded, or is a first pass whose frames have another one of
            the same annotator now.
        """
        with self.database.writing() as connection:
            record, author = _of(connection, pass_id, acting)
            if record.state is not State.DISCARDED:
                raise ProjectError(f"The pass {pass_id} was not discarded; there is nothing to restore.")
            if record.kind in (Kind.FIRST, Kind.BLIND):
                clip = read_clip(connection, record.clip)
                due = self._may_begin(connection, clip, record.annotator, record.kind)
                if due is not None:
                    fulfil(connection, due, pass_id)
            _put(connection, record, _state_before(connection, pass_id), author)
        self.refresh_copies(self.get_clip(record.clip))
        return self.get_pass(pass_id)


def _of(connection: Connection, pass_id: str, acting: str) -> tuple[PassRecord, str]:
    """Return a pass and the name of who acts on it: the one whose it is, or anybody for a model's."""
    record, author = read_pass(connection, pass_id), find_annotator(connection, acting).name
    if record.kind is not Kind.MODEL and record.annotator != author:
        raise ProjectError(f"This is the pass of {record.annotator}; only they can discard or restore it.")
    return record, author


def _check_may_go(connection: Connection, record: PassRecord) -> None:
    if record.state is State.DISCARDED:
        raise ProjectError(f"The pass {record.id} was discarded before.")
    if record.state.frozen:
        raise ProjectError(
            f"The pass {record.id} is frozen; what was trained or tested on it stays on record."
        )
    table = schema.assignments
    assigned = connection.execute(select(table.c.id).where(table.c["pass"] == record.id)).first() is not None
    if record.kind is Kind.BLIND and (record.state is not State.OPEN or not assigned):
        raise ProjectError(
            "A blind pass stays on record: without it other labels would be open, and a second try not blind."
        )
    lock = lock_of(connection, record.id)
    if lock is not None and lock.alive:
        raise ProjectError(
            f"{lock.annotator} has this pass open on {lock.host} (process {lock.pid}); close it there first."
        )


def _put(connection: Connection, record: PassRecord, state: State, author: str) -> None:
    table = schema.passes
    connection.execute(update(table).where(table.c.id == record.id).values(state=state.value))
    note_state(connection, record.id, state, author, now())


def _state_before(connection: Connection, pass_id: str) -> State:
    """Return the state that a pass was in when it was discarded."""
    table = schema.pass_states
    query = select(table.c.state).where(table.c["pass"] == pass_id, table.c.state != State.DISCARDED.value)
    return State(connection.scalars(query.order_by(table.c.id.desc())).first() or State.OPEN)
