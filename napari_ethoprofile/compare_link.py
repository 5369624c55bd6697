"""Joins a comparison to timeline and keyboard: its rows, its keys, what behavior keys mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from .annotation.adjudication import MODEL, RULES, Comparison, Item, Proposal, Rater, Standing
from .annotation.agreement.kinds import Kind
from .annotation.ethogram import Ethogram
from .annotation.tracks import LabelTrack
from .commands import Commands
from .comparing import Comparing
from .keyboard import Keyboard
from .keys.registry import COMPARE
from .scoring import Scoring
from .session import Session
from .timeline import CodeStyle, Lane, TimelineModel
from .timeline_link import TimelineLink

#: Colors of the kinds, apart in brightness too: Paul Tol's "light" scheme with two of its "muted" colors.
KIND_COLORS: dict[Kind, str] = {
    Kind.BOUNDARY_SHIFT: "#77AADD",
    Kind.SUBSTITUTION: "#EE8866",
    Kind.MISSED: "#EEDD88",
    Kind.SPURIOUS: "#FFAABB",
    Kind.SPLIT: "#44BB99",
    Kind.MERGED: "#AAAA00",
    Kind.NONE_VERSUS_BEHAVIOR: "#AA4499",
    Kind.UNLABELED: "#BBBBBB",
}
#: Label codes of the row of disagreements: beyond those of any ethogram, decided ones apart.
_FIRST_CODE, _DECIDED = 20_000, 100
_DECIDED_COLOR = "#5F6B73"
#: Seconds of the clip that the timeline shows when a comparison begins, and least seconds around a stretch.
WINDOW_SECONDS, AROUND_SECONDS = 40.0, 2.0
LANE_HEIGHT, CONSENSUS_HEIGHT, KINDS_HEIGHT = 22, 30, 22


def kind_code(item: Item, *, decided: bool = False) -> int:
    """Return the label code that a disagreement has in the row of disagreements."""
    assert item.kind is not None
    return _FIRST_CODE + list(Kind).index(item.kind) + (_DECIDED if decided else 0)


def kind_styles() -> dict[int, CodeStyle]:
    """Return name and color of every code of the row of disagreements."""
    styles = {}
    for number, kind in enumerate(Kind):
        styles[_FIRST_CODE + number] = CodeStyle(kind.value, KIND_COLORS[kind])
        styles[_FIRST_CODE + _DECIDED + number] = CodeStyle(f"{kind.value}, decided", _DECIDED_COLOR)
    return styles


def shift_text(item: Item) -> str:
    """Return the signed milliseconds of a boundary shift, or nothing."""
    return "" if item.shift_ms is None else f"{item.shift_ms:+.0f} ms".replace("-", "−")


def labels_text(item: Item, raters: Sequence[Rater], ethogram: Ethogram) -> str:
    """Return who says what on a stretch, such as ``A Ada: walk · B Ben: rest``."""
    pairs = zip(raters, item.labels, strict=True)
    return " · ".join(f"{rater.letter} {rater.name}: {ethogram.label_name(label)}" for rater, label in pairs)


@dataclass(frozen=True)
class _Parts:
    """The parts of the window that a comparison is joined to."""

    session: Session
    scoring: Scoring
    commands: Commands
    keyboard: Keyboard
    timeline: TimelineLink
    model: TimelineModel


class CompareLink:
    """Shows a comparison on the timeline and gives it its keys.

    Parameters
    ----------
    comparing
        The comparison of the window.
    session, scoring, commands, keyboard, timeline, model
        The window's parts.
    """

    def __init__(
        self,
        comparing: Comparing,
        session: Session,
        scoring: Scoring,
        commands: Commands,
        keyboard: Keyboard,
        timeline: TimelineLink,
        model: TimelineModel,
    ) -> None:
        self._comparing = comparing
        self._parts = _Parts(session, scoring, commands, keyboard, timeline, model)
        self._kinds: LabelTrack | None = None
        self._group = 0
        commands.handlers |= {
            "take_a": partial(comparing.take, "A"),
            "take_b": partial(comparing.take, "B"),
            "take_c": partial(comparing.take, "C"),
            "take_model": partial(comparing.take, MODEL),
            "leave_unresolved": comparing.leave,
            "take_proposal": comparing.take_proposal,
            "previous_disagreement": partial(comparing.next, -1),
            "next_disagreement": comparing.next,
            "loop_disagreement": lambda: comparing.set_looping(not comparing.looping),
            "finish_comparison": comparing.finish,
            "submit": partial(self._submit, commands.handlers["submit"]),
        }
        timeline.arrange = self._arrange
        comparing.changed.connect(self._on_changed)
        comparing.current_changed.connect(self._on_current)
        comparing.heading.connect(timeline.show_at_once)
        comparing.ruled.connect(self._on_ruled)
        comparing.proposal_changed.connect(lambda _proposal: timeline.refresh_lanes())
        session.opened.connect(lambda current: self._zoom_in() if current is not None else None)

    def _on_changed(self, comparison: Comparison | None) -> None:
        parts = self._parts
        parts.keyboard.set_scope(COMPARE if comparison is not None else "")
        parts.scoring.answering = self._answer if comparison is not None else None
        self._group = 0
        self._kinds = LabelTrack.blank(comparison.clip.frames, 1) if comparison is not None else None

    def _answer(self, label: int) -> None:
        with self._parts.session.telling():
            self._comparing.answer(label)

    def _submit(self, submit: Callable[[], None]) -> None:
        """Submit the open pass; a consensus only when everything in it is decided."""
        (submit if self._comparing.comparison is None else self._comparing.finish)()

    # rows

    def _arrange(self, own: list[Lane]) -> list[Lane]:
        """Put the raters above the consensus and the disagreements below it, for the group in question."""
        comparison = self._comparing.comparison
        if comparison is None or self._kinds is None:
            return own
        self._parts.model.styles |= kind_styles()
        self._fill_kinds(comparison)
        sources = [self._lane_of(source) for source in comparison.sources.values()]
        if self._comparing.proposal is not None:
            sources.append(self._lane_of_proposal(self._comparing.proposal))
        consensus = replace(own[self._group], title="Consensus", height=CONSENSUS_HEIGHT)
        kinds = Lane(
            title="Disagreements",
            track=self._kinds,
            provenance=self._text_at,
            height=KINDS_HEIGHT,
            gap="nothing to decide",
        )
        return [*sources, consensus, kinds]

    def _lane_of(self, source: Rater) -> Lane:
        is_model = source.letter == MODEL
        return Lane(
            title=f"Model  {source.name}" if is_model else f"{source.letter}  {source.name}",
            track=source.track,
            group=self._group,
            hatched=is_model,
            height=LANE_HEIGHT,
        )

    def _lane_of_proposal(self, proposal: Proposal) -> Lane:
        return Lane(
            title=RULES[proposal.rule],
            track=proposal.track,
            group=self._group,
            hatched=True,
            height=LANE_HEIGHT,
        )

    def _fill_kinds(self, comparison: Comparison) -> None:
        assert self._kinds is not None
        self._kinds.codes[:] = -1
        for item in comparison.disagreements:
            if item.group == self._group:
                self._kinds.fill(item.start, item.stop, self._code(item))

    def _code(self, item: Item) -> int:
        return kind_code(item, decided=self._comparing.ruling(item).standing is not Standing.OPEN)

    def _text_at(self, frame: int) -> str:
        comparison = self._comparing.comparison
        ethogram = self._parts.session.require_project().ethogram
        for item in comparison.disagreements if comparison is not None else ():
            if item.start <= frame < item.stop and item.group == self._group:
                assert comparison is not None
                standing = self._comparing.ruling(item).standing.value
                said = labels_text(item, comparison.raters, ethogram)
                return " · ".join(filter(None, [said, shift_text(item), standing]))
        return ""

    def _on_ruled(self, items: Sequence[Item]) -> None:
        if self._kinds is None:
            return
        for item in items:
            if item.kind is not None and item.group == self._group:
                self._kinds.fill(item.start, item.stop, self._code(item))
                self._parts.model.labels_written(self._kinds, 0, item.start, item.stop)

    # the stretch in question

    def _on_current(self, item: Item | None) -> None:
        model = self._parts.model
        if item is None:
            model.focus = None
            return
        if item.group != self._group:
            self._group = item.group
            self._parts.timeline.refresh_lanes()
        self._show(item)
        model.focus = (item.start, item.stop)

    def _show(self, item: Item) -> None:
        """Move the timeline so that a stretch is in sight with some seconds around it."""
        model = self._parts.model
        margin = AROUND_SECONDS * model.fps
        window, wanted = model.window, item.length + 2 * margin
        if window.span < wanted:
            model.set_window(item.start - margin, item.stop + margin)
        elif not (window.first <= item.start - margin / 2 and item.stop + margin / 2 <= window.last):
            model.set_window(*_around(item, window.span))

    def _zoom_in(self) -> None:
        if self._comparing.comparison is not None:
            model = self._parts.model
            model.set_window(0, min(model.frames, WINDOW_SECONDS * model.fps))


def _around(item: Item, span: float) -> tuple[float, float]:
    """Return a window of some length with a stretch in its middle."""
    first = (item.start + item.stop - span) / 2
    return first, first + span
