"""The key log of real scoring, and what the key model learns from it.

A line of the log is a JSON object: ``at`` (seconds since 1970), ``kind`` (``label`` for any behavior key,
else the name of the command), ``pass`` and ``frame``. Which behavior a key stands for is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...annotation.agreement.undefined import Undefined, Value, ratio
from ...annotation.errors import LearnError
from .effort import KeyModel

LOG_NAME = "key_log.jsonl"
#: What is logged for the key of any behavior, of none, and for unlabeling.
LABEL = "label"
#: Keys of one kind that follow one another faster were one key held down.
HELD_SECONDS = 0.12
#: A longer time between two keys was a break.
BREAK_SECONDS = 20.0
#: Label keys that a fit needs.
ENOUGH = 50
#: Commands of passes that were corrected from proposals begin so; these say nothing about scratch.
_WITH_PROPOSALS = ("accept", "reject")


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One key that was pressed while a pass was open.

    Attributes
    ----------
    at
        Seconds since 1970.
    kind
        `LABEL`, or the name of a command.
    pass_id
        The open pass.
    frame
        Frame of the clip that was shown.
    """

    at: float
    kind: str
    pass_id: str
    frame: int

    def to_line(self) -> str:
        """Return the line of the log, without its end."""
        return json.dumps(
            {"at": round(self.at, 3), "kind": self.kind, "pass": self.pass_id, "frame": self.frame}
        )


@dataclass(frozen=True, slots=True)
class KeyFit:
    """What a log says about the key model.

    Attributes
    ----------
    passes, labels, moves
        Passes, label keys and navigation keys that were counted.
    navigation
        Navigation keys a boundary: all of them / (label keys - one a pass).
    seconds_a_key
        Time between keys, breaks left out; watching is in it.
    """

    passes: int
    labels: int
    moves: int
    navigation: Value
    seconds_a_key: Value

    def model(self, base: KeyModel) -> KeyModel:
        """Return the key model with these numbers in place of the assumed ones.

        Raises
        ------
        LearnError
            When the log is too short.
        """
        if isinstance(self.navigation, Undefined) or isinstance(self.seconds_a_key, Undefined):
            raise LearnError(
                f"The key log holds {self.labels} label keys of passes from scratch; {ENOUGH} are needed."
            )
        return replace(base, navigation=self.navigation, seconds_a_key=self.seconds_a_key, watching=0.0)


def read_log(path: Path) -> list[KeyEvent]:
    """Return the keys of a log; lines that are no events, such as one cut off by a crash, are skipped.

    Raises
    ------
    LearnError
        When there is no log.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LearnError(
            f"There is no key log at {path}; switch it on with 'ethoprofile key-log PROJECT --on NAME' or in "
            "the Project menu."
        ) from error
    return [event for event in map(_event, lines) if event is not None]


def _event(line: str) -> KeyEvent | None:
    try:
        item = json.loads(line)
        return KeyEvent(float(item["at"]), str(item["kind"]), str(item["pass"]), int(item["frame"]))
    except (ValueError, KeyError, TypeError):
        return None


def fit_keys(events: Iterable[KeyEvent], navigating: Collection[str]) -> KeyFit:
    """Return what passes that were scored from scratch say about the key model.

    Parameters
    ----------
    events
        Of a log, in any order.
    navigating
        Names of the commands by which a boundary is gone to or placed.
    """
    by_pass: dict[str, list[KeyEvent]] = {}
    for event in sorted(events, key=lambda e: e.at):
        by_pass.setdefault(event.pass_id, []).append(event)
    passes = labels = moves = gaps = 0
    seconds = 0.0
    for own in by_pass.values():
        pressed = _pressed(own)
        typed = sum(event.kind == LABEL for event in pressed)
        if not typed or any(event.kind.startswith(_WITH_PROPOSALS) for event in own):
            continue
        passes, labels = passes + 1, labels + typed
        moves += sum(event.kind in navigating for event in pressed)
        between = np.diff([event.at for event in pressed])
        between = between[between <= BREAK_SECONDS]
        seconds, gaps = seconds + float(between.sum()), gaps + len(between)
    short = f"fewer than {ENOUGH} label keys are in the log"
    if labels < ENOUGH:
        return KeyFit(passes, labels, moves, Undefined(short), Undefined(short))
    one_bout = "every pass has one label key only"
    return KeyFit(
        passes, labels, moves, ratio(moves, labels - passes, one_bout), ratio(seconds, gaps, one_bout)
    )  # fmt: skip


def _pressed(events: list[KeyEvent]) -> list[KeyEvent]:
    """Return the events without those that a held key repeated."""
    return [
        event
        for before, event in zip([None, *events], events, strict=False)
        if before is None or event.kind != before.kind or event.at - before.at > HELD_SECONDS
    ]
