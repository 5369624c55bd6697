"""Joins the player to the session: what commands and the timeline's buttons do to play."""

from __future__ import annotations

from .annotation.edits.outcomes import Reason
from .player import Player, PlayMode
from .scoring import Scoring
from .session import Move, OpenPass, Session


class Transport:
    """Plays the open pass; every shown frame moves the session's playhead.

    Parameters
    ----------
    session, scoring
        The session is advanced frame by frame; what is being scored ends with the clip.
    """

    def __init__(self, session: Session, scoring: Scoring) -> None:
        self._session = session
        self._scoring = scoring
        self.player = Player(self._show)
        self.player.ended.connect(self._on_ended)
        session.opened.connect(self._on_opened)
        session.moved.connect(self._on_moved)

    @property
    def speed(self) -> float:
        """Speed of play now; 0 when paused."""
        return self.player.speed if self.player.playing else 0.0

    def toggle(self) -> None:
        """Play forward, or pause."""
        if self.player.playing:
            self.pause()
            return
        self.player.clear_loop()
        self._play(reverse=False)

    def toggle_reverse(self) -> None:
        """Play backward, or pause."""
        if self.player.playing and self.player.reverse:
            self.pause()
            return
        self.player.clear_loop()
        self._play(reverse=True)

    def pause(self) -> None:
        """Stand still."""
        self.player.pause()

    def faster(self) -> None:
        """Go to the next higher speed."""
        self.player.faster()

    def slower(self) -> None:
        """Go to the next lower speed."""
        self.player.slower()

    def normal_speed(self) -> None:
        """Play at 1x."""
        self.player.set_speed(1.0)

    def play_loop(self, start: int, stop: int) -> None:
        """Play ``[start, stop)`` over and over; asked again, stop."""
        if self.player.loop == (start, stop) and self.player.playing:
            self.stop_loop()
        else:
            self.loop(start, stop)

    def loop(self, start: int, stop: int) -> None:
        """Play ``[start, stop)`` over and over, from its start."""
        self.player.set_loop(start, stop)
        self._session.seek(start)
        self._play(reverse=False)

    def stop_loop(self) -> None:
        """End the loop and pause."""
        self.pause()
        self.player.clear_loop()

    def set_real_time(self, on: bool) -> None:
        """Keep pace and skip late frames, or show every frame."""
        self.player.set_mode(PlayMode.REAL_TIME if on else PlayMode.EVERY_FRAME)

    def allow_frames(self, frames: int) -> None:
        """Let play go as far as frames are confirmed."""
        self.player.set_frames(frames)

    def _play(self, *, reverse: bool) -> None:
        self.player.set_reverse(reverse)
        self.player.play()

    def _show(self, frame: int) -> None:
        step = frame - self._session.playhead
        wrapped = step > 0 if self.player.reverse else step < 0
        if wrapped:
            self._session.seek(frame)
        else:
            self._session.advance(frame)

    def _on_opened(self, current: OpenPass | None) -> None:
        if current is None:
            self.player.set_clip(0, 25.0)
        else:
            self.player.set_clip(current.confirmed, current.fps)

    def _on_moved(self, _previous: int, frame: int, _how: Move) -> None:
        self.player.seek(frame)

    def _on_ended(self) -> None:
        current = self._session.current
        if current is not None and self._session.playhead == current.frames - 1:
            self._scoring.interrupt(Reason.END)
