"""Notes and uncertain flags on bouts, changed by invertible edits like labels."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import ClassVar

from ..errors import ProjectError


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A remark on a stretch, or a flag that the annotator was not sure of it.

    Attributes
    ----------
    group
        Index of the exclusive group.
    start, stop
        The stretch, in frames of the track.
    text
        The remark; may be empty when only the flag is set.
    uncertain
        The flag.
    """

    group: int
    start: int
    stop: int
    text: str = ""
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class NoteEdit:
    """A change of the notes on one stretch: those that go and those that come.

    It has the outline of an `Edit` (group, start, stop, inverse), so that undo treats both alike.
    """

    group: int
    start: int
    stop: int
    before: tuple[Note, ...]
    after: tuple[Note, ...]
    reason: str = ""
    provenance: str = "typed"

    what: ClassVar[str] = "notes"

    @property
    def empty(self) -> bool:
        """True when nothing changes."""
        return self.before == self.after

    def inverse(self) -> NoteEdit:
        """Return the edit that takes this one back."""
        return replace(self, before=self.after, after=self.before)

    def apply(self, notes: list[Note]) -> None:
        """Change `notes` in place.

        Raises
        ------
        ProjectError
            When `notes` do not hold what the edit was made on.
        """
        if any(note not in notes for note in self.before):
            raise ProjectError(f"The note on frames {self.start} to {self.stop} has changed; try again.")
        for note in self.before:
            notes.remove(note)
        notes.extend(self.after)
        notes.sort()


def note_edit(notes: list[Note], new: Note) -> NoteEdit:
    """Return the edit that puts `new` in place of every note that overlaps it in its group.

    A note without text and flag only takes the old ones away.
    """
    before = tuple(n for n in notes if n.group == new.group and n.start < new.stop and new.start < n.stop)
    after = (new,) if new.text or new.uncertain else ()
    start = min([new.start, *(n.start for n in before)])
    stop = max([new.stop, *(n.stop for n in before)])
    return NoteEdit(new.group, start, stop, before, after)


def dump_notes(notes: tuple[Note, ...]) -> str:
    """Return notes as the journal holds them; the group stands in its own column."""
    return json.dumps([[n.start, n.stop, n.text, n.uncertain] for n in notes], ensure_ascii=False)


def load_notes(text: str, group: int) -> tuple[Note, ...]:
    """Return notes from the journal: the inverse of `dump_notes`."""
    return tuple(Note(group, start, stop, note, flag) for start, stop, note, flag in json.loads(text))
