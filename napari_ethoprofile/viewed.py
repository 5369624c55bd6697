"""Which frames were really on the screen at normal speed or slower."""

from __future__ import annotations

from collections.abc import Callable

from .session import Move, OpenPass, Session


class ViewedRecorder:
    """Collects the frames that were shown and hands them to the pass in runs.

    Parameters
    ----------
    session
        Watched for movements; a shown frame counts unless it flew by faster than 1x.
    speed
        Returns the speed of play now: 0 when paused.
    """

    def __init__(self, session: Session, speed: Callable[[], float]) -> None:
        self._session = session
        self._speed = speed
        self._run: tuple[int, int] | None = None
        session.moved.connect(self._on_moved)
        session.opened.connect(self._on_opened)
        session.closing.connect(lambda _current: self.flush())

    def _on_opened(self, current: OpenPass | None) -> None:
        self._run = (0, 1) if current is not None and current.confirmed else None

    def _on_moved(self, _previous: int, frame: int, _how: Move) -> None:
        if abs(self._speed()) > 1.0:
            return
        if self._run and self._run[0] - 1 <= frame <= self._run[1]:
            self._run = (min(self._run[0], frame), max(self._run[1], frame + 1))
            return
        self.flush()
        self._run = (frame, frame + 1)

    def flush(self) -> None:
        """Write the run so far to the pass (called about once a second, never on the frame path)."""
        current = self._session.current
        if self._run and current is not None and not current.editor.read_only:
            current.editor.mark_viewed(*self._run)
