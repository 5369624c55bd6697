"""Rejected proposals as databases before version 5 held them: notes with a certain text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from ..ethogram import NONE_NAME
from ..tracks import NONE, UNLABELED
from .journal import dump_runs
from .proposal_edits import REJECTED

_TEXT = re.compile(r"proposal rejected: (?P<name>.*) \((?P<sureness>confidence [^()]*)\)")
_OF_ROWS = """
    SELECT id, act, "before", "after", provenance, reason,
        (SELECT model_pass FROM proposals WHERE proposals.pass = edits.pass) AS model_pass
    FROM edits WHERE what = 'notes' AND ("before" || "after") LIKE '%proposal rejected: %'
"""
_SET = text(
    'UPDATE edits SET what = :what, start = :start, "before" = :before, "after" = :after, '
    "provenance = :provenance, reason = :reason, model_pass = :model_pass WHERE id = :id"
)
#: A note as the journal holds it: start, stop, text, flag.
_Note = tuple[int, int, str, bool]


def make_rejections_typed(connection: Connection) -> None:
    """Turn notes that say that a proposal was rejected into changes of what is proposed.

    Nothing else about the rows is touched: their order, who did it and when. Where a remark had taken the
    place of a rejection, the rejection stands again.
    """
    labels = _labels(connection)
    rows = connection.execute(text(_OF_ROWS)).mappings().all()
    for row in rows:
        changed = _typed(dict(row), labels)
        if changed is not None:
            connection.execute(_SET, {"id": row["id"], "model_pass": row["model_pass"], **changed})


def _labels(connection: Connection) -> dict[str, int]:
    """Return the ids of all behaviors that the ethogram ever had by their names, of the last that had it."""
    found = {NONE_NAME: NONE}
    for (data,) in connection.execute(text("SELECT data FROM ethograms ORDER BY version")).tuples():
        found |= {behavior["name"]: behavior["id"] for behavior in json.loads(data)["behaviors"]}
    return found


def _typed(row: Mapping[str, Any], labels: Mapping[str, int]) -> dict[str, Any] | None:
    """Return what a row is to hold; None where it holds somebody's own words that sound alike."""
    before, after = (Counter(map(tuple, json.loads(row[side]))) for side in ("before", "after"))
    remarks = _remarks(before), _remarks(after)
    if remarks == (list(before.elements()), list(after.elements())):
        return None
    if any(remarks):
        old, new = (json.dumps(notes, ensure_ascii=False) for notes in remarks)
        start = min(note[0] for notes in remarks for note in notes)
        return _row("notes", start, old, new, row["provenance"], row["reason"])
    gained, lost = list((after - before).elements()), list((before - after).elements())
    start, stop, words, _flag = (gained or lost or list(before))[0]
    found = _TEXT.fullmatch(words)
    assert found is not None
    label = labels.get(found["name"], UNLABELED)
    proposed, nothing = (dump_runs(((stop - start, code),)) for code in (label, UNLABELED))
    # What was taken away by hand changes nothing any more: only undo takes a rejection back.
    sides = (proposed, nothing) if gained else (nothing, proposed if row["act"] == "undo" else nothing)
    reason = f"{row['reason']} ({found['sureness']})" if row["reason"] else found["sureness"]
    return _row("proposals", start, *sides, REJECTED, reason)


def _remarks(notes: Counter[_Note]) -> list[_Note]:
    return [note for note in notes.elements() if _TEXT.fullmatch(note[2]) is None]


def _row(what: str, start: int, before: str, after: str, provenance: str, reason: str) -> dict[str, Any]:
    return {
        "what": what, "start": start, "before": before, "after": after, "provenance": provenance,
        "reason": reason,
    }  # fmt: skip
