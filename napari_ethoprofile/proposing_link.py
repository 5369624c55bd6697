"""Joins proposals to timeline and keyboard: stripes, the row of the model, keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from .annotation.proposals import Proposals
from .annotation.tracks import UNLABELED
from .commands import Commands
from .keyboard import Keyboard
from .keys.registry import PROPOSALS
from .proposing import Proposing
from .scoring import Scoring
from .session import Session
from .timeline import Ghost, Lane, TimelineModel
from .timeline_link import TimelineLink
from .transport import Transport

MODEL_LANE_HEIGHT = 20
#: How strong stripes are drawn where it is not known how sure the model is.
OPACITY_UNKNOWN = 0.5
#: With more groups than these, only the rows of the pass show what is proposed.
MOST_MODEL_LANES = 3


class ProposingLink:
    """Shows proposals on the timeline and gives them their keys.

    Parameters
    ----------
    proposing
        The proposals of the window.
    session, scoring, transport, commands, keyboard, timeline, model
        The window's parts.
    ask_sure
        Asks which proposals to accept at once; see `widgets.proposals`.
    """

    def __init__(
        self,
        proposing: Proposing,
        session: Session,
        scoring: Scoring,
        transport: Transport,
        commands: Commands,
        keyboard: Keyboard,
        timeline: TimelineLink,
        model: TimelineModel,
        ask_sure: Callable[[], None],
    ) -> None:
        self._proposing, self._session = proposing, session
        self._transport, self._keyboard = transport, keyboard
        self._timeline, self._model = timeline, model
        self._ghosts: list[Ghost] = []
        self._on = False
        others = timeline.arrange
        timeline.arrange = lambda own: others(self._with_proposals(own))
        commands.handlers |= {
            "accept_proposal": proposing.accept,
            "reject_proposal": self._first(proposing.reject, partial(keyboard.tap, UNLABELED)),
            "next_proposal": proposing.next,
            "previous_proposal": partial(proposing.next, -1),
            "accept_sure_proposals": ask_sure,
            **{
                name: self._first(act, commands.handlers[name])
                for name, act in (
                    ("set_start", proposing.set_start),
                    ("set_end", proposing.set_end),
                    ("nudge_left", partial(proposing.nudge, -1)),
                    ("nudge_right", partial(proposing.nudge, 1)),
                )
            },
        }
        scoring.tapped = self._answer
        proposing.changed.connect(self._on_changed)
        proposing.decided.connect(self._show_decided)
        proposing.heading.connect(timeline.show_at_once)

    def _first(self, act: Callable[[], bool], otherwise: Callable[[], None]) -> Callable[[], None]:
        """Return a handler that does `act` to the proposal under the playhead, else `otherwise`."""

        def handler() -> None:
            if not act():
                otherwise()

        return handler

    def _answer(self, label: int, frame: int) -> Callable[[], None] | None:
        if self._transport.player.playing:
            return None
        answer = self._proposing.answer_of(label, frame)
        return None if answer is None else lambda: self._tell_errors(answer)

    def _tell_errors(self, act: Callable[[], None]) -> None:
        with self._session.telling():
            act()

    def _on_changed(self) -> None:
        shown = self._proposing.said is not None
        if shown != self._on:
            self._on = shown
            self._keyboard.set_scope(PROPOSALS if shown else "")
        self._timeline.refresh_lanes()

    # rows

    def _with_proposals(self, own: list[Lane]) -> list[Lane]:
        """Put stripes into the rows of the pass, and the row of the model above them."""
        said = self._proposing.said
        self._ghosts = []
        if said is None:
            return own
        self._ghosts = [self._ghost(said, lane.group) for lane in own]
        self._fill_ghosts()
        rows = [replace(lane, ghost=ghost) for lane, ghost in zip(own, self._ghosts, strict=True)]
        if len(own) > MOST_MODEL_LANES:
            return rows
        return [*(self._model_lane(said, lane, len(own)) for lane in own), *rows]

    def _ghost(self, said: Proposals, group: int) -> Ghost:
        codes = np.full(said.track.frames, UNLABELED, np.int16)
        text = partial(self._proposing.text_at, group=group)
        return Ghost(codes, np.zeros(said.track.frames, np.float32), text)

    def _fill_ghosts(self) -> None:
        """Put what is proposed now into the rows of the pass, and how sure the model is of it."""
        proposals = self._proposing.proposals
        if proposals is None:
            return
        for group, ghost in enumerate(self._ghosts):
            np.copyto(ghost.codes, proposals.track.codes[:, group])
            np.copyto(ghost.opacity, np.nan_to_num(proposals.confidence[:, group], nan=OPACITY_UNKNOWN))

    def _model_lane(self, said: Proposals, own: Lane, lanes: int) -> Lane:
        """Return the row of what the model says, whatever the annotator made of it."""
        name = said.source.partition("@")[0]
        return Lane(
            title=f"Model  {name}" if lanes == 1 else f"{name}: {own.title}",
            track=said.track,
            group=own.group,
            hatched=True,
            opacity=said.confidence[:, own.group] if self._proposing.sureness_known else None,
            height=MODEL_LANE_HEIGHT,
            gap="the model says nothing",
        )

    def _show_decided(self) -> None:
        """Show what was rejected or moved, and what of it was undone."""
        track = self._session.track
        if track is None or not self._ghosts:
            return
        before = [ghost.codes.copy() for ghost in self._ghosts]
        self._fill_ghosts()
        for group, (old, ghost) in enumerate(zip(before, self._ghosts, strict=True)):
            changed = np.flatnonzero(old != ghost.codes)
            if changed.size:
                self._model.labels_written(track, group, int(changed[0]), int(changed[-1]) + 1)
