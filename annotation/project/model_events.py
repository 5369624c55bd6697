"""What became of the models of a project: trained, made the current one, kept aside, rolled back to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ..errors import ProjectError
from . import schema
from .clock import now
from .parts import ProjectPart


class ModelAct(StrEnum):
    """What happened to a model."""

    TRAINED = "trained"
    CURRENT = "current"
    ASIDE = "aside"
    ROLLED_BACK = "rolled back"

    @property
    def makes_current(self) -> bool:
        """Whether the model is the current one from then on."""
        return self in (ModelAct.CURRENT, ModelAct.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class ModelEvent:
    """One line of the history of models.

    Attributes
    ----------
    model, name
        Id of the model (name and hash of its weights), and its name: the folder in ``models/``.
    act
        What happened to it.
    parent
        Id of the model that was the current one then; empty where there was none.
    data
        Hash of the labels that it learned from.
    verdict
        The figures that decided, or those of a training, as plain data.
    at, author
        When (UTC, ISO 8601) and by whom; the name is empty when nobody said.
    """

    model: str
    name: str
    act: ModelAct
    parent: str = ""
    data: str = ""
    verdict: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    author: str = ""


class ModelEvents(ProjectPart):
    """The history of models; lines are only ever added."""

    def note_model(
        self,
        model: str,
        name: str,
        act: ModelAct | str,
        *,
        parent: str = "",
        data: str = "",
        verdict: dict[str, Any] | None = None,
        author: str = "",
        once: bool = False,
    ) -> ModelEvent:
        """Add a line to the history.

        Parameters
        ----------
        model, name, act, parent, data, verdict, author
            As in `ModelEvent`; the time is that of the call.
        once
            Where the same already happened to the same model, return that line and add none.

        Raises
        ------
        ProjectError
            When the model has no id or name, `act` is none of `ModelAct`, or the project is open for reading
            only.
        """
        if not model or not name:
            raise ProjectError("A model needs an id and a name to get into the history of models.")
        if act not in list(ModelAct):
            raise ProjectError(f"'{act}' cannot happen to a model; it can be {', '.join(ModelAct)}.")
        table = schema.model_events
        values = {
            "model": model,
            "name": name,
            "event": ModelAct(act).value,
            "parent": parent,
            "data": data,
            "verdict": json.dumps(verdict or {}, ensure_ascii=False),
            "at": now(),
            "author": author,
        }
        with self.database.writing() as connection:
            if once:
                same = (table.c.model == model, table.c.event == values["event"])
                row = connection.execute(select(table).where(*same).order_by(table.c.id)).first()
                if row is not None:
                    return _event(row)
            connection.execute(insert(table).values(values))
            return _event(connection.execute(_newest_first()).first())

    def model_events(self) -> list[ModelEvent]:
        """Return what became of every model, oldest first."""
        with self.database.reading() as connection:
            return [_event(row) for row in connection.execute(_newest_first())][::-1]

    def current_model(self) -> ModelEvent | None:
        """Return what made the current model the current one; None while there is none.

        Its `name` is the folder in ``models/`` and its `model` the id that the folder's card should have.
        """
        with self.database.reading() as connection:
            return _current(connection)


def _current(connection: Connection) -> ModelEvent | None:
    acts = [act.value for act in ModelAct if act.makes_current]
    row = connection.execute(_newest_first().where(schema.model_events.c.event.in_(acts))).first()
    return None if row is None else _event(row)


def _newest_first() -> Any:
    return select(schema.model_events).order_by(schema.model_events.c.id.desc())


def _event(row: Row[Any] | None) -> ModelEvent:
    assert row is not None
    return ModelEvent(
        row.model, row.name, ModelAct(row.event), row.parent, row.data, json.loads(row.verdict), row.at,
        row.author,
    )  # fmt: skip
