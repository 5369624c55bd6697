"""A comparison of passes in the window: which disagreements, in which order, where one is, what was decided.

It knows neither Qt nor napari. The consensus pass is the session's open pass while a comparison is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from psygnal import Signal

from .annotation.adjudication import (
    OWN,
    Comparison,
    Item,
    Proposal,
    Ruling,
    Standing,
    Verdict,
    answer,
    begin_consensus,
    compare_passes,
    finish_consensus,
    leave,
    propose,
    raters_of,
    reopen,
    ruling_on,
    take,
)
from .annotation.errors import ProjectError
from .annotation.tracks import NONE, UNLABELED
from .compared_parts import Order, Part, Progress
from .session import Move, OpenPass, Session
from .training.proposal_gate import why_not_yet

if TYPE_CHECKING:
    from .annotation.project import Change, PassRecord, Project

#: Seconds shown before and after a stretch that is played in a loop; a key still means it there.
PADDING_SECONDS = 1.0
#: How many of the next stretches are decoded ahead.
AHEAD = 2


class Looper(Protocol):
    """The player, as far as a comparison needs it."""

    def pause(self) -> None:
        """Stand still."""

    def loop(self, start: int, stop: int) -> None:
        """Play ``[start, stop)`` over and over."""

    def stop_loop(self) -> None:
        """End the loop and stand still."""


def why_unasked(project: Project, model_pass: PassRecord, acting: str) -> str:
    """Return in a sentence why a model's pass is not compared unless somebody asks for it; empty if it is."""
    if project.kept_apart(project.get_clip(model_pass.clip).video):
        return "The animal of this clip is kept apart to test models."
    return why_not_yet(project, model_pass, acting)


class Comparing:
    """The comparison of one window.

    Signals
    -------
    changed
        Another comparison is shown, or none (None).
    list_changed
        Other disagreements are listed, or in another order.
    current_changed
        Another one is the current one, or none is (None).
    heading
        The frame that is shown next: the timeline need not wait for its picture.
    ruled
        The stretches whose decision may be another now.
    looping_changed
        Whether stretches are played in a loop.
    proposal_changed
        Another rule proposes labels, or none does (None).

    Parameters
    ----------
    session
        The shared state; its open pass is the consensus while passes are compared.
    player
        Plays stretches in a loop.

    Attributes
    ----------
    comparison
        The compared passes, or None.
    items
        The listed stretches, in the order of `order`.
    order, part
        The order, and what the list is restricted to: a cell of the confusion matrix, a behavior, ...
    beyond
        Asked to go on where the list ends, with the direction; whether there was anything to go on to.
    current
        The stretch that is being decided; None when the playhead is somewhere else.
    reason
        Kept with the next decision; may be empty.
    proposal
        What a vote of three raters or more proposes, when it is asked for.
    """

    changed = Signal(object)
    list_changed = Signal()
    current_changed = Signal(object)
    heading = Signal(int)
    ruled = Signal(object)
    looping_changed = Signal(bool)
    proposal_changed = Signal(object)

    def __init__(self, session: Session, player: Looper) -> None:
        self._session, self._player = session, player
        self.comparison: Comparison | None = None
        self.items: list[Item] = []
        self.order = Order.TIME
        self.part: Part | None = None
        self.beyond: Callable[[int], bool] = lambda _way: False
        self.current: Item | None = None
        self.looping = False
        self.reason = ""
        self.proposal: Proposal | None = None
        self._at = -1
        self._way = 1
        self._rulings: dict[Item, Ruling] = {}
        session.opened.connect(self._on_opened)
        session.moved.connect(lambda _previous, frame, how: self._on_moved(frame, how))
        session.labels_changed.connect(self._on_labels)
        session.notes_changed.connect(self._rule_again)
        session.ethogram_changed.connect(lambda _ethogram: self._read_again())

    # which passes

    def open(self, passes: Sequence[str]) -> None:
        """Compare passes as the acting annotator, and open the consensus pass for them.

        Raises
        ------
        EthoprofileError
            When the passes cannot be compared, or may not be seen now.
        """
        project, name = self._session.require_project(), self._session.annotator
        if not name:
            raise ProjectError("Choose who adjudicates first; the consensus pass carries that name.")
        comparison = compare_passes(project, passes, name)
        record = begin_consensus(project, comparison, name)
        self._session.close_pass()
        self._show(comparison)
        try:
            self._session.open_pass(record.id)
        finally:
            if self._session.current is None:
                self._show(None)

    def open_consensus(self, record: PassRecord) -> bool:
        """Compare the passes that a consensus pass was made for; False when it does not say which.

        The latest pass of a model stands beside them, where a model may be shown unasked.
        """
        passes, acting = raters_of(record), self._session.annotator
        if not passes:
            return False
        project = self._session.require_project()
        on_clip = project.passes(clip=record.clip, acting=acting)
        models = [other for other in on_clip if other.kind == "model" and other.id not in passes]
        self.open([*passes, *(other.id for other in models[-1:] if not why_unasked(project, other, acting))])
        return True

    def _read_again(self) -> None:
        """Read the raters' labels again: in the columns of a changed ethogram."""
        if self.comparison is None:
            return
        with self._session.telling():
            self.open([source.record.id for source in self.comparison.sources.values()])

    def close(self) -> None:
        """Close the comparison with its consensus pass."""
        if self.comparison is not None:
            self._session.close_pass()

    def _show(self, comparison: Comparison | None) -> None:
        if comparison is self.comparison:
            return
        self.comparison, self.part, self.current, self._at = comparison, None, None, -1
        self.looping, self.proposal, self._rulings = False, None, {}
        self._list()
        self.changed(comparison)

    def _on_opened(self, current: OpenPass | None) -> None:
        if self.comparison is None:
            return
        if current is None or current.clip.id != self.comparison.clip.id:
            self._show(None)
        else:
            self._rule_again()
            self._decode_ahead()

    # which stretches

    def set_order(self, order: Order) -> None:
        """List and visit the stretches in another order."""
        if order != self.order:
            self.order = order
            self._list()

    def show_only(self, part: Part | None) -> None:
        """List exactly these stretches and play the first in a loop; None lists all disagreements."""
        self.part = part
        self._list()
        if part is not None and self.items:
            self.looping = True
            self.looping_changed(True)
            self.go(self.items[0])

    def prepare(self, part: Part) -> None:
        """Decode ahead what `show_only` would show first: the mouse is over it."""
        comparison, current = self.comparison, self._session.current
        first = (
            min(filter(part.holds, comparison.items), key=self._place, default=None) if comparison else None
        )
        if first is not None and current is not None:
            current.video.prefetch([current.clip.start + self.padded(first)[0]])

    def _list(self) -> None:
        comparison, part = self.comparison, self.part
        if comparison is None:
            self.items = []
        elif part is None:
            self.items = sorted(comparison.disagreements, key=self._place)
        else:
            self.items = sorted(filter(part.holds, comparison.items), key=self._place)
        self._at = self.items.index(self.current) if self.current in self.items else -1
        self.list_changed()

    def _place(self, item: Item) -> tuple[object, ...]:
        time = item.start, item.group
        if self.order is Order.LENGTH:
            return -item.length, *time
        return (item.kind or "", *time) if self.order is Order.KIND else time

    # moving about

    def next(self, steps: int = 1) -> None:
        """Go to the next (or with -1 the previous) stretch of the list."""
        self._way = 1 if steps > 0 else -1
        target = self._neighbor(self._way)
        if target is None:
            if self.beyond(self._way):
                return
            where = "last" if steps > 0 else "first"
            self._session.message(
                f"This is the {where} of {len(self.items)}." if self.items else "There is no disagreement."
            )
        else:
            self.go(self.items[target])

    def _neighbor(self, way: int) -> int | None:
        """Return the place of the neighbor in the list; in time order that of the playhead counts."""
        at = self._at
        if self.current is None and self.order is Order.TIME:
            before = sum(item.start < self._session.playhead for item in self.items)
            at = before - 1 if way > 0 else before
        elif at < 0 and way < 0:
            at = len(self.items)
        return at + way if 0 <= at + way < len(self.items) else None

    def go(self, item: Item) -> None:
        """Make a stretch the current one and show its first frame, or play it in a loop."""
        self._make_current(item)
        if self.looping:
            start, stop = self.padded(item)
            self.heading(start)
            self._player.loop(start, stop)
        else:
            self._player.pause()
            self.heading(item.start)
            self._session.seek(item.start)
        self._decode_ahead()

    def set_looping(self, on: bool) -> None:
        """Play the current stretch, and those that are visited next, in a loop, or stand still again."""
        if on == self.looping or (on and self.current is None):
            return
        self.looping = on
        if on and self.current is not None:
            self._player.loop(*self.padded(self.current))
        else:
            self._player.stop_loop()
        self.looping_changed(on)

    def padded(self, item: Item) -> tuple[int, int]:
        """Return a stretch with one second before and after it, as far as the clip reaches."""
        current = self._session.current
        margin = round(PADDING_SECONDS * current.fps) if current is not None else 0
        return max(0, item.start - margin), min(self._session.last_frame + 1, item.stop + margin)

    def _make_current(self, item: Item | None) -> None:
        if item in self.items:
            self._at = self.items.index(item)
        if item != self.current:
            self.current = item
            self.current_changed(item)

    def _on_moved(self, frame: int, how: Move) -> None:
        """Keep the current stretch while the playhead is near it, unless a jump leads into another one."""
        if self.comparison is None:
            return
        here, current = [item for item in self.items if item.start <= frame < item.stop], self.current
        if current is not None and current not in here:
            start, stop = self.padded(current)
            jumped_away = here and how is Move.SEEK and not self.looping
            if start <= frame < stop and not jumped_away:
                return
        if current is None or current not in here:
            self._make_current(here[0] if here else None)

    def _decode_ahead(self) -> None:
        """Let the frames that the next keys lead to be decoded already."""
        current = self._session.current
        if current is None:
            return
        first = self._at if self._way > 0 else self._at - AHEAD - 1
        following = self.items[max(0, first + 1) : max(0, first + 1 + AHEAD)]
        starts = [self.padded(item)[0] if self.looping else item.start for item in following]
        current.video.prefetch([current.clip.start + start for start in starts[:: self._way]])

    # decisions

    def ruling(self, item: Item) -> Ruling:
        """Return where the decision on a stretch stands."""
        return self._rulings.get(item) or Ruling(Standing.OPEN)

    @property
    def progress(self) -> Progress:
        """How many of all disagreements are decided."""
        comparison = self.comparison
        if comparison is None:
            return Progress()
        standings = [self.ruling(item).standing for item in comparison.disagreements]
        unresolved, still_open = standings.count(Standing.LEFT), standings.count(Standing.OPEN)
        return Progress(len(standings) - still_open, unresolved, len(standings))

    def take(self, letter: str) -> None:
        """Decide the current stretch as a rater (``A``, ``B``, ...) or the ``model`` labeled it."""
        item, current = self._question()
        source = self.comparison.sources.get(letter) if self.comparison is not None else None
        if source is None:
            raise ProjectError(
                "No model's pass is compared here."
                if letter == "model"
                else f"There is no rater {letter} here."
            )
        self._commit(take(item, current.editor, source.track, source.verdict(self.reason)))

    def set_proposal(self, rule: str) -> None:
        """Let a rule propose labels (see `propose`); an empty text takes proposals away."""
        if self.comparison is not None:
            self.proposal = propose(self.comparison, rule) if rule else None
            self.proposal_changed(self.proposal)

    def take_proposal(self) -> None:
        """Decide the current stretch as the rule proposes."""
        item, current = self._question()
        if self.proposal is None:
            raise ProjectError("Nothing is proposed; choose a rule, which needs three raters or more.")
        track, verdict = self.proposal.track, self.proposal.verdict(self.reason)
        self._commit(take(item, current.editor, track, verdict))

    def answer(self, label: int) -> None:
        """Decide the current stretch by a label of one's own; `UNLABELED` takes the decision back."""
        item, current = self._question()
        if label == UNLABELED:
            self._commit(reopen(item, current.editor))
            return
        ethogram = self._session.require_project().ethogram
        if label > NONE and ethogram.group_of(label) != item.group:
            raise ProjectError(
                f"This disagreement is about {ethogram.groups[item.group]}; {ethogram.label_name(label)} "
                f"belongs to {ethogram.groups[ethogram.group_of(label)]}."
            )
        self._commit(answer(item, current.editor, label, Verdict(OWN, self.reason)))

    def leave(self) -> None:
        """Leave the current stretch unresolved, which is a decision too."""
        item, current = self._question()
        self._commit(leave(item, current.editor, self.reason))

    def finish(self) -> None:
        """Declare everything decided: the consensus pass is submitted.

        Raises
        ------
        ProjectError
            When a disagreement is still open.
        """
        current, comparison = self._session.current, self.comparison
        if comparison is None or current is None:
            raise ProjectError("No passes are compared now.")
        self._player.pause()
        finish_consensus(self._session.require_project(), comparison, current.editor)
        self._session.close_pass()
        self._session.message(f"Finished: all {len(comparison.disagreements)} disagreements are decided.")

    def _question(self) -> tuple[Item, OpenPass]:
        current = self._session.current
        if self.comparison is None or current is None:
            raise ProjectError("No passes are compared now.")
        if current.editor.read_only:
            raise ProjectError(current.editor.read_only)
        if self.current is None:
            raise ProjectError("There is no disagreement under the playhead; go to the next one first.")
        return self.current, current

    def _commit(self, changes: list[Change]) -> None:
        self.reason = ""
        self._session.commit(changes)

    def _on_labels(self, group: int, start: int, stop: int) -> None:
        if self.comparison is not None:
            touched = [
                item
                for item in self.comparison.items
                if item.group == group and item.start < stop and start < item.stop
            ]
            self._rule(touched)

    def _rule_again(self) -> None:
        if self.comparison is not None:
            self._rule(self.comparison.items)

    def _rule(self, items: Iterable[Item]) -> None:
        current = self._session.current
        if current is None:
            return
        changed = []
        for item in items:
            ruling = ruling_on(item, current.editor)
            if ruling != self._rulings.get(item):
                self._rulings[item] = ruling
                changed.append(item)
        if changed:
            self.ruled(changed)
