"""Which edits of a history still stand: those that were not undone."""

from __future__ import annotations

from collections.abc import Iterable

from ..edits import Edit
from .door import HistoryEntry
from .journal import Act


def standing_edits(history: Iterable[HistoryEntry]) -> list[Edit]:
    """Return the label edits of a pass that were not undone, oldest first.

    Parameters
    ----------
    history
        As `Door.history` returns it.
    """
    edits: dict[int, list[Edit]] = {}
    undone: set[int] = set()
    for entry in history:
        if entry.act is Act.UNDO and entry.target is not None:
            undone.add(entry.target)
        elif entry.act is Act.REDO and entry.target is not None:
            undone.discard(entry.target)
        elif entry.act is Act.EDIT and isinstance(entry.change, Edit):
            edits.setdefault(entry.step, []).append(entry.change)
    return [edit for step, changes in sorted(edits.items()) if step not in undone for edit in changes]
