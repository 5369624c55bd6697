"""Changes of a pass in words, in frames of the recording: for history, undo and every edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..annotation.project import Change, Note, Project

NameOf = Callable[[int], str]


def label_names(store: Project) -> NameOf:
    """Return what names a label, also those of behaviors that the ethogram had once and lost."""
    from ..annotation.ethogram import NONE_NAME, UNLABELED_NAME
    from ..annotation.tracks import NONE, UNLABELED

    names = {b.id: b.name for version in store.ethogram_versions() for b in version.ethogram.behaviors}
    return (names | {UNLABELED: UNLABELED_NAME, NONE: NONE_NAME}).__getitem__


def before_and_after(change: Change, name_of: NameOf) -> tuple[str, str]:
    """Return what a stretch held before a change and what it holds after it."""
    from ..annotation.project import NoteEdit, ProposalEdit

    if isinstance(change, NoteEdit):
        before, after = (
            "; ".join(note_text(note) for note in notes) for notes in (change.before, change.after)
        )
        return before, after
    before, after = (
        ", ".join(f"{name_of(label)} {length}" for length, label in runs)
        for runs in (change.before, change.after)
    )
    if isinstance(change, ProposalEdit):
        return f"proposed: {before}", f"proposed: {after} ({change.provenance})"
    return before, after


def sentence(change: Change, first: int, name_of: NameOf) -> str:
    """Return a change as a line: frames of the recording, before, after."""
    before, after = before_and_after(change, name_of)
    return f"frames {first + change.start} to {first + change.stop}: {before or '-'} -> {after or '-'}"


def note_text(note: Note) -> str:
    """Return a note with its flag."""
    return " ".join(filter(None, ["uncertain" if note.uncertain else "", note.text]))
