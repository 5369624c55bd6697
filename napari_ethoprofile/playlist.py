"""A playlist of stretches over several clips: compared, looped and decided one after the other.

It knows neither Qt nor napari. Every clip is opened as a comparison of its passes that lists exactly the
stretches of the playlist; going on beyond the last (or before the first) of them leads into the next clip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psygnal import Signal

from .annotation.adjudication import Comparison, Item, is_finished
from .annotation.agreement.report import ClipStretches
from .annotation.errors import EthoprofileError
from .annotation.formats.wording import counted
from .annotation.project import Kind, Project
from .comparing import Comparing
from .session import Session


@dataclass(frozen=True, slots=True)
class Listed:
    """Stretches ``[start, stop)`` of one group of behaviors, in frames of the clip."""

    stretches: tuple[tuple[int, int], ...]
    group: int

    def holds(self, item: Item) -> bool:
        """Whether a stretch of the comparison is one of them, or was cut into several of them."""
        return item.group == self.group and any(
            start < item.stop and item.start < stop for start, stop in self.stretches
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """The stretches of one clip and the two passes that are compared there."""

    clip: str
    passes: tuple[str, str]
    part: Listed


class Playlist:
    """The playlist of one window.

    Parameters
    ----------
    comparing
        Opens the clips.
    session
        Is told when a clip cannot be opened.

    Attributes
    ----------
    changed
        Emitted when another clip of it, another playlist or none is played.
    title
        What the stretches have in common.
    entries
        The clips; empty when nothing is played.
    at
        Which of them is open.
    """

    changed = Signal()

    def __init__(self, comparing: Comparing, session: Session) -> None:
        self._comparing, self._session = comparing, session
        self.title = ""
        self.entries: tuple[Entry, ...] = ()
        self.at = 0
        self._opening = False
        comparing.beyond = self._go_on
        comparing.changed.connect(self._on_compared)
        comparing.list_changed.connect(self._on_listed)

    @property
    def stretches(self) -> int:
        """Number of stretches in all clips."""
        return sum(len(entry.part.stretches) for entry in self.entries)

    @property
    def sentence(self) -> str:
        """Which clip of the playlist is open; empty when nothing is played."""
        if not self.entries:
            return ""
        many = "stretch" if self.stretches == 1 else "stretches"
        return (
            f"{self.title}: {self.stretches:,} {many} in {counted(len(self.entries), 'clip')}; "
            f"this is clip {self.at + 1}"
        )

    def play(self, title: str, entries: Sequence[Entry]) -> None:
        """Open the first clip and play its first stretch in a loop.

        Raises
        ------
        EthoprofileError
            When the passes cannot be compared, or may not be seen now; nothing is played then.
        """
        self.title, self.entries, self.at = title, tuple(entries), 0
        self._open(0)

    def clear(self) -> None:
        """Play nothing; the open comparison stays."""
        if self.entries:
            self.title, self.entries, self.at = "", (), 0
            self.changed()

    def _open(self, at: int, *, last: bool = False) -> None:
        entry, comparing = self.entries[at], self._comparing
        self._opening = True
        try:
            if not _compares(comparing.comparison, entry):
                comparing.open(entry.passes)
            comparing.show_only(entry.part)
            if last and comparing.items:
                comparing.go(comparing.items[-1])
        except EthoprofileError:
            self._opening = False
            self.clear()
            raise
        self._opening = False
        self.at = at
        self.changed()

    def _go_on(self, way: int) -> bool:
        at = self.at + way
        if not 0 <= at < len(self.entries):
            return False
        with self._session.telling():
            self._open(at, last=way < 0)
        return True

    def _on_compared(self, _comparison: Comparison | None) -> None:
        if not self._opening:
            self.clear()

    def _on_listed(self) -> None:
        """End when something else is listed than what was asked for."""
        if self.entries and not self._opening and self._comparing.part != self.entries[self.at].part:
            self.clear()


def _compares(comparison: Comparison | None, entry: Entry) -> bool:
    return comparison is not None and tuple(r.record.id for r in comparison.raters) == entry.passes


def entries_of(project: Project, found: Iterable[ClipStretches], group: int) -> tuple[list[Entry], list[str]]:
    """Return what of some stretches can be compared in the window, and sentences about what cannot.

    Parameters
    ----------
    project
        The project that the stretches are of.
    found
        Stretches, clip by clip.
    group
        Index of their group of behaviors.
    """
    by_passes: dict[tuple[str, str], list[tuple[int, int]]] = {}
    left: dict[str, int] = {}
    for one in found:
        why = _why_not(project, one.sources)
        if why:
            left[why] = left.get(why, 0) + len(one.stretches)
        else:
            by_passes.setdefault(one.sources, []).extend(one.stretches)
    entries = []
    for passes, stretches in by_passes.items():
        clip = project.get_clip(project.get_pass(passes[0]).clip)
        own = tuple((start - clip.start, stop - clip.start) for start, stop in sorted(stretches))
        entries.append(Entry(clip.id, passes, Listed(own, group)))
    return entries, [f"Not played: {number:,} where {why}." for why, number in left.items()]


def _why_not(project: Project, sources: tuple[str, str]) -> str:
    """Return why two passes cannot be compared in the window; empty when they can."""
    records = [project.get_pass(source) for source in sources]
    if records[0].clip != records[1].clip:
        return "the two passes lie on different clips that share some frames"
    if any(record.kind is Kind.CONSENSUS for record in records):
        return "one of the two is a consensus, which is compared with nothing"
    models = any(record.kind is Kind.MODEL for record in records)
    if models and project.kept_apart(project.get_clip(records[0].clip).video):
        return "the animal is kept apart to test models, and what they say about it is not shown"
    if not all(is_finished(record) for record in records):
        return "a pass is not submitted yet"
    return ""
